"""Publishing after the last review, or with a reason instead."""

from django.db import transaction


def publish_reviewed(workflow_state, user=None):
    """Publish what was approved; a page that lacks another review stays a draft."""
    from modules.models import ReviewRequiredMixin  # noqa: PLC0415 - models load later
    from modules.models.reviews import missing_reviews, needed_reviews  # noqa: PLC0415 - models load later

    revision = workflow_state.content_object.get_latest_revision()
    page = revision.content_object
    if not isinstance(page, ReviewRequiredMixin) or not needed_reviews(page, revision):
        revision.publish(user=user)
    elif not missing_reviews(page, revision):
        # Reviewers publish nothing at will, only what they approve.
        revision.publish(user=user, skip_permission_checks=True)


@transaction.atomic
def publish_without_review(page, *, by, reason):
    from wagtail.log_actions import log  # noqa: PLC0415 - models load later

    from modules.models.reviews import PUBLISHED_WITHOUT_REVIEW, missing_reviews  # noqa: PLC0415 - models load later

    revision = page.get_latest_revision() or page.save_revision(user=by)
    reviews = [review.value for review in missing_reviews(page, revision)]
    log(
        instance=page,
        action=PUBLISHED_WITHOUT_REVIEW,
        user=by,
        revision=revision,
        data={"reason": reason, "reviews": reviews},
    )
    page.publish(revision, user=by, unreviewed=True, skip_permission_checks=True)
