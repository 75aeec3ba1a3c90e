"""A trial says so: one line on every page of a site whose passwords anybody can read."""

import re

from django.conf import settings
from django.core.exceptions import MiddlewareNotUsed
from django.utils.html import format_html
from django.utils.translation import get_language_from_request, override
from django.utils.translation import gettext as _

# Where the line stands, the first that is there: in the content of the editors' pages, which hold a head of ours in a
# template that nobody sees; in the head of our pages, which is not printed; in others' apps. Part of a page has none.
_PLACES = [re.compile(place) for place in (rb'<main[^>]*\bid="main"[^>]*>', rb'<header class="top">', rb"<body[^>]*>")]
# Ours has a style; the others are Wagtail's: on a telephone its button for the menu lies over the left end.
_LINE = (
    '<p class="trial help-block help-warning w-my-0 w-pl-slim-header sm:w-pl-5">'
    '<span class="w-block w-ml-2.5 sm:w-ml-0">{}</span></p>'
)


class SayTrial:
    """Puts the line into pages as they leave, those about errors and those of others' apps among them."""

    def __init__(self, get_response):
        if not settings.IS_TRIAL:
            raise MiddlewareNotUsed
        self.get_response = get_response

    def __call__(self, request):
        response = self.get_response(request)
        if not response.streaming and response.get("Content-Type", "").startswith("text/html"):
            self.add_line(request, response)
        return response

    def add_line(self, request, response):
        place = next(filter(None, (place.search(response.content) for place in _PLACES)), None)
        if place is None:
            return
        at = place.end()
        language = response.get("Content-Language") or get_language_from_request(request, check_path=True)
        with override(language):
            line = format_html(_LINE, _words()).encode()
        response.content = response.content[:at] + line + response.content[at:]
        if "Content-Length" in response:
            response["Content-Length"] = len(response.content)


def _words():
    return _("A trial with public passwords: enter nothing about real people.")
