"""Who reviews a text before it is published: the reviews there are, the step in which one happens, what came of it."""

from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from wagtail.models import AbstractGroupApprovalTask, TaskState

from .review_forms import ApprovalForm


class Review(models.TextChoices):
    """What a text may need before it is published; the values stand in the files of the course."""

    LEGAL = "legal", _("Legal review")
    PEERS = "peers", _("Peer review")


class ReviewTaskState(TaskState):
    """What came of a review of one revision, and in whose name it is shown to those who read the page."""

    credit = models.CharField(_("reviewed by"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("state of a review")
        verbose_name_plural = _("states of reviews")


class ReviewTask(AbstractGroupApprovalTask):
    """A step of a workflow in which the members of its groups, and nobody else, review a page."""

    review = models.CharField(_("review"), max_length=20, choices=Review)

    task_state_class = ReviewTaskState
    admin_form_fields = [*AbstractGroupApprovalTask.admin_form_fields, "review"]
    admin_form_readonly_on_edit_fields = [*AbstractGroupApprovalTask.admin_form_readonly_on_edit_fields, "review"]

    class Meta:
        verbose_name = _("review step")
        verbose_name_plural = _("review steps")

    def is_reviewer(self, user):
        return self.groups.filter(pk__in=user.groups.values("pk")).exists()

    def get_actions(self, page, user):
        """Return [(action, label, whether it asks for more)]; an administrator is no lawyer and approves nothing."""
        if not self.is_reviewer(user):
            return []
        return [("reject", _("Request changes"), True), ("approve", _("Approve"), True)]

    def get_task_states_user_can_moderate(self, user, **kwargs):
        in_progress = self.task_states.filter(status=TaskState.STATUS_IN_PROGRESS)
        return in_progress if self.is_reviewer(user) else in_progress.none()

    def locked_for_user(self, page, user):
        """Lock the page while it is reviewed, but not for those who mend a wrong telephone number in a hurry."""
        return super().locked_for_user(page, user) and not user.has_perm("modules.publish_without_review")

    def get_form_for_action(self, action):
        return ApprovalForm.for_review(self.review) if action == "approve" else super().get_form_for_action(action)

    def on_action(self, task_state, user, action_name, *, credit="", comment="", **kwargs):
        """Approve or ask for changes, as `user`; `credit` is the name that readers of the page see.

        Return the address that says what came of it.
        """
        state = task_state.specific
        if action_name == "approve":
            state.credit = credit.strip()[:200] or (str(user) if self.review == Review.LEGAL else "")
            latest = state.workflow_state.content_object.get_latest_revision()
            # A reviewer who mends something and approves has seen what she wrote herself.
            if latest.user_id == user.pk:
                state.revision = latest
        super().on_action(state, user, action_name, comment=comment)
        # Where Wagtail goes afterwards; its editor goes its own way.
        return reverse("review_decided", args=[state.pk])
