"""What is confirmed before a certificate is issued, and what would be printed."""

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from certificates.wording.naming import check_printed_name, is_printable_post, tidy
from certificates.wording.words import post_in_words, posts_by_role

from .composing import EXAMPLE_SERIAL, grade_to_print, training_of, what_is_printed
from .designs import design_in_use, language_of_certificate


class ConfirmationForm(forms.Form):
    """The name as it will be printed, and the post under it, if any."""

    printed_name = forms.CharField(
        label=_("Name to be printed"),
        strip=False,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false", "autocapitalize": "words"}),
        error_messages={"required": _("Write your name with letters, as in your identity document.")},
    )
    post = forms.ChoiceField(label=_("Your post"), required=False)

    def __init__(self, *args, learner, **kwargs):
        initial = {"printed_name": tidy(learner.get_full_name()), "post": post_in_words(registered_post(learner))}
        super().__init__(*args, initial=initial, **kwargs)
        self.learner = learner
        self.fields["post"].choices = posts_by_role(initial["post"])

    def clean_printed_name(self):
        return check_printed_name(
            self.cleaned_data["printed_name"], given_names=self.learner.first_name, surnames=self.learner.last_name
        )


def preview_of(learner, progress, form, *, language):
    """Return what would be printed with a `ConfirmationForm` as it stands; what is registered where it has an error."""
    language, now = language_of_certificate(language), timezone.now()
    good, design = getattr(form, "cleaned_data", {}), design_in_use(language)
    return what_is_printed(
        design,
        name=good.get("printed_name", form.initial["printed_name"]),
        role=good.get("post", form.initial["post"]),
        clinic=clinic_of(learner),
        serial=EXAMPLE_SERIAL,
        now=now,
        language=language,
        grade=grade_to_print(design, progress),
        training=training_of(progress, language, now=now),
    )


def registered_post(person):
    """Return the job as the person or the list of staff calls it, where paper can carry it; else the role."""
    title = tidy(person.job_title)
    return title if is_printable_post(title) else person.role


def clinic_of(person):
    """Return the name of the health centre where the person works, as it is printed."""
    return str(person.clinic or "")
