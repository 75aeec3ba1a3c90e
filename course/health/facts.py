"""What a look at the site finds: a name for scripts, how it is, a sentence, and why no page is answered then."""

from enum import StrEnum
from typing import NamedTuple

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.functional import lazy
from django.utils.translation import override

from course.errors import Outage


class State(StrEnum):
    """How something is."""

    GOOD = "good"
    WARNING = "warning"
    BAD = "bad"


class Fact(NamedTuple):
    """What was found; `outage` is what people read on every page as long as it is so."""

    name: str
    state: State
    said: str
    outage: Outage | None = None


def filled(sentence, **parts):
    """Return a lazy sentence with its parts in their places, in the language in which it is read."""
    return lazy(lambda: str(sentence) % {name: str(part) for name, part in parts.items()}, str)()


def moment(when):
    """Return a moment as it is read in Guatemala, lazy: in words of the reader's language."""
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
