"""The page of a sent attempt: how it went, what to go over, and once it may be read what is right."""

import json
from dataclasses import dataclass

from django.contrib.auth.decorators import login_required
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
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
from quizzes.wording.languages import interface_language

from .finding import attempt_of, on_screen_only, where_it_ended
from .kept import Kept

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
        tuple(item["key"] for item in second_paper(attempt.paper)["questions"]),
        json.dumps(given),
        tuple(sorted((question, mark.number) for question, mark in marks.items())),
    )
    papers = (attempt.paper, second_paper(attempt.paper))
    reviewed = None

    def work_out():
        nonlocal reviewed
        responses = {question: response for question, (response, _certainty) in given.items()}
        certainties = {question: certainty for question, (_response, certainty) in given.items()}
        reviewed = [review_paper(paper, responses, marks, certainties, tells=tells) for paper in papers]
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
        "sources": sources_reviewed(attempt.paper, [*reviewed, *second]),
        "LANGUAGE_CODE": interface_language(),
    }
    names = {"how_it_went": "quizzes/how_it_went.html", "body": "quizzes/review.html"}
    return {name: render_to_string(template, context) for name, template in names.items()}
