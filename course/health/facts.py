"""Result of a health check, and warnings before something expires."""

from enum import StrEnum
from typing import NamedTuple

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.functional import lazy
from django.utils.translation import override

from course.errors import Outage


class State(StrEnum):
    GOOD = "good"
    WARNING = "warning"
    BAD = "bad"


class Fact(NamedTuple):
    name: str
    state: State
    said: str
    outage: Outage | None = None


def filled(sentence, **parts):
    return lazy(lambda: str(sentence) % {name: str(part) for name, part in parts.items()}, str)()


def moment(when):
    return lazy(lambda: date_format(timezone.localtime(when), "DATETIME_FORMAT"), str)()


def good(name, said):
    return Fact(name, State.GOOD, said)


def warning(name, said):
    return Fact(name, State.WARNING, said)


def bad(name, said, outage=None):
    return Fact(name, State.BAD, said, outage)


def in_both_languages(sentence):
    """Return a lazy sentence for a terminal: «Spanish / English»."""
    said = []
    for language in ("es", "en"):
        with override(language):
            said.append(str(sentence))
    return " / ".join(dict.fromkeys(said))


def end_of(name, sentence, begins, ends):
    said, now = filled(sentence, day=moment(ends)), timezone.now()
    if now >= ends:
        return bad(name, said)
    return (warning if ends - now < (ends - begins) / 6 else good)(name, said)
