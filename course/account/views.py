"""Signing in, choosing a PIN and a role, the own account, and what to say when a form comes at a bad moment."""

from urllib.parse import urlsplit

from allauth.account.views import LoginView, LogoutView
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from certificates.issuing.confirming import registered_facts
from certificates.wording.words import post_in_words
from course.models import Ending
from course.people.asking_for_help import trainers_on
from course.people.trail import last_handed, sign_ins_since
from course.people.work import choose_job, chosen_job
from course.privacy import forget_person
from course.sessions.turns import round_goes_on, round_of
from quizzes.attempts.review import hidden_before, with_hidden_answers
from quizzes.base.languages import interface_language
from quizzes.exceptions import SignInRequired

from .carried import save_carried_answer
from .details_views import details_of
from .forms import ChangePinForm, ChoosePinForm, RoleForm, SignInForm
from .lasting import idle_seconds
from .marks import mark_of
from .owners import FIELD, is_page_of, is_sent_from_elsewhere
from .sign_ins import keep_own_pin, sign_in_of
from .trail_views import trail_context

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
        return _("Your new password is saved. Use it from now on.")
    return _("Your new PIN is saved. Use it from now on; the one on the card no longer works.")


@login_required
def choose_role(request):
    """What the person does in the health centre: the scenes and tips of that role come first."""
    form = RoleForm(request.POST or None, initial={"role": chosen_job(request.user)})
    if form.is_valid():
        choose_job(request.user, form.cleaned_data["role"])
        return redirect(way_on(request))
    context = {"form": form, "next": way_on(request), "registered": registered_facts(request.user)["role"]}
    return render(request, "account/choose_role.html", context)


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


def page_context(request):
    """What the frame of every page needs beside the person."""
    person = getattr(request, "user", None)
    return {
        "idle_seconds": idle_seconds(request) if person is not None and person.is_authenticated else None,
        # That of the interface, also where the text of the page is in another one.
        "LANGUAGE_CODE": interface_language(),
    }
