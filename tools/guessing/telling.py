"""What the figures mean, in sentences for whoever writes questions."""

from .measuring import BANK_LIMIT, LEAST_ITEMS, Verdict
from .strategies import TOLD

VERDICTS = {
    Verdict.FEW: "Too few to judge",
    Verdict.FINE: "Not guessable",
    Verdict.WATCH: "To be watched",
    Verdict.GUESSABLE: "Guessable",
}


def tell_figure(figure):
    """Return what a strategy earns, in words."""
    points, told = round(abs(figure.advantage)), TOLD[figure.strategy]
    if not points:
        return f"Whoever always takes {told} earns as much as by chance."
    more = "more" if figure.advantage > 0 else "less"
    return f"Whoever always takes {told} earns {points} points of 100 {more} than by chance."


def tell_measured(measured):
    """Return what the strategy that matters most in a pool earns, and what to make of it."""
    if measured.largest is None:
        return ""
    sentence = tell_figure(measured.largest)
    if measured.verdict == Verdict.FEW:
        return f"{sentence} With fewer than {LEAST_ITEMS} it may be chance."
    if measured.verdict == Verdict.FINE:
        return f"{sentence} That is within the limit."
    if measured.verdict == Verdict.WATCH and measured.largest.advantage > BANK_LIMIT:
        return f"{sentence} It is not yet sure that it is above the limit."
    if measured.verdict == Verdict.WATCH:
        return f"{sentence} That is near the limit."
    return f"{sentence} That is above the limit: one passes without knowing."


def write_points(points):
    """Return points with their sign and a true minus: +29, −8."""
    rounded = round(points)
    return f"+{rounded}" if rounded > 0 else f"−{-rounded}" if rounded else "0"


def write_interval(figure):
    return f"[{write_points(figure.lower)}, {write_points(figure.upper)}]"
