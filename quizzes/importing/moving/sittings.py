"""Sittings: what a person answered there, as the row has it. They may be cut off, hold unknown keys or be empty."""

import json
from dataclasses import dataclass, field
from datetime import datetime

from django.utils.dateparse import parse_datetime
from django.utils.timezone import is_naive, make_aware
from django.utils.translation import gettext as _

from quizzes.importing.old_site.dump import key_of
from quizzes.importing.parts.reading import Problem, Skipped

# The columns of keys held so many letters; some databases cut off the rest without a word.
_CUT_AT = 1024
_MOST_QUESTIONS = 2000


@dataclass
class OldSitting:
    """A finished sitting. `wrong` are the questions that counted as wrong, `score` the points that it had."""

    key: str
    user: str
    quiz: str
    order: list[str]
    answers: dict[str, str]
    wrong: frozenset[str]
    score: int
    started_at: datetime
    ended_at: datetime
    # What is not as it should be, in words.
    faults: list[str] = field(default_factory=list)
    wrong_is_cut: bool = False

    def problem(self, sentence):
        """Return a Problem about this sitting."""
        return Problem(place_of_sitting(self.key), "", str(sentence))


def place_of_sitting(key):
    """Return where a sitting stands, in words."""
    return _("sitting %(key)s") % {"key": key}


def read_sitting(row):
    """Return the OldSitting of a row; raises Skipped, with the reason, for one that can't become an attempt."""
    if not row.flag("complete"):
        raise Skipped(_("It was not finished. Its person can begin a new attempt."))
    faults = []
    answers = _read_answers(row, faults)
    order = _read_order(row, answers, faults)
    started_at, ended_at = _read_moments(row)
    score = row.number("current_score")
    if score is None or not 0 <= score <= len(order):
        fixed = min(max(score or 0, 0), len(order))
        faults.append(
            _("Its points were no number from 0 to %(all)d; they became %(n)d.") % {"all": len(order), "n": fixed}
        )
        score = fixed
    wrong, is_cut = _read_keys(row, "incorrect_questions")
    return OldSitting(
        row.key,
        row.points_to("user"),
        row.points_to("quiz"),
        order,
        answers,
        frozenset(wrong),
        score,
        started_at,
        ended_at,
        faults,
        wrong_is_cut=is_cut,
    )


def _read_keys(row, name):
    """Return the keys of a list with commas, each once, and whether the end was cut off; doubled commas say nothing."""
    text = row.text(name)[: _CUT_AT * 20]
    keys = [part.strip() for part in text.split(",")]
    # A list of just that length may be whole; its last key may be a piece of one.
    is_cut = len(text) == _CUT_AT
    if is_cut and not text.endswith(","):
        keys.pop()
    return list(dict.fromkeys(key for key in keys if key.isascii() and key.isdecimal() and len(key) < 20)), is_cut


def _read_order(row, answers, faults):
    order, is_cut = _read_keys(row, "question_order")
    added = [key for key in answers if key not in set(order)]
    if is_cut:
        faults.append(_("The list of its questions was cut off; the rest follows from its answers."))
    elif order and added:
        faults.append(_("It has answers to questions that it did not ask: they are left out."))
    if is_cut or not order:
        order += added
    if not order:
        raise Skipped(_("It does not say which questions it asked."))
    if len(order) > _MOST_QUESTIONS:
        raise Skipped(_("It has far too many questions to be true."))
    return order


def _read_answers(row, faults):
    """Return {question: what was posted, as text} of the JSON; a broken one is none."""
    text = row.text("user_answers")
    try:
        answers = json.loads(text) if text else {}
    except (ValueError, RecursionError):
        answers = None
    if not isinstance(answers, dict):
        faults.append(_("Its answers can’t be read; only what was right and wrong comes over."))
        return {}
    read = {}
    for key, value in answers.items():
        if key_of(key).isdecimal() and isinstance(value, str | bool | int):
            read[key_of(key)] = value if isinstance(value, str) else str(value)[:40]
    return read


def _read_moments(row):
    moments = [_read_moment(row.text(name)) for name in ("start", "end")]
    known = [moment for moment in moments if moment]
    if not known:
        raise Skipped(_("It does not say when it was: it is from a version that did not keep that."))
    return min(known), max(known)


def _read_moment(text):
    try:
        moment = parse_datetime(text)
        return make_aware(moment) if moment and is_naive(moment) else moment
    except (ValueError, OverflowError):
        return None
