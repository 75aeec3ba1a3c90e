"""What the figures mean, in sentences for whoever writes questions, in the reader's language."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from .measuring import BANK_LIMIT, LEAST_ITEMS, Verdict
from .strategies import TOLD

VERDICTS = {
    Verdict.FEW: gettext_lazy("Too few to judge"),
    Verdict.FINE: gettext_lazy("Not guessable"),
    Verdict.WATCH: gettext_lazy("To be watched"),
    Verdict.GUESSABLE: gettext_lazy("Guessable"),
}


def tell_figure(figure):
    """Return what a strategy earns, in words."""
    points, names = round(abs(figure.advantage)), {"told": TOLD[figure.strategy]}
    if not points:
        return _("Whoever always takes %(told)s earns as much as by chance.") % names
    names["points"] = points
    if figure.advantage > 0:
        return (
            ngettext(
                "Whoever always takes %(told)s earns %(points)d point of 100 more than by chance.",
                "Whoever always takes %(told)s earns %(points)d points of 100 more than by chance.",
                points,
            )
            % names
        )
    return (
        ngettext(
            "Whoever always takes %(told)s earns %(points)d point of 100 less than by chance.",
            "Whoever always takes %(told)s earns %(points)d points of 100 less than by chance.",
            points,
        )
        % names
    )


def tell_measured(measured):
    """Return what the strategy that matters most in a pool earns, and what to make of it."""
    if measured.largest is None:
        return ""
    sentence = tell_figure(measured.largest)
    if measured.verdict == Verdict.FEW:
        return sentence + " " + _("With fewer than %(least)d it may be chance.") % {"least": LEAST_ITEMS}
    if measured.verdict == Verdict.FINE:
        return sentence + " " + _("That is within the limit.")
    if measured.verdict == Verdict.WATCH and measured.largest.advantage > BANK_LIMIT:
        return sentence + " " + _("It is not yet sure that it is above the limit.")
    if measured.verdict == Verdict.WATCH:
        return sentence + " " + _("That is near the limit.")
    return sentence + " " + _("That is above the limit: one passes without knowing.")


def write_points(points):
    """Return points with their sign and a true minus: +29, −8."""
    rounded = round(points)
    return f"+{rounded}" if rounded > 0 else f"−{-rounded}" if rounded else "0"


def write_interval(figure):
    # On one line.
    return f"[{write_points(figure.lower)},\u00a0{write_points(figure.upper)}]"
