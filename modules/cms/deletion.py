"""Refuses to delete snippets that texts refer to."""

from django.shortcuts import redirect
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from wagtail.admin import messages

from modules.rendering.usage import find_uses

MOST_PLACES = 5


def keep_what_texts_use(request, rows):
    used = [(row, places) for row in rows if (places := find_uses(row))]
    for row, places in used:
        sentence = _("“%(thing)s” is in use, so nothing was deleted. Take it out of these first: %(places)s.")
        messages.error(request, sentence % {"thing": capfirst(str(row)), "places": named(places)})
    return redirect(rows[0].snippet_viewset.get_url_name("list")) if used else None


def named(places):
    listed, more = "; ".join(places[:MOST_PLACES]), len(places) - MOST_PLACES
    if more <= 0:
        return listed
    return ngettext("%(places)s; and %(more)d more", "%(places)s; and %(more)d more", more) % {
        "places": listed,
        "more": more,
    }
