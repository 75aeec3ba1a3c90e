"""Page: health of the site, as `manage.py status` shows it."""

from django.contrib.auth.decorators import login_required
from django.http import Http404
from django.shortcuts import render
from django.views.decorators.http import require_safe

from course.health.watching import watch
from course.version import release


@require_safe
@login_required
def desk_health(request):
    if not request.user.is_superuser:
        raise Http404
    return render(request, "desk/health.html", {"facts": watch.found(), "release": release()})
