"""Removes wagtail-localize's list buttons, which take two queries a row."""

from wagtail import hooks
from wagtail_localize import wagtail_hooks

HOOKS = ("register_snippet_listing_buttons", "register_page_listing_more_buttons", "register_page_header_buttons")


def take_buttons_out():
    """Unregister the buttons that wagtail-localize registers when it is imported here."""
    for name in HOOKS:
        kept = [(hook, order) for hook, order in hooks._hooks[name] if hook.__module__ != wagtail_hooks.__name__]
        hooks._hooks[name][:] = kept
