"""What every request passes through, whoever sends it; what is about people stands in `account.middleware`."""

from django.conf import settings
from django.http import Http404
from django.middleware.gzip import GZipMiddleware
from django.middleware.locale import LocaleMiddleware
from django.utils.csp import CSP
from django.views.decorators.csp import csp_override

from quizzes.base.languages import interface_language


class SpanishFirst:
    """Whatever a browser says, the site speaks Spanish until somebody chooses otherwise: many are set up in English.

    The choice stands in the address, and in a cookie for addresses without a language.
    """

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        request.META.pop("HTTP_ACCEPT_LANGUAGE", None)
        return self.get_response(request)


class ReadersLanguage(LocaleMiddleware):
    """What the course has in the reader's language is read in it; `request.LANGUAGE_CODE` is that of the interface.

    So whatever is printed or sent for this request is in a language that the interface speaks.
    """

    def process_request(self, request):
        super().process_request(request)
        request.LANGUAGE_CODE = interface_language()


class NoNul:
    """An address with a NUL in it leads nowhere: nothing of ours holds one, and PostgreSQL has no place for it."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        asked = (value for values in request.GET.lists() for value in (values[0], *values[1]))
        if any("\x00" in text for text in (request.path_info, *asked)):
            raise Http404
        return self.get_response(request)


class AdminContentSecurityPolicy:
    """Wagtail's editors need inline script and style: only the admin gets them, other pages keep the strict policy."""

    def __init__(self, get_response):
        self.get_response = get_response
        inline = {name: [CSP.SELF, CSP.UNSAFE_INLINE] for name in ("script-src", "style-src")}
        policy = settings.SECURE_CSP | inline | {"frame-src": [CSP.SELF], "img-src": [CSP.SELF, "data:", "blob:"]}
        self.get_admin_response = csp_override(policy)(get_response)

    def __call__(self, request):
        if request.path.startswith("/cms/"):
            return self.get_admin_response(request)
        return self.get_response(request)


class CompressTexts(GZipMiddleware):
    """Compress what gets smaller by it: sound and film are compressed already, and a stretch of a file stays one."""

    def process_response(self, request, response):
        kind = response.get("Content-Type", "").partition("/")[0]
        if kind in ("audio", "video") or response.has_header("Content-Range"):
            return response
        return super().process_response(request, response)
