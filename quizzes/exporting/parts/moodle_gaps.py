"""Gaps in Moodle XML: «select missing words», or embedded answers (Cloze)."""

from dataclasses import replace
from itertools import chain, zip_longest

from django.utils.translation import gettext as _

from quizzes.base.markup import find_gaps, render_emphasis, renumber_gaps, split_at_gaps, strip_markup
from quizzes.importing.parts.html import is_html

from .moodle_elements import write_common_feedback, write_html, write_question_text, write_questiontext, write_tag
from .percents import write_number

_SIGNS = {sign: f"&#{ord(sign)};" for sign in "~#{}\\=%"} | {"&": "&amp;", "<": "&lt;", ">": "&gt;"}


def choose_gap_writer(question):
    """Return (Moodle type, writer of answers, writer of the text)."""
    if is_cloze(question):
        return "cloze", lambda _question: (), _write_codes
    return "gapselect", _write_lists, _write_numbered


def is_cloze(question):
    """Return whether «select missing words» would lose text boxes, feedback, shares or markup of options."""
    return any(is_typed(options) for options in gap_options(question).values()) or any(
        choice.feedback
        or choice.fraction is not None
        or strip_markup(choice.text) != choice.text
        or is_html(choice.text)
        for choice in question.choices
    )


def find_gap_losses(question):
    if not is_cloze(question):
        return
    gaps = gap_options(question)
    if question.marks % len(gaps or [0]):
        yield _("In Moodle each of its gaps counts one point, so it is worth %(points)d there.") % {"points": len(gaps)}
    if question.forgives_accents and any(map(is_typed, gaps.values())):
        yield _("Moodle compares accents: add the answers without them if they shall count there.")


def gap_options(question):
    return {
        number: [choice for choice in question.choices if choice.gap == number] for number in find_gaps(question.text)
    }


def is_typed(options):
    return all(choice.is_correct for choice in options)


def _write_numbered(question):
    options = [choice for options in gap_options(question).values() for choice in options]
    right = [place for place, choice in enumerate(options, start=1) if choice.is_correct]
    return write_question_text(replace(question, text=renumber_gaps(question.text, right)))


def _write_lists(question):
    yield "<shuffleanswers>1</shuffleanswers>"
    yield from write_common_feedback(question)
    for group, options in enumerate(gap_options(question).values(), start=1):
        for choice in options:
            yield f"<selectoption>{write_tag('text', choice.text)}<group>{group}</group></selectoption>"


def _write_codes(question):
    gaps = gap_options(question).values()
    weight = question.marks // len(gaps) if question.marks % len(gaps) == 0 else 1
    codes = [_write_code(question, options, weight) for options in gaps]
    pieces = [piece.replace("{", "&#123;") for piece in split_at_gaps(write_html(question.text))]
    return write_questiontext("".join(chain.from_iterable(zip_longest(pieces, codes, fillvalue=""))), question)


def _write_code(question, options, weight):
    if is_typed(options):
        kind = "SHORTANSWER" if question.forgives_case else "SHORTANSWER_C"
        answers = [_write_answer(c, c.text, 100 if c.fraction is None else c.fraction) for c in options]
    else:
        kind = "MULTICHOICE_S"
        answers = [_write_answer(c, render_emphasis(c.text), 100 if c.is_correct else c.fraction or 0) for c in options]
    return f"{{{weight}:{kind}:{'~'.join(answers)}}}"


def _write_answer(choice, text, percent):
    share = "=" if percent == 100 else f"%{write_number(percent)}%" if percent else "%0%"
    feedback = f"#{_escape(render_emphasis(choice.feedback))}" if choice.feedback else ""
    return f"{share}{_escape(text)}{feedback}"


def _escape(text):
    return "".join(_SIGNS.get(sign, sign) for sign in str(text)).replace("\n", " ")
