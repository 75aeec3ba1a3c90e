"""Page: find a certificate by name."""

from django.contrib.auth.decorators import login_required
from django.http import Http404
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from course.people.clinics import manages_areas
from course.people.permissions import MAX_FOUND, MAX_QUERY_LENGTH, find_certificates
from modules.search.search import get_saved_query, save_query

from .downloads import send_table
from .tables import found_table

_PURPOSE = "certificates"


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def desk_find_certificates(request):
    if not manages_areas(request.user):
        raise Http404
    if request.method == "POST":
        response = redirect("desk_find_certificates")
        save_query(request, response, request.POST.get("q", "").strip()[:MAX_QUERY_LENGTH], purpose=_PURPOSE)
        return response
    query, found, more = _found(request)
    context = {"query": query, "found": found, "more": more, "shown": MAX_FOUND, "longest": MAX_QUERY_LENGTH}
    return render(request, "desk/find_certificates.html", context)


@require_safe
@login_required
def desk_find_certificates_file(request, ending):
    if not manages_areas(request.user):
        raise Http404
    _query, found, _more = _found(request)
    return send_table(request, ending, _("Certificates"), found_table(found), people=len(found))


def _found(request):
    query = get_saved_query(request, purpose=_PURPOSE)
    return query, *find_certificates(request.user, query, today=timezone.localdate())
