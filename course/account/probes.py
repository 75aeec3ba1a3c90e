"""`/salud/viva/` and `/salud/`: what a machine asks that watches the site. One word, for whoever asks."""

from django.http import HttpResponse
from django.views.decorators.http import require_safe

from course.health.facts import State
from course.health.looking import is_ready
from course.health.watching import watch

from .failing import said_already


@require_safe
def show_live(request):
    """The process answers. Nothing is looked at."""
    return _word("ok", 200)


@require_safe
def show_ready(request):
    """Whether pages are answered here and what people do is saved: 200 or 503; `warning` is for somebody to look."""
    facts = watch.found()
    if not is_ready(facts):
        return _word("unavailable", 503)
    return _word("ok" if all(fact.state == State.GOOD for fact in facts) else "warning", 200)


def _word(word, status):
    response = HttpResponse(f"{word}\n", content_type="text/plain; charset=utf-8", status=status)
    response["Cache-Control"] = "no-store"
    return said_already(response)


class Probes:
    """Answers both before a session is read, a host refused or a page sent to HTTPS."""

    PAGES = {"/salud/": show_ready, "/salud/viva/": show_live}

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        page = self.PAGES.get(request.path_info)
        return page(request) if page else self.get_response(request)
