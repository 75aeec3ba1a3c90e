"""A trial says so: one line on every page of a site whose passwords anybody can read."""

import re

from django.conf import settings
from django.core.exceptions import MiddlewareNotUsed
from django.utils.html import format_html
from django.utils.translation import get_language_from_request, override
from django.utils.translation import gettext as _

# Where the line stands: in the head of our pages, which is not printed; in the content of the editors' pages, whose
# menu covers the left side. What is part of a page, or no page at all, has neither.
_PLACE = re.compile(rb'<header class="top">|<main[^>]*\bid="main"[^>]*>|<body[^>]*>')


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
        places = sorted(_PLACE.finditer(response.content), key=lambda found: found[0].startswith(b"<body"))
        if not places:
            return
        at = places[0].end()
        language = response.get("Content-Language") or get_language_from_request(request, check_path=True)
        with override(language):
            line = format_html('<p class="trial help-block help-warning">{}</p>', _words()).encode()
        response.content = response.content[:at] + line + response.content[at:]
        if "Content-Length" in response:
            response["Content-Length"] = len(response.content)


def _words():
    return _("A trial with public passwords: enter nothing about real people.")
