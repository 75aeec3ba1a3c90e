"""Deleting in the admin what something else still tells about: it is kept, and the page says what to do instead."""

from django.db import transaction
from django.db.models import ProtectedError
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.admin import messages
from wagtail.admin.views.generic import DeleteView
from wagtail.log_actions import log
from wagtail.users.views.users import DeleteView as DeleteUserView

from course.models import User
from course.people.accounts import delete_account
from course.people.places import delete_area


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
