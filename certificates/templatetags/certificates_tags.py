"""Band, texts and share links of a certificate."""

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
from certificates.text.codes import linkedin_url, whatsapp_url
from certificates.text.fields import further_lines, is_date_line, statement_with_course

register = template.Library()

register.filter("sentence", statement_with_course)
register.filter("further_lines", further_lines)
register.filter("is_date_line", is_date_line)
register.filter("heading_colour", heading_colour)


@register.simple_tag
def certificate_band(border="", palette=""):
    drawn = band_strokes(border or "all", palette or "weave", places=ON_SCREEN)
    threads = format_html_join("", '<path class="t-{}" d="{}"/>', drawn.items())
    rules = ((rule_colour(palette), d, DASHES, offset) for d, offset in rules_of_band(ON_SCREEN))
    threads += format_html_join("", '<path class="t-{}" d="{}" stroke-dasharray="{}" stroke-dashoffset="{}"/>', rules)
    view = format_html('viewBox="0 0 {} {}" aria-hidden="true" focusable="false"', width_of_band(ON_SCREEN), HEIGHT)
    return format_html('<svg class="paper-band" {}>{}</svg>', view, threads)


register.filter("linkedin_url", linkedin_url)
register.filter("whatsapp_url", whatsapp_url)


@register.simple_tag
def badge_address():
    return settings.SITE_URL + reverse("badge_image")
