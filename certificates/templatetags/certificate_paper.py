"""The woven band of the certificate on a page: coloured by the style sheet, so that it follows light and dark."""

from django import template
from django.utils.html import format_html, format_html_join

from certificates.weaving import DASHES, HEIGHT, RULES, WIDTH, band_strokes

register = template.Library()


@register.simple_tag
def certificate_band():
    """Draw the band; it is an ornament, so it says nothing to a screen reader."""
    threads = format_html_join("", '<path class="t-{}" d="{}"/>', band_strokes().items())
    rules = ((d, DASHES, offset) for d, offset in RULES)
    threads += format_html_join(
        "", '<path class="t-cochineal" d="{}" stroke-dasharray="{}" stroke-dashoffset="{}"/>', rules
    )
    view = format_html('viewBox="0 0 {} {}" aria-hidden="true" focusable="false"', WIDTH, HEIGHT)
    return format_html('<svg class="paper-band" {}>{}</svg>', view, threads)
