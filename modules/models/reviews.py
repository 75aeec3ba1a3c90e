"""Reviews of texts: their model, workflow, forms and panels."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from uuid import uuid4

from django import forms
from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import models
from django.db.models import F
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from wagtail.admin.forms import WagtailAdminPageForm
from wagtail.admin.forms.pages import CopyForm
from wagtail.admin.panels import Panel
from wagtail.forms import TaskStateCommentForm
from wagtail.models import (
    AbstractGroupApprovalTask,
    Page,
    PageLogEntry,
    PagePermissionTester,
    TaskState,
    Workflow,
    WorkflowTask,
)


class ModuleForm(WagtailAdminPageForm):
    """A module: made by who may not say which reviews it needs, it needs every one until somebody says otherwise."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if self.instance.pk is None:
            for field in self.instance.REVIEW_FIELDS.values():
                if field not in self.fields:
                    setattr(self.instance, field, True)


class CopyWithoutAliasForm(CopyForm):
    """Copies a page. An alias is not offered: it changes whenever its original does, with no draft to be reviewed.

    Nor is an address, where the copy gets the next number: Wagtail wants one that is free until then.
    """

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields.pop("alias", None)
        if hasattr(self.page.specific_class, "STAYS"):
            self.fields["new_slug"] = forms.SlugField(
                label=_("Address"),
                required=False,
                initial=f"copia-{uuid4().hex}",
                widget=forms.HiddenInput,
                help_text=_("The copy gets the next free number, and the address that goes with it."),
            )


class ApprovalForm(TaskStateCommentForm):
    """What a reviewer says when approving: in whose name it is shown, and a word to the editors."""

    credit = forms.CharField(max_length=200)
    field_order = ["credit", "comment"]

    @classmethod
    def for_review(cls, review):
        """Return the form class with the words for this kind of review."""
        return {"legal": LegalApprovalForm, "peers": PeerApprovalForm}[review]


class LegalApprovalForm(ApprovalForm):
    credit = forms.CharField(
        label=_("Your name, as everyone who reads the page sees it"),
        max_length=200,
        help_text=_("With your title, such as “Lcda. Ana Coj”. The date is added."),
    )


class PeerApprovalForm(ApprovalForm):
    credit = forms.CharField(
        label=_("Organisation, as everyone who reads the page sees it"),
        max_length=200,
        help_text=_("Such as “OMES”. Do not write the name of a person. The date is added."),
    )


class ReasonForm(forms.Form):
    """Why a page is published before the reviews that it needs."""

    reason = forms.CharField(
        label=_("Reason"),
        min_length=10,
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Such as: the telephone number of the line changed today. It stays in the history of the page."),
        error_messages={
            "required": _("Write the reason: it stays in the history of the page."),
            "min_length": _("Write the reason in a few words, so that it can be understood in a year."),
        },
    )


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


# Made in the site's own language, like the names of its groups: people rename them in the CMS.
TASK_NAMES = {Review.LEGAL: "Revisión legal", Review.PEERS: "Revisión de pares"}
WORKFLOW_NAMES = {
    (Review.LEGAL,): "Revisión legal",
    (Review.PEERS,): "Revisión de pares",
    (Review.LEGAL, Review.PEERS): "Revisión legal y de pares",
}


def ensure_workflows(reviewers):
    """Make what is missing of the workflows; `reviewers` maps each Review to the group that approves.

    What is there stays as it is, switched off or not.
    """
    tasks = {review: _ensure_task(review, group) for review, group in reviewers.items()}
    present = set(_reviews_by_workflow(WorkflowTask.objects.all()).values())
    for reviews, name in WORKFLOW_NAMES.items():
        if frozenset(reviews) in present:
            continue
        workflow = Workflow.objects.create(name=name)
        for order, review in enumerate(reviews):
            WorkflowTask.objects.create(workflow=workflow, task=tasks[review], sort_order=order)


def workflow_with(reviews):
    """Return the active workflow that has these reviews and as few others as possible, or None."""
    in_use = WorkflowTask.objects.filter(workflow__active=True, task__active=True)
    fitting = [(len(found), pk) for pk, found in _reviews_by_workflow(in_use).items() if found >= frozenset(reviews)]
    return Workflow.objects.get(pk=min(fitting)[1]) if fitting else None


def _ensure_task(review, group):
    task = ReviewTask.objects.filter(review=review).order_by("pk").first()
    if task is None:
        task = ReviewTask.objects.create(name=TASK_NAMES[review], review=review)
        task.groups.add(group)
    return task


def _reviews_by_workflow(places):
    """Return {workflow's pk: frozenset of reviews} of these WorkflowTasks."""
    found = defaultdict(set)
    for workflow, review in places.values_list("workflow_id", "task__reviewtask__review"):
        if review:
            found[workflow].add(Review(review))
    return {workflow: frozenset(reviews) for workflow, reviews in found.items()}


PUBLISHED_WITHOUT_REVIEW = "modules.publish_without_review"


@dataclass(frozen=True)
class Approval:
    """That someone of the right group approved a revision of a page; `credit` is the name shown to readers."""

    page_pk: int
    review: Review
    revision_pk: int
    credit: str
    approved_at: datetime
    reviewer: str


@dataclass(frozen=True)
class ReviewOfPage:
    """How a page that people read stands with one review it needs; `last` is the newest Approval, or None."""

    review: Review
    last: Approval | None
    published_revision_pk: int | None

    @cached_property
    def is_of_what_is_published(self):
        return self.last is not None and self.last.revision_pk == self.published_revision_pk

    @property
    def has_changed_since(self):
        return self.last is not None and not self.is_of_what_is_published


@dataclass(frozen=True)
class DraftReviewRow:
    """A review of the page with the addresses of what changed since, in what is published and in the draft."""

    one: ReviewOfPage
    is_missing: bool
    changed_in_draft: str
    changed_when_published: str


@dataclass(frozen=True)
class DraftReviews:
    """The reviews of a page whose draft is edited, which are missing, and why it went out without, if it did."""

    rows: list
    missing: list
    emergency: PageLogEntry | None


def needed_reviews(page, revision=None):
    """Return the reviews that the page needs, in their order. A lesson needs what its module needs.

    A draft of a module can ask for more than the published one at once, and for less only once it is published.
    """
    module = getattr(page, "reviewed_with", None)
    if module is None:
        return []
    needed = set(module.reviews)
    if revision is not None and module is page:
        # The CMS edits a page as its draft says, which is not what is stored.
        stored = type(page).objects.filter(pk=page.pk).values(*page.REVIEW_FIELDS.values()).first() or {}
        needed |= {
            review for review, field in page.REVIEW_FIELDS.items() if stored.get(field) or revision.content.get(field)
        }
    return [review for review in Review if review in needed]


def missing_reviews(page, revision):
    """Return the reviews that keep exactly this revision (None: of a page without any) from being published."""
    unapproved = unapproved_reviews(page, revision)
    return [] if unapproved and revision is not None and emergency_of(revision) else unapproved


def unapproved_reviews(page, revision):
    """Return the reviews that nobody has approved for exactly this revision, whatever is published already."""
    needed = needed_reviews(page, revision)
    if not needed or revision is None:
        return needed
    approved = {approval.review for approval in _approvals(revision=revision)}
    return [review for review in needed if review not in approved]


def emergency_of(revision):
    """Return the log entry of who published this revision, as it is now, without review and why, or None."""
    entries = PageLogEntry.objects.filter(
        action=PUBLISHED_WITHOUT_REVIEW, revision=revision, timestamp__gte=revision.created_at
    )
    return entries.select_related("user").order_by("timestamp").last()


def reviews_of(page):
    """Return the ReviewOfPage of each review that the page needs; one query when it needs any."""
    needed = needed_reviews(page)
    return reviews_of_pages([page], {page.pk: needed})[page.pk] if needed else []


def reviews_of_pages(pages, needed):
    """Return {page's pk: [ReviewOfPage]} in one query; `needed` maps the pages' keys to the reviews they need."""
    newest = {(a.page_pk, a.review): a for a in approvals_of([page.pk for page in pages])}
    return {
        page.pk: [
            ReviewOfPage(review, newest.get((page.pk, review)), page.live_revision_id) for review in needed[page.pk]
        ]
        for page in pages
    }


def reviews_of_draft(page):
    """Return the `DraftReviews` of the newest draft of a page, for who edits it."""
    needed = needed_reviews(page, page.latest_revision)
    missing = unapproved_reviews(page, page.latest_revision)
    reviews = reviews_of_pages([page], {page.pk: needed})[page.pk]
    rows = [_row_of(page, one, missing) for one in reviews]
    return DraftReviews(rows, missing, page.live_revision and emergency_of(page.live_revision))


def _row_of(page, one, missing):
    last = one.last
    in_draft = when_published = ""
    if last and last.revision_pk != page.latest_revision_id:
        in_draft = changes_since(last, "latest")
    if last and one.has_changed_since and page.live:
        when_published = changes_since(last, "live")
    return DraftReviewRow(one, one.review in missing, in_draft, when_published)


def changes_since(approval, until):
    """Return the address of Wagtail's comparison of what was approved with `live`, `latest` or a revision."""
    return reverse("wagtailadmin_pages:revisions_compare", args=[approval.page_pk, approval.revision_pk, until])


def approvals_of(page_pks):
    """Return the Approvals of the pages, oldest first, in one query."""
    return _approvals(
        revision__base_content_type=ContentType.objects.get_for_model(Page),
        revision__object_id__in=[str(pk) for pk in page_pks],
    )


def emergencies_of(pages):
    """Return {page's pk: the log entry} of pages whose published revision went out without review, with its reason."""
    entries = PageLogEntry.objects.filter(
        action=PUBLISHED_WITHOUT_REVIEW, revision__in=[page.live_revision_id for page in pages]
    ).select_related("user")
    return {entry.page_id: entry for entry in entries.order_by("timestamp")}


def _approvals(**conditions):
    # An autosave may overwrite a revision in place, which makes it younger than its approval.
    states = (
        ReviewTaskState.objects.filter(
            status=TaskState.STATUS_APPROVED, finished_at__gte=F("revision__created_at"), **conditions
        )
        .select_related("revision", "finished_by")
        .defer("revision__content")
        .annotate(review=F("task__reviewtask__review"))
        .order_by("finished_at")
    )
    return [
        Approval(
            page_pk=int(state.revision.object_id),
            review=Review(state.review),
            revision_pk=state.revision_id,
            credit=state.credit,
            approved_at=state.finished_at,
            reviewer=str(state.finished_by or ""),
        )
        for state in states
    ]


class ReviewedPagePermissions(PagePermissionTester):
    """What a person may do with a page of the course: publishing waits for the reviews that its text needs."""

    def can_publish(self):
        # A page that is being made stands in no module yet; whether it may be public at once is its parent's to say.
        if self.page.pk is None:
            return False
        return super().can_publish() and not missing_reviews(self.page, self.page.latest_revision)

    def can_unschedule(self):
        return super().can_publish()

    def can_unpublish(self):
        """With its page the whole course is gone, and most of it comes back only after reviews."""
        may_take_course_off = self.user.has_perm("modules.publish_without_review")
        return super().can_unpublish() and (may_take_course_off or not self.page.is_whole_course)

    def can_publish_subpage(self):
        """A new page is kept as a draft first: published at once, it would be public before any review."""
        return super().can_publish_subpage() and not self.page.subpages_wait_for_review

    def can_delete(self, ignore_bulk=False):
        """Who only reviews may change drafts, but adds no page and takes none away."""
        return super().can_delete(ignore_bulk) and (self.user.is_superuser or "add" in self.permissions)

    def can_move_to(self, destination):
        """A public page does not slip in where more reviews are needed than where it was published."""
        if not super().can_move_to(destination):
            return False
        needed_there = needed_reviews(destination.specific)
        return not self.page.live or set(needed_there) <= set(needed_reviews(self.page))


class ReviewedBeforePublishing:
    """A page of the course: its module says which reviews it needs, and every way to publish asks for them."""

    copy_form_class = CopyWithoutAliasForm
    is_whole_course = False
    subpages_wait_for_review = False
    # The module that says which reviews the page needs; the course needs none.
    reviewed_with = None

    def permissions_for_user(self, user):
        return ReviewedPagePermissions(user, self)

    @property
    def draft_reviews(self):
        """The reviews that the newest draft needs, in their order."""
        return needed_reviews(self, self.latest_revision)

    def reviews_of_draft(self):
        """Return the `DraftReviews` of the newest draft."""
        return reviews_of_draft(self)

    def minimal_clean(self):
        """Say with every mistake of which field it is: who translates phrase by phrase is shown it there."""
        try:
            super().minimal_clean()
        except ValidationError as mistake:
            if hasattr(mistake, "error_dict"):
                raise
            raise ValidationError({"title": mistake.messages}) from mistake

    def get_workflow(self):
        """Return the workflow with the reviews that the page needs; a page that needs none has Wagtail's own."""
        needed = self.draft_reviews
        return workflow_with(needed) if needed else super().get_workflow()

    @property
    def has_workflow(self):
        """Whether there is one to send the page to; Wagtail asks only for one that is assigned to a page above."""
        return self.get_workflow() is not None

    def publish(self, revision, *args, unreviewed=False, log_action=True, **kwargs):
        """Publish the revision if it has the reviews that it needs.

        `unreviewed` is for the files of the course, and for who has given a reason: see `modules.reviews.publishing`.
        """
        if not unreviewed and missing_reviews(self, revision):
            if log_action != "wagtail.publish.scheduled":
                raise PermissionDenied("This revision lacks a review that it needs.")
            # The command that publishes what is due goes on with the other pages.
            revision.approved_go_live_at = None
            revision.save(update_fields=["approved_go_live_at"])
            return None
        return super().publish(revision, *args, log_action=log_action, **kwargs)


class ReviewsPanel(Panel):
    """Shown on pages that need reviews, above their fields."""

    class BoundPanel(Panel.BoundPanel):
        template_name = "modules/admin/reviews_panel.html"

        def is_shown(self):
            return self.instance.pk is not None and bool(self.instance.draft_reviews)

        def get_context_data(self, parent_context=None):
            page, user = self.instance, self.request.user
            reviews, task = page.reviews_of_draft(), page.current_workflow_task
            return super().get_context_data(parent_context) | {
                "rows": reviews.rows,
                "missing": reviews.missing,
                "emergency": reviews.emergency,
                "in_review": page.workflow_in_progress,
                "is_my_turn": bool(task and task.get_actions(page, user)),
                "may_submit": page.permissions_for_user(user).can_submit_for_moderation(),
            }
