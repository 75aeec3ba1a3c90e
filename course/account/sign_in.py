"""Sign-in, second factor, choice of PIN and job role, invitations."""

from datetime import timedelta
from urllib.parse import urlsplit

from allauth.account.adapter import get_adapter
from allauth.account.forms import LoginForm
from allauth.account.views import LoginView, LogoutView
from allauth.mfa import app_settings
from allauth.mfa.adapter import get_adapter as get_mfa_adapter
from allauth.mfa.base import forms as allauth
from django import forms
from django.contrib import messages
from django.contrib.auth import get_user_model, logout
from django.contrib.auth.decorators import login_required
from django.contrib.auth.password_validation import validate_password
from django.forms import ValidationError
from django.http import JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme, urlencode
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from course.models import Ending
from course.people import limits
from course.people.accounts import accept_invitation, invited_person
from course.people.devices import last_access_by_others, sign_ins_since, trainers_for_device
from course.people.pins import is_starting_pin, typed_pin
from course.privacy import delete_personal_cookies
from course.sessions.turns import round_goes_on, round_of
from quizzes.attempts.review import answers_hidden_before, attempts_with_hidden_answers
from quizzes.base.job_roles import Audience
from quizzes.base.languages import interface_language
from quizzes.exceptions import SignInRequired

from .page_owner import OWNER_FIELD, is_cross_site, is_owned_by, save_pending_answer
from .sessions import (
    PENDING_ANSWER,
    PENDING_FORM,
    SHARED_DEVICE,
    begin_sign_in_attempt,
    change_own_pin,
    device_cookie,
    end_sign_in_attempt,
    idle_seconds,
    preselect_shared,
    sign_in_key,
)


class SharedDeviceForm(forms.Form):
    shared = forms.BooleanField(
        label=_("Other people use this computer or phone too"),
        help_text=_("It closes the session after ten minutes without activity, and when the browser is closed."),
        required=False,
    )


class SignInForm(SharedDeviceForm, LoginForm):
    pending_answer = forms.CharField(required=False, widget=forms.HiddenInput)
    pending_form = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        login, password = self.fields["login"], self.fields["password"]
        login.label, password.label = _("User code"), _("PIN or password")
        login.widget = forms.TextInput(
            attrs={"autocomplete": "username", "autocapitalize": "characters", "spellcheck": "false"}
        )
        password.widget = forms.PasswordInput(attrs={"autocomplete": "current-password"})
        login.help_text, password.help_text = _("It is on your card, such as ANA234."), ""
        login.error_messages["required"] = _("Write your user code: it is on your card.")
        password.error_messages["required"] = _("Write your PIN.")
        self.fields.pop("remember", None)
        preselect_shared(self, self.request)

    @property
    def has_pending_answer(self):
        return bool(self["pending_answer"].value())

    @property
    def has_pending_form(self):
        return bool(self["pending_form"].value())

    def clean_login(self):
        code = self.cleaned_data["login"].strip()
        plain = "".join(letter for letter in code if letter.isalnum())
        if plain == code or get_user_model().objects.filter(username__iexact=code).exists():
            return code
        return plain or code

    def clean_password(self):
        return typed_pin(self.cleaned_data["password"])

    def clean(self):
        try:
            super().clean()
        except forms.ValidationError as error:
            self.add_error("password" if error.code == "username_password_mismatch" else None, error)
        return self.cleaned_data | {"remember": not self.cleaned_data.get("shared")}

    def login(self, request, redirect_url=None):
        # For `post_login`, after the page of the second factor.
        request.session[SHARED_DEVICE] = self.cleaned_data["shared"]
        request.session[PENDING_ANSWER] = self.cleaned_data["pending_answer"]
        request.session[PENDING_FORM] = self.cleaned_data["pending_form"]
        return super().login(request, redirect_url)


class ChoosePinForm(forms.Form):
    new = forms.CharField(
        label=_("Your new PIN"), widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}), strip=False
    )
    again = forms.CharField(
        label=_("The same PIN again"), widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}), strip=False
    )

    def __init__(self, *args, user, **kwargs):
        super().__init__(*args, **kwargs)
        self.user = user
        new, again = self.fields["new"], self.fields["again"]
        if user.is_staff:
            new.label, again.label = _("Your new password"), _("The same password again")
            new.error_messages["required"] = _("Write the password that you want.")
            again.error_messages["required"] = _("Write the same password a second time.")
            return
        for field in (new, again):
            field.widget.attrs["inputmode"] = "numeric"
        new.error_messages["required"] = _("Write the PIN that you want.")
        again.error_messages["required"] = _("Write the same PIN a second time.")

    def clean_new(self):
        new = typed_pin(self.cleaned_data["new"])
        validate_password(new, self.user)
        if is_starting_pin(self.user, new, now=timezone.now()):
            raise forms.ValidationError(_("That is the PIN of your card. Choose another one, that only you know."))
        return new

    def clean_again(self):
        again = typed_pin(self.cleaned_data["again"])
        if self.cleaned_data.get("new") and again != self.cleaned_data["new"]:
            if self.user.is_staff:
                raise forms.ValidationError(_("The second password is not the same as the first. Write both again."))
            raise forms.ValidationError(_("The two are not the same. Write both again."))
        return again


class PresentPinMixin(forms.Form):
    present = forms.CharField(
        label=_("Your present PIN or password"),
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
        strip=False,
        error_messages={"required": _("Write your present PIN or password.")},
    )

    def clean_present(self):
        present = typed_pin(self.cleaned_data["present"])
        if not get_adapter().reauthenticate(self.user, present):
            raise get_adapter().validation_error("incorrect_password")
        return present


class ChangePinForm(PresentPinMixin, ChoosePinForm):
    field_order = ["present", "new", "again"]


# Role → where its people work, and their jobs.
PLACES_OF_WORK = {
    Audience.SUPPORT: (_("at the gate or in the corridors"), Audience.SUPPORT.label),
    Audience.FRONT_DESK: (_("at the window"), Audience.FRONT_DESK.label),
    Audience.CLINICAL: (_("in a consulting room"), Audience.CLINICAL.label),
    Audience.LAB_PHARMACY: (_("in the laboratory or the pharmacy"), _("Samples, tests, medicines")),
    Audience.MANAGEMENT: (_("in an office"), Audience.MANAGEMENT.label),
}


class RoleForm(forms.Form):
    role = forms.ChoiceField(
        choices=[(role, place) for role, (place, _jobs) in PLACES_OF_WORK.items()],
        error_messages={"required": _("Choose where you work.")},
    )


# Views whose posts may be sent twice.
REPEATABLE_VIEWS = {"attempt_question", "attempt_submit", "quiz_start", "mark_lesson_read", "survey"}


class SignInView(LoginView):
    def get_initial(self):
        return super().get_initial() | {"login": self.request.GET.get("c", "")[:40]}

    def get_context_data(self, **kwargs):
        return super().get_context_data(**kwargs) | {
            "was_idle": {"idle", "away"} & self.request.GET.keys(),
            "was_too_long": Ending.LIMIT in self.request.GET,
            "was_lost": "lost" in self.request.GET,
            "goes_round": round_of(self.request) is not None,
            "trainers": trainers_for_device(device_cookie(self.request)),
        }

    def get_authenticated_redirect_url(self):
        if signed_answer := self.request.POST.get("pending_answer"):
            return save_pending_answer(self.request, self.request.user, signed_answer) or reverse("my_course")
        url = super().get_authenticated_redirect_url()
        # Wagtail would redirect users without access back to this page, in a loop.
        barred = url.startswith(reverse("wagtailadmin_home")) and not self.request.user.edits
        return reverse("my_course") if barred else url


sign_in = SignInView.as_view()


class SignOutView(LogoutView):
    def post(self, *args, **kwargs):
        with round_goes_on(self.request):
            response = super().post(*args, **kwargs)
        if round_of(self.request):
            response = redirect("turn")
        delete_personal_cookies(response)
        return response


sign_out = SignOutView.as_view()


def show_sign_in(request, *, initial, status=200, **context):
    form = SignInForm(initial=initial, request=request)
    response = render(
        request, "account/login.html", {"form": form, "redirect_field_name": "next"} | context, status=status
    )
    response["Cache-Control"] = "private, no-store"
    return response


@require_POST
def keep_alive(request):
    """The request itself resets the idle timeout, in SessionTimeoutMiddleware."""
    is_signed_in = request.user.is_authenticated
    return JsonResponse({"signed_in": is_signed_in}, status=200 if is_signed_in else 401)


def referring_page(request):
    referer = request.headers.get("Referer", "")
    if url_has_allowed_host_and_scheme(referer, {request.get_host()}):
        return urlsplit(referer).path or reverse("my_course")
    return reverse("my_course")


def next_page(request):
    path = request.POST.get("next") or request.GET.get("next", "")
    return path if path and url_has_allowed_host_and_scheme(path, None) else reverse("my_course")


@login_required
def choose_pin(request):
    if not request.user.must_choose_pin:
        return redirect(next_page(request))
    form = ChoosePinForm(request.POST or None, user=request.user)
    if form.is_valid():
        change_own_pin(request, form.cleaned_data["new"])
        if request.user.is_staff:
            saved = gettext("Your new password is saved. Use it from now on.")
        else:
            saved = gettext("Your new PIN is saved.")
        messages.success(request, saved)
        return redirect(next_page(request))
    context = {"form": form, "next": next_page(request)} | _pin_handover_context(request)
    return render(request, "account/sign_in/choose_pin.html", context)


def _pin_handover_context(request):
    person = request.user
    handed = last_access_by_others(person)
    if handed is None:
        return {}
    return {
        "handed": handed,
        "signed_in_since": sign_ins_since(person, handed.at, besides=sign_in_key(request)),
        "is_hidden": bool(attempts_with_hidden_answers(person.attempts.all(), answers_hidden_before(request))),
    }


@login_required
def choose_role(request):
    form = RoleForm(request.POST or None)
    if form.is_valid():
        request.user.role = form.cleaned_data["role"]
        request.user.save(update_fields=["role"])
        return redirect(next_page(request))
    places = [(role, *words) for role, words in PLACES_OF_WORK.items()]
    return render(
        request, "account/sign_in/choose_role.html", {"form": form, "places": places, "next": next_page(request)}
    )


def csrf_failure(request, reason=""):
    """Show a post with an old CSRF token again: a sign-in in another tab changes the token."""
    request.has_stale_form = True
    if is_cross_site(request):
        return render(request, "account/sign_in/stale_form.html", {"back": reverse("my_course")}, status=403)
    match = request.resolver_match
    name = match.url_name
    signed_in = request.user.is_authenticated
    if name == "attempt_question" and not signed_in:
        try:
            return match.func(request, *match.args, **match.kwargs)
        except SignInRequired as error:
            return show_sign_in(request, initial={"pending_answer": error.pending_answer})
    if name == "account_login" and not signed_in:
        return _show_sign_in_again(request)
    if name == "account_login":
        fields = [(name, request.POST.get(name, "")) for name in ("pending_answer", "pending_form")] + [
            ("next", next_page(request))
        ]
    elif name in REPEATABLE_VIEWS and is_owned_by(request, request.user):
        fields = [
            (name, value)
            for name, values in request.POST.lists()
            if name not in ("csrfmiddlewaretoken", OWNER_FIELD)
            for value in values
        ]
    else:
        return render(request, "account/sign_in/stale_form.html", {"back": referring_page(request)}, status=403)
    return render(request, "account/sign_in/confirm_form.html", {"fields": fields, "action": request.path}, status=403)


def _show_sign_in_again(request):
    initial = {name: request.POST.get(name, "") for name in ("login", "pending_answer", "pending_form")}
    return show_sign_in(
        request,
        initial=initial | {"shared": "shared" in request.POST},
        status=403,
        was_stale=True,
        redirect_field_value=request.POST.get("next", ""),
    )


def site_context(request):
    user = getattr(request, "user", None)
    return {
        "idle_seconds": idle_seconds(request) if user is not None and user.is_authenticated else None,
        # The language of the interface; the text of a page may be in another one.
        "LANGUAGE_CODE": interface_language(),
    }


class _RateLimitedCode:
    def clean_code(self):
        request, name = get_mfa_adapter().request, self.user.username
        attempt = begin_sign_in_attempt(request, name)
        try:
            code = super().clean_code()
            if not _is_first_use(self.user, code):
                raise get_mfa_adapter().validation_error("incorrect_code")
        except ValidationError:
            end_sign_in_attempt(request, name, attempt, was_right=False, reason="step")
            raise
        end_sign_in_attempt(request, name, attempt, was_right=True)
        return code


class SecondStepForm(_RateLimitedCode, allauth.AuthenticateForm):
    pass


class SecondStepAgainForm(_RateLimitedCode, allauth.ReauthenticateForm):
    pass


def _is_first_use(person, code):
    # A code that was seen over a shoulder must not work a second time.
    accepted = 2 * app_settings.TOTP_TOLERANCE + 1
    lasts = timedelta(seconds=app_settings.TOTP_PERIOD * accepted)
    return limits.use_once(f"second step {person.pk} {code}", lasts=lasts, now=timezone.now())


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def show_invitation(request, word):
    person = invited_person(word)
    if person is None:
        return _invitation_gone(request)
    form = ChoosePinForm(request.POST if request.method == "POST" else None, user=person)
    if form.is_valid():
        if accept_invitation(word, form.cleaned_data["new"], now=timezone.now()) is None:
            return _invitation_gone(request)
        return _redirect_to_sign_in(request, person)
    context = {"form": form, "invited": person}
    return render(request, "account/sign_in/show_invitation.html", context, status=422 if form.errors else 200)


def _redirect_to_sign_in(request, person):
    # The sign-in page redirects signed-in users, so sign out first.
    response = redirect(f"{reverse('account_login')}?{urlencode({'c': person.username})}")
    if request.user.is_authenticated:
        with round_goes_on(request):
            logout(request)
        delete_personal_cookies(response)
    messages.success(request, gettext("Your password is saved. Sign in with it; then you set up the second step."))
    return response


def _invitation_gone(request):
    # Of a page that is missing (404) Django would try another language.
    return render(request, "account/sign_in/invitation_unknown.html", status=410)
