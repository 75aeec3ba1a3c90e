"""The short case some weeks after finishing: read and tried in the page; what comes back is that it was done."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from course.refresher_cases import NotDue, due_weeks, finishing_of, is_done, mark_done, questions_of
from modules.rendering.references import references_of


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def spaced_case(request, week):
    """The case of a week; a post says that it was done and nothing else, however often it comes."""
    now = timezone.now()
    if request.method == "POST":
        return _mark(request, week, now)
    finish_key, finished_at = finishing_of(request.user)
    if finish_key is None or week not in due_weeks(finished_at, now=now):
        return _refuse(request)
    language = get_language()
    questions = questions_of(request.user, finish_key, week, language=language)
    texts = [text for one in questions for text in (one.text, *(choice.feedback for choice in one.shown))]
    references = references_of(*texts, language=language)
    context = {
        "week": week,
        "questions": questions,
        "is_done": is_done(request.user, finish_key, week),
        "terms": references.names,
        # The words; whoever wants the sources of two minutes finds them in the lessons.
        "references": references._replace(sources=[]),
        # No link within the case: following one would leave in the history which option was open.
        "in_scene": True,
    }
    return render(request, "account/spaced_case.html", context)


def _mark(request, week, now):
    try:
        mark_done(request.user, week, now=now)
    except NotDue:
        return _refuse(request)
    messages.success(request, _("Noted: you did this review. Only that is kept."))
    return redirect("my_course")


def _refuse(request):
    messages.warning(
        request, _("That review is not there for you: reviews come one, four and eight weeks after finishing.")
    )
    return redirect("my_course")
