"""The page on which people join a group with the code that its trainer gave, with an account or without one yet."""

import secrets

from django import forms
from django.contrib import messages
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from certificates.text.names import check_can_be_printed
from course.people import limits
from course.people.delays import JOINING
from course.people.enrolment import CannotJoin, join_as_newcomer, join_group

from .sessions import address_of, arrive, ask_whether_shared, let_in, spend
from .sign_in import SharedQuestion

_BACKEND = "course.account.backends.StartingPinBackend"


class JoinForm(forms.Form):
    """The code of a group."""

    code = forms.CharField(
        label=gettext_lazy("Code of the group"),
        max_length=40,
        help_text=gettext_lazy("Whoever runs the group gives it to you. It has eight letters and digits."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}),
        error_messages={"required": gettext_lazy("Write the code of the group.")},
    )


class NewcomerForm(SharedQuestion, JoinForm):
    """The code of a group, and the name of somebody who has no account yet."""

    given_names = forms.CharField(
        label=gettext_lazy("Given names"),
        max_length=150,
        help_text=gettext_lazy("As in your identity document: they are printed on the certificate."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "words", "spellcheck": "false"}),
        error_messages={"required": gettext_lazy("Write your given names.")},
    )
    surnames = forms.CharField(
        label=gettext_lazy("Surnames"),
        max_length=150,
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "words", "spellcheck": "false"}),
        error_messages={"required": gettext_lazy("Write your surnames.")},
    )

    field_order = ["code", "given_names", "surnames", "shared"]

    def __init__(self, *args, request, **kwargs):
        super().__init__(*args, **kwargs)
        ask_whether_shared(self, request)

    # What paper cannot carry, such as signs and letters that run the other way, is no name on a trainer's page either.
    def clean_given_names(self):
        return check_can_be_printed(self.cleaned_data["given_names"])

    def clean_surnames(self):
        return check_can_be_printed(self.cleaned_data["surnames"])


def join(request):
    """Ask for the code of a group, and of whoever has no account for the name; a post joins it."""
    # A clinic is one address, and all of a session join within minutes.
    spend(request, "join", limits.network_of(address_of(request)), JOINING)
    given = request.POST if request.method == "POST" else None
    form = JoinForm(given) if request.user.is_authenticated else NewcomerForm(given, request=request)
    if form.is_valid():
        try:
            return _join(request, form.cleaned_data)
        except CannotJoin as refused:
            form.add_error(refused.field, str(refused))
    return render(request, "account/join.html", {"form": form}, status=422 if form.errors else 200)


def _join(request, given):
    now = timezone.now()
    if request.user.is_authenticated:
        cohort = join_group(request.user, given["code"], now=now)
        messages.success(request, _("You are in the group “%(group)s” now.") % {"group": cohort})
        return redirect("my_course")
    is_shared = given.pop("shared")
    person = join_as_newcomer(**given, now=now, chance=secrets.SystemRandom())
    let_in(request, person, backend=_BACKEND, is_shared=is_shared)
    words = _("Your user code is %(code)s. Write it down: with it and the PIN that you choose now you sign in.")
    messages.success(request, words % {"code": person.username})
    response = redirect(f"{reverse('choose_pin')}?next={reverse('my_course')}")
    arrive(request, response, person, is_shared=is_shared)
    return response
