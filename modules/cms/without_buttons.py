"""What wagtail-localize adds to each row of a list is taken out: two queries a row, however many languages there are.

In its place stands one button without any, that leads to a text in all languages.
"""

from wagtail import hooks
from wagtail_localize import wagtail_hooks

HOOKS = ("register_snippet_listing_buttons", "register_page_listing_more_buttons", "register_page_header_buttons")


def take_buttons_out():
    """Take the buttons out that wagtail-localize has registered by being imported here."""
    for name in HOOKS:
        kept = [(hook, order) for hook, order in hooks._hooks[name] if hook.__module__ != wagtail_hooks.__name__]
        hooks._hooks[name][:] = kept
