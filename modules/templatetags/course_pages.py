"""Addresses of the course's pages in templates, its path, and how long the rest of them takes."""

from datetime import datetime
from functools import lru_cache
from typing import NamedTuple

from django import template
from django.template.loader import render_to_string
from django.urls import translate_url
from django.utils.translation import get_language

from modules.progress.languages import offered_languages
from modules.progress.outline import page_path
from modules.progress.states import State
from modules.wording.durations import time_left_in_words, whole_time_in_words

register = template.Library()


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
