"""The own account in the admin: a name that somebody of the staff changes there is kept as any other."""

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
from wagtail.admin.forms.account import AvatarPreferencesForm, NameEmailForm
from wagtail.admin.ui.tables import (
    BooleanColumn,
    BulkActionsCheckboxColumn,
    ButtonsColumnMixin,
    Column,
    DateColumn,
)
from wagtail.admin.views.account import AccountView, AvatarSettingsPanel, NameEmailSettingsPanel
from wagtail.admin.views.generic import DeleteView
from wagtail.log_actions import log
from wagtail.search.backends import database
from wagtail.search.query import PlainText
from wagtail.users.views import groups
from wagtail.users.views.bulk_actions import AssignRoleBulkAction, DeleteBulkAction, SetActiveStateBulkAction
from wagtail.users.views.users import CreateView, EditView, IndexView, UserColumn, UserFilterSet, UserViewSet
from wagtail.users.views.users import DeleteView as DeleteUserView

from certificates.text.fields import post_to_register
from course.models import Area, User
from course.people.accounts import (
    change_numbers,
    change_person,
    create_account,
    delete_account,
    give_password,
    give_pin,
    give_roles,
    register_person,
    remove_second_step,
    set_active,
)
from course.people.clinics import delete_area, name_areas_led
from course.people.identifier_fields import add_number_fields, ask_in, check_numbers, numbers_of
from course.people.roles import SITE_ROLES, keep_role_change

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
    """Wagtail's panel, which says why a picture was not taken."""

    template_name = "course/admin/own_picture.html"
    form_class = OwnPictureForm


_IN_PLACE_OF = {NameEmailSettingsPanel: OwnNamePanel, AvatarSettingsPanel: OwnPicturePanel}


class OwnAccount(AccountView):
    """Wagtail's page, with the forms for name and picture in place of its own."""

    def get_panels(self):
        return [
            _IN_PLACE_OF[type(panel)](panel.request, panel.user, panel.profile)
            if type(panel) in _IN_PLACE_OF
            else panel
            for panel in super().get_panels()
        ]


own_account = require_admin_access(OwnAccount.as_view())


class TellsRuleWho:
    """For an action on people: the rule is told by whom it is done."""

    def get_execution_context(self):
        return super().get_execution_context() | {"by": self.request.user, "now": timezone.now()}


class RoleForm(forms.Form):
    """Which role several people get: one of the site, as in the form of one person, and no other group."""

    role = forms.ModelChoiceField(queryset=Group.objects.filter(name__in=SITE_ROLES))


class AssignRole(TellsRuleWho, AssignRoleBulkAction):
    form_class = RoleForm

    @classmethod
    def execute_action(cls, objects, role=None, *, by, now, **kwargs):
        for person in objects:
            give_roles(person, {role, *person.groups.all()}, by=by, now=now)
        return len(objects), 0


class SetActiveState(TellsRuleWho, SetActiveStateBulkAction):
    @classmethod
    def execute_action(cls, objects, mark_as_active=False, *, by, now, **kwargs):
        return set_active(objects, mark_as_active, by=by, now=now), 0


class Delete(TellsRuleWho, DeleteBulkAction):
    template_name = "cms/confirm_bulk_delete_people.html"

    @classmethod
    def execute_action(cls, objects, *, by, now, **kwargs):
        for person in objects:
            delete_account(person, by=by, now=now)
        return len(objects), 0


class NotesWho:
    """For a view that changes a role: what it may do is saved after the role itself, and both with who did it."""

    @transaction.atomic
    def process_form(self):
        response = super().process_form()
        if response.status_code == 302:
            keep_role_change(self.object, by=self.request.user, now=timezone.now())
        return response


class AddRole(NotesWho, groups.CreateView):
    pass


class EditRole(NotesWho, groups.EditView):
    pass


class DeleteRole(groups.DeleteView):
    @transaction.atomic
    def delete_action(self):
        keep_role_change(self.object, by=self.request.user, now=timezone.now())
        super().delete_action()


class RoleViewSet(groups.GroupViewSet):
    add_view_class = AddRole
    edit_view_class = EditRole
    delete_view_class = DeleteRole


def SearchBackend(params):
    """Return Wagtail's own search of the database that the site has; Wagtail looks for this name."""
    backend = database.SearchBackend(params)
    if connection.vendor == "sqlite":
        backend.query_compiler_class = _without_quotes(backend.query_compiler_class)
        backend.autocomplete_query_compiler_class = _without_quotes(backend.autocomplete_query_compiler_class)
    return backend


def _without_quotes(compiler):
    """Return the compiler, mended: it puts each word in double quotes and breaks at one inside a word."""

    class Compiler(compiler):
        def build_search_query_content(self, query, config=None):
            if isinstance(query, PlainText):
                query = PlainText(query.query_string.replace('"', "'"), operator=query.operator)
            return super().build_search_query_content(query, config=config)

    return Compiler


class KeepsWhatIsUsed:
    """For a view that deletes by a rule: a result, an enrolment or a person that belongs to it keeps it."""

    kept_message = ""
    rule = None

    @transaction.atomic
    def delete_action(self):
        log(self.object, "wagtail.delete", user=self.request.user, deleted=True)
        type(self).rule(self.object, by=self.request.user, now=timezone.now())

    def form_valid(self, form):
        try:
            return super().form_valid(form)
        except ProtectedError:
            messages.error(self.request, self.kept_message % {"object": self.object})
            return redirect(self.index_url_name)


class DeleteArea(KeepsWhatIsUsed, DeleteView):
    rule = delete_area
    kept_message = gettext_lazy("Health centres belong to %(object)s, so it is kept. Move them first.")


class DeletePerson(KeepsWhatIsUsed, DeleteUserView):
    rule = delete_account
    template_name = "cms/confirm_delete_person.html"
    # A message waits in a cookie, or in the session, until it is shown.
    success_message = gettext_lazy("The account is deleted.")
    kept_message = gettext_lazy("%(object)s has results, so the account is kept. Take “Active” away instead.")

    @property
    def certificates(self):
        return self.object.certificates.count()


def keep_people_with_results(request, action_type, people, action):
    """Before several are deleted at once: none is while one of them has results."""
    if action_type != "delete" or action.model is not User:
        return None
    kept = [person for person in people if person.attempts.exists() or person.lessons_read.exists()]
    if not kept:
        return None
    names = ", ".join(str(person) for person in kept)
    messages.error(
        request,
        _("Nobody was deleted. These people have results: %(people)s. Take “Active” away from them instead.")
        % {"people": names},
    )
    return redirect("wagtailusers_users:index")


class PersonForm(forms.ModelForm):
    """A person: learners need a code and names, staff a role in the site too."""

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
        help_text=gettext_lazy("Whoever leads one has a desk with its groups, and needs no other role."),
    )

    class Meta:
        model = User
        fields = ["username", "first_name", "last_name", "role", "job_title", "clinic", "phone", "sex", "groups"]
        labels = {"username": gettext_lazy("User code"), "groups": gettext_lazy("Roles in the site")}
        help_texts = {
            "username": gettext_lazy("Letters and digits without spaces, such as ANA234. It is printed on the card."),
            "groups": gettext_lazy("None for participants. Whoever has a role here signs in with a password."),
        }
        widgets = {"groups": forms.CheckboxSelectMultiple}

    def __init__(self, *args, by, **kwargs):
        super().__init__(*args, **kwargs)
        self.by = by
        # The new PIN to tell the person, once saved.
        self.starting_pin = None
        if self.instance.pk:
            self.fields["areas_led"].initial = list(self.instance.areas_led.values_list("pk", flat=True))
        ask_in(self)
        add_number_fields(self)
        self.fields["groups"].queryset = Group.objects.filter(name__in=SITE_ROLES)
        self.fields["password"].help_text = self.password_help

    password_help = gettext_lazy(
        "Leave it empty and the person gets a starting PIN, shown to you once, and chooses an own PIN or password."
    )

    def clean_username(self):
        """Codes that differ only in the case of their letters would be one and the same at sign-in."""
        code = self.cleaned_data["username"]
        if User.objects.filter(username__iexact=code).exclude(pk=self.instance.pk).exists():
            raise ValidationError(_("Another person has this user code."))
        return code

    def clean_job_title(self):
        return post_to_register(self.cleaned_data["job_title"])

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
        given, doing = self.cleaned_data, {"by": self.by, "now": timezone.now()}
        # A role in the site makes staff and taking it away ends that: see `receivers`.
        what = {
            "roles": given["groups"],
            "areas": given["areas_led"],
            "password": given["password"],
            "chance": secrets.SystemRandom(),
        }
        self.starting_pin = create_account(self.instance, **what, **doing)
        change_numbers(self.instance, **numbers_of(self), **doing)
        return self.instance


class PersonEditForm(PersonForm):
    """As above, and what a person who lost a PIN or a phone needs."""

    password_help = gettext_lazy("Leave it empty to change nothing.")
    new_pin = forms.BooleanField(
        label=gettext_lazy("Give a new starting PIN"),
        required=False,
        help_text=gettext_lazy(
            "For who forgot the PIN. The present one stops working; the new one is shown to you once."
        ),
    )
    forget_phone = forms.BooleanField(
        label=gettext_lazy("Remove the second step"),
        required=False,
        help_text=gettext_lazy("For who lost the phone with the authenticator app."),
    )

    class Meta(PersonForm.Meta):
        fields = [*PersonForm.Meta.fields, "is_active"]
        help_texts = PersonForm.Meta.help_texts | {
            "is_active": gettext_lazy("Take this away instead of deleting a person: what was done is kept."),
        }

    def __init__(self, *args, editing_self=False, **kwargs):
        super().__init__(*args, **kwargs)
        if editing_self:
            for name in ("is_active", "groups", "areas_led", "new_pin", "forget_phone", "password"):
                del self.fields[name]

    @transaction.atomic
    def save(self, commit=True):
        person, given, doing = self.instance, self.cleaned_data, {"by": self.by, "now": timezone.now()}
        changed = given.keys() & set(self._meta.fields) - {"groups"}
        register_person(person, fields=changed, **numbers_of(self), **doing)
        if "groups" in given:
            give_roles(person, given["groups"], **doing)
        if "areas_led" in given:
            name_areas_led(person, given["areas_led"], **doing)
        if given.get("password"):
            give_password(person, given["password"], **doing)
        elif given.get("new_pin"):
            self.starting_pin = give_pin(person, chance=secrets.SystemRandom(), **doing)
        if given.get("forget_phone"):
            remove_second_step(person, **doing)
        return person


def tell_starting_pin(request, person, pin):
    """Show the PIN once, to who made it."""
    messages.warning(
        request,
        _("%(person)s: user code %(code)s, starting PIN %(pin)s. Write it down now: it is not shown again.")
        % {"person": person, "code": person.username, "pin": pin},
    )


class PersonColumn(ButtonsColumnMixin, UserColumn):
    """The name of a person, with `buttons(person)` below it."""

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
            Column("groups", label=gettext_lazy("Roles in the site"), accessor=names_of_roles),
            BooleanColumn("is_active", label=gettext_lazy("Active"), sort_key="is_active", classname="status"),
            DateColumn("last_login", label=gettext_lazy("Last sign-in"), sort_key="last_login"),
        ]

    def get_base_queryset(self):
        return super().get_base_queryset().select_related("clinic").prefetch_related("groups")


def leave_superusers_alone(request, action_type, people, action):
    """What is done to several people at once leaves out who installed the site, as the form for one does.

    And as there, nobody gives roles to oneself.
    """
    if action.model is not User or request.user.is_superuser:
        return
    if any(person.is_superuser for person in people) or (action_type == "assign_role" and request.user in people):
        raise PermissionDenied


def names_of_roles(person):
    return ", ".join(group.name for group in person.groups.all())


class TellsFormWho:
    """For a view whose form is told by whom it is filled in, and may make a PIN."""

    def get_form_kwargs(self):
        return super().get_form_kwargs() | {"by": self.request.user}

    def run_after_hook(self):
        if self.form.starting_pin:
            tell_starting_pin(self.request, self.object, self.form.starting_pin)
        return super().run_after_hook()


class AddPerson(TellsFormWho, CreateView):
    page_title = gettext_lazy("Add a person")
    success_message = gettext_lazy("%(object)s was added.")


class EditPerson(TellsFormWho, EditView):
    success_message = gettext_lazy("%(object)s was saved.")
    error_message = gettext_lazy("The person was not saved: look at the fields marked below.")

    def setup(self, request, *args, **kwargs):
        super().setup(request, *args, **kwargs)
        if self.object.is_superuser and not request.user.is_superuser:
            raise PermissionDenied


class PeopleFilterSet(UserFilterSet):
    class Meta(UserFilterSet.Meta):
        fields = ["clinic", "role"]


class PeopleViewSet(UserViewSet):
    """The people of the site, for administrators."""

    menu_label = gettext_lazy("People")
    menu_name = "people"
    menu_order = 300
    add_to_settings_menu = False
    add_to_admin_menu = True
    # Wagtail's own templates for people ask for an e-mail: the generic ones show our form as it is.
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
