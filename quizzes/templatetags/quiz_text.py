"""Filters for the templates of quizzes. Those that begin with `printed` are for what has not the looks of the site."""

import json

from django import template
from django.utils import timezone
from django.utils.formats import number_format

from quizzes.answering import cases, fields
from quizzes.attempts import scoring, timing
from quizzes.kinds import KINDS, gaps, kind_of, places
from quizzes.wording import marks
from quizzes.wording.percentages import write_percentage

register = template.Library()


@register.filter
def line(text):
    """Show one paragraph of marked text."""
    return marks.quiet_sources(marks.render_line(text))


@register.filter
def paragraphs(text):
    """Show marked text of several paragraphs."""
    return marks.quiet_sources(marks.render_text(text))


register.filter("printed_line", marks.render_line)
register.filter("printed_paragraphs", marks.render_text)


@register.filter
def plain(text):
    """Show marked text without its marks, where no markup may stand (the options of a select)."""
    return marks.plain(text)


@register.filter
def takes_away(item):
    """Whether marking an option of a paper's item may take points away."""
    return kind_of(item).takes_away(item)


@register.filter
def is_unverified(text):
    """Whether the text itself says that something in it is not verified."""
    return marks.is_unverified(text or "")


@register.filter
def lookup(mapping, key):
    """Return `mapping[key]`, or an empty text; so too where a page has no mapping to give."""
    return mapping.get(key, "") if mapping else ""


@register.filter
def as_json(response):
    """Write a response so that the form can send back what it showed."""
    return json.dumps(response, ensure_ascii=False)


@register.filter
def down(number, places=1):
    """Show a number rounded down, without idle zeros: 87.5, 80, 66.6."""
    rounded = scoring.round_down(number, places)
    # Fixed point: normalize() alone turns 80 into 8E+1.
    return number_format(format(rounded.normalize(), "f"))


register.filter("percentage", write_percentage)


@register.filter
def state_at(attempt, now):
    """Return the AttemptState of an attempt at a moment."""
    return timing.state_of(attempt, now)


@register.filter
def points_of(attempt):
    """Return the points of a submitted attempt that was listed without its paper."""
    return scoring.points_of(attempt.grade, attempt.total)


@register.simple_tag(takes_context=True)
def clock_of(context, attempt):
    """Return the Clock of an open attempt, or None. On a copy, read nobody knows when, it names the day."""
    if context.get("is_copy") and attempt.due_at:
        return timing.clock_of(attempt, now=attempt.due_at - 2 * timing.LONGEST_COUNTDOWN)
    return timing.clock_of(attempt, now=timezone.now())


@register.simple_tag
def certainty_levels():
    """Return the pairs of (value, word) of how sure a person may be."""
    return fields.certainty_levels()


@register.filter
def numbered(text):
    """Show marked text with its gaps as numbered blanks."""
    return marks.quiet_sources(marks.render_with_blanks(text))


register.filter("printed_gaps", marks.render_with_blanks)


@register.simple_tag
def gaps_between(item, response):
    """Return (the pieces of HTML around the gaps, with the gap that follows each and what stands in it)."""
    return gaps.pieces_of(item, response)


@register.simple_tag
def marks_on(item, rows=()):
    """Return the marks on the picture of a question about places, with what came of each in a review."""
    return places.marks_of(item, rows)


@register.simple_tag
def question_kinds():
    """Return the kinds of question, for the help of the editor."""
    return list(KINDS.values())


@register.simple_tag
def case_above(paper, item):
    """Return the CasePart that an item of a paper belongs to, or None."""
    return cases.part_of(paper, item)


@register.simple_tag
def grouped_by_case(paper, things):
    """Return the Groups of things with an `item` of the paper: those of a case together."""
    return cases.group_by_case(paper, things)
