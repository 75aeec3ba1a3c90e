"""In the editor of a page: which reviews it has, which its draft still needs, and what changed since the last one."""

from dataclasses import dataclass

from django.urls import reverse
from wagtail.admin.panels import Panel


@dataclass(frozen=True)
class ReviewRow:
    """A review of the page with the addresses of what changed since, in what is published and in the draft."""

    standing: object
    is_missing: bool
    changed_in_draft: str
    changed_when_published: str


class ReviewsPanel(Panel):
    """Shown on pages that need reviews, above their fields."""

    class BoundPanel(Panel.BoundPanel):
        template_name = "modules/admin/reviews_panel.html"

        def is_shown(self):
            from .reviews import needed_reviews

            page = self.instance
            return page.pk is not None and bool(needed_reviews(page, page.latest_revision))

        def get_context_data(self, parent_context=None):
            from .reviews import emergency_of, needed_reviews, standing_of, unapproved_reviews

            page = self.instance
            needed = needed_reviews(page, page.latest_revision)
            missing = unapproved_reviews(page, page.latest_revision)
            task = page.current_workflow_task
            standings = standing_of([page], {page.pk: needed})[page.pk]
            return super().get_context_data(parent_context) | {
                "rows": [row_of(page, standing, missing) for standing in standings],
                "missing": missing,
                "in_review": page.workflow_in_progress,
                "is_my_turn": bool(task and task.get_actions(page, self.request.user)),
                "may_submit": page.permissions_for_user(self.request.user).can_submit_for_moderation(),
                "emergency": page.live_revision and emergency_of(page.live_revision),
            }


def row_of(page, standing, missing):
    last = standing.last
    in_draft = when_published = ""
    if last and last.revision_pk != page.latest_revision_id:
        in_draft = changes_since(last, "latest")
    if last and standing.has_changed_since and page.live:
        when_published = changes_since(last, "live")
    return ReviewRow(standing, standing.review in missing, in_draft, when_published)


def changes_since(approval, until):
    """Return the address of Wagtail's comparison of what was approved with `live`, `latest` or a revision."""
    return reverse("wagtailadmin_pages:revisions_compare", args=[approval.page_pk, approval.revision_pk, until])
