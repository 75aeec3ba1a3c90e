"""Review of a submitted attempt, and its second chance."""

import json
from collections import OrderedDict
from dataclasses import dataclass
from threading import Lock

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.contrib.auth.views import redirect_to_login
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.translation import get_language

from quizzes.attempts import taking as attempts
from quizzes.attempts.drawing import reviewed_sources, shown_sources
from quizzes.attempts.grading import manual_marks_of
from quizzes.attempts.review import lesson_links, retry_of, review_of
from quizzes.attempts.rules import is_since_restart, restart_times
from quizzes.attempts.second_chance import second_chance_snapshot
from quizzes.base.languages import interface_language
from quizzes.exceptions import AlreadySubmitted, LateAnswersFull, SignInRequired, UnknownQuestion, UnreadableResponse
from quizzes.question_forms.feedback import list_strengths, review_snapshot
from quizzes.question_forms.fields import build_fields, flag_unanswered
from quizzes.question_forms.forms import save_form
from quizzes.question_forms.pending import sign_pending_answer

from .taking import (
    error_summary,
    get_answers,
    get_attempt,
    redirect_after_end,
    redirect_after_submit,
    redirect_paper_attempts,
)


class LRUCache:
    """Thread-safe cache; unlike with functools.lru_cache, the key is not all that `make` needs."""

    def __init__(self, maxsize):
        self.maxsize, self.values, self.lock = maxsize, OrderedDict(), Lock()

    def get_or_make(self, key, make):
        with self.lock:
            if key in self.values:
                self.values.move_to_end(key)
                return self.values[key]
        value = make()
        with self.lock:
            self.values[key] = value
            while len(self.values) > self.maxsize:
                self.values.popitem(last=False)
        return value


# About 10,000 characters each.
_reviews = LRUCache(maxsize=50)


@dataclass
class CachedReview:
    """HTML of a review in its latest variant (language and lesson links), without the questions to save memory."""

    references: list
    has_mistakes: bool
    rendered: tuple | None = None


@login_required
@redirect_paper_attempts
def attempt_result(request, attempt_id):
    attempt = get_attempt(request, attempt_id)
    if attempt.abandoned_at or attempt.is_in_second_chance:
        return redirect_after_end(request, attempt)
    if not attempt.submitted_at:
        return redirect("attempt_summary", attempt.pk)
    now = timezone.now()
    since = restart_times(attempt.learner_id).get(attempt.quiz_key)
    review = review_of(attempt)
    answers = {} if review.is_pending else get_answers(request, attempt)
    is_hidden = any(answer.is_hidden for answer in answers.values())
    context = {
        "attempt": attempt,
        "review": review,
        "is_hidden": is_hidden,
        "shows_answers": not review.is_pending and not is_hidden,
        "counts": is_since_restart(attempt, since),
        "since": since,
    }
    if attempt.passed is False:
        can_study = request.user.has_perm("quizzes.start_attempt")
        context["retry"] = retry_of(attempt, language=get_language(), can_study=can_study, now=now)
    if context["shows_answers"]:
        context |= _review_html(attempt, answers)
    return render(request, "quizzes/results/result.html", context)


def _review_html(attempt, answers):
    marks = manual_marks_of(attempt)
    responses = {key: answer.response for key, answer in sorted(answers.items())}
    certainties = {key: answer.certainty for key, answer in sorted(answers.items())}
    snapshots = (attempt.snapshot, second_chance_snapshot(attempt.snapshot))
    # All that the review depends on: of the snapshot only the second chance changes.
    key = (
        attempt.pk,
        attempt.passed,
        tuple(item["key"] for item in snapshots[1]["questions"]),
        json.dumps([responses, certainties]),
        tuple(sorted((question, mark.number) for question, mark in marks.items())),
    )
    reviewed = None

    def compute():
        nonlocal reviewed
        reviewed = [review_snapshot(snapshot, responses, marks, certainties) for snapshot in snapshots]
        wrong = [question for part in reviewed for question in part if question.needs_review]
        return CachedReview([reference for question in wrong for reference in question.lessons], bool(wrong))

    review = _reviews.get_or_make(key, compute)
    links = lesson_links(review.references, attempt.quiz_key) if review.has_mistakes else {}
    variant = (get_language(), tuple(sorted(links.items())))
    rendered = review.rendered
    if rendered is None or rendered[0] != variant:
        if reviewed is None:
            compute()
        # One assignment, as another thread may render another variant.
        rendered = review.rendered = (variant, _render(attempt, *reviewed, links))
    return rendered[1]


def _render(attempt, reviewed, second, links):
    competencies, right_numbers = list_strengths(reviewed)
    context = {
        "attempt": attempt,
        "reviewed": reviewed,
        "second": second,
        "competencies": competencies,
        "right_numbers": right_numbers,
        "to_look_at": [question for question in reviewed if question.needs_review],
        "links": links,
        "module_link": links.get(""),
        "sources": reviewed_sources(attempt.snapshot, [*reviewed, *second]),
        "LANGUAGE_CODE": interface_language(),
    }
    names = {"how_it_went": "quizzes/results/how_it_went.html", "body": "quizzes/results/review.html"}
    return {name: render_to_string(template, context) for name, template in names.items()}


def attempt_second(request, attempt_id):
    now = timezone.now()
    if not request.user.is_authenticated:
        if request.method == "POST":
            raise SignInRequired(sign_pending_answer(attempt_id, request.POST, given_at=now))
        return redirect_to_login(request.get_full_path())
    attempt = get_attempt(request, attempt_id)
    if not attempt.is_final:
        return redirect("attempt_summary", attempt.pk)
    if request.method != "POST" and not attempt.is_in_second_chance:
        return redirect_after_end(request, attempt)
    if request.method != "POST":
        return _render_second_chance(request, attempt)
    try:
        save_form(attempt, request.POST, given_at=now, now=now)
    except AlreadySubmitted as error:
        messages.warning(request, str(error))
        return redirect_after_end(request, get_attempt(request, attempt_id))
    except (UnknownQuestion, UnreadableResponse, LateAnswersFull) as error:
        return _render_second_chance(request, attempt, error=error, status=400)
    attempt = attempts.submit_second_chance(attempt, now=now)
    if attempt.is_in_second_chance:
        return _render_second_chance(request, attempt, flags_unanswered=True)
    return redirect_after_submit(request, attempt)


def _render_second_chance(request, attempt, *, error=None, flags_unanswered=False, status=200):
    answers = get_answers(request, attempt)
    snapshot = second_chance_snapshot(attempt.snapshot)
    errors = getattr(error, "errors", {})
    _states, fields = build_fields(snapshot, answers, form=request.POST if error else None, errors=errors)
    fields = [flag_unanswered(field) if flags_unanswered else field for field in fields]
    missed = {item["key"]: item for item in attempt.snapshot["questions"]}
    references = [field.item.get("lesson") or missed[field.item["instead_of"]].get("lesson", "") for field in fields]
    links = lesson_links(filter(None, references), attempt.quiz_key)
    context = {
        "attempt": attempt,
        "fields": fields,
        "questions": [
            (field, links.get(reference) or links.get("")) for field, reference in zip(fields, references, strict=True)
        ],
        "sources": shown_sources(attempt.snapshot, fields),
    } | error_summary(fields, error)
    return render(request, "quizzes/results/second.html", context, status=status)
