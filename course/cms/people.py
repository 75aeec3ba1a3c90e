"""People, their roles, health areas and the own account in the Wagtail admin."""

import secrets

from django import forms
from django.contrib.auth.models import Group
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection, transaction
from django.db.models import ProtectedError
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.admin import messages
from wagtail.admin.auth import require_admin_access
from wagtail.admin.forms import WagtailAdminModelForm
from wagtail.admin.forms.account import AvatarPreferencesForm, NameEmailForm
from wagtail.admin.ui.tables import BooleanColumn, BulkActionsCheckboxColumn, ButtonsColumnMixin, Column, DateColumn
from wagtail.admin.views.account import AccountView, AvatarSettingsPanel, NameEmailSettingsPanel
from wagtail.admin.views.generic import DeleteView
from wagtail.admin.viewsets.model import ModelViewSet
from wagtail.log_actions import log
from wagtail.search.backends import database
from wagtail.search.query import PlainText
from wagtail.users.views import groups
from wagtail.users.views.bulk_actions import AssignRoleBulkAction, DeleteBulkAction, SetActiveStateBulkAction
from wagtail.users.views.users import CreateView, EditView, IndexView, UserColumn, UserFilterSet, UserViewSet
from wagtail.users.views.users import DeleteView as DeleteUserView

from certificates.text.fields import post_in_site_language
from course.models import Area, User
from course.people.accounts import (
    change_identifiers,
    change_person,
    create_account,
    delete_account,
    remove_second_step,
    reset_password,
    reset_pin,
    set_active,
    set_roles,
    update_registration,
)
from course.people.clinics import delete_area, save_area, set_areas_led
from course.people.enrolment import people_with_codes
from course.people.identifier_fields import add_number_fields, check_numbers, number_changes, set_optional_form_fields
from course.people.roles import SITE_ROLES, log_role_change
from quizzes.base.identifiers import BoundedKeysMixin

from .uploads import SmallPictureField


class OwnNameForm(NameEmailForm):
    def save(self, commit=True):
        change_person(self.instance, fields=list(self.cleaned_data), by=self.instance, now=timezone.now())
        return self.instance


class OwnNamePanel(NameEmailSettingsPanel):
    form_class = OwnNameForm


class OwnPictureForm(AvatarPreferencesForm):
    avatar = SmallPictureField(label=AvatarPreferencesForm.base_fields["avatar"].label, required=False)


class OwnPicturePanel(AvatarSettingsPanel):
    template_name = "course/admin/own_picture.html"
    form_class = OwnPictureForm


_OWN_PANELS = {NameEmailSettingsPanel: OwnNamePanel, AvatarSettingsPanel: OwnPicturePanel}


class OwnAccount(AccountView):
    def get_panels(self):
        return [
            _OWN_PANELS[type(panel)](panel.request, panel.user, panel.profile) if type(panel) in _OWN_PANELS else panel
            for panel in super().get_panels()
        ]


own_account = require_admin_access(OwnAccount.as_view())


class PersonForm(forms.ModelForm):
    required_css_class = "required"
    password = forms.CharField(
        label=gettext_lazy("Password"),
        required=False,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    areas_led = forms.ModelMultipleChoiceField(
        label=gettext_lazy("Health areas that this person leads"),
        required=False,
        queryset=Area.objects.order_by("sort_key", "pk"),
        widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy("Area leads have a desk with the groups of the area, and need no other role."),
    )

    class Meta:
        model = User
        fields = ["username", "first_name", "last_name", "role", "job_title", "clinic", "phone", "sex", "groups"]
        labels = {"username": gettext_lazy("User code"), "groups": gettext_lazy("Roles in the site")}
        help_texts = {
            "username": gettext_lazy("Letters and digits without spaces, such as ANA234. It is printed on the card."),
            "groups": gettext_lazy("None for learners. People with a role here sign in with a password."),
        }
        widgets = {"groups": forms.CheckboxSelectMultiple}

    def __init__(self, *args, by, **kwargs):
        super().__init__(*args, **kwargs)
        self.by = by
        self.starting_pin = None
        if self.instance.pk:
            self.fields["areas_led"].initial = list(self.instance.areas_led.values_list("pk", flat=True))
        set_optional_form_fields(self)
        add_number_fields(self)
        self.fields["groups"].queryset = Group.objects.filter(name__in=SITE_ROLES)
        self.fields["password"].help_text = self.password_help

    password_help = gettext_lazy(
        "Leave it empty and the person gets a starting PIN, shown to you once, and chooses an own PIN or password."
    )

    def clean_username(self):
        code = self.cleaned_data["username"]
        if User.objects.filter(username__iexact=code).exclude(pk=self.instance.pk).exists():
            raise ValidationError(_("Another person has this user code."))
        return code

    def clean_job_title(self):
        return post_in_site_language(self.cleaned_data["job_title"])

    def clean(self):
        cleaned = super().clean()
        check_numbers(self, by=self.by, now=timezone.now())
        if password := cleaned.get("password"):
            is_staff = bool(cleaned.get("groups") or cleaned.get("areas_led")) or self.instance.is_superuser
            try:
                validate_password(password, User(username=cleaned.get("username", ""), is_staff=is_staff))
            except ValidationError as error:
                self.add_error("password", error)
        return cleaned

    @transaction.atomic
    def save(self, commit=True):
        cleaned, actor = self.cleaned_data, {"by": self.by, "now": timezone.now()}
        self.starting_pin = create_account(
            self.instance,
            roles=cleaned["groups"],
            areas=cleaned["areas_led"],
            password=cleaned["password"],
            chance=secrets.SystemRandom(),
            **actor,
        )
        change_identifiers(self.instance, **number_changes(self), **actor)
        return self.instance


class PersonEditForm(PersonForm):
    password_help = gettext_lazy("Leave it empty to change nothing.")
    new_pin = forms.BooleanField(
        label=gettext_lazy("Give a new starting PIN"),
        required=False,
        help_text=gettext_lazy(
            "For people who forgot the PIN. The current one stops working; the new one is shown to you once."
        ),
    )
    forget_phone = forms.BooleanField(
        label=gettext_lazy("Remove the second step"),
        required=False,
        help_text=gettext_lazy("For people who lost the phone with the authenticator app."),
    )

    class Meta(PersonForm.Meta):
        fields = [*PersonForm.Meta.fields, "is_active"]
        help_texts = PersonForm.Meta.help_texts | {
            "is_active": gettext_lazy("Clear this instead of deleting a person: results are kept.")
        }

    def __init__(self, *args, editing_self=False, **kwargs):
        super().__init__(*args, **kwargs)
        if editing_self:
            for name in ("is_active", "groups", "areas_led", "new_pin", "forget_phone", "password"):
                del self.fields[name]

    @transaction.atomic
    def save(self, commit=True):
        person, cleaned, actor = self.instance, self.cleaned_data, {"by": self.by, "now": timezone.now()}
        changed = cleaned.keys() & set(self._meta.fields) - {"groups"}
        update_registration(person, fields=changed, **number_changes(self), **actor)
        if "groups" in cleaned:
            set_roles(person, cleaned["groups"], **actor)
        if "areas_led" in cleaned:
            set_areas_led(person, cleaned["areas_led"], **actor)
        if cleaned.get("password"):
            reset_password(person, cleaned["password"], **actor)
        elif cleaned.get("new_pin"):
            self.starting_pin = reset_pin(person, chance=secrets.SystemRandom(), **actor)
        if cleaned.get("forget_phone"):
            remove_second_step(person, **actor)
        return person


class ActorFormMixin:
    def get_form_kwargs(self):
        return super().get_form_kwargs() | {"by": self.request.user}

    def run_after_hook(self):
        if pin := self.form.starting_pin:
            words = _("%(person)s: user code %(code)s, starting PIN %(pin)s. Write it down now: it is not shown again.")
            messages.warning(self.request, words % {"person": self.object, "code": self.object.username, "pin": pin})
        return super().run_after_hook()


class AddPerson(ActorFormMixin, CreateView):
    page_title = gettext_lazy("Add a person")
    success_message = gettext_lazy("%(object)s was added.")


class EditPerson(ActorFormMixin, EditView):
    success_message = gettext_lazy("%(object)s was saved.")
    error_message = gettext_lazy("The person was not saved: look at the fields marked below.")

    def setup(self, request, *args, **kwargs):
        super().setup(request, *args, **kwargs)
        if self.object.is_superuser and not request.user.is_superuser:
            raise PermissionDenied


class ProtectedDeleteMixin:
    protected_message = ""
    rule = None

    @transaction.atomic
    def delete_action(self):
        log(self.object, "wagtail.delete", user=self.request.user, deleted=True)
        type(self).rule(self.object, by=self.request.user, now=timezone.now())

    def form_valid(self, form):
        try:
            return super().form_valid(form)
        except ProtectedError:
            messages.error(self.request, self.protected_message % {"object": self.object})
            return redirect(self.index_url_name)


class DeletePerson(ProtectedDeleteMixin, DeleteUserView):
    rule = delete_account
    template_name = "cms/confirm_delete_person.html"
    # Without a name: messages are stored in a cookie or the session.
    success_message = gettext_lazy("The account is deleted.")
    protected_message = gettext_lazy("%(object)s has results, so the account was not deleted. Clear “Active” instead.")

    @property
    def certificates(self):
        return self.object.certificates.count()


class PersonColumn(ButtonsColumnMixin, UserColumn):
    def __init__(self, *args, buttons, **kwargs):
        super().__init__(*args, **kwargs)
        self.buttons = buttons

    def get_buttons(self, instance, parent_context):
        return self.buttons(instance)


class PeopleIndex(IndexView):
    page_title = gettext_lazy("People")
    add_item_label = gettext_lazy("Add a person")
    default_ordering = "sort_key"

    @property
    def columns(self):
        return [
            BulkActionsCheckboxColumn("bulk_actions", obj_type="user"),
            PersonColumn(
                "name",
                buttons=self.get_list_buttons,
                accessor="surnames_first",
                label=gettext_lazy("Name"),
                sort_key="sort_key",
                get_url=self.get_edit_url,
                classname="name",
                width="28%",
            ),
            Column("username", label=gettext_lazy("User code"), sort_key="username", classname="username"),
            Column("clinic", label=gettext_lazy("Health centre"), sort_key="clinic__sort_key"),
            Column("role", label=gettext_lazy("Work"), accessor="get_role_display"),
            Column(
                "groups",
                label=gettext_lazy("Roles in the site"),
                accessor=lambda person: ", ".join(group.name for group in person.groups.all()),
            ),
            BooleanColumn("is_active", label=gettext_lazy("Active"), sort_key="is_active", classname="status"),
            DateColumn("last_login", label=gettext_lazy("Last sign-in"), sort_key="last_login"),
        ]

    def get_base_queryset(self):
        return super().get_base_queryset().select_related("clinic").prefetch_related("groups")


class PeopleFilterSet(UserFilterSet):
    class Meta(UserFilterSet.Meta):
        fields = ["clinic", "role"]


class PeopleViewSet(UserViewSet):
    menu_label = gettext_lazy("People")
    menu_name = "people"
    menu_order = 300
    add_to_settings_menu = False
    add_to_admin_menu = True
    # Wagtail's templates for users have an e-mail field: use the generic ones.
    template_prefix = ""
    ordering = "sort_key"
    filterset_class = PeopleFilterSet
    index_view_class = PeopleIndex
    add_view_class = AddPerson
    edit_view_class = EditPerson
    delete_view_class = DeletePerson
    inspect_view_enabled = False
    copy_view_enabled = False

    def get_form_class(self, for_update=False):
        return PersonEditForm if for_update else PersonForm


def SearchBackend(params):
    """Wagtail expects this name."""
    backend = database.SearchBackend(params)
    if connection.vendor == "sqlite":
        backend.query_compiler_class = _escape_quotes(backend.query_compiler_class)
        backend.autocomplete_query_compiler_class = _escape_quotes(backend.autocomplete_query_compiler_class)
    return backend


def _escape_quotes(compiler):
    # Wagtail puts each word in double quotes without escaping those inside a word.

    class Compiler(compiler):
        def build_search_query_content(self, query, config=None):
            if isinstance(query, PlainText):
                query = PlainText(query.query_string.replace('"', "'"), operator=query.operator)
            return super().build_search_query_content(query, config=config)

    return Compiler


class ActorContextMixin:
    def get_execution_context(self):
        return super().get_execution_context() | {"by": self.request.user, "now": timezone.now()}


class AssignRoleForm(forms.Form):
    role = forms.ModelChoiceField(queryset=Group.objects.filter(name__in=SITE_ROLES))


class AssignRole(ActorContextMixin, AssignRoleBulkAction):
    form_class = AssignRoleForm

    @classmethod
    def execute_action(cls, objects, role=None, *, by, now, **kwargs):
        for person in objects:
            set_roles(person, {role, *person.groups.all()}, by=by, now=now)
        return len(objects), 0


class SetActiveState(ActorContextMixin, SetActiveStateBulkAction):
    @classmethod
    def execute_action(cls, objects, mark_as_active=False, *, by, now, **kwargs):
        return set_active(objects, mark_as_active, by=by, now=now), 0


class Delete(ActorContextMixin, DeleteBulkAction):
    template_name = "cms/confirm_bulk_delete_people.html"

    @classmethod
    def execute_action(cls, objects, *, by, now, **kwargs):
        for person in objects:
            delete_account(person, by=by, now=now)
        return len(objects), 0


def protect_superusers(request, action_type, people, action):
    """Hook before a bulk action: refuse actions on superusers and roles for oneself."""
    if action.model is not User or request.user.is_superuser:
        return
    if any(person.is_superuser for person in people) or (action_type == "assign_role" and request.user in people):
        raise PermissionDenied


def refuse_to_delete_people_with_results(request, action_type, people, action):
    if action_type != "delete" or action.model is not User:
        return None
    with_results = [person for person in people if person.attempts.exists() or person.lessons_read.exists()]
    if not with_results:
        return None
    names = ", ".join(str(person) for person in with_results)
    messages.error(
        request,
        _("No one was deleted. These people have results: %(people)s. Clear their “Active” instead.")
        % {"people": names},
    )
    return redirect("wagtailusers_users:index")


class RoleAuditMixin:
    @transaction.atomic
    def process_form(self):
        response = super().process_form()
        if response.status_code == 302:
            log_role_change(self.object, by=self.request.user, now=timezone.now())
        return response


class AddRole(RoleAuditMixin, groups.CreateView):
    pass


class EditRole(RoleAuditMixin, groups.EditView):
    pass


class DeleteRole(groups.DeleteView):
    @transaction.atomic
    def delete_action(self):
        log_role_change(self.object, by=self.request.user, now=timezone.now())
        super().delete_action()


class RoleViewSet(groups.GroupViewSet):
    add_view_class = AddRole
    edit_view_class = EditRole
    delete_view_class = DeleteRole


class PersonChoices(BoundedKeysMixin, forms.ModelMultipleChoiceField):
    widget = forms.CheckboxSelectMultiple

    def label_from_instance(self, person):
        return f"{person.surnames_first} ({person.username})"


class AreaForm(WagtailAdminModelForm):
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
