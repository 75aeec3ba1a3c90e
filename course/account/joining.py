"""Join a group by its code, with an account or without."""

import secrets

from django import forms
from django.contrib import messages
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from certificates.text.names import check_printable_name
from course.people import limits
from course.people.delays import JOINING
from course.people.enrolment import CannotJoin, join_as_newcomer, join_cohort

from .sessions import client_address, enforce_rate_limit, preselect_shared, record_sign_in, sign_in_without_form
from .sign_in import SharedDeviceForm

_BACKEND = "course.people.pins.StartingPinBackend"


class JoinForm(forms.Form):
    code = forms.CharField(
        label=gettext_lazy("Code of the group"),
        max_length=40,
        help_text=gettext_lazy("Your trainer gives it to you. It has eight letters and digits."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}),
        error_messages={"required": gettext_lazy("Write the code of the group.")},
    )


class NewcomerForm(SharedDeviceForm, JoinForm):
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
        preselect_shared(self, request)

    def clean_given_names(self):
        return check_printable_name(self.cleaned_data["given_names"])

    def clean_surnames(self):
        return check_printable_name(self.cleaned_data["surnames"])


def join(request):
    # The rate allows for a clinic behind one address, where all join within minutes.
    enforce_rate_limit(request, "join", limits.network_of(client_address(request)), JOINING)
    data = request.POST if request.method == "POST" else None
    form = JoinForm(data) if request.user.is_authenticated else NewcomerForm(data, request=request)
    if form.is_valid():
        try:
            return _join(request, form.cleaned_data)
        except CannotJoin as error:
            form.add_error(error.field, str(error))
    return render(request, "account/joining/join.html", {"form": form}, status=422 if form.errors else 200)


def _join(request, cleaned):
    now = timezone.now()
    if request.user.is_authenticated:
        cohort = join_cohort(request.user, cleaned["code"], now=now)
        messages.success(request, _("You are in the group “%(group)s” now.") % {"group": cohort})
        return redirect("my_course")
    is_shared = cleaned.pop("shared")
    person = join_as_newcomer(**cleaned, now=now, chance=secrets.SystemRandom())
    sign_in_without_form(request, person, backend=_BACKEND, is_shared=is_shared)
    text = _("Your user code is %(code)s. Write it down: with it and the PIN that you choose now you sign in.")
    messages.success(request, text % {"code": person.username})
    response = redirect(f"{reverse('choose_pin')}?next={reverse('my_course')}")
    record_sign_in(request, response, person, is_shared=is_shared)
    return response
