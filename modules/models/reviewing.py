"""Which reviews a page needs and which it has: derived from what reviewers approved, never kept apart from it."""

from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from django.contrib.contenttypes.models import ContentType
from django.db.models import F
from django.urls import reverse
from wagtail.models import Page, PageLogEntry, TaskState

from .reviews import Review, ReviewTaskState

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
