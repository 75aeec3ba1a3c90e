"""The two ways in which a page that needs reviews is published: after the last of them, or with a reason instead.

Wagtail's setting WAGTAIL_FINISH_WORKFLOW_ACTION names `publish_reviewed` while the apps are still loading, so this
module imports the others only when it is called.
"""

from django.db import transaction


def publish_reviewed(workflow_state, user=None):
    """Publish what was approved. Where another review is still missing the page stays a draft, with its approval."""
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
    """Publish the newest draft at once, in an emergency; who, when and why stay in the history of the page."""
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
