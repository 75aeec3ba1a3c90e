"""Reviews in the page editor: missing reviews, emergency publishing."""

from django.contrib import messages as django_messages
from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.admin import messages
from wagtail.admin.action_menu import ActionMenuItem, PublishMenuItem
from wagtail.log_actions import LogFormatter
from wagtail.models import Page

from modules.models import ReviewRequiredMixin
from modules.models.reviews import ReasonForm, missing_reviews, needed_reviews
from modules.reviews.decisions import decision_of, names_of, tell_decision
from modules.reviews.publishing import publish_without_review


def refuse_without_review(request, page):
    if not isinstance(page, ReviewRequiredMixin):
        return None
    missing = missing_reviews(page, page.get_latest_revision())
    if not missing:
        return None
    sentence = _("It was saved as a draft and not published: still missing is the %(reviews)s. Send it to review.")
    messages.error(request, sentence % {"reviews": names_of(missing)})
    return redirect("wagtailadmin_pages:edit", page.pk)


def refuse_stale_answer(request, page):
    """Refuse a review from a form older than the newest draft, which it would overwrite unread."""
    if request.method != "POST" or "action-workflow-action" not in request.POST or is_newest(request.POST, page):
        return None
    messages.error(
        request,
        _("Somebody saved a newer draft while you had the page open. Your answer was not recorded: read it first."),
    )
    return redirect("wagtailadmin_pages:edit", page.pk)


def remember_review(request, page):
    """Note which review this form may answer: afterwards the page is at the next one, or at none."""
    if "action-workflow-action" in request.POST and isinstance(page, ReviewRequiredMixin):
        request.review_at_hand = getattr(page.current_workflow_task_state, "pk", None)


def is_newest(form, page):
    newest = page.latest_revision
    if newest is None:
        return True
    if saved_by_itself := form.get("overwrite_revision_id"):
        return saved_by_itself == str(newest.pk)
    begun_at = newest.created_at.isoformat()
    return form.get("loaded_revision_id", str(newest.pk)) == str(newest.pk) and (
        form.get("loaded_revision_created_at", begun_at) == begun_at
    )


def say_what_was_decided(request, page):
    decision = decision_of(request.user, getattr(request, "review_at_hand", None))
    if decision is None:
        return
    *said, _updated = list(django_messages.get_messages(request)) or [None]
    for message in said:
        django_messages.add_message(request, message.level, message.message, extra_tags=message.extra_tags)
    messages.success(request, tell_decision(decision))


def show_what_was_decided(request, state_pk):
    decision = decision_of(request.user, state_pk)
    if decision is not None:
        messages.success(request, tell_decision(decision))
    return redirect("wagtailadmin_home")


class PublishWithoutReviewItem(ActionMenuItem):
    name = "action-publish-without-review"
    label = gettext_lazy("Publish without review…")
    icon_name = "warning"

    def get_url(self, parent_context):
        return reverse("publish_without_review", args=[parent_context["page"].pk])


def offer_review_instead(items, request, context):
    page = context.get("page")
    if context["view"] == "create" or not isinstance(page, ReviewRequiredMixin) or not needed_reviews(page):
        return
    items[:] = [item for item in items if not isinstance(item, PublishMenuItem)]
    if may_publish_without_review(request.user, page) and missing_reviews(page, page.latest_revision):
        items.append(PublishWithoutReviewItem(order=1000))


def may_publish_without_review(user, page):
    return user.has_perm("modules.publish_without_review") and page.permissions_for_user(user).can_edit()


def ask_for_reason(request, page_pk):
    page = get_object_or_404(Page, pk=page_pk).specific
    if not isinstance(page, ReviewRequiredMixin) or not may_publish_without_review(request.user, page):
        raise PermissionDenied
    missing = missing_reviews(page, page.get_latest_revision())
    if not missing:
        messages.info(request, _("This draft lacks no review: no reason is needed."))
        return redirect("wagtailadmin_pages:edit", page.pk)
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        publish_without_review(page, by=request.user, reason=form.cleaned_data["reason"])
        sentence = _("“%(title)s” was published without the %(reviews)s. Send it to review as soon as you can.")
        messages.warning(request, sentence % {"title": page.draft_title, "reviews": names_of(missing)})
        return redirect("wagtailadmin_pages:edit", page.pk)
    context = {"page": page, "form": form, "missing": names_of(missing)}
    return render(request, "modules/admin/publish_without_review.html", context)


class PublishedWithoutReview(LogFormatter):
    label = gettext_lazy("Publish without review")

    def format_message(self, entry):
        return _("Published without review")

    def format_comment(self, entry):
        return entry.data.get("reason", "")
