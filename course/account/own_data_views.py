"""*Descargar mis datos*: all that is kept of oneself, after the PIN once more, and never on a shared computer."""

from allauth.account.adapter import get_adapter
from django import forms
from django.contrib.auth.decorators import login_required
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from course.models import Change
from course.own_data.writing import write_own_data
from course.people.pins import typed_pin
from course.people.trail import note_change
from quizzes.attempts.review import hidden_before


class OwnDataForm(forms.Form):
    """The present PIN or password, which counts as a try to sign in."""

    present = forms.CharField(
        label=_("Your present PIN or password"),
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
        strip=False,
        error_messages={"required": _("Write your present PIN or password.")},
    )

    def __init__(self, *args, user, **kwargs):
        super().__init__(*args, **kwargs)
        self.user = user

    def clean_present(self):
        if not get_adapter().reauthenticate(self.user, typed_pin(self.cleaned_data["present"])):
            raise get_adapter().validation_error("incorrect_password")
        return self.cleaned_data["present"]


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def own_data(request):
    """Say what the file holds and ask for the PIN; a post answers with the file."""
    if request.session.get("shared_computer", True):
        status = 403 if request.method == "POST" else 200
        return render(request, "account/own_data.html", {"is_shared": True}, status=status)
    form = OwnDataForm(request.POST if request.method == "POST" else None, user=request.user)
    hidden = hidden_before(request)
    if form.is_valid():
        return _send(request.user, hidden)
    context = {"form": form, "hidden": hidden}
    return render(request, "account/own_data.html", context, status=422 if form.errors else 200)


def _send(person, hidden):
    now = timezone.now()
    # One picture of the database, and the trail holds that it was fetched.
    with transaction.atomic():
        note_change(person, Change.OWN_FILE, by=person, now=now)
        file = write_own_data(person, hidden_before=hidden, now=now)
    return HttpResponse(
        file, content_type="application/zip", headers={"Content-Disposition": 'attachment; filename="mis-datos.zip"'}
    )
