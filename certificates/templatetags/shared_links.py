"""Addresses for whoever shares a certificate: plain links that need no script and load nothing of anybody."""

from django import template
from django.conf import settings
from django.urls import reverse

from certificates.wording.sharing import linkedin_address, whatsapp_address

register = template.Library()
register.filter("linkedin_address", linkedin_address)
register.filter("whatsapp_address", whatsapp_address)


@register.simple_tag
def badge_address():
    """Return the whole address of the badge of the course, the same for everybody."""
    return settings.SITE_URL + reverse("badge_image")
