"""How long the rest takes, in words: «unas 2 horas y 55 minutos» says more than «unos 176 minutos»."""

from math import ceil

from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

STEP = 5


def time_left_in_words(minutes):
    """Return a sentence without its full stop; from one hour on, to the nearest five minutes."""
    if minutes < 60:
        words = ngettext("About %(minutes)d minute to go", "About %(minutes)d minutes to go", minutes)
        return words % {"minutes": minutes}
    hours, rest = divmod(STEP * round(minutes / STEP), 60)
    if not rest:
        return ngettext("About %(hours)d hour to go", "About %(hours)d hours to go", hours) % {"hours": hours}
    words = ngettext(
        "About %(hours)d hour and %(minutes)d minutes to go",
        "About %(hours)d hours and %(minutes)d minutes to go",
        hours,
    )
    return words % {"hours": hours, "minutes": rest}


def whole_time_in_words(minutes):
    """Return how long something takes in all, as «unas 3 horas»; from one hour on, to the nearest half hour."""
    if minutes < 60:
        return ngettext("about %(minutes)d minute", "about %(minutes)d minutes", minutes) % {"minutes": minutes}
    hours, rest = divmod(30 * round(minutes / 30), 60)
    if not rest:
        return ngettext("about %(hours)d hour", "about %(hours)d hours", hours) % {"hours": hours}
    return ngettext("about %(hours)d hour and a half", "about %(hours)d hours and a half", hours) % {"hours": hours}


def length_in_words(seconds):
    """Return how long a recording is, as on its player's clock but with units: «1 min 20 s»; "" where nobody knows."""
    minutes, rest = divmod(seconds, 60)
    parts = [f"{minutes}\N{NO-BREAK SPACE}min"] if minutes else []
    parts += [f"{rest}\N{NO-BREAK SPACE}s"] if rest else []
    return "\N{NO-BREAK SPACE}".join(parts)


def size_in_words(size):
    """Return what bytes take of the line, as «240 KB» or «4.2 MB», never less than it is."""
    kilobytes = ceil(size / 1000)
    if kilobytes < 1000:
        return f"{kilobytes}\N{NO-BREAK SPACE}KB"
    return f"{number_format(ceil(kilobytes / 100) / 10, 1)}\N{NO-BREAK SPACE}MB"


def taken_in_words(seconds, sizes):
    """Return how long something lasts and what it takes of the line: «1 min 20 s, 240 KB».

    `sizes` are those of its files, of which one is taken: which one depends on the player.
    """
    words = list(dict.fromkeys(size_in_words(size) for size in sorted(sizes) if size))
    size = _("%(least)s or %(most)s") % {"least": words[0], "most": words[-1]} if len(words) > 1 else "".join(words)
    return ", ".join(filter(None, [length_in_words(seconds), size]))
