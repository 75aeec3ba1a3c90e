"""Partial credit: what share of the points an option earns, as papers hold it."""

from fractions import Fraction

from django.utils.translation import gettext_lazy as _

# 33.33333 per cent means a third: what other banks write with five places is one of these shares.
MOST_PARTS = 20
NEAR = Fraction(1, 10**7)


def exact_share(percent):
    """Return per cent (a Decimal of five places) as an exact Fraction: 33.33333 is a third."""
    share = Fraction(percent) / 100
    plain = share.limit_denominator(MOST_PARTS)
    return plain if abs(plain - share) <= NEAR else share


def freeze_share(choice):
    """Return what a paper holds of an option's own share: nothing when the kind's rule holds for it."""
    return {} if choice.fraction is None else {"share": str(exact_share(choice.fraction))}


def has_shares(item):
    """Say whether the question gives its options shares of their own."""
    return any("share" in option for option in item["options"])


def share_of(option, otherwise=0):
    """Return the exact share of a paper's option; `otherwise` where it has none of its own."""
    return Fraction(option.get("share", otherwise))


def check_full_share(shares):
    """Yield a sentence unless one of the shares (Fractions) is the whole."""
    if 1 not in shares:
        yield _("Give 100% to one option at least: nobody could earn every point.")
