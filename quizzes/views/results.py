"""The page of a sent attempt: how it went, what to go over, and once it may be read what is right."""

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
from quizzes.attempts.drawing import sources_reviewed, sources_shown
from quizzes.attempts.grading import marks_of
from quizzes.attempts.responses import current_answers
from quizzes.attempts.review import hidden_before, lesson_links, retry_of, review_of
from quizzes.attempts.rules import counting_since, counts_since
from quizzes.attempts.second_chance import second_snapshot
from quizzes.base.languages import interface_language
from quizzes.exceptions import AlreadySubmitted, NotOnPaper, SignInRequired, TooMuch, UnreadableResponse
from quizzes.question_forms.feedback import review_snapshot, what_went_well
from quizzes.question_forms.fields import fields_of, name_open
from quizzes.question_forms.forms import save_form
from quizzes.question_forms.pending import carry

from .taking import attempt_of, lead_on, on_screen_only, refusal_of, where_it_ended


class Kept:
    """So many values at most, those asked for last."""

    def __init__(self, most):
        self.most, self.values, self.lock = most, OrderedDict(), Lock()

    def get(self, key, make):
        """Return the value of a key, made now where there is none."""
        with self.lock:
            if key in self.values:
                self.values.move_to_end(key)
                return self.values[key]
        value = make()
        with self.lock:
            self.values[key] = value
            while len(self.values) > self.most:
                self.values.popitem(last=False)
        return value


# Each is some ten thousand characters: those of a few people who are reading theirs now.
_kept = Kept(most=50)


@dataclass
class KeptReview:
    """What is kept of a review: which lessons it leads to, and (language and where these stand, its parts of the page).

    Its questions are not: with their papers they would fill the memory.
    """

    references: list
    is_to_look_at: bool
    shown: tuple = (None, None)


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
    context = {
        "attempt": attempt,
        "review": review,
        "is_hidden": is_hidden,
        "counts": counts_since(attempt, since),
        "since": since,
    }
    if attempt.passed is False:
        may_study = request.user.has_perm("quizzes.start_attempt")
        context["retry"] = retry_of(attempt, language=get_language(), may_study=may_study, now=now)
    if is_told:
        context |= _parts_of(attempt, answers, tells=review.shows_answers)
    return render(request, "quizzes/result.html", context)


def _parts_of(attempt, answers, *, tells):
    """Return the parts of the page that tell of the questions, as HTML: {"how_it_went", "body"}."""
    marks = marks_of(attempt)
    given = {key: (answer.response, answer.certainty) for key, answer in sorted(answers.items())}
    # All that the review follows from: the paper never changes, but for what is asked again in it.
    key = (
        attempt.pk,
        attempt.passed,
        tells,
        tuple(item["key"] for item in second_snapshot(attempt.snapshot)["questions"]),
        json.dumps(given),
        tuple(sorted((question, mark.number) for question, mark in marks.items())),
    )
    papers = (attempt.snapshot, second_snapshot(attempt.snapshot))
    reviewed = None

    def work_out():
        nonlocal reviewed
        responses = {question: response for question, (response, _certainty) in given.items()}
        certainties = {question: certainty for question, (_response, certainty) in given.items()}
        reviewed = [review_snapshot(snapshot, responses, marks, certainties, tells=tells) for snapshot in papers]
        wrong = [one for part in reviewed for one in part if one.needs_another_look]
        return KeptReview([reference for one in wrong for reference in one.lessons], bool(wrong))

    review = _kept.get(key, work_out)
    links = lesson_links(review.references, attempt.quiz_key) if review.is_to_look_at else {}
    # One language and one place of its lessons is kept: whoever changes the language seldom goes back.
    place = (get_language(), tuple(sorted(links.items())))
    known, parts = review.shown
    if known != place:
        if reviewed is None:
            work_out()
        parts = _render(attempt, *reviewed, links)
        review.shown = (place, parts)
    return parts


def _render(attempt, reviewed, second, links):
    acts, right_numbers = what_went_well(reviewed)
    context = {
        "attempt": attempt,
        "reviewed": reviewed,
        "second": second,
        "acts": acts,
        "right_numbers": right_numbers,
        "to_look_at": [one for one in reviewed if one.needs_another_look],
        "links": links,
        "module_link": links.get(""),
        "sources": sources_reviewed(attempt.snapshot, [*reviewed, *second]),
        "LANGUAGE_CODE": interface_language(),
    }
    names = {"how_it_went": "quizzes/how_it_went.html", "body": "quizzes/review.html"}
    return {name: render_to_string(template, context) for name, template in names.items()}


def attempt_second(request, attempt_id):
    """Ask another question of everything indispensable that was missed; a post saves the answers and sends them."""
    now = timezone.now()
    if not request.user.is_authenticated:
        if request.method == "POST":
            raise SignInRequired(carry(attempt_id, request.POST, given_at=now))
        return redirect_to_login(request.get_full_path())
    attempt = attempt_of(request, attempt_id)
    if not attempt.is_final:
        return redirect("attempt_summary", attempt.pk)
    if request.method != "POST":
        return _show_second(request, attempt) if attempt.asks_again else where_it_ended(request, attempt)
    try:
        save_form(attempt, request.POST, given_at=now, now=now)
    except AlreadySubmitted as error:
        messages.warning(request, str(error))
        return where_it_ended(request, attempt_of(request, attempt_id))
    except (NotOnPaper, UnreadableResponse, TooMuch) as error:
        return _show_second(request, attempt, error=error, status=400)
    attempt = attempts.send_second(attempt, now=now)
    return _show_second(request, attempt, is_asked=True) if attempt.asks_again else lead_on(request, attempt)


def _show_second(request, attempt, *, error=None, is_asked=False, status=200):
    """Show what is asked again; `is_asked`: the person wanted to send it, and it is not all answered."""
    answers = current_answers(attempt, hidden_before=hidden_before(request))
    snapshot = second_snapshot(attempt.snapshot)
    errors = getattr(error, "errors", {})
    _states, fields = fields_of(snapshot, answers, form=request.POST if error else None, errors=errors)
    fields = [name_open(field) if is_asked else field for field in fields]
    missed = {item["key"]: item for item in attempt.snapshot["questions"]}
    named = [field.item.get("lesson") or missed[field.item["instead_of"]].get("lesson", "") for field in fields]
    links = lesson_links(filter(None, named), attempt.quiz_key)
    context = {
        "attempt": attempt,
        "fields": fields,
        "asked": [(field, links.get(name) or links.get("")) for field, name in zip(fields, named, strict=True)],
        "sources": sources_shown(attempt.snapshot, fields),
    } | refusal_of(fields, error)
    return render(request, "quizzes/second.html", context, status=status)
