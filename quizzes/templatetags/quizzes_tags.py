"""Filters and tags of quiz templates; `printed_…` are for pages without styles."""

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
from quizzes.base.formats import format_minutes, format_moment, format_percentage, quote
from quizzes.kinds import KINDS, gaps, get_kind, hotspot
from quizzes.question_forms import fields

register = template.Library()
register.filter("quoted", quote)
register.simple_tag(languages.interface_language)
register.filter(languages.language_name)
register.filter(languages.native_name)
register.filter("percent", report.percent)
register.filter("sample_size_label", report.sample_size_label)


@register.filter
def line(text):
    return markup.superscript_sources(markup.render_inline(text))


@register.filter
def paragraphs(text):
    return markup.superscript_sources(markup.render_text(text))


register.filter("printed_line", markup.render_inline)
register.filter("printed_paragraphs", markup.render_text)


@register.filter
def plain(text):
    return markup.strip_markup(text)


@register.filter
def takes_away(item):
    return get_kind(item).has_penalty(item)


@register.filter
def is_unverified(text):
    return markup.is_unverified(text or "")


@register.filter
def lookup(mapping, key):
    return mapping.get(key, "") if mapping else ""


@register.filter
def as_json(response):
    return json.dumps(response, ensure_ascii=False)


@register.filter
def down(number, places=1):
    """Return a number rounded down, without trailing zeros: 87.5, 80, 66.6."""
    rounded = scoring.round_down(number, places)
    # normalize() alone turns 80 into 8E+1.
    return number_format(format(rounded.normalize(), "f"))


register.filter("percentage", format_percentage)
register.filter("minutes", format_minutes)


@register.filter
def moment(value, now):
    return format_moment(value, now=now)


@register.filter
def state_at(attempt, now):
    return rules.state_of(attempt, now)


@register.filter
def points_of(attempt):
    return scoring.points_of(attempt.grade, attempt.total)


@register.simple_tag(takes_context=True)
def clock_of(context, attempt):
    """Return the Clock of an open attempt, or None; an offline copy, which may be read later, has the day."""
    if context.get("is_copy") and attempt.due_at:
        return rules.clock_of(attempt, now=attempt.due_at - 2 * rules.MAX_COUNTDOWN)
    return rules.clock_of(attempt, now=timezone.now())


@register.filter
def numbered(text):
    return markup.superscript_sources(markup.render_with_blanks(text))


register.filter("printed_gaps", markup.render_with_blanks)


@register.simple_tag
def gaps_between(item, response):
    return gaps.build_pieces(item, response)


@register.simple_tag
def marks_on(item, rows=()):
    return hotspot.get_hotspots(item, rows)


@register.simple_tag
def question_kinds():
    return list(KINDS.values())


@register.simple_tag
def case_part(snapshot, item):
    return fields.find_case_part(snapshot, item)


@register.simple_tag
def grouped_by_case(snapshot, entries):
    return fields.group_by_case(snapshot, entries)


@register.simple_tag(takes_context=True)
def recount_attributes(context, item):
    """Return attributes from which the script of an offline copy computes the state of a question."""
    if not context.get("is_copy"):
        return ""
    what = (item["key"], item["kind"] if item["marks"] else "reflection", get_kind(item).count_parts(item))
    return format_html(' data-item="{}" data-kind="{}" data-parts="{}" data-unit="{}"', *what, item.get("unit", ""))


@register.simple_tag(takes_context=True)
def recount_labels(context):
    if not context.get("is_copy"):
        return ""
    labels = {
        "answered": _("answered"),
        "partly": _("incomplete"),
        "open": _("unanswered"),
        "reflection": _("not graded"),
    }
    return format_html("<template data-words>{}</template>", json.dumps(labels, ensure_ascii=False))


@register.simple_tag(takes_context=True)
def recount_lead(context):
    if not context.get("is_copy"):
        return ""
    places = {"answered": "{answered}", "scored": "{scored}"}
    return format_html(' data-answered="{}"', _("%(answered)s of %(scored)s questions answered.") % places)


@register.simple_tag(takes_context=True)
def recount_notice(context, unanswered):
    if not context.get("is_copy"):
        return ""
    singular, plural = (
        ngettext(
            "You have %(count)s question without a complete answer. You may still go back to it.",
            "You have %(count)s questions without a complete answer. You may still go back to them.",
            number,
        )
        % {"count": "{count}"}
        + f" {_('Questions without an answer earn no points.')}"
        for number in (1, 2)
    )
    return format_html(' data-one="{}" data-many="{}"{}', singular, plural, "" if unanswered else " hidden")
