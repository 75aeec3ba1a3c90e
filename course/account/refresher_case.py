"""Page of a refresher case."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from course.refresher_cases import NotDue, current_finish, due_weeks, is_done, mark_done, questions_of
from modules.rendering.references import find_references


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def spaced_case(request, week):
    now = timezone.now()
    if request.method == "POST":
        return _mark(request, week, now)
    finish_key, finished_at = current_finish(request.user)
    if finish_key is None or week not in due_weeks(finished_at, now=now):
        return _refuse(request)
    language = get_language()
    questions = questions_of(request.user, finish_key, week, language=language)
    texts = [text for one in questions for text in (one.text, *(choice.feedback for choice in one.shown))]
    references = find_references(*texts, language=language)
    context = {
        "week": week,
        "questions": questions,
        "is_done": is_done(request.user, finish_key, week),
        "terms": references.names,
        "references": references._replace(sources=[]),
        # No links: the browser history would show which option was open.
        "in_scene": True,
    }
    return render(request, "account/refresher_case/spaced_case.html", context)


def _mark(request, week, now):
    try:
        mark_done(request.user, week, now=now)
    except NotDue:
        return _refuse(request)
    messages.success(request, _("Saved: you did this review. Nothing else is stored."))
    return redirect("my_course")


def _refuse(request):
    messages.warning(
        request, _("This review is not available: reviews come one, four and eight weeks after finishing.")
    )
    return redirect("my_course")
