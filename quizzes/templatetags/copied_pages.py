"""What a copy says so that script can count again, without a line, what is answered; other pages say none of it."""

import json

from django import template
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from quizzes.kinds import kind_of

register = template.Library()


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
