"""Addresses of the course's pages in templates, and how long the rest of them takes."""

from django import template

from modules.progress.outline import page_path
from modules.wording.durations import time_left_in_words, whole_time_in_words

register = template.Library()


@register.simple_tag
def page_url(page):
    """Return a page's address in the active language of the interface: the course may exist in Spanish only."""
    return page_path(page)


@register.simple_tag
def time_left(progress):
    """Say how long the rest of a module or of the course takes."""
    return time_left_in_words(progress.minutes_left)


@register.simple_tag
def whole_time(progress):
    """Say how long something takes in all that nobody has begun yet."""
    return whole_time_in_words(progress.minutes_left)
