"""Own details, display settings, e-mail, devices, personal data."""

from dataclasses import dataclass
from uuid import UUID

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
from course.own_data.personal_data import export_personal_data
from course.people import devices
from course.people.accounts import change_person
from course.people.delays import MAIL
from course.people.devices import forget_devices, log_account_change
from course.people.identifier_fields import set_optional_form_fields
from course.people.identifiers import format_phone, optional_fields
from course.privacy import DISPLAY_COOKIE
from course.reminders.addresses import AddressForm
from course.reminders.confirming import ask_again, person_of
from course.reminders.confirming import confirm_address as confirm
from course.reminders.reachability import allow_reminders, person_with
from course.reminders.reachability import stop_reminders as stop_reminders_of
from course.reminders.tasks import ask_soon
from quizzes.attempts.review import answers_hidden_before

from .sessions import change_own_pin, device_cookie, enforce_rate_limit, sign_in_key
from .sign_in import ChangePinForm, PresentPinMixin, referring_page

# Fewer on a shared computer, where others can read the screen.
_ROWS, _ROWS_SHARED = 20, 3


def sign_in_history(request):
    person, here = request.user, sign_in_key(request)
    count = _ROWS_SHARED if request.session.get("shared_computer", True) else _ROWS
    sessions = list(devices.active_sessions(person, now=timezone.now()))
    return {
        "here": here and UUID(here),
        "sessions": sessions,
        "others_open": any(str(session.pk) != here for session in sessions),
        "open_keys": {session.pk for session in sessions},
        "sign_ins": list(devices.sign_ins_of(person, count=count)),
        "changes": list(devices.account_changes_of(person, count=count)),
    }


@login_required
@require_POST
def close_sessions(request):
    person, now = request.user, timezone.now()
    key = request.POST.get("session", "")
    if key == "others":
        with transaction.atomic():
            devices.close_other_sessions(person, besides=sign_in_key(request), ending=Ending.ELSEWHERE, now=now)
            forget_devices(person, except_cookie=device_cookie(request))
            devices.log_account_change(person, Change.SESSIONS_CLOSED, by=person, now=now)
        messages.success(request, _("All other sessions are closed. Choose another PIN too if someone may know yours."))
        return redirect("my_account")
    session = next((session for session in devices.active_sessions(person, now=now) if str(session.pk) == key), None)
    if session and key != sign_in_key(request):
        devices.close_sessions(type(session).objects.filter(pk=session.pk), Ending.ELSEWHERE, now=now)
        messages.success(request, _("The session is closed."))
    return redirect("my_account")


@login_required
def my_account(request):
    form = ChangePinForm(request.POST or None, user=request.user)
    if form.is_valid():
        change_own_pin(request, form.cleaned_data["new"])
        saved = _("Your new password is saved.") if request.user.is_staff else _("Your new PIN is saved.")
        messages.success(request, saved)
        return redirect("my_account")
    context = {
        "form": form,
        "post": post_in_words(request.user.job_title),
        "asked": optional_fields(),
        "phone": format_phone(request.user.phone),
        "numbers": request.user.identifiers.order_by("kind"),
    }
    return render(request, "account/profile/my_account.html", context | sign_in_history(request))


class MyDetailsForm(forms.ModelForm):
    class Meta:
        model = User
        fields = ["phone", "sex"]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        set_optional_form_fields(self)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def my_details(request):
    form = MyDetailsForm(request.POST if request.method == "POST" else None, instance=request.user)
    if form.is_valid():
        change_person(request.user, fields=list(form.fields), by=request.user, now=timezone.now())
        messages.success(request, _("Saved."))
        return redirect("my_account")
    return render(request, "account/profile/my_details.html", {"form": form}, status=422 if form.errors else 200)


SIZES = [
    ("100", gettext_lazy("Normal")),
    ("115", gettext_lazy("Large")),
    ("130", gettext_lazy("Larger")),
    ("150", gettext_lazy("Very large")),
]
THEMES = [("", gettext_lazy("As the device")), ("light", gettext_lazy("Light")), ("dark", gettext_lazy("Dark"))]


@dataclass(frozen=True)
class DisplaySettings:
    """Display settings, stored as classes of the `html` element such as `size-130 theme-dark contrast`."""

    size: str = "100"
    theme: str = ""
    contrast: bool = False
    still: bool = False

    @classmethod
    def parse(cls, classes):
        classes = set(classes.split())
        return cls(
            size=next((size for size, _name in SIZES if f"size-{size}" in classes), "100"),
            theme=next((theme for theme, _name in THEMES if theme and f"theme-{theme}" in classes), ""),
            contrast="contrast" in classes,
            still="still" in classes,
        )

    @property
    def classes(self):
        theme = f"theme-{self.theme}" if self.theme else ""
        classes = [f"size-{self.size}", theme, "contrast" if self.contrast else "", "still" if self.still else ""]
        return " ".join(filter(None, classes))


class DisplaySettingsForm(forms.Form):
    size = forms.ChoiceField(label=gettext_lazy("Size of the letters"), choices=SIZES, widget=forms.RadioSelect)
    theme = forms.ChoiceField(label=gettext_lazy("Colours"), choices=THEMES, required=False, widget=forms.RadioSelect)
    contrast = forms.BooleanField(label=gettext_lazy("High contrast"), required=False)
    still = forms.BooleanField(label=gettext_lazy("Without movement"), required=False)


def get_display_settings(request):
    user = getattr(request, "user", None)
    own = user.comfort if user is not None and user.is_authenticated else ""
    return DisplaySettings.parse(own or request.COOKIES.get(DISPLAY_COOKIE, "")[:100])


def display_context(request):
    return {"display_settings": get_display_settings(request)}


@never_cache
def display_settings(request):
    if request.method != "POST":
        form = DisplaySettingsForm(initial=vars(get_display_settings(request)))
        return render(request, "comfort.html", {"form": form, "next": referring_page(request)})
    path = request.POST.get("next", "")
    path = path if url_has_allowed_host_and_scheme(path, None) else "my_course"
    form = DisplaySettingsForm(request.POST)
    if not form.is_valid():
        return render(request, "comfort.html", {"form": form, "next": path}, status=400)
    is_script = request.headers.get("Accept", "").startswith("application/json")
    response = HttpResponse(status=204) if is_script else redirect(path)
    classes = DisplaySettings(**form.cleaned_data).classes
    if request.user.is_authenticated:
        request.user.comfort = classes
        request.user.save(update_fields=["comfort"])
    else:
        response.set_cookie(DISPLAY_COOKIE, classes, httponly=True, samesite="Lax", secure=request.is_secure())
    if not is_script:
        messages.success(request, _("The pages now look as you chose."))
    return response


class MyMailForm(AddressForm):
    wanted = forms.BooleanField(
        label=gettext_lazy("Send me reminders"),
        help_text=gettext_lazy("Once a week at most, when I have not gone on for a while."),
        required=False,
    )


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def my_mail(request):
    person = request.user
    enforce_rate_limit(request, "mail", str(person.pk), MAIL)
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
    return render(request, "account/profile/my_mail.html", context, status=422 if form.errors else 200)


@login_required
@require_POST
def ask_confirmation(request):
    enforce_rate_limit(request, "mail", str(request.user.pk), MAIL)
    if request.user.email and not request.user.has_confirmed_address:
        ask_again(request.user)
        ask_soon()
        messages.success(request, _("The letter is on its way. Open it and press the button in it."))
    return redirect("my_mail")


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def confirm_address(request, token):
    """By POST only, since mail filters open every link."""
    person = person_of(token)
    if person is None:
        # Of a page that is missing (404) Django would try another language.
        return render(request, "account/profile/confirm_unknown.html", status=410)
    if request.method == "POST":
        confirm(person, now=timezone.now())
    return render(request, "account/profile/confirm_address.html", {"confirmed": person.has_confirmed_address})


# Mail programs post here without a page (RFC 8058): the token in the address is enough.
@csrf_exempt
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def stop_reminders(request, token):
    """By POST only, since mail filters open every link."""
    person = person_with(token)
    if person is None:
        return render(request, "account/profile/stop_unknown.html", status=410)
    if request.method == "POST":
        if request.POST.get("action") == "again":
            allow_reminders(person)
            messages.success(request, _("Reminders come again, once a week at most."))
        else:
            stop_reminders_of(person, now=timezone.now())
            messages.success(request, _("You get no more reminders."))
    context = {"stopped": person.reminders_stopped_at is not None, "changed": request.method == "POST"}
    return render(request, "account/profile/stop_reminders.html", context)


class OwnDataForm(PresentPinMixin):
    def __init__(self, *args, user, **kwargs):
        super().__init__(*args, **kwargs)
        self.user = user


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def own_data(request):
    if request.session.get("shared_computer", True):
        status = 403 if request.method == "POST" else 200
        return render(request, "account/profile/own_data.html", {"is_shared": True}, status=status)
    form = OwnDataForm(request.POST if request.method == "POST" else None, user=request.user)
    hidden = answers_hidden_before(request)
    if form.is_valid():
        return _send_own_data(request.user, hidden)
    context = {"form": form, "hidden": hidden}
    return render(request, "account/profile/own_data.html", context, status=422 if form.errors else 200)


def _send_own_data(person, hidden):
    now = timezone.now()
    with transaction.atomic():
        log_account_change(person, Change.OWN_FILE, by=person, now=now)
        file = export_personal_data(person, hidden_before=hidden, now=now)
    return HttpResponse(
        file, content_type="application/zip", headers={"Content-Disposition": 'attachment; filename="mis-datos.zip"'}
    )
