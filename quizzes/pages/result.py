"""The page of a sent attempt: how it went, what to go over, and once it may be read what is right."""

from django.contrib.auth.decorators import login_required
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import get_language

from quizzes.answering.feedback import review_paper, what_went_well
from quizzes.attempts.answers import current_answers
from quizzes.attempts.asking_again import second_paper
from quizzes.attempts.counting import counting_since, counts_since
from quizzes.attempts.grading import marks_of
from quizzes.attempts.hiding import hidden_before
from quizzes.attempts.lessons import lesson_links
from quizzes.attempts.reviewing import retry_of, review_of
from quizzes.attempts.sources import sources_reviewed

from .finding import attempt_of, on_screen_only, where_it_ended


@login_required
@on_screen_only
def attempt_result(request, attempt_id):
    """Show the review of a submitted attempt: how it went, what was chosen, and once it may be read what is right."""
    attempt = attempt_of(request, attempt_id)
    if attempt.abandoned_at or attempt.asks_again:
        return where_it_ended(request, attempt)
    if not attempt.submitted_at:
        return redirect("attempt_summary", attempt.pk)
    now = timezone.now()
    since = counting_since(attempt.learner_id).get(attempt.quiz_key)
    review = review_of(attempt, now=now, since=since)
    is_told = review.shows_answers or review.shows_chosen
    answers = current_answers(attempt, hidden_before=hidden_before(request)) if is_told else {}
    is_hidden = any(answer.is_hidden for answer in answers.values())
    if is_hidden:
        review, is_told = review._replace(shows_answers=False, shows_chosen=False), False
    reviewed = _reviewed(attempt, attempt.paper, answers, tells=review.shows_answers) if is_told else []
    second = _reviewed(attempt, second_paper(attempt.paper), answers, tells=review.shows_answers) if is_told else []
    acts, numbers = what_went_well(reviewed)
    to_look_at = [one for one in (*reviewed, *second) if one.needs_another_look]
    links = lesson_links([ref for one in to_look_at for ref in one.lessons], attempt.quiz_key) if to_look_at else {}
    context = {
        "attempt": attempt,
        "review": review,
        "is_hidden": is_hidden,
        "counts": counts_since(attempt, since),
        "since": since,
        "reviewed": reviewed,
        "second": second,
        "acts": acts,
        "right_numbers": numbers,
        "to_look_at": [one for one in to_look_at if one not in second],
        "links": links,
        "module_link": links.get(""),
        "sources": sources_reviewed(attempt.paper, [*reviewed, *second]),
        "retry": retry_of(
            attempt, language=get_language(), may_study=request.user.has_perm("quizzes.start_attempt"), now=now
        ),
    }
    return render(request, "quizzes/result.html", context)


def _reviewed(attempt, paper, answers, *, tells):
    return review_paper(
        paper,
        {key: answer.response for key, answer in answers.items()},
        marks_of(attempt),
        {key: answer.certainty for key, answer in answers.items()},
        tells=tells,
    )
