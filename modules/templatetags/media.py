"""How long a recording or a film is, and what it takes of the line."""

from django import template

from modules.wording.durations import length_in_words, size_in_words

register = template.Library()


@register.filter
def playing_time(seconds):
    """Return a length as «1 min 20 s»."""
    return length_in_words(seconds)


@register.filter
def weight(size):
    """Return a number of bytes as «240 KB»."""
    return size_in_words(size)
