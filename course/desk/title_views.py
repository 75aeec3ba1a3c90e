"""Page for administrators: job titles whose role trainers taught the site."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import Http404
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from course.roster.job_titles import forget_title, taught_titles

SHOWN = 100


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def desk_job_titles(request):
    if not request.user.administers:
        raise Http404
    if request.method == "POST":
        pk = request.POST.get("title", "")
        number = int(pk) if pk.isdecimal() and pk.isascii() and len(pk) < 10 else 0
        if words := forget_title(number, by=request.user, now=timezone.now()):
            messages.success(request, _("“%(title)s” was forgotten.") % {"title": words})
        return redirect("desk_job_titles")
    page = Paginator(taught_titles(), SHOWN).get_page(request.GET.get("pagina"))
    return render(request, "desk/job_titles.html", {"page": page})
