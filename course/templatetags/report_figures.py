"""Cells of a row of figures, in Python: a template takes ten times as long."""

from functools import lru_cache

from django import template
from django.utils.formats import localize
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation import gettext as _

register = template.Library()


@register.simple_tag
def figure_cells(figures, definitions, *, people=False, sessions=False, edition=False):
    language = get_language()

    def number(name):
        return _number(getattr(figures, name), language)

    cells = {"finished": finished_of(figures) if people else number("finished")}
    if not edition:
        cells["began"] = number("began")
    cells |= {name: number(name) for name in ("median_days", "issued", "renewed", "revoked")}
    if sessions:
        cells["sessions"] = number("sessions")
        if figures.unlisted:
            without = _("without list: %(unlisted)s") % {"unlisted": number("unlisted")}
            cells["sessions"] = format_html('{} <small class="muted">{}</small>', cells["sessions"], without)
        cells["turnout"] = _of(figures.attended, figures.expected, language)
    row = SafeString()
    for name, cell in cells.items():
        row += _opening(definitions[name].name) + cell + _CLOSING
    return row


@register.simple_tag
def finished_of(figures):
    language = get_language()
    of = _of(figures.finishers, figures.people, language)
    if figures.finished == figures.finishers:
        return of
    times = _("times: %(times)s") % {"times": _number(figures.finished, language)}
    return format_html('{} <small class="muted">{}</small>', of, times)


_CLOSING = SafeString("</td>")


# Most figures are small and repeat.
@lru_cache(maxsize=5_000)
def _number(number, _language):
    return format_html("{}", "–" if number is None else localize(number))


@lru_cache(maxsize=5_000)
def _of(number, whole, _language):
    return format_html("{}/{}", localize(number), localize(whole))


@lru_cache(maxsize=100)
def _opening(label):
    return format_html('<td data-label="{}">', label)
