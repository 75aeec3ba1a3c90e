"""Filters and tags of quiz templates; those named `printed_…` are for pages without the site’s styles."""

import json

from django import template
from django.utils import timezone
from django.utils.formats import number_format
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from quizzes.analysis import report
from quizzes.attempts import rules, scoring
from quizzes.base import languages, markup
from quizzes.base.formats import quoted, write_percentage
from quizzes.kinds import KINDS, gaps, hotspot, kind_of
from quizzes.question_forms import fields

register = template.Library()
register.filter("quoted", quoted)
register.simple_tag(languages.interface_language)
register.filter(languages.language_in_words)
register.filter(languages.own_name)
register.filter("percent", report.percent)
register.filter("weight_words", report.weight_words)
register.filter("people_words", report.people_words)


@register.filter
def line(text):
    """Show one paragraph of marked text."""
    return markup.quiet_sources(markup.render_line(text))


@register.filter
def paragraphs(text):
    """Show marked text of several paragraphs."""
    return markup.quiet_sources(markup.render_text(text))


register.filter("printed_line", markup.render_line)
register.filter("printed_paragraphs", markup.render_text)


@register.filter
def plain(text):
    """Show marked text without its marks, where no markup may stand (the options of a select)."""
    return markup.plain(text)


@register.filter
def takes_away(item):
    """Whether marking an option of a paper's item may take points away."""
    return kind_of(item).takes_away(item)


@register.filter
def is_unverified(text):
    """Whether the text itself says that something in it is not verified."""
    return markup.is_unverified(text or "")


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
    return rules.state_of(attempt, now)


@register.filter
def points_of(attempt):
    """Return the points of a submitted attempt that was listed without its paper."""
    return scoring.points_of(attempt.grade, attempt.total)


@register.simple_tag(takes_context=True)
def clock_of(context, attempt):
    """Return the Clock of an open attempt, or None. On a copy, read nobody knows when, it names the day."""
    if context.get("is_copy") and attempt.due_at:
        return rules.clock_of(attempt, now=attempt.due_at - 2 * rules.LONGEST_COUNTDOWN)
    return rules.clock_of(attempt, now=timezone.now())


@register.simple_tag
def certainty_levels():
    """Return the pairs of (value, word) of how sure a person may be."""
    return fields.certainty_levels()


@register.filter
def numbered(text):
    """Show marked text with its gaps as numbered blanks."""
    return markup.quiet_sources(markup.render_with_blanks(text))


register.filter("printed_gaps", markup.render_with_blanks)


@register.simple_tag
def gaps_between(item, response):
    """Return (the pieces of HTML around the gaps, with the gap that follows each and what stands in it)."""
    return gaps.pieces_of(item, response)


@register.simple_tag
def marks_on(item, rows=()):
    """Return the marks on the picture of a question about places, with what came of each in a review."""
    return hotspot.marks_of(item, rows)


@register.simple_tag
def question_kinds():
    """Return the kinds of question, for the help of the editor."""
    return list(KINDS.values())


@register.simple_tag
def case_above(snapshot, item):
    """Return the CasePart that an item of a paper belongs to, or None."""
    return fields.part_of(snapshot, item)


@register.simple_tag
def grouped_by_case(snapshot, things):
    """Return the Groups of things with an `item` of the paper: those of a case together."""
    return fields.group_by_case(snapshot, things)


@register.simple_tag(takes_context=True)
def to_recount(context, item):
    """Say beside a question what tells whether its answer is complete."""
    if not context.get("is_copy"):
        return ""
    what = (item["key"], item["kind"] if item["marks"] else "reflection", kind_of(item).count_parts(item))
    return format_html(' data-item="{}" data-kind="{}" data-parts="{}" data-unit="{}"', *what, item.get("unit", ""))


@register.simple_tag(takes_context=True)
def words_to_recount(context):
    """Give the words of the states in which a question may be; they are those of `state_word.html`."""
    if not context.get("is_copy"):
        return ""
    words = {
        "answered": _("answered"),
        "partly": _("incomplete"),
        "open": _("unanswered"),
        "reflection": _("not graded"),
    }
    return format_html("<template data-words>{}</template>", json.dumps(words, ensure_ascii=False))


@register.simple_tag(takes_context=True)
def lead_to_recount(context):
    """Give the first sentence of a summary with places for its two numbers."""
    if not context.get("is_copy"):
        return ""
    places = {"answered": "{answered}", "scored": "{scored}"}
    return format_html(' data-answered="{}"', _("%(answered)s of %(scored)s questions answered.") % places)


@register.simple_tag(takes_context=True)
def notice_to_recount(context, unanswered):
    """Give what a summary says of one open question and of several; it is there, hidden, where none is open now."""
    if not context.get("is_copy"):
        return ""
    one, many = (f"{_say_open(number)} {_('Questions without an answer earn no points.')}" for number in (1, 2))
    return format_html(' data-one="{}" data-many="{}"{}', one, many, "" if unanswered else " hidden")


def _say_open(number):
    sentences = ngettext(
        "You have %(count)s question without a complete answer. You may still go back to it.",
        "You have %(count)s questions without a complete answer. You may still go back to them.",
        number,
    )
    return sentences % {"count": "{count}"}
