"""Own details, display settings, e-mail, devices, personal data."""

from dataclasses import dataclass
from uuid import UUID

from allauth.account.adapter import get_adapter
from django import forms
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST

from certificates.text.fields import post_in_words
from course.models import Change, Ending, User
from course.own_data.personal_data import write_own_data
from course.people import devices
from course.people.accounts import change_person
from course.people.delays import MAIL
from course.people.devices import forget_devices, note_change
from course.people.identifier_fields import ask_in
from course.people.identifiers import phone_in_words, what_is_asked
from course.people.pins import typed_pin
from course.privacy import LOOK_COOKIE
from course.reminders.addresses import AddressForm
from course.reminders.confirming import ask_again, person_of
from course.reminders.confirming import confirm_address as confirm
from course.reminders.stopping import allow_reminders, person_with
from course.reminders.stopping import stop_reminders as stop_reminders_of
from course.reminders.tasks import ask_soon
from quizzes.attempts.review import hidden_before

from .sessions import keep_own_pin, mark_of, sign_in_of, spend
from .sign_in import ChangePinForm, page_of_form

# Whoever stands behind somebody at a shared computer reads along.
_SHOWN, _SHOWN_SHARED = 20, 3


def trail_context(request):
    """Return what the page shows: the last sign-ins, which sessions are open, and what was changed; four queries."""
    person, here = request.user, sign_in_of(request)
    count = _SHOWN_SHARED if request.session.get("shared_computer", True) else _SHOWN
    sessions = list(devices.open_sessions(person, now=timezone.now()))
    return {
        "here": here and UUID(here),
        "sessions": sessions,
        "others_open": any(str(one.pk) != here for one in sessions),
        "open_keys": {one.pk for one in sessions},
        "sign_ins": list(devices.sign_ins_of(person, count=count)),
        "changes": list(devices.changes_of(person, count=count)),
    }


@login_required
@require_POST
def close_sessions(request):
    """Close one of the own sessions, or all but this one; what was known of the devices of the others is forgotten."""
    person, now = request.user, timezone.now()
    which = request.POST.get("session", "")
    if which == "others":
        with transaction.atomic():
            devices.close_other_sessions(person, besides=sign_in_of(request), ending=Ending.ELSEWHERE, now=now)
            forget_devices(person, besides=mark_of(request))
            devices.note_change(person, Change.SESSIONS_CLOSED, by=person, now=now)
        messages.success(
            request, _("All other sessions are closed. Choose another PIN too if somebody may know yours.")
        )
        return redirect("my_account")
    session = next((one for one in devices.open_sessions(person, now=now) if str(one.pk) == which), None)
    # One that is closed by now stays so; this one is left by signing out.
    if session and which != sign_in_of(request):
        devices.close_sessions(type(session).objects.filter(pk=session.pk), Ending.ELSEWHERE, now=now)
        messages.success(request, _("The session is closed."))
    return redirect("my_account")


@login_required
def my_account(request):
    """The person's name, code and role, and the way to a new PIN."""
    form = ChangePinForm(request.POST or None, user=request.user)
    if form.is_valid():
        keep_own_pin(request, form.cleaned_data["new"])
        saved = _("Your new password is saved.") if request.user.is_staff else _("Your new PIN is saved.")
        messages.success(request, saved)
        return redirect("my_account")
    # The course's own words for posts are said in the language of the page; others stay as they were registered.
    context = {"form": form, "post": post_in_words(request.user.job_title)}
    return render(request, "account/my_account.html", context | details_of(request.user) | trail_context(request))


class MyDetailsForm(forms.ModelForm):
    """The own phone number and sex, as far as the site asks for them; each may be empty."""

    class Meta:
        model = User
        fields = ["phone", "sex"]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        ask_in(self)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def my_details(request):
    """The own phone number and sex; a post keeps what is written, and forgets what is not."""
    form = MyDetailsForm(request.POST if request.method == "POST" else None, instance=request.user)
    if form.is_valid():
        change_person(request.user, fields=list(form.fields), by=request.user, now=timezone.now())
        messages.success(request, _("Saved."))
        return redirect("my_account")
    return render(request, "account/my_details.html", {"form": form}, status=422 if form.errors else 200)


def details_of(person):
    """Return what *Mi cuenta* shows of it, for a template."""
    return {
        "asked": what_is_asked(),
        "phone": phone_in_words(person.phone),
        "numbers": person.identifiers.order_by("kind"),
    }


SIZES = [
    ("100", gettext_lazy("Normal")),
    ("115", gettext_lazy("Large")),
    ("130", gettext_lazy("Larger")),
    ("150", gettext_lazy("Very large")),
]
THEMES = [("", gettext_lazy("As the device")), ("light", gettext_lazy("Light")), ("dark", gettext_lazy("Dark"))]


@dataclass(frozen=True)
class Comfort:
    """What was chosen; written down as the classes of the `html` element, such as `size-130 theme-dark contrast`."""

    size: str = "100"
    theme: str = ""
    contrast: bool = False
    still: bool = False

    @classmethod
    def read(cls, written):
        """Return what was written down; what is not ours, such as a cookie made by hand, is left out."""
        words = set(written.split())
        return cls(
            size=next((size for size, _name in SIZES if f"size-{size}" in words), "100"),
            theme=next((theme for theme, _name in THEMES if theme and f"theme-{theme}" in words), ""),
            contrast="contrast" in words,
            still="still" in words,
        )

    @property
    def classes(self):
        theme = f"theme-{self.theme}" if self.theme else ""
        words = [f"size-{self.size}", theme, "contrast" if self.contrast else "", "still" if self.still else ""]
        return " ".join(filter(None, words))


class ComfortForm(forms.Form):
    """The choices of the panel."""

    size = forms.ChoiceField(label=gettext_lazy("Size of the letters"), choices=SIZES, widget=forms.RadioSelect)
    theme = forms.ChoiceField(label=gettext_lazy("Colours"), choices=THEMES, required=False, widget=forms.RadioSelect)
    contrast = forms.BooleanField(label=gettext_lazy("High contrast"), required=False)
    still = forms.BooleanField(label=gettext_lazy("Without movement"), required=False)


def comfort_of(request):
    """Return the `Comfort` of whoever looks: the person's own, else what the browser's visitor chose."""
    person = getattr(request, "user", None)
    own = person.comfort if person is not None and person.is_authenticated else ""
    return Comfort.read(own or request.COOKIES.get(LOOK_COOKIE, "")[:100])


def display_context(request):
    """What the frame of every page needs to look as chosen from its first byte."""
    return {"comfort": comfort_of(request)}


def keep_comfort(request, response, comfort):
    """Keep the choice with the person's account, or in the visitor's browser."""
    if request.user.is_authenticated:
        request.user.comfort = comfort.classes
        request.user.save(update_fields=["comfort"])
    else:
        response.set_cookie(LOOK_COOKIE, comfort.classes, httponly=True, samesite="Lax", secure=request.is_secure())


@never_cache
def show_comfort(request):
    """The page of the panel; script fetches its form and sends it at every change."""
    if request.method != "POST":
        form = ComfortForm(initial=vars(comfort_of(request)))
        return render(request, "comfort.html", {"form": form, "next": page_of_form(request)})
    there = request.POST.get("next", "")
    there = there if url_has_allowed_host_and_scheme(there, None) else "my_course"
    form = ComfortForm(request.POST)
    if not form.is_valid():
        return render(request, "comfort.html", {"form": form, "next": there}, status=400)
    at_once = request.headers.get("Accept", "").startswith("application/json")
    response = HttpResponse(status=204) if at_once else redirect(there)
    keep_comfort(request, response, Comfort(**form.cleaned_data))
    if not at_once:
        messages.success(request, _("The pages now look as you chose."))
    return response


class MyMailForm(AddressForm):
    """The own address, and whether reminders may come to it."""

    wanted = forms.BooleanField(
        label=gettext_lazy("Send me reminders"),
        help_text=gettext_lazy("Once a week at most, when I have not gone on for a while."),
        required=False,
    )


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def my_mail(request):
    """The person's e-mail address, which may be empty, and the switch of reminders; a post keeps both."""
    person = request.user
    spend(request, "mail", str(person.pk), MAIL)
    initial = {"wanted": person.reminders_stopped_at is None}
    form = MyMailForm(request.POST if request.method == "POST" else None, person=person, initial=initial)
    if form.is_valid() and form.save(by=request.user, now=timezone.now()):
        if form.cleaned_data["wanted"]:
            allow_reminders(person)
        else:
            stop_reminders_of(person, now=timezone.now())
        messages.success(request, _("Saved."))
        return redirect("my_account")
    context = {"form": form, "goes_out": settings.MAIL_GOES_OUT}
    return render(request, "account/my_mail.html", context, status=422 if form.errors else 200)


@login_required
@require_POST
def ask_confirmation(request):
    """Send the letter that asks to confirm the own address once more."""
    spend(request, "mail", str(request.user.pk), MAIL)
    if request.user.email and not request.user.has_confirmed_address:
        ask_again(request.user)
        ask_soon()
        messages.success(request, _("The letter is on its way. Open it and press the button in it."))
    return redirect("my_mail")


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def confirm_address(request, token):
    """Ask whether messages may come to an address; only a post says so, since filters of mail open every address."""
    person = person_of(token)
    if person is None:
        # Gone and not missing: of a missing page another language would be tried.
        return render(request, "account/confirm_unknown.html", status=410)
    if request.method == "POST":
        confirm(person, now=timezone.now())
    return render(request, "account/confirm_address.html", {"confirmed": person.has_confirmed_address})


# Programs for mail post here without having seen a page (RFC 8058): whoever has the token may.
@csrf_exempt
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def stop_reminders(request, token):
    """Ask whether reminders are to stop; only a post stops them, since filters of mail open every address."""
    person = person_with(token)
    if person is None:
        # Gone and not missing: of a missing page another language would be tried.
        return render(request, "account/stop_unknown.html", status=410)
    if request.method == "POST":
        if request.POST.get("action") == "again":
            allow_reminders(person)
            messages.success(request, _("Reminders come again, once a week at most."))
        else:
            stop_reminders_of(person, now=timezone.now())
            messages.success(request, _("You get no more reminders."))
    context = {"stopped": person.reminders_stopped_at is not None, "changed": request.method == "POST"}
    return render(request, "account/stop_reminders.html", context)


class OwnDataForm(forms.Form):
    """The present PIN or password, which counts as a try to sign in."""

    present = forms.CharField(
        label=gettext_lazy("Your present PIN or password"),
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
        strip=False,
        error_messages={"required": gettext_lazy("Write your present PIN or password.")},
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
