"""Pages that are published only after the reviews that they need."""

from django.core.exceptions import PermissionDenied, ValidationError
from wagtail.models import PagePermissionTester

from .review_forms import CopyWithoutAliasForm
from .reviewing import missing_reviews, needed_reviews, reviews_of_draft
from .workflows import workflow_with


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
