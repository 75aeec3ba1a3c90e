"""The page that a device shows without a line, in place of the browser's own: what is kept there, and what waits."""

from django.shortcuts import render
from django.views.decorators.http import require_safe

from quizzes.base.offline_copies import RequestOfNobody


@require_safe
def show_offline(request):
    """Tell what script finds on the device. Devices fetch it as nobody, and keep it: what they get is a copy."""
    asked = request if request.user.is_authenticated else RequestOfNobody(request.path)
    return render(asked, "offline.html")
