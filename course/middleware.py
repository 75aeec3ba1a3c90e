"""Language, NUL bytes, CSP of the admin, compression."""

from django.conf import settings
from django.http import Http404
from django.middleware.gzip import GZipMiddleware
from django.middleware.locale import LocaleMiddleware
from django.utils.csp import CSP
from django.utils.deprecation import MiddlewareMixin
from django.views.decorators.csp import csp_override

from quizzes.base.languages import interface_language


class DefaultLanguageMiddleware(MiddlewareMixin):
    """Ignore Accept-Language: many browsers here are set up in English, and the default is Spanish."""

    def __call__(self, request):
        request.META.pop("HTTP_ACCEPT_LANGUAGE", None)
        return self.get_response(request)


class InterfaceLanguageMiddleware(LocaleMiddleware):
    """The course may be in a language that the interface lacks."""

    def process_request(self, request):
        super().process_request(request)
        request.LANGUAGE_CODE = interface_language()


class NulByteMiddleware(MiddlewareMixin):
    """Answer 404 to an address with a NUL byte, which PostgreSQL cannot store."""

    def __call__(self, request):
        query = (text for name, values in request.GET.lists() for text in (name, *values))
        if any("\x00" in text for text in (request.path_info, *query)):
            raise Http404
        return self.get_response(request)


class AdminCSPMiddleware:
    """Allow inline script and style in the admin alone: Wagtail's editors need them."""

    def __init__(self, get_response):
        self.get_response = get_response
        inline = {name: [CSP.SELF, CSP.UNSAFE_INLINE] for name in ("script-src", "style-src")}
        policy = settings.SECURE_CSP | inline | {"frame-src": [CSP.SELF], "img-src": [CSP.SELF, "data:", "blob:"]}
        self.get_admin_response = csp_override(policy)(get_response)

    def __call__(self, request):
        if request.path.startswith("/cms/"):
            return self.get_admin_response(request)
        return self.get_response(request)


class TextGZipMiddleware(GZipMiddleware):
    """Compress neither audio and video, which are compressed already, nor ranges of a file."""

    def process_response(self, request, response):
        kind = response.get("Content-Type", "").partition("/")[0]
        if kind in ("audio", "video") or response.has_header("Content-Range"):
            return response
        return super().process_response(request, response)
