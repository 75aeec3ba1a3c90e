"""The weave in templates: motif, band, edge."""

from django import template
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext as _

from modules.weave import CELLS, MOTIFS, band_paths, merged_paths, motif_of, row_paths

register = template.Library()


@register.simple_tag
def motif(number, *, done=True):
    drawn = motif_of(number)
    paths = merged_paths(drawn.cells)
    return format_html(
        '<svg class="motif{}" viewBox="0 0 {} {}" aria-hidden="true" focusable="false">'
        '<path class="c-{}" d="{}"/><path class="c-{}" d="{}"/></svg>',
        "" if done else " unwoven",
        CELLS,
        CELLS,
        drawn.first_colour,
        paths["a"],
        drawn.second_colour,
        paths["b"],
    )


@register.simple_tag
def motif_edge(number):
    paths = merged_paths(motif_of(number).cells)
    return format_html(
        '<svg class="motif-edge" viewBox="0 0 528 12" aria-hidden="true" focusable="false"><defs>'
        '<pattern id="motif" width="12" height="12" patternUnits="userSpaceOnUse">'
        '<path class="first" d="{}"/><path class="second" d="{}"/></pattern></defs>'
        '<rect width="528" height="12" fill="url(#motif)"/></svg>',
        paths["a"],
        paths["b"],
    )


@register.simple_tag
def weave(numbers, finished):
    numbers = tuple(numbers)
    finished = set(finished)
    paths, width = band_paths(numbers * max(1, len(MOTIFS) // len(numbers)))
    drawn = format_html_join(
        "",
        '<path class="c-{}{}" d="{}"/>',
        ((colour, "" if number in finished else " unwoven", d) for number, colour, d in paths),
    )
    label = _("%(done)s of %(total)s modules woven") % {"done": len(finished & set(numbers)), "total": len(numbers)}
    return format_html(
        '<svg class="weave" viewBox="0 0 {} {}" role="img" aria-label="{}">{}</svg>', width, CELLS + 2, label, drawn
    )


@register.simple_tag
def loom(number, beside=(), woven=()):
    """Draw a motif row by row, so that CSS can animate it, between the motifs `beside` it."""
    ground = format_html_join(
        "",
        '<g class="{}" transform="translate({} 0)">{}</g>',
        (
            ("" if other in woven else "unwoven", shift * (CELLS + 1), _colours(motif_of(other)))
            for other, shift in zip(beside, (-1, 1), strict=False)
        ),
    )
    drawn = motif_of(number)
    colours = {"a": drawn.first_colour, "b": drawn.second_colour}
    rows = format_html_join(
        "",
        '<g class="row-{}">{}</g>',
        (
            (y, format_html_join("", '<path class="c-{}" d="{}"/>', ((colours[letter], d) for letter, d in row)))
            for y, row in enumerate(row_paths(drawn.cells))
        ),
    )
    label = _("The motif of module %(number)s, woven in its colours") % {"number": number}
    return format_html(
        '<svg class="cloth" viewBox="-6 -1 23 13" role="img" aria-label="{}" focusable="false">{}{}</svg>',
        label,
        ground,
        rows,
    )


def _colours(drawn):
    paths = merged_paths(drawn.cells)
    return format_html(
        '<path class="c-{}" d="{}"/><path class="c-{}" d="{}"/>',
        drawn.first_colour,
        paths["a"],
        drawn.second_colour,
        paths["b"],
    )
