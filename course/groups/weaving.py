"""The weave of a group: each motif grows from below with the people who finished its module."""

from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from modules.weave import CELLS, merged_paths, motif_of


def rows_woven(done, people):
    """Return how many of a motif's rows are woven: rounded down, so that only «everyone» completes it."""
    return CELLS * done // people if people else 0


def draw_motif(column):
    """Draw the motif of a module as far as the group has woven it; the figures beside it say the same in words."""
    return format_html(
        '<svg class="motif" viewBox="0 0 {} {}" aria-hidden="true" focusable="false">{}</svg>',
        CELLS,
        CELLS,
        _motif_paths(column),
    )


def draw_band(columns):
    """Draw the motifs of all modules side by side, with the figures as the text of the picture."""
    label = "; ".join(
        ngettext(
            "module %(number)s: finished by %(done)s of %(people)s person",
            "module %(number)s: finished by %(done)s of %(people)s people",
            column.people,
        )
        % {"number": column.outline.number, "done": column.done, "people": column.people}
        for column in columns
    )
    step = CELLS + 1
    paths = format_html_join(
        "", "{}", ((_motif_paths(column, x=1 + place * step, y=1),) for place, column in enumerate(columns))
    )
    return format_html(
        '<svg class="weave" viewBox="0 0 {} {}" role="img" aria-label="{}">{}</svg>',
        1 + step * len(columns),
        CELLS + 2,
        _("Weave of the group, %(figures)s") % {"figures": label},
        paths,
    )


def _motif_paths(column, x=0, y=0):
    motif = motif_of(column.outline.number)
    bare = CELLS - rows_woven(column.done, column.people)
    blank = ("." * CELLS,)
    unwoven = merged_paths(motif.cells[:bare] + blank * (CELLS - bare), x, y)
    woven = merged_paths(blank * bare + motif.cells[bare:], x, y)
    drawn = [
        (f"c-{motif.first_colour}", woven["a"]),
        (f"c-{motif.second_colour}", woven["b"]),
        ("unwoven", unwoven["a"] + unwoven["b"]),
    ]
    return format_html_join("", '<path class="{}" d="{}"/>', ((name, d) for name, d in drawn if d))
