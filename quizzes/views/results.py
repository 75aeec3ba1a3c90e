"""Result of a submitted attempt, and its answers one by one."""

from django.contrib.auth.decorators import login_required
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import get_language

from quizzes.attempts.drawing import reviewed_sources
from quizzes.attempts.grading import manual_marks_of
from quizzes.attempts.review import cards_to_read, lesson_links, retry_of, review_of
from quizzes.attempts.rules import is_since_restart, restart_times
from quizzes.attempts.second_chance import repeated_items
from quizzes.question_forms.feedback import review_snapshot
from quizzes.question_forms.forms import number_of, question_url

from .taking import get_answers, get_attempt, redirect_after_end, redirect_paper_attempts

CARDS_TO_READ = 3


@login_required
@redirect_paper_attempts
def attempt_result(request, attempt_id):
    attempt = get_attempt(request, attempt_id)
    if attempt.abandoned_at:
        return redirect_after_end(request, attempt)
    if not attempt.is_final:
        return redirect("attempt_summary", attempt.pk)
    review, answers = review_of(attempt), get_answers(request, attempt)
    since = restart_times(attempt.learner_id).get(attempt.quiz_key)
    is_hidden = not review.is_pending and any(answer.is_hidden for answer in answers.values())
    context = {
        "attempt": attempt,
        "review": review,
        "is_hidden": is_hidden,
        "counts": is_since_restart(attempt, since),
        "since": since,
        "question_count": len(attempt.snapshot["questions"]),
    }
    if review.asked_again:
        context["next_url"] = question_url(attempt, number_of(attempt, review.asked_again[0]))
    if not attempt.passed and not is_hidden:
        context["cards"] = cards_to_read(attempt, review.missed, limit=CARDS_TO_READ)
    if attempt.passed is False:
        can_study = request.user.has_perm("quizzes.start_attempt")
        context["retry"] = retry_of(attempt, language=get_language(), can_study=can_study, now=timezone.now())
    return render(request, "quizzes/results/result.html", context)


@login_required
@redirect_paper_attempts
def attempt_answers(request, attempt_id):
    attempt = get_attempt(request, attempt_id)
    answers = get_answers(request, attempt)
    is_hidden = any(answer.is_hidden for answer in answers.values())
    if is_hidden or attempt.grade is None or review_of(attempt).is_pending:
        return redirect("attempt_result", attempt.pk)
    marks = manual_marks_of(attempt)
    responses = {key: answer.response for key, answer in answers.items()}
    certainties = {key: answer.certainty for key, answer in answers.items()}
    again = [item for item in repeated_items(attempt.snapshot) if item["key"] in answers]
    reviewed, again = (
        review_snapshot(attempt.snapshot | {"questions": items}, responses, marks, certainties)
        for items in (attempt.snapshot["questions"], again)
    )
    references = [reference for question in (*reviewed, *again) for reference in question.lessons]
    context = {
        "attempt": attempt,
        "reviewed": reviewed,
        "again": again,
        "links": lesson_links(references, attempt.quiz_key) if references else {},
        "sources": reviewed_sources(attempt.snapshot, [*reviewed, *again]),
    }
    return render(request, "quizzes/results/answers.html", context)
