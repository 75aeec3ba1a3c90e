"""Parsing of survey sheets typed as digits, `2314` for a theme. Pure."""

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from .asking import in_order
from .reading import blocks_in, scale_of

# `0` too, because numeric keypads of phones have no hyphen.
BLANK, NOTHING = "-", "0"
_BETWEEN = " ,;./"


class Mistyped(ValueError):
    """`str(error)` says what is wrong and what to type."""


def read_typed(contents, block, text):
    """Return {item id: code} of a block, one digit per line of the sheet; raises Mistyped."""
    items, typed = block["items"], [sign for sign in text if sign not in _BETWEEN]
    if not typed:
        raise Mistyped(_("Nothing is typed. If all of the theme is blank on the sheet, type 0 or a hyphen (-)."))
    if typed == [BLANK] or (typed == [NOTHING] and len(items) > 1):
        return {}
    if len(typed) != len(items):
        words = ngettext("Type %(count)d figure.", "Type %(count)d figures, one a line of the sheet.", len(items))
        words = words % {"count": len(items)}
        raise Mistyped(f"{words} {_('%(typed)d were typed.') % {'typed': len(typed)}}")
    given = {}
    for item, sign in zip(items, typed, strict=True):
        figures = figures_of(contents, block, item)
        if sign == BLANK or (sign == NOTHING and NOTHING not in figures):
            continue
        if sign not in figures:
            raise _no_such_figure(sign, contents, block, item)
        given[item["id"]] = sign
    return given


def read_sheet(contents, wave, typed):
    """Return ({item id: code}, {block id: error}); `-` in the first theme alone is a blank sheet."""
    blocks = blocks_in(contents, wave)
    first, *others = [typed.get(block["id"], "").strip() for block in blocks]
    if first in (BLANK, NOTHING) and len(blocks) > 1 and not any(others):
        return {}, {}
    if not first and not any(others):
        words = _("Nothing is typed of this sheet. If it is blank, type 0 or a hyphen (-) here.")
        return {}, {blocks[0]["id"]: words}
    sheet, mistakes = {}, {}
    for block in blocks:
        try:
            sheet |= read_typed(contents, block, typed.get(block["id"], ""))
        except Mistyped as mistake:
            mistakes[block["id"]] = str(mistake)
    return sheet, mistakes


def figures_of(contents, block, item):
    """Return the digits of a line of the sheet, in printed order."""
    return [option["code"] for option in in_order(scale_of(contents, block, item))]


def _no_such_figure(sign, contents, block, item):
    known = ", ".join(figures_of(contents, block, item))
    words = _("“%(typed)s” is no figure of the line %(line)s: it has %(known)s; nothing circled is 0 or a hyphen (-).")
    return Mistyped(words % {"typed": sign, "line": item["id"], "known": known})
