"""Addresses that are printed or projected."""

from django.conf import settings
from django.urls import reverse
from django.utils.translation import get_language


def printed_address(name, *arguments):
    """Return the absolute address without a language prefix; the site adds the reader's language."""
    return settings.SITE_URL + reverse(name, args=arguments).removeprefix(f"/{get_language()}")
