"""Page for administrators: the survey's data package for researchers."""

from secrets import SystemRandom
from urllib.parse import urlencode

from django.contrib.auth.decorators import login_required
from django.http import Http404
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from course.desk.spreadsheets import file_name
from course.survey.package import NotForResearch, contents_of, make_package
from course.survey.results import may_see_country
from quizzes.base.spreadsheets import download

from .result_views import NotSeen, what_is_asked


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def desk_survey_package(request):
    if not (request.user.trains and may_see_country(request.user)):
        raise Http404
    now = timezone.now()
    given = request.POST if request.method == "POST" else request.GET
    try:
        asked = what_is_asked(request.user, {"edicion": given.get("edicion")}, today=timezone.localdate(now))
    except NotSeen:
        raise Http404 from None
    try:
        if request.method == "POST" and asked.edition:
            content = make_package(asked.edition, by=request.user, chance=SystemRandom(), now=now)
            name = file_name(f"trato-digno {asked.edition}", None, "zip", now=now)
            return download(content, name, "application/zip")
        reasons = [] if asked.edition and contents_of(asked.edition) else None
    except NotForResearch as refusal:
        reasons = refusal.reasons
    if request.method == "POST":
        return redirect(f"{reverse('desk_survey_package')}?{urlencode({'edicion': given.get('edicion', '')})}")
    return render(request, "desk/survey/package.html", {"asked": asked, "reasons": reasons})
