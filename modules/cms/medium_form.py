"""What the forms of photographs, recordings and films have in common: rights, consent, and what people see."""

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from modules.models import PeopleShown, Rights
from modules.rendering.usage import find_lessons_with_medium

from .consented_form import ConsentedForm
from .deletion import named


class MediumForm(ConsentedForm):
    """Rights and consent are demanded; what was taken back stays so, and what people see and hear stays what it is.

    `kept` are the fields whose value a published lesson shows: they do not change as long as one does; `brings` are
    those with files.
    """

    kept = brings = ()

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if "shows" in self.fields:
            # Nothing is chosen before somebody has thought about it.
            self.fields["shows"].widget = forms.RadioSelect(choices=PeopleShown.choices)

    def clean(self):
        cleaned = super().clean()
        if cleaned.get("rights") and cleaned["rights"] != Rights.OWN and not cleaned.get("rights_note"):
            self.add_error("rights_note", _("Write where the permission or the licence stands."))
        # A form that does not ask who is in it is of a voice; of one that asks nothing follows before it is said.
        shows = cleaned.get("shows") if "shows" in self.fields else PeopleShown.CONSENTED
        if shows == PeopleShown.CONSENTED and not cleaned.get("withdrawn_on"):
            if not cleaned.get("consent_number"):
                self.add_error("consent_number", _("Write the number of the paper on which the person consents."))
            if not cleaned.get("consent_scope"):
                self.add_error("consent_scope", _("Write what the person consents to, such as: in this course."))
        self._keep_what_people_see(cleaned)
        return cleaned

    def full_clean(self):
        super().full_clean()
        self.say_which_files_are_forgotten()

    def say_which_files_are_forgotten(self):
        """Where the form comes back for another reason, a file that was brought has to be chosen once more."""
        for name in self.brings if self.errors else ():
            if self.cleaned_data.get(name):
                self.add_error(name, _("Choose the file once more when the rest is right: browsers forget it."))

    def _keep_what_people_see(self, cleaned):
        changed = [name for name in self.kept if name in self.changed_data and name in cleaned]
        lessons = find_lessons_with_medium(self.instance) if changed and self.instance.pk else []
        for name in changed if lessons else ():
            self.add_error(
                name,
                ValidationError(
                    _(
                        "Published lessons show it as it was reviewed: %(places)s. Leave this as it is; for another one"
                        " add a new entry, and choose that in the lesson."
                    ),
                    params={"places": named(lessons)},
                ),
            )
