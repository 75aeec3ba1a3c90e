"""The short way to a page of the course: no more than one query before its view."""

from django.conf import settings
from django.utils.translation import get_language
from wagtail.url_routing import RouteResult
from wagtail.views import serve

from modules.progress.structure import course_structure


def serve_page(request, path):
    """Let Wagtail serve the page at `path`, found among the published pages that this process remembers.

    Wagtail keeps the route of a request on it, and asks the database only when there is none yet. A page that is not
    in the structure (another site's, a redirect) goes the usual way.
    """
    page = course_structure().page_at(get_language() or settings.LANGUAGE_CODE, path.strip("/"))
    if page is not None:
        request._wagtail_route_for_request = RouteResult(page)
    return serve(request, path)
