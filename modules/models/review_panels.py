"""In the editor of a page: which reviews it has, which its draft still needs, and what changed since the last one."""

from wagtail.admin.panels import Panel


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
