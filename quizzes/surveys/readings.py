"""Survey figures in plain words."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext

from quizzes.base.formats import format_percentage

from .figures import Gap
from .measures import MANY, rounded
from .statements import SEEN

WAVES = {
    "pre": gettext_lazy("before the course"),
    "post": gettext_lazy("on finishing"),
    "seg": gettext_lazy("three months later"),
}
GAPS = {
    Gap.NOT_ASKED: gettext_lazy("not asked in this wave"),
    Gap.NO_LOT: gettext_lazy("nothing counted yet"),
    Gap.TOO_FEW: gettext_lazy("answered by too few"),
    Gap.OTHER_WORDING: gettext_lazy("the wording changed"),
}
ALMOST_NOBODY = 5


def shown_words(line, shown):
    """Return a figure or a limit of its interval: «38 %», «10 % o menos», «62»."""
    number = str(shown.value) if line.is_score else format_percentage(shown.value)
    if shown.end:
        return (_("%(number)s or less") if shown.end < 0 else _("%(number)s or more")) % {"number": number}
    return number


def interval_words(line, figure):
    """Return «de 24 % a 54 %»."""
    low, high = (shown_words(line, limit) for limit in figure.interval)
    return low if low == high else _("%(low)s to %(high)s") % {"low": low, "high": high}


def answered_words(told):
    if told.exact:
        return ngettext("%(count)d person", "%(count)d people", told.number) % {"count": told.number}
    return _("%(count)d people or more") % {"count": told.number}


def tenths_words(share):
    """Return how many of every ten people a Share is: «unas 4», «casi nadie»."""
    value, end = share.shown
    if share.weight >= MANY and share.span.high == 0:
        return pgettext("of ten", "nobody")
    if share.weight >= MANY and share.span.low == 100:
        return pgettext("of ten", "everybody")
    if end < 0 or value <= ALMOST_NOBODY:
        return pgettext("of ten", "almost nobody")
    if end > 0 or value >= 100 - ALMOST_NOBODY:
        return pgettext("of ten", "almost everybody")
    tenths = min(max(rounded(value / 10), 1), 9)
    return ngettext("about %(count)d person", "about %(count)d people", tenths) % {"count": tenths}


def reading(line):
    """Return a sentence on each wave of a Line; "" without a figure."""
    told = {wave: one for wave, one in line.waves.items() if not isinstance(one, Gap)}
    if not told:
        return ""
    if line.is_score:
        beginning = _("From 0 to 100, where 100 is the most respectful and the best prepared:")
        parts = {wave: _score_words(line, one) for wave, one in told.items()}
    else:
        beginning = (
            _("Of every 10 people who could have seen it, so many did at least once:")
            if line.about.kind == SEEN
            else _("Of every 10 people who answered, so many agree:")
        )
        parts = {wave: tenths_words(one) for wave, one in told.items()}
    waves = "; ".join(f"{WAVES[wave]}, {words}" for wave, words in parts.items())
    return f"{beginning} {waves}."


def _score_words(line, score):
    words = shown_words(line, score.shown)
    return words if score.shown.end else _("about %(number)s") % {"number": words}


def change_words(change):
    """Return a Change, or a Gap, in words: «bajó entre 5 y 31 puntos»."""
    if isinstance(change, Gap):
        return str(GAPS[change])
    if change.same_end:
        return _("both are at the same end of the scale: nobody can say that it changed")
    if not change.is_sure:
        return _unsure_words(change)
    least, most = sorted((abs(change.low), abs(change.high)))
    rose = change.low > 0
    if change.at_least:
        one = (
            ngettext("rose by at least %(count)d point", "rose by at least %(count)d points", least)
            if rose
            else ngettext("fell by at least %(count)d point", "fell by at least %(count)d points", least)
        )
        return one % {"count": least}
    if least == most:
        one = (
            ngettext("rose by %(count)d point", "rose by %(count)d points", least)
            if rose
            else ngettext("fell by %(count)d point", "fell by %(count)d points", least)
        )
        return one % {"count": least}
    words = _("rose by %(least)d to %(most)d points") if rose else _("fell by %(least)d to %(most)d points")
    return words % {"least": least, "most": most}


def points_words(change):
    """Return a Change and its limits in short: («-14 puntos», «de -31 a +5»)."""
    if change.same_end:
        return _("both at the same end of the scale"), _("nothing for certain")
    limits = _("%(low)s to %(high)s") % {"low": _signed(change.low), "high": _signed(change.high)}
    limits = limits if change.is_sure else _("%(limits)s: nothing for certain") % {"limits": limits}
    if change.points is None:
        return _("nobody can say"), limits
    points = ngettext("%(points)s point", "%(points)s points", abs(change.points)) % {"points": _signed(change.points)}
    if change.at_least:
        points = _("%(points)s or more") % {"points": points}
    return points, limits


def _signed(number):
    return f"{number:+d}".replace("-", "−") if number else "0"


def _unsure_words(change):
    down, up = -min(change.low, 0), max(change.high, 0)
    if down and up:
        words = _("nobody can say that it changed: it may have fallen by up to %(down)s, or risen by up to %(up)s")
    elif down:
        words = _("nobody can say that it changed: it may have fallen by up to %(down)s, or not at all")
    elif up:
        words = _("nobody can say that it changed: it may have risen by up to %(up)s, or not at all")
    else:
        words = _("stayed as it was")
    return words % {"down": _points(down), "up": _points(up)}


def _points(count):
    return ngettext("%(count)d point", "%(count)d points", count) % {"count": count}


def hope_words(line):
    if line.better > 0:
        return _("The course hopes that it rises.")
    return _("The course hopes that it falls.") if line.better < 0 else ""
