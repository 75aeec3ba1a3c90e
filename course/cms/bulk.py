"""What is done to several people at once in the list of people: Wagtail's own pages, our rules."""

from django import forms
from django.contrib.auth.models import Group
from django.utils import timezone
from wagtail.users.views.bulk_actions import AssignRoleBulkAction, DeleteBulkAction, SetActiveStateBulkAction

from course.people.accounts import delete_account, give_roles, set_active
from course.people.roles import SITE_ROLES


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
