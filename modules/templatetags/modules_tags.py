"""Tags and filters of course pages: markup, scenes, drawings, addresses, labels."""

import json
import re
from datetime import datetime
from functools import lru_cache
from typing import NamedTuple

from django import template
from django.template.loader import render_to_string
from django.urls import translate_url
from django.utils.html import format_html, format_html_join
from django.utils.safestring import mark_safe
from django.utils.translation import get_language
from wagtail.rich_text import expand_db_html

from modules.blocks.base import drawing_svg, place_svg
from modules.blocks.scenarios import ENDINGS, RATINGS
from modules.labels import file_size_label, lang_attribute, playing_time_label, time_left_label, whole_time_label
from modules.progress.outline import get_language_choices, page_path
from modules.progress.states import State
from modules.search.search import get_block_anchor
from quizzes.base import markup

register = template.Library()

# A button is an inline block: a full stop after it could wrap to the next line.
_TERM_WITH_STOP = re.compile(r'(<button type="button" class="term"[^>]*>[^<]*</button>)([.,;:?»”’)]+)')
_TERM_BUTTON = re.compile(r'<button type="button" class="term"[^>]*>([^<]*)</button>')
# Direct speech: a quotation at the start of a sentence or after a colon, with its punctuation.
_DIRECT_SPEECH = re.compile(
    r"(?:^|(?<=: )|(?<=[.!?…»”] ))((?:«[^«»]+»|“[^“”]+”)(?: <span class=\"unverified\">[^<]*</span>)?[.,;:]?)",
    re.MULTILINE,
)
_RATING_CLASSES = {"best": "right", "partial": "partly", "harmful": "wrong"}
# Shorter quotations are names or quoted words, not direct speech.
_MIN_SPEECH_WORDS = 3
_SOURCE_LINK = re.compile(r'<a class="source" href="[^"]*">([^<]*)</a>')


@register.simple_tag(takes_context=True)
def markup_line(context, text):
    html = markup.render_inline(_without_marks(context, text or ""), context.get("terms"))
    if context.get("in_scene"):
        # Following a link would record the open branch in the browser history.
        html = _SOURCE_LINK.sub(r'<span class="source">\1</span>', html)
    return _adapt_to_medium(context, html)


@register.simple_tag(takes_context=True)
def scene_text(context, text, speaker=""):
    """Render the text of a step with direct speech in <q>, the first one after the name of the speaker."""
    named = format_html('<span class="speaker">{}:</span> ', speaker) if speaker else ""
    said = []

    def mark(match):
        if len(re.sub(r"<[^>]+>", "", match[1]).split()) < _MIN_SPEECH_WORDS:
            return match[0]
        said.append(match[1])
        return f'<q class="said">{named if len(said) == 1 else ""}{match[1]}</q>'

    html = _DIRECT_SPEECH.sub(mark, markup_line(context, text))
    return mark_safe(html if said else f"{named}{html}")  # noqa: S308 - it was safe before


@register.filter
def rating_label(rating):
    return dict(RATINGS).get(rating, "")


@register.filter
def ending_label(ending):
    return dict(ENDINGS).get(ending, "")


@register.filter
def rating_class(rating):
    return _RATING_CLASSES.get(rating, "wrong")


def _without_marks(context, text):
    # A card says below its text that there are sources, and what is not verified.
    return markup.strip_marks(text) if context.get("in_cards") else text


@register.simple_tag(takes_context=True)
def card_text(context, text):
    """Render a piece of a card in Markdown."""
    return _adapt_to_medium(context, markup.render_text(_without_marks(context, text), context.get("terms")))


@register.simple_tag(takes_context=True)
def rich(context, value, heading="h2"):
    html = expand_db_html(getattr(value, "source", value) or "")
    html = _without_marks(context, re.sub(r"(</?)h3\b", rf"\1{heading}", html))
    return _adapt_to_medium(context, markup.resolve_markup(html, context.get("terms")))


def _adapt_to_medium(context, html):
    if context.get("on_paper"):
        return mark_safe(_TERM_BUTTON.sub(r'<span class="term">\1</span>', html))  # noqa: S308 - it was safe before
    html = markup.superscript_sources(html)
    return mark_safe(_TERM_WITH_STOP.sub(r'<span class="nowrap">\1\2</span>', html))  # noqa: S308 - it was safe before


@register.simple_tag
def block_anchor(block):
    """Return the anchor of a lesson block, for search results and to resume reading."""
    return format_html('<span class="place" id="{}"></span>', get_block_anchor(block)) if block.id else ""


@register.filter
def plain(text):
    """Strip markup, where no link or button is allowed."""
    return markup.strip_markup(text or "")


@register.filter
def full_stop(text):
    return text if text.endswith((".", "?", "!", "…")) else f"{text}."


@register.simple_tag(takes_context=True)
def source_links(context, sources):
    return _adapt_to_medium(context, markup.link_sources(source.identifier for source in sources))


@register.simple_tag(takes_context=True)
def terms_of(context, text):
    """Return buttons for the glossary terms that `plain` strips; a <label> cannot contain them."""
    names = context.get("terms") or {}
    used = [(identifier, names[identifier]) for identifier in markup.find_terms(text or "") if identifier in names]
    return format_html_join("", ' <button type="button" class="term" popovertarget="termino-{}">{}</button>', used)


@register.filter
def lang_mark(row):
    return lang_attribute(row.locale.language_code)


class PathRow(NamedTuple):
    language: str
    url: str
    number: int
    title: str
    lang: str
    practice_url: str
    state: State
    help_reason: str
    is_finished: bool
    previously_finished_at: datetime | None
    is_carried: bool
    restarted_at: datetime | None
    is_required: bool


@register.simple_tag(takes_context=True)
def same_page_in(context, language):
    return translate_url(context["request"].path, language)


@register.simple_tag
def path_after(outline, lesson):
    """Return the URL after a lesson in an offline copy: the next lesson, else the quiz, else the module."""
    found = [other for other in outline.lessons if other.key == lesson.translation_key]
    next_lessons = outline.lessons[found[0].number :] if found else []
    if next_lessons:
        return next_lessons[0].url
    return outline.quiz_url if outline.quiz_key and outline.quiz_is_open else outline.url


@register.simple_tag
def time_left(progress):
    return time_left_label(progress.minutes_left)


@register.simple_tag
def whole_time(progress):
    return whole_time_label(progress.minutes_left)


@register.simple_tag
def path_row(module):
    outline = module.outline
    row = PathRow(
        get_language(),
        outline.url,
        outline.number,
        outline.title,
        outline.lang,
        outline.practice_url,
        module.state,
        str(module.help_reason),
        module.is_finished,
        module.previously_finished_at,
        module.is_carried,
        module.restarted_at,
        module.is_required,
    )
    return _render_row(row)


@lru_cache(maxsize=2000)
def _render_row(row):
    return render_to_string("modules/course/path_row.html", {"module": row})


@register.filter
def limit_translation_actions(props):
    """Remove delete, lock and unpublish for users who cannot publish: wagtail-localize shows the last action."""
    data = json.loads(props)
    if not data["perms"]["canPublish"]:
        data["perms"] |= {"canDelete": False, "canLock": False, "canUnpublish": False}
        data["links"]["convertToAliasUrl"] = None
    return json.dumps(data)


register.simple_tag(get_language_choices)
register.simple_tag(page_path, name="page_url")
register.simple_tag(place_svg, name="scene_place")
register.simple_tag(drawing_svg, name="drawing")
register.filter("playing_time", playing_time_label)
register.filter("file_size", file_size_label)
