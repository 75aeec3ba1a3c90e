"""Certificates that end: said when a sixth of their time is left, whether that time is a year or half a day."""

from django.utils import timezone

from .facts import bad, filled, good, moment, warning


def end_of(name, sentence, begins, ends):
    """Return the fact that something `ends`; `sentence` has a place for the `day`."""
    said, now = filled(sentence, day=moment(ends)), timezone.now()
    if now >= ends:
        return bad(name, said)
    return (warning if ends - now < (ends - begins) / 6 else good)(name, said)
