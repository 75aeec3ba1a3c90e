"""The forms of sign-in and of a person's own account."""

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
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from certificates.issuing.confirmation import registered_facts
from course.models import Ending
from course.people import limits
from course.people.accounts import accept_invitation, choose_job, chosen_job, invited
from course.people.devices import last_handed, sign_ins_since, trainers_on
from course.people.pins import is_starting_pin, typed_pin
from course.privacy import forget_person
from course.sessions.turns import round_goes_on, round_of
from quizzes.attempts.review import hidden_before, with_hidden_answers
from quizzes.base.job_roles import JOBS, STAFF
from quizzes.base.languages import interface_language
from quizzes.exceptions import SignInRequired

from .sessions import (
    FIELD,
    PENDING_ANSWER,
    PENDING_FORM,
    SHARED,
    ask_whether_shared,
    begin_try,
    end_try,
    idle_seconds,
    is_page_of,
    is_sent_from_elsewhere,
    keep_own_pin,
    mark_of,
    save_carried_answer,
    sign_in_of,
)


class SharedQuestion(forms.Form):
    """Whether other people use the device: see `ask_whether_shared`."""

    shared = forms.BooleanField(
        label=_("Other people use this computer or phone too"),
        help_text=_("It closes the session after ten minutes without activity, and when the browser is closed."),
        required=False,
    )


class SignInForm(SharedQuestion, LoginForm):
    """User code and PIN; the answer of an ended session may travel along, signed."""

    carried = forms.CharField(required=False, widget=forms.HiddenInput)
    # What staff had written in a form when their session was over, signed.
    kept = forms.CharField(required=False, widget=forms.HiddenInput)

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
        ask_whether_shared(self, self.request)

    @property
    def carries_answer(self):
        return bool(self["carried"].value())

    @property
    def keeps_form(self):
        return bool(self["kept"].value())

    def clean_login(self):
        """Forgive spaces, dashes and lower case in the code of a card; a name that somebody has is taken as it is."""
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
            # Shown at the field to mend; too many tries are nothing to mend in the form.
            self.add_error("password" if error.code == "username_password_mismatch" else None, error)
        # A shared computer forgets the session when its browser is closed.
        return self.cleaned_data | {"remember": not self.cleaned_data.get("shared")}

    def login(self, request, redirect_url=None):
        # Kept in the visitor's session while a second factor is asked for on another page.
        request.session[SHARED] = self.cleaned_data["shared"]
        request.session[PENDING_ANSWER] = self.cleaned_data["carried"]
        request.session[PENDING_FORM] = self.cleaned_data["kept"]
        return super().login(request, redirect_url)


class ChoosePinForm(forms.Form):
    """An own PIN, typed twice; staff choose a password."""

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


class ChangePinForm(ChoosePinForm):
    """As above, after the present PIN, which counts as a try to sign in."""

    present = forms.CharField(
        label=_("Your present PIN or password"),
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
        strip=False,
        error_messages={"required": _("Write your present PIN or password.")},
    )
    field_order = ["present", "new", "again"]

    def clean_present(self):
        present = typed_pin(self.cleaned_data["present"])
        if not get_adapter().reauthenticate(self.user, present):
            raise get_adapter().validation_error("incorrect_password")
        return present


class RoleForm(forms.Form):
    """What the person does in the health centre."""

    # A job, or a role alone for whoever has another job of it.
    role = forms.ChoiceField(
        label=_("What do you do in the health centre?"),
        choices=[
            (STAFF[role], [*jobs.items(), (role.value, pgettext_lazy("job", "Another"))]) for role, jobs in JOBS.items()
        ],
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose what you do in the health centre.")},
    )

    def jobs(self):
        """Return (heading, options) of each role."""
        chosen = self["role"].value() or ""
        return [
            (heading, options) for heading, options, _index in self["role"].field.widget.optgroups("role", [chosen])
        ]


# The posts whose content is shown again for one confirming tap when the page's token is out of date.
SHOWN_AGAIN = {"attempt_question", "attempt_second", "attempt_submit", "quiz_start", "mark_lesson_read", "survey"}


class SignInView(LoginView):
    """The sign-in page; a card's QR fills the code in (`?c=`)."""

    def get_initial(self):
        return super().get_initial() | {"login": self.request.GET.get("c", "")[:40]}

    def get_context_data(self, **kwargs):
        return super().get_context_data(**kwargs) | {
            "was_idle": {"idle", "away"} & self.request.GET.keys(),
            "was_too_long": Ending.LIMIT in self.request.GET,
            "was_lost": "lost" in self.request.GET,
            "goes_round": round_of(self.request) is not None,
            "trainers": trainers_on(mark_of(self.request)),
        }

    def get_authenticated_redirect_url(self):
        """Return where to go on for who is signed in already, perhaps in another tab; a carried answer is saved."""
        if carried := self.request.POST.get("carried"):
            return save_carried_answer(self.request, self.request.user, carried) or reverse("my_course")
        url = super().get_authenticated_redirect_url()
        # The admin sends whoever may not enter back to this page, for ever.
        barred = url.startswith(reverse("wagtailadmin_home")) and not self.request.user.edits
        return reverse("my_course") if barred else url


sign_in = SignInView.as_view()


class SignOutView(LogoutView):
    """*Cambiar de persona*: closes the session and forgets what the page kept in this browser."""

    def post(self, *args, **kwargs):
        with round_goes_on(self.request):
            response = super().post(*args, **kwargs)
        if round_of(self.request):
            # The device goes round a group: the next person is named before anybody signs in.
            response = redirect("turn")
        forget_person(response)
        return response


sign_out = SignOutView.as_view()


def sign_in_with_answer(request, carried):
    """Show the sign-in form with an answer that arrived without a session, so that it is saved after signing in."""
    return show_sign_in(request, initial={"carried": carried})


def show_sign_in(request, *, initial, status=200, **context):
    form = SignInForm(initial=initial, request=request)
    response = render(
        request, "account/login.html", {"form": form, "redirect_field_name": "next"} | context, status=status
    )
    response["Cache-Control"] = "private, no-store"
    return response


@require_POST
def keep_alive(request):
    """*Seguir*: passing through the idle lock is all it takes."""
    return JsonResponse(
        {"signed_in": request.user.is_authenticated}, status=200 if request.user.is_authenticated else 401
    )


def page_of_form(request):
    """Return the page that a form was sent from, so that its address can be opened again; else the course."""
    referer = request.headers.get("Referer", "")
    if url_has_allowed_host_and_scheme(referer, {request.get_host()}):
        return urlsplit(referer).path or reverse("my_course")
    return reverse("my_course")


def way_on(request):
    """Return where the person was going, if it is on this site."""
    there = request.POST.get("next") or request.GET.get("next", "")
    return there if there and url_has_allowed_host_and_scheme(there, None) else reverse("my_course")


@login_required
def choose_pin(request):
    """The first own PIN, after the one-time PIN of the card."""
    if not request.user.must_choose_pin:
        return redirect(way_on(request))
    form = ChoosePinForm(request.POST or None, user=request.user)
    if form.is_valid():
        keep_own_pin(request, form.cleaned_data["new"])
        messages.success(request, words_of_new_pin(request.user))
        return redirect(way_on(request))
    context = {"form": form, "next": way_on(request)} | _how_it_was_given(request)
    return render(request, "account/choose_pin.html", context)


def _how_it_was_given(request):
    """Return who gave the PIN and when, who signed in since, and whether answers are hidden here on that account."""
    person = request.user
    handed = last_handed(person)
    if handed is None:
        return {}
    return {
        "handed": handed,
        "signed_in_since": sign_ins_since(person, handed.at, besides=sign_in_of(request)),
        "is_hidden": bool(with_hidden_answers(person.attempts.all(), hidden_before(request))),
    }


def words_of_new_pin(user):
    if user.is_staff:
        return gettext("Your new password is saved. Use it from now on.")
    return gettext("Your new PIN is saved. Use it from now on; the one on the card no longer works.")


@login_required
def choose_role(request):
    """What the person does in the health centre: the scenes and tips of that role come first."""
    form = RoleForm(request.POST or None, initial={"role": chosen_job(request.user)})
    if form.is_valid():
        choose_job(request.user, form.cleaned_data["role"])
        return redirect(way_on(request))
    context = {"form": form, "next": way_on(request), "registered": registered_facts(request.user)["role"]}
    return render(request, "account/choose_role.html", context)


def csrf_failure(request, reason=""):
    """A page whose token is out of date: show an answer again for one confirming tap, and lose nothing.

    The token changes when someone signs in in another tab. Only posts of ours that are safe to repeat are shown again.
    """
    request.has_stale_form = True
    if is_sent_from_elsewhere(request):
        return render(request, "account/stale_form.html", {"back": reverse("my_course")}, status=403)
    match = request.resolver_match
    name = match.url_name
    signed_in = request.user.is_authenticated
    if name in ("attempt_question", "attempt_second") and not signed_in:
        try:
            return match.func(request, *match.args, **match.kwargs)
        except SignInRequired as needed:
            return sign_in_with_answer(request, needed.carried)
    if name == "account_login" and not signed_in:
        return sign_in_again(request)
    if name == "account_login":
        fields = [(name, request.POST.get(name, "")) for name in ("carried", "kept")] + [("next", way_on(request))]
    elif name in SHOWN_AGAIN and is_page_of(request, request.user):
        ours = ("csrfmiddlewaretoken", FIELD)
        posted = ((name, values) for name, values in request.POST.lists() if name not in ours)
        fields = [(name, value) for name, values in posted for value in values]
    else:
        return render(request, "account/stale_form.html", {"back": page_of_form(request)}, status=403)
    return render(request, "account/confirm_form.html", {"fields": fields, "action": request.path}, status=403)


def sign_in_again(request):
    """The sign-in form was out of date: show it anew with all but the PIN, a carried answer included."""
    initial = {name: request.POST.get(name, "") for name in ("login", "carried", "kept")}
    return show_sign_in(
        request,
        initial=initial | {"shared": "shared" in request.POST},
        status=403,
        was_stale=True,
        redirect_field_value=request.POST.get("next", ""),
    )


def site_context(request):
    """What the frame of every page needs beside the person."""
    person = getattr(request, "user", None)
    return {
        "idle_seconds": idle_seconds(request) if person is not None and person.is_authenticated else None,
        # That of the interface, also where the text of the page is in another one.
        "LANGUAGE_CODE": interface_language(),
    }


class _CountedCode:
    """Counts before it looks, with the tries of the person's PIN."""

    def clean_code(self):
        request, name = get_mfa_adapter().request, self.user.username
        tried = begin_try(request, name)
        try:
            code = super().clean_code()
            if not _is_first_use(self.user, code):
                raise get_mfa_adapter().validation_error("incorrect_code")
        except ValidationError:
            end_try(request, name, tried, was_right=False, reason="step")
            raise
        end_try(request, name, tried, was_right=True)
        return code


class SecondStepForm(_CountedCode, allauth.AuthenticateForm):
    """The code after the password."""


class SecondStepAgainForm(_CountedCode, allauth.ReauthenticateForm):
    """The code once more, before the second step itself is changed."""


def _is_first_use(person, code):
    """Whoever looks over a shoulder has as long as the code is accepted: from then on it opens nothing."""
    accepted = 2 * app_settings.TOTP_TOLERANCE + 1
    lasts = timedelta(seconds=app_settings.TOTP_PERIOD * accepted)
    return limits.use_once(f"second step {person.pk} {code}", lasts=lasts, now=timezone.now())


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
    messages.success(request, gettext("Your password is saved. Sign in with it; then you set up the second step."))
    return response


def _not_any_more(request):
    # Gone and not missing: of a missing page another language would be tried.
    return render(request, "account/invitation_unknown.html", status=410)
