"""Addresses of the course's pages in templates."""

from django import template

from modules.outline import page_path

register = template.Library()


@register.simple_tag
def page_url(page):
    """Return a page's address in the active language of the interface: the course may exist in Spanish only."""
    return page_path(page)
