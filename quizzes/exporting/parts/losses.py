"""Sentences about what a format cannot hold."""

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _

from quizzes.importing.parts.percent import find_weight
from quizzes.importing.parts.reading import Problem
from quizzes.kinds import KINDS

from .moodle_gaps import find_gap_losses, is_cloze
from .moodle_places import find_place_losses
from .pairs import loses_marks
from .percents import full_percents, write_number

_WEIGHING = ("single", "multiple", "short_text", "number")
# Kinds with combined feedback in Moodle.
SAYING_AS_A_WHOLE = ("single", "multiple", "matching", "ordering", "gaps", "places")


class LeftOut(Problem):
    """A question that is not in the file."""


def leave_out(question, sentence):
    problem = question.problem(sentence)
    return LeftOut(problem.place, problem.name, problem.sentence)


def find_gift_losses(question):
    if question.marks != 1:
        yield _("GIFT has no points: it was worth %(points)d.") % {"points": question.marks}
    if not question.published:
        yield _("GIFT has no drafts, and this is one.")
    if question.unit:
        yield _("GIFT has no units: it was “%(unit)s”.") % {"unit": question.unit}
    if question.marking_guide:
        yield _("GIFT has no guide for marking.")
    if question.kind == "short_text" and not question.forgives_case:
        yield _("GIFT does not say that capitals matter.")
    if _says_as_a_whole(question):
        yield _("GIFT has no feedback for right, partly right or wrong answers as a whole.")
    yield from find_common_losses(question)


def find_moodle_losses(question):
    if question.kind == "ordering":
        yield _("Moodle reads it only from version 4.4 on, or with the plugin “ordering”.")
    if question.kind == "ordering" and any(choice.feedback for choice in question.choices):
        yield _("Moodle may leave out the feedback of each step.")
    if question.kind == "gaps":
        yield from find_gap_losses(question)
    if question.kind == "places":
        yield from find_place_losses(question)
    has_no_whole = question.kind not in SAYING_AS_A_WHOLE or (question.kind == "gaps" and is_cloze(question))
    if has_no_whole and _says_as_a_whole(question):
        yield _("In Moodle this kind has no feedback for right, partly right or wrong answers as a whole.")
    yield from find_common_losses(question)


def find_common_losses(question):
    if question.difficulty:
        yield _("Moodle has no difficulty.")
    if question.kind in _WEIGHING and (odd := [p for p in full_percents(question) if find_weight(p) is None]):
        yield _(
            "Moodle knows no weight of %(percent)s%% and refuses the question; tell it to take the nearest one instead."
        ) % {"percent": write_number(odd[0])}
    if question.kind == "short_text" and question.forgives_accents:
        yield _("Moodle compares accents: add the answers without them if they shall count there.")
    if question.kind == "matching" and any(choice.feedback for choice in question.choices):
        yield _("Moodle has no feedback for each pair.")
    if question.kind == "matching" and any(loses_marks(choice.match) for choice in question.choices):
        yield _("In Moodle the right side of a pair has neither bold nor italics.")
    if question.kind == "true_false" and not _has_usual_words(question):
        yield _("Moodle has its own words for true and false.")


def _says_as_a_whole(question):
    return bool(question.right_feedback or question.partly_feedback or question.wrong_feedback)


def find_unfinished(question):
    """Return the first thing that an editor has to fix, or nothing."""
    kind = KINDS[question.kind]
    about = {"text": question.text, "has_image": bool(question.image)}
    return next((str(sentence) for sentence in kind.check(question.choices, **about)), "")


def is_true(choice, question):
    """Return whether an option of a true-or-false question means «true»: by its word, else by its place."""
    word = choice.text.casefold()
    if word in _words("True"):
        return True
    return word not in _words("False") and choice is question.choices[0]


def _has_usual_words(question):
    return [choice.text.casefold() for choice in question.choices] in (
        [[true, false] for true, false in zip(_words("True"), _words("False"), strict=True)]
    )


def _words(word):
    words = []
    for language, _name in settings.INTERFACE_LANGUAGES:
        with translation.override(language):
            words.append(_(word).casefold())
    return words
