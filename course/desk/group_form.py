"""The form in which a group is made, or its name, clinic, dates, trainers and reminders are changed."""

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from course.models import Clinic, Cohort, User
from course.people.clinics import manages_area_of
from course.people.cohorts import eligible_trainers
from quizzes.base.identifiers import BoundedKeysMixin, parse_key


class TrainerChoices(BoundedKeysMixin, forms.ModelMultipleChoiceField):
    """Trainers to tick, by surname and with their code."""

    widget = forms.CheckboxSelectMultiple

    def label_from_instance(self, person):
        return f"{person.surnames_first} ({person.username})"


def written_in(posted):
    """Return what stands in the fields of a posted group, as initial values, whether or not it is valid."""
    fields = {name: posted.get(name, "")[:200] for name in ("name", "clinic", "opens_on", "closes_on")}
    ticked = [key for key in posted.getlist("trainers")[:500] if parse_key(key)]
    return fields | {"trainers": ticked, "sends_reminders": "sends_reminders" in posted}


class GroupForm(forms.ModelForm):
    """Name, clinic, dates, trainers and reminders of a group, filled in `by` whoever makes or changes it."""

    trainers = TrainerChoices(label=_("Trainers"), queryset=User.objects.none(), required=False)

    class Meta:
        model = Cohort
        fields = ["name", "clinic", "opens_on", "closes_on", "trainers", "sends_reminders"]
        labels = {"name": _("Name of the group"), "sends_reminders": _("Remind by e-mail without being asked")}
        help_texts = {
            "name": _("Such as the clinic and the time of day."),
            "clinic": _("Whoever comes in without a clinic in the list works here."),
            "closes_on": _("Empty: the course stays open."),
        }
        error_messages = {"name": {"required": _("Write a name for the group.")}}

    def __init__(self, *args, by, **kwargs):
        super().__init__(*args, **kwargs)
        self.by = by
        self.is_new = self.instance.pk is None
        self.trained_by = set() if self.is_new else set(self.instance.trainers.all())
        # Before a post changes the clinic, and with it the area.
        self.may_take_away = not self.is_new and manages_area_of(by, self.instance)
        self.fields["clinic"].queryset = Clinic.objects.order_by("sort_key", "pk")
        self.fields["trainers"].queryset = eligible_trainers(by, self.trained_by)
        if self.is_new:
            self.fields["trainers"].initial = [by.pk]
        self.fields["trainers"].help_text = _("They look after the people of the group and see how far each is.")
        self.fields["name"].widget.attrs["autocomplete"] = "off"
        for name in ("opens_on", "closes_on"):
            self.fields[name].widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")

    def clean_trainers(self):
        """Whoever makes a group and ticks nobody is its trainer; others are taken away only by who leads the area."""
        ticked = set(self.cleaned_data["trainers"])
        if self.is_new:
            return ticked or {self.by}
        if not ticked:
            raise ValidationError(_("Tick somebody: a group needs a trainer."))
        gone = self.trained_by - ticked - {self.by}
        if gone and not self.may_take_away:
            names = ", ".join(sorted(str(person) for person in gone))
            raise ValidationError(
                gettext("Only who leads the health area, or an administrator, takes the group from %(names)s.")
                % {"names": names}
            )
        return ticked

    def clean(self):
        cleaned = super().clean()
        opens, closes = cleaned.get("opens_on"), cleaned.get("closes_on")
        if opens and closes and closes < opens:
            self.add_error("closes_on", _("The last day comes before the first."))
        if self.is_new and "trainers" in cleaned and not self._would_see_it(cleaned):
            self.add_error(
                "trainers", _("You would not see the group: tick yourself, or choose a clinic of your health area.")
            )
        return cleaned

    def _would_see_it(self, cleaned):
        return self.by in cleaned["trainers"] or manages_area_of(self.by, Cohort(clinic=cleaned.get("clinic")))
