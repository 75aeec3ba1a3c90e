"""Woven band of a certificate, and links to share it."""

from django import template
from django.conf import settings
from django.urls import reverse
from django.utils.html import format_html, format_html_join

from certificates.pdf.layout import (
    DASHES,
    HEIGHT,
    ON_SCREEN,
    band_strokes,
    heading_colour,
    rule_colour,
    rules_of_band,
    width_of_band,
)
from certificates.text.codes import linkedin_address, whatsapp_address
from certificates.text.fields import says_the_day, sentence_of, text_of

register = template.Library()

register.filter("sentence", sentence_of)
register.filter("further_lines", text_of)
register.filter("says_the_day", says_the_day)
register.filter("heading_colour", heading_colour)


@register.simple_tag
def certificate_band(border="", palette=""):
    """Draw the band; it is an ornament, so it says nothing to a screen reader."""
    drawn = band_strokes(border or "all", palette or "weave", places=ON_SCREEN)
    threads = format_html_join("", '<path class="t-{}" d="{}"/>', drawn.items())
    rules = ((rule_colour(palette), d, DASHES, offset) for d, offset in rules_of_band(ON_SCREEN))
    threads += format_html_join("", '<path class="t-{}" d="{}" stroke-dasharray="{}" stroke-dashoffset="{}"/>', rules)
    view = format_html('viewBox="0 0 {} {}" aria-hidden="true" focusable="false"', width_of_band(ON_SCREEN), HEIGHT)
    return format_html('<svg class="paper-band" {}>{}</svg>', view, threads)


register.filter("linkedin_address", linkedin_address)
register.filter("whatsapp_address", whatsapp_address)


@register.simple_tag
def badge_address():
    """Return the whole address of the badge of the course, the same for everybody."""
    return settings.SITE_URL + reverse("badge_image")
