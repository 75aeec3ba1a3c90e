"""Addresses that are printed or projected, for whoever comes across them."""

from django.conf import settings
from django.urls import reverse
from django.utils.translation import get_language


def printed_address(name, *arguments):
    """Return the full address of a page without a language in it: the site adds that of whoever follows it."""
    return settings.SITE_URL + reverse(name, args=arguments).removeprefix(f"/{get_language()}")
