"""Reviews of texts: models, workflow, forms, panel."""

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
    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if self.instance.pk is None:
            # Made by an editor who may not choose reviews, a module needs all of them.
            for field in self.instance.REVIEW_FIELDS.values():
                if field not in self.fields:
                    setattr(self.instance, field, True)


class CopyWithoutAliasForm(CopyForm):
    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields.pop("alias", None)
        if hasattr(self.page.specific_class, "FIXED_FIELDS"):
            # The copy gets the next number and its slug; until then Wagtail needs a free one.
            self.fields["new_slug"] = forms.SlugField(
                label=_("Address"),
                required=False,
                initial=f"copia-{uuid4().hex}",
                widget=forms.HiddenInput,
                help_text=_("The copy gets the next free number, and the address that goes with it."),
            )


class ApprovalForm(TaskStateCommentForm):
    credit = forms.CharField(max_length=200)
    field_order = ["credit", "comment"]


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
    """The kinds of review before publishing; content files have the values."""

    LEGAL = "legal", _("Legal review")
    PEERS = "peers", _("Peer review")


class ReviewTaskState(TaskState):
    credit = models.CharField(_("reviewed by"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("state of a review")
        verbose_name_plural = _("states of reviews")


class ReviewTask(AbstractGroupApprovalTask):
    """A workflow step in which only the members of its groups review a page, not administrators."""

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
        if not self.is_reviewer(user):
            return []
        return [("reject", _("Request changes"), True), ("approve", _("Approve"), True)]

    def get_task_states_user_can_moderate(self, user, **kwargs):
        in_progress = self.task_states.filter(status=TaskState.STATUS_IN_PROGRESS)
        return in_progress if self.is_reviewer(user) else in_progress.none()

    def locked_for_user(self, page, user):
        # Users who may publish without review can still correct a wrong telephone number at once.
        return super().locked_for_user(page, user) and not user.has_perm("modules.publish_without_review")

    def get_form_for_action(self, action):
        if action != "approve":
            return super().get_form_for_action(action)
        return {Review.LEGAL: LegalApprovalForm, Review.PEERS: PeerApprovalForm}[self.review]

    def on_action(self, task_state, user, action_name, *, credit="", comment="", **kwargs):
        """Approve or request changes as `user`, and return the URL of the page with the outcome."""
        state = task_state.specific
        if action_name == "approve":
            state.credit = credit.strip()[:200] or (str(user) if self.review == Review.LEGAL else "")
            latest = state.workflow_state.content_object.get_latest_revision()
            # A reviewer who edits the page and approves it approves her own revision.
            if latest.user_id == user.pk:
                state.revision = latest
        super().on_action(state, user, action_name, comment=comment)
        return reverse("review_decided", args=[state.pk])


# In the site's language, like the names of its groups: administrators can rename them.
TASK_NAMES = {Review.LEGAL: "Revisión legal", Review.PEERS: "Revisión de pares"}
WORKFLOW_NAMES = {
    (Review.LEGAL,): "Revisión legal",
    (Review.PEERS,): "Revisión de pares",
    (Review.LEGAL, Review.PEERS): "Revisión legal y de pares",
}


def ensure_workflows(reviewers):
    """Create missing workflows, leave existing ones; `reviewers` is {Review: group that approves}."""
    tasks = {review: _ensure_task(review, group) for review, group in reviewers.items()}
    present = set(_reviews_by_workflow(WorkflowTask.objects.all()).values())
    for reviews, name in WORKFLOW_NAMES.items():
        if frozenset(reviews) in present:
            continue
        workflow = Workflow.objects.create(name=name)
        for order, review in enumerate(reviews):
            WorkflowTask.objects.create(workflow=workflow, task=tasks[review], sort_order=order)


def find_workflow(reviews):
    """Return the active workflow with these reviews and the fewest others, or None."""
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
    found = defaultdict(set)
    for workflow, review in places.values_list("workflow_id", "task__reviewtask__review"):
        if review:
            found[workflow].add(Review(review))
    return {workflow: frozenset(reviews) for workflow, reviews in found.items()}


PUBLISHED_WITHOUT_REVIEW = "modules.publish_without_review"


@dataclass(frozen=True)
class Approval:
    page_pk: int
    review: Review
    revision_pk: int
    credit: str
    approved_at: datetime
    reviewer: str


@dataclass(frozen=True)
class PageReview:
    review: Review
    last: Approval | None
    published_revision_pk: int | None

    @cached_property
    def covers_published(self):
        return self.last is not None and self.last.revision_pk == self.published_revision_pk

    @property
    def has_changed_since(self):
        return self.last is not None and not self.covers_published


@dataclass(frozen=True)
class DraftReviewRow:
    page_review: PageReview
    is_missing: bool
    changed_in_draft: str
    changed_when_published: str


@dataclass(frozen=True)
class DraftReviews:
    rows: list
    missing: list
    emergency: PageLogEntry | None


def needed_reviews(page, revision=None):
    """Return the ordered reviews of the page; a module's draft adds reviews, only publishing removes them."""
    module = getattr(page, "reviewing_module", None)
    if module is None:
        return []
    needed = set(module.reviews)
    if revision is not None and module is page:
        # The CMS edits the draft, so `page` may differ from what is published.
        stored = type(page).objects.filter(pk=page.pk).values(*page.REVIEW_FIELDS.values()).first() or {}
        needed |= {
            review for review, field in page.REVIEW_FIELDS.items() if stored.get(field) or revision.content.get(field)
        }
    return [review for review in Review if review in needed]


def missing_reviews(page, revision):
    """Return the reviews that block publishing this revision; None is a page without revisions."""
    unapproved = unapproved_reviews(page, revision)
    return [] if unapproved and revision is not None and emergency_publication(revision) else unapproved


def unapproved_reviews(page, revision):
    needed = needed_reviews(page, revision)
    if not needed or revision is None:
        return needed
    approved = {approval.review for approval in _approvals(revision=revision)}
    return [review for review in needed if review not in approved]


def emergency_publication(revision):
    entries = PageLogEntry.objects.filter(
        action=PUBLISHED_WITHOUT_REVIEW, revision=revision, timestamp__gte=revision.created_at
    )
    return entries.select_related("user").order_by("timestamp").last()


def reviews_of(page):
    needed = needed_reviews(page)
    return reviews_of_pages([page], {page.pk: needed})[page.pk] if needed else []


def reviews_of_pages(pages, needed):
    """Return {page pk: [PageReview]} in one query; `needed` is {page pk: [Review]}."""
    newest = {(a.page_pk, a.review): a for a in approvals_of([page.pk for page in pages])}
    return {
        page.pk: [
            PageReview(review, newest.get((page.pk, review)), page.live_revision_id) for review in needed[page.pk]
        ]
        for page in pages
    }


def reviews_of_draft(page):
    needed = needed_reviews(page, page.latest_revision)
    missing = unapproved_reviews(page, page.latest_revision)
    reviews = reviews_of_pages([page], {page.pk: needed})[page.pk]
    rows = [_draft_review_row(page, review, missing) for review in reviews]
    return DraftReviews(rows, missing, page.live_revision and emergency_publication(page.live_revision))


def _draft_review_row(page, page_review, missing):
    last = page_review.last
    in_draft = when_published = ""
    if last and last.revision_pk != page.latest_revision_id:
        in_draft = changes_since(last, "latest")
    if last and page_review.has_changed_since and page.live:
        when_published = changes_since(last, "live")
    return DraftReviewRow(page_review, page_review.review in missing, in_draft, when_published)


def changes_since(approval, until):
    """Return the URL of Wagtail's comparison with "live", "latest" or a revision's pk."""
    return reverse("wagtailadmin_pages:revisions_compare", args=[approval.page_pk, approval.revision_pk, until])


def approvals_of(page_pks):
    return _approvals(
        revision__base_content_type=ContentType.objects.get_for_model(Page),
        revision__object_id__in=[str(pk) for pk in page_pks],
    )


def emergency_publications(pages):
    entries = PageLogEntry.objects.filter(
        action=PUBLISHED_WITHOUT_REVIEW, revision__in=[page.live_revision_id for page in pages]
    ).select_related("user")
    return {entry.page_id: entry for entry in entries.order_by("timestamp")}


def _approvals(**conditions):
    # An autosave overwrites a revision in place: an approval that is older than its revision does not count.
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
    def can_publish(self):
        # A new page has no module yet: `can_publish_subpage` of its parent decides.
        if self.page.pk is None:
            return False
        return super().can_publish() and not missing_reviews(self.page, self.page.latest_revision)

    def can_unschedule(self):
        return super().can_publish()

    def can_unpublish(self):
        # Unpublishing the course page takes the whole course offline, and most of it returns only after reviews.
        may_take_course_off = self.user.has_perm("modules.publish_without_review")
        return super().can_unpublish() and (may_take_course_off or not self.page.is_whole_course)

    def can_publish_subpage(self):
        # A new page must be a draft first, or it would be public before any review.
        return super().can_publish_subpage() and not self.page.subpages_wait_for_review

    def can_delete(self, ignore_bulk=False):
        # Reviewers may change drafts, but neither add nor delete pages.
        return super().can_delete(ignore_bulk) and (self.user.is_superuser or "add" in self.permissions)

    def can_move_to(self, destination):
        # A published page cannot move to a module that needs more reviews.
        if not super().can_move_to(destination):
            return False
        needed_there = needed_reviews(destination.specific)
        return not self.page.live or set(needed_there) <= set(needed_reviews(self.page))


class ReviewRequiredMixin:
    copy_form_class = CopyWithoutAliasForm
    is_whole_course = False
    subpages_wait_for_review = False
    # The module that sets the reviews; the course has none.
    reviewing_module = None

    def permissions_for_user(self, user):
        return ReviewedPagePermissions(user, self)

    @property
    def draft_reviews(self):
        return needed_reviews(self, self.latest_revision)

    def reviews_of_draft(self):
        return reviews_of_draft(self)

    def minimal_clean(self):
        # wagtail-localize shows errors beside their field only.
        try:
            super().minimal_clean()
        except ValidationError as error:
            if hasattr(error, "error_dict"):
                raise
            raise ValidationError({"title": error.messages}) from error

    def get_workflow(self):
        needed = self.draft_reviews
        return find_workflow(needed) if needed else super().get_workflow()

    @property
    def has_workflow(self):
        return self.get_workflow() is not None

    def publish(self, revision, *args, unreviewed=False, log_action=True, **kwargs):
        """Publish the revision if it has its reviews, or `unreviewed`; raises PermissionDenied."""
        if not unreviewed and missing_reviews(self, revision):
            if log_action != "wagtail.publish.scheduled":
                raise PermissionDenied("This revision lacks a review that it needs.")
            # `publish_scheduled` must go on with the other pages.
            revision.approved_go_live_at = None
            revision.save(update_fields=["approved_go_live_at"])
            return None
        return super().publish(revision, *args, log_action=log_action, **kwargs)


class ReviewsPanel(Panel):
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
