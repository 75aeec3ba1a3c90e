"""The page on which an issued certificate is found by name."""

from django.contrib.auth.decorators import login_required
from django.http import Http404
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from course.people.clinics import answers_for_areas
from course.people.permissions import LONGEST_QUERY, SHOWN, find_certificates
from modules.search.search import keep_words, words_asked

from .downloads import send_table
from .tables import found_table

_PURPOSE = "certificates"


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def desk_find_certificates(request):
    """Look for a certificate by name."""
    if not answers_for_areas(request.user):
        raise Http404
    if request.method == "POST":
        response = redirect("desk_find_certificates")
        keep_words(request, response, request.POST.get("q", "").strip()[:LONGEST_QUERY], purpose=_PURPOSE)
        return response
    query, found, more = _found(request)
    context = {"query": query, "found": found, "more": more, "shown": SHOWN, "longest": LONGEST_QUERY}
    return render(request, "desk/find_certificates.html", context)


@require_safe
@login_required
def desk_find_certificates_file(request, ending):
    """What the page shows, as a file."""
    if not answers_for_areas(request.user):
        raise Http404
    _query, found, _more = _found(request)
    return send_table(request, ending, _("Certificates"), found_table(found), people=len(found))


def _found(request):
    """Return what was asked for and what was found of it, and whether there is more."""
    query = words_asked(request, purpose=_PURPOSE)
    return query, *find_certificates(request.user, query, today=timezone.localdate())
