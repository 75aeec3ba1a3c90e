"""Somebody else's words, between the marks of the reader's language."""

from django.utils.translation import gettext as _


def quoted(words):
    return _("“%(words)s”") % {"words": words}
