"""Health areas in the Wagtail admin, for administrators."""

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.admin.forms import WagtailAdminModelForm
from wagtail.admin.views.generic import DeleteView
from wagtail.admin.viewsets.model import ModelViewSet

from course.models import Area, User
from course.people.clinics import delete_area, save_area
from course.people.enrolment import people_with_codes
from quizzes.base.identifiers import BoundedKeysMixin

from .people import ProtectedDeleteMixin


class PersonChoices(BoundedKeysMixin, forms.ModelMultipleChoiceField):
    widget = forms.CheckboxSelectMultiple

    def label_from_instance(self, person):
        return f"{person.surnames_first} ({person.username})"


class AreaForm(WagtailAdminModelForm):
    """A health area and its leads, who see all groups of its health centres."""

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
            # Current leads stay in the list, with a closed account too.
            self.fields["leads"].queryset |= User.objects.filter(areas_led=self.instance)
            self.fields["leads"].queryset = self.fields["leads"].queryset.distinct()

    def clean_further(self):
        codes = self.cleaned_data["further"].replace(",", " ").replace(";", " ").split()
        people, unknown = people_with_codes(codes)
        if unknown:
            raise ValidationError(_("No one has these user codes: %(codes)s.") % {"codes": ", ".join(unknown)})
        return people

    def save(self, commit=True):
        leads = {*self.cleaned_data["leads"], *self.cleaned_data["further"]}
        save_area(self.instance, leads=leads, by=self.for_user, now=timezone.now())
        return self.instance


class DeleteArea(ProtectedDeleteMixin, DeleteView):
    rule = delete_area
    protected_message = gettext_lazy("Health centres belong to %(object)s, so it was not deleted. Move them first.")


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
