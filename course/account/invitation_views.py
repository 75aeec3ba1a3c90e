"""The page behind the link by which an administrator comes in: a password of one's own, then sign-in as always."""

from django.contrib import messages
from django.contrib.auth import logout
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from course.people.inviting import accept_invitation, invited
from course.privacy import forget_person
from course.sessions.turns import round_goes_on

from .forms import ChoosePinForm


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def accept(request, word):
    """Ask the invited person for a password; a post keeps it, once, and leads to the sign-in page."""
    person = invited(word)
    if person is None:
        return _not_any_more(request)
    form = ChoosePinForm(request.POST if request.method == "POST" else None, user=person)
    if form.is_valid():
        if accept_invitation(word, form.cleaned_data["new"], now=timezone.now()) is None:
            return _not_any_more(request)
        return _on_to_sign_in(request, person)
    context = {"form": form, "invited": person}
    return render(request, "account/accept_invitation.html", context, status=422 if form.errors else 200)


def _on_to_sign_in(request, person):
    """Lead to the sign-in page, which shows itself to nobody who is signed in: whoever is leaves as from a button."""
    response = redirect(f"{reverse('account_login')}?{urlencode({'c': person.username})}")
    if request.user.is_authenticated:
        with round_goes_on(request):
            logout(request)
        forget_person(response)
    messages.success(request, _("Your password is saved. Sign in with it; then you set up the second step."))
    return response


def _not_any_more(request):
    # Gone and not missing: of a missing page another language would be tried.
    return render(request, "account/invitation_unknown.html", status=410)
