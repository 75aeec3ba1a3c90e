"""«How the site is»: what `manage.py status` says, but for what asks others; for whoever installed the site."""

from django.contrib.auth.decorators import login_required
from django.http import Http404
from django.shortcuts import render
from django.views.decorators.http import require_safe

from course.health.watching import watch
from course.version import release


@require_safe
@login_required
def desk_health(request):
    """What the process that answers saw a moment ago."""
    if not request.user.is_superuser:
        raise Http404
    return render(request, "desk/health.html", {"facts": watch.found(), "release": release()})
