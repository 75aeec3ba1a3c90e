"""What a role in the site may do, on Wagtail's pages; who changed it is kept."""

from django.db import transaction
from django.utils import timezone
from wagtail.users.views.groups import CreateView, DeleteView, EditView, GroupViewSet

from course.people.roles import keep_role_change


class NotesWho:
    """For a view that changes a role: what it may do is saved after the role itself, and both with who did it."""

    @transaction.atomic
    def process_form(self):
        response = super().process_form()
        if response.status_code == 302:
            keep_role_change(self.object, by=self.request.user, now=timezone.now())
        return response


class AddRole(NotesWho, CreateView):
    pass


class EditRole(NotesWho, EditView):
    pass


class DeleteRole(DeleteView):
    @transaction.atomic
    def delete_action(self):
        keep_role_change(self.object, by=self.request.user, now=timezone.now())
        super().delete_action()


class RoleViewSet(GroupViewSet):
    add_view_class = AddRole
    edit_view_class = EditRole
    delete_view_class = DeleteRole
