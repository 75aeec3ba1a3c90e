"""The questions of an attempt under way as a copy, so that its person goes on answering without a line."""

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.urls import reverse

from quizzes.attempts.answers import current_answers
from quizzes.attempts.hiding import hidden_before
from quizzes.attempts.rules import may_be_kept, rules_of
from quizzes.copied import images_in, make_copy, make_page
from quizzes.exceptions import UnderWayElsewhere
from quizzes.models import Layout

from .finding import attempt_of
from .taking import show_question_of, show_summary_of


@login_required
def show_paper_copy(request, attempt_id):
    """The pages of an attempt that a device may keep, with the answers that stand now; for its person alone."""
    try:
        attempt = attempt_of(request, attempt_id)
    except UnderWayElsewhere as error:
        raise Http404 from error
    if not may_be_kept(attempt):
        raise Http404
    pages = _pages_of(attempt, current_answers(attempt, hidden_before=hidden_before(request)))
    quiz = [attempt.paper["identifier"]]
    copy = make_copy(
        pages,
        title=attempt.paper["title"],
        attempt=str(attempt.pk),
        entry=[reverse(name, args=quiz) for name in ("quiz_entry", "quiz_continue", "quiz_start")],
        images=images_in(pages),
    )
    return HttpResponse(copy, content_type="application/json", headers={"Cache-Control": "private, no-store"})


def _pages_of(attempt, answers):
    is_all = rules_of(attempt.paper).layout == Layout.ALL
    pages = {}
    for number in range(1, 2 if is_all else len(attempt.paper["questions"]) + 1):
        path = reverse("attempt_question", args=[attempt.pk, number])
        pages[path] = make_page(show_question_of, path, attempt, number, answers=answers)
    path = reverse("attempt_summary", args=[attempt.pk])
    return pages | {path: make_page(show_summary_of, path, attempt, answers=answers)}
