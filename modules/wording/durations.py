"""How long the rest takes, in words: «unas 2 horas y 55 minutos» says more than «unos 176 minutos»."""

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
