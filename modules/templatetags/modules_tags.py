"""Filters and tags of course pages: marked texts and drawings, addresses, lengths of media."""

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

from modules.blocks.base import draw, draw_place
from modules.blocks.scenarios import ENDINGS, RATINGS
from modules.progress.outline import offered_languages, page_path
from modules.progress.states import State
from modules.search.search import place_of
from modules.wording import language_mark, length_in_words, size_in_words, time_left_in_words, whole_time_in_words
from quizzes.base import markup

register = template.Library()

# A button is a box of its own: without this a full stop behind it may begin the next line.
_TERM_WITH_STOP = re.compile(r'(<button type="button" class="term"[^>]*>[^<]*</button>)([.,;:?»”’)]+)')
_TERM_BUTTON = re.compile(r'<button type="button" class="term"[^>]*>([^<]*)</button>')
# What somebody says: a quotation at the beginning of a sentence or after a colon, with the marks that belong to it.
_SAID = re.compile(
    r"(?:^|(?<=: )|(?<=[.!?…»”] ))((?:«[^«»]+»|“[^“”]+”)(?: <span class=\"unverified\">[^<]*</span>)?[.,;:]?)",
    re.MULTILINE,
)
_TONES = {"best": "right", "partial": "partly", "harmful": "wrong"}
# A single word in quotation marks is a name or a word that people use, not what somebody says.
FEWEST_WORDS_SAID = 3
_SOURCE_LINK = re.compile(r'<a class="source" href="[^"]*">([^<]*)</a>')


@register.simple_tag(takes_context=True)
def line(context, text):
    """Show one paragraph of marked text."""
    html = markup.render_line(text or "", context.get("terms"))
    if context.get("in_scene"):
        # No link in a scene: following one would leave in the address, and so in the history, which branch was open.
        html = _SOURCE_LINK.sub(r'<span class="source">\1</span>', html)
    return _suited_to(context, html)


@register.simple_tag(takes_context=True)
def told(context, text, speaker=""):
    """Show what happens in a moment of a scene: what somebody says on a line of its own, the first with who says it."""
    named = format_html('<span class="speaker">{}:</span> ', speaker) if speaker else ""
    said = []

    def mark(match):
        if len(re.sub(r"<[^>]+>", "", match[1]).split()) < FEWEST_WORDS_SAID:
            return match[0]
        said.append(match[1])
        return f'<q class="said">{named if len(said) == 1 else ""}{match[1]}</q>'

    html = _SAID.sub(mark, line(context, text))
    return mark_safe(html if said else f"{named}{html}")  # noqa: S308 - it was safe before


@register.filter
def rating_label(rating):
    """Return in words how good a choice is."""
    return dict(RATINGS).get(rating, "")


@register.filter
def ending_label(ending):
    """Return in words how a path ends, or nothing where that is not said."""
    return dict(ENDINGS).get(ending, "")


@register.filter
def tone_of(rating):
    """Return the class of the box that says how good a choice is."""
    return _TONES.get(rating, "wrong")


@register.simple_tag(takes_context=True)
def rich(context, value, heading="h2"):
    """Show an editor's rich text. Its small headings take the level that follows from where it stands."""
    html = expand_db_html(getattr(value, "source", value) or "")
    html = re.sub(r"(</?)h3\b", rf"\1{heading}", html)
    return _suited_to(context, markup.resolve_marks(html, context.get("terms")))


def _suited_to(context, html):
    """Return the text for the screen, or for paper, where no button opens: the word's box explains it."""
    if context.get("on_paper"):
        return mark_safe(_TERM_BUTTON.sub(r'<span class="term">\1</span>', html))  # noqa: S308 - it was safe before
    return _hold_together(markup.quiet_sources(html))


def _hold_together(html):
    return mark_safe(_TERM_WITH_STOP.sub(r'<span class="nowrap">\1\2</span>', html))  # noqa: S308 - it was safe before


@register.simple_tag
def place(block):
    """Mark where a block of a lesson begins, for links from a search and for coming back to it."""
    return format_html('<span class="place" id="{}"></span>', place_of(block)) if block.id else ""


@register.filter
def plain(text):
    """Show marked text without its marks, where no link or button may stand."""
    return markup.plain(text or "")


@register.filter
def full_stop(text):
    """End a title with a full stop unless it ends like a sentence already."""
    return text if text.endswith((".", "?", "!", "…")) else f"{text}."


@register.simple_tag
def sources_of(text):
    """Show the links to the sources that `plain` left out."""
    return markup.quiet_sources(markup.link_sources(markup.sources_in(text or "")))


@register.simple_tag(takes_context=True)
def source_links(context, sources):
    """Show the marks that lead to these sources."""
    return _suited_to(context, markup.link_sources(source.identifier for source in sources))


@register.simple_tag(takes_context=True)
def terms_of(context, text):
    """Show the words that `plain` left unexplained; a label may hold no button."""
    names = context.get("terms") or {}
    used = [(identifier, names[identifier]) for identifier in markup.terms_in(text or "") if identifier in names]
    return format_html_join("", ' <button type="button" class="term" popovertarget="termino-{}">{}</button>', used)


@register.simple_tag
def unverified_of(text):
    """Show the tag «not verified» that `plain` left out."""
    return format_html(" {}", markup.unverified_tag()) if markup.is_unverified(text or "") else ""


@register.filter
def lang_mark(row):
    """Mark a snippet that is in another language than the interface's."""
    return language_mark(row.locale.language_code)


@register.simple_tag
def scene_place(name):
    """Draw the place of a scene."""
    return draw_place(name)


@register.simple_tag
def drawing(name, title=""):
    """Draw one of our line drawings; `title` says in words what it shows, none makes it an ornament."""
    return draw(name, title)


class PathRow(NamedTuple):
    """All that the path shows of a module."""

    language: str
    url: str
    number: int
    title: str
    lang: str
    practice_url: str
    state: State
    help_reason: str
    is_finished: bool
    finished_before: datetime | None
    is_carried: bool
    anew_at: datetime | None
    is_asked: bool


@register.simple_tag
def page_url(page):
    """Return a page's address in the active language of the interface: the course may exist in Spanish only."""
    return page_path(page)


@register.simple_tag(takes_context=True)
def same_page_in(context, language):
    """Return the address of the page that is being shown in another language."""
    return translate_url(context["request"].path, language)


register.simple_tag(offered_languages)


@register.simple_tag
def path_after(outline, lesson):
    """Return where a lesson leads whoever reads a copy: to the lesson behind it, else the quiz, else the module."""
    behind = [one for one in outline.lessons if one.key == lesson.translation_key]
    following = outline.lessons[behind[0].number :] if behind else []
    if following:
        return following[0].url
    return outline.quiz_url if outline.quiz_key and outline.quiz_is_open else outline.url


@register.simple_tag
def time_left(progress):
    """Say how long the rest of a module or of the course takes."""
    return time_left_in_words(progress.minutes_left)


@register.simple_tag
def whole_time(progress):
    """Say how long something takes in all that nobody has begun yet."""
    return whole_time_in_words(progress.minutes_left)


@register.simple_tag
def path_row(module):
    """Show a module (ModuleProgress) in the path: rendered once for all who stand alike in it."""
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
        module.finished_before,
        module.is_carried,
        module.anew_at,
        module.is_asked,
    )
    return _render_row(row)


@lru_cache(maxsize=2000)
def _render_row(row):
    return render_to_string("account/path_row.html", {"module": row})


@register.filter
def playing_time(seconds):
    """Return a length as «1 min 20 s»."""
    return length_in_words(seconds)


@register.filter
def weight(size):
    """Return a number of bytes as «240 KB»."""
    return size_in_words(size)


@register.filter
def end_in_sight(props):
    """Let the one button in sight end translating by phrases where nothing is published so: not delete, nor lock.

    wagtail-localize shows the last of what may be done. What is left out here stands in the usual editor.
    """
    told = json.loads(props)
    if not told["perms"]["canPublish"]:
        told["perms"] |= {"canDelete": False, "canLock": False, "canUnpublish": False}
        told["links"]["convertToAliasUrl"] = None
    return json.dumps(told)
