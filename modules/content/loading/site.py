"""Lets the site begin at the course."""

from urllib.parse import urlsplit

from django.conf import settings
from wagtail.models import Locale, Page, Site


def point_site_at(course, locale):
    """Make the course the site's first page, at the address of SITE_URL, and take Wagtail's welcome page away.

    Other languages stand beside it: Wagtail finds them by their translation key.
    """
    if locale != Locale.get_default() and Site.objects.filter(is_default_site=True).exists():
        return
    address = urlsplit(settings.SITE_URL)
    wanted = {
        "hostname": address.hostname,
        "port": address.port or (443 if address.scheme == "https" else 80),
        "root_page_id": course.pk,
        "site_name": settings.WAGTAIL_SITE_NAME,
    }
    site = Site.objects.filter(is_default_site=True).first() or Site(is_default_site=True)
    if any(getattr(site, name) != value for name, value in wanted.items()):
        for name, value in wanted.items():
            setattr(site, name, value)
        site.save()
        _remove_welcome_page()


def _remove_welcome_page():
    for page in Page.objects.filter(depth=2, slug="home").exact_type(Page):
        if not page.get_children().exists():
            page.delete()
