"""Clinics and groups in the Wagtail admin, for administrators."""

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.admin.forms import WagtailAdminModelForm
from wagtail.admin.ui.tables import Column, DateColumn
from wagtail.admin.viewsets.model import ModelViewSet
from wagtail.admin.widgets import AdminDateInput

from course.models import Area, Clinic, Cohort, Enrolment, User
from course.people.enrolling import people_with_codes
from course.people.grouping import change_group, let_in, let_out, make_group
from course.people.places import save_area, save_clinic
from quizzes.keys import ShortKeys

from .deletion import DeleteArea, DeleteClinic, DeleteCohort


class PersonChoices(ShortKeys, forms.ModelMultipleChoiceField):
    widget = forms.CheckboxSelectMultiple

    def label_from_instance(self, person):
        return f"{person.surnames_first} ({person.username})"


class EnrolmentChoices(ShortKeys, forms.ModelMultipleChoiceField):
    widget = forms.CheckboxSelectMultiple

    def label_from_instance(self, enrolment):
        return f"{enrolment.learner.surnames_first} ({enrolment.learner.username})"


def read_codes(text):
    """Return the people with the user codes of a text, or name every code that nobody has: all are mended at once."""
    people, unknown = people_with_codes(text.replace(",", " ").replace(";", " ").split())
    if unknown:
        raise ValidationError(_("Nobody has these user codes: %(codes)s.") % {"codes": ", ".join(unknown)})
    return people


class CohortForm(WagtailAdminModelForm):
    """A group, its trainers and its people: who joins is named by user code, who leaves is ticked."""

    trainers = PersonChoices(
        label=gettext_lazy("Trainers"),
        queryset=User.objects.filter(is_staff=True, is_active=True).order_by("sort_key", "pk"),
        required=False,
    )
    joining = forms.CharField(
        label=gettext_lazy("People who join"),
        required=False,
        help_text=gettext_lazy(
            "User codes, separated by spaces, commas or new lines. Who is in the group already stays."
        ),
        widget=forms.Textarea(attrs={"rows": 4, "spellcheck": "false"}),
    )
    leaving = EnrolmentChoices(
        label=gettext_lazy("People in the group: tick who leaves"),
        required=False,
        queryset=Enrolment.objects.none(),
        help_text=gettext_lazy("What they did is kept."),
    )

    class Meta:
        model = Cohort
        fields = ["name", "clinic", "trainers", "opens_on", "closes_on"]
        widgets = {"opens_on": AdminDateInput, "closes_on": AdminDateInput}
        help_texts = {"closes_on": gettext_lazy("Leave it empty for a group that stays open.")}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            current = Enrolment.objects.current().filter(cohort=self.instance).select_related("learner")
            self.fields["leaving"].queryset = current.order_by("learner__sort_key", "pk")
        else:
            del self.fields["leaving"]

    def clean_joining(self):
        return read_codes(self.cleaned_data["joining"])

    def clean(self):
        cleaned = super().clean()
        opens_on, closes_on = cleaned.get("opens_on"), cleaned.get("closes_on")
        if opens_on and closes_on and closes_on < opens_on:
            self.add_error("closes_on", _("The last day is before the first. Correct one of them."))
        return cleaned

    def save(self, commit=True):
        given, doing = self.cleaned_data, {"by": self.for_user, "now": timezone.now()}
        keep = change_group if self.instance.pk else make_group
        self.instance = keep(self.instance, trainers=given["trainers"], **doing)
        let_out(self.instance, given.get("leaving", []), **doing)
        let_in(self.instance, given["joining"], **doing)
        return self.instance


class CohortViewSet(ModelViewSet):
    model = Cohort
    name = "cohorts"
    delete_view_class = DeleteCohort
    icon = "group"
    menu_label = gettext_lazy("Groups")
    menu_order = 310
    add_to_admin_menu = True
    add_to_reference_index = False
    copy_view_enabled = False
    search_fields = ["name", "clinic__name"]
    list_filter = ["clinic"]
    list_display = [
        "name",
        Column("clinic", label=gettext_lazy("Health centre"), sort_key="clinic__sort_key"),
        DateColumn("opens_on", label=gettext_lazy("Opens"), sort_key="opens_on"),
        DateColumn("closes_on", label=gettext_lazy("Last day"), sort_key="closes_on"),
    ]

    def get_form_class(self, for_update=False):
        return CohortForm


class AreaForm(WagtailAdminModelForm):
    """A health area, and who sees all the groups of its health centres."""

    leads = PersonChoices(
        label=gettext_lazy("Area leads"),
        queryset=User.objects.filter(is_staff=True, is_active=True).order_by("sort_key", "pk"),
        required=False,
        help_text=gettext_lazy(
            "They have a desk with the groups of every health centre of the area, and need no other role."
        ),
    )
    further = forms.CharField(
        label=gettext_lazy("Further area leads"),
        required=False,
        help_text=gettext_lazy(
            "User codes of people without a role in the site. They choose a password when they sign in the next time."
        ),
    )

    class Meta:
        model = Area
        fields = ["name", "leads"]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            # Whoever leads it stays to be seen, with a closed account too.
            self.fields["leads"].queryset |= User.objects.filter(areas_led=self.instance)
            self.fields["leads"].queryset = self.fields["leads"].queryset.distinct()

    def clean_further(self):
        return read_codes(self.cleaned_data["further"])

    def save(self, commit=True):
        leads = {*self.cleaned_data["leads"], *self.cleaned_data["further"]}
        save_area(self.instance, leads=leads, by=self.for_user, now=timezone.now())
        return self.instance


class AreaViewSet(ModelViewSet):
    model = Area
    name = "areas"
    delete_view_class = DeleteArea
    icon = "site"
    menu_label = gettext_lazy("Health areas")
    menu_order = 330
    add_to_admin_menu = True
    add_to_reference_index = False
    copy_view_enabled = False
    search_fields = ["name"]
    list_display = ["name"]

    def get_form_class(self, for_update=False):
        return AreaForm


class ClinicForm(WagtailAdminModelForm):
    """A clinic, its area and its place."""

    class Meta:
        model = Clinic
        fields = ["name", "area", "municipality", "department"]

    def save(self, commit=True):
        save_clinic(self.instance, by=self.for_user, now=timezone.now())
        return self.instance


class ClinicViewSet(ModelViewSet):
    model = Clinic
    name = "clinics"
    delete_view_class = DeleteClinic
    icon = "home"
    menu_label = gettext_lazy("Health centres")
    menu_order = 320
    add_to_admin_menu = True
    add_to_reference_index = False
    copy_view_enabled = False
    search_fields = ["name", "municipality", "department"]
    list_display = ["name", "municipality", "department", Column("area", label=gettext_lazy("Health area"))]
    list_filter = ["area", "department"]

    def get_form_class(self, for_update=False):
        return ClinicForm
