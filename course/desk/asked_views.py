"""The page on which an administrator says what is asked of people beyond what the course needs."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from course.models import PeopleSettings
from course.people.identifiers import count_optional_values, set_optional_fields

from .asked_form import AskedForm


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def desk_asked(request):
    """Show the reasons and how many people's answers are kept; a post changes them."""
    if not request.user.administers:
        raise Http404
    kept = PeopleSettings.objects.first() or PeopleSettings(pk=1)
    form = AskedForm(request.POST if request.method == "POST" else None, instance=kept)
    if form.is_valid():
        set_optional_fields(
            form.cleaned_data["sex_reason"], form.cleaned_data["phone_reason"], by=request.user, now=timezone.now()
        )
        messages.success(request, _("Saved."))
        return redirect("desk_asked")
    context = {"form": form, "said": count_optional_values()}
    return render(request, "desk/asked.html", context, status=422 if form.errors else 200)
