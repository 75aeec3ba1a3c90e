"""Signing in, choosing a PIN and a role, the own account, and what to say when a form comes at a bad moment."""

from allauth.account.views import LoginView, LogoutView
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.contrib.auth.decorators import login_required
from django.http import JsonResponse
from django.shortcuts import redirect, render
from django.urls import Resolver404, resolve, reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from quizzes.exceptions import SignInRequired

from .forms import ChangePinForm, ChoosePinForm, RoleForm, SignInForm
from .pins import choose_pin as set_own_pin

# The posts whose content is shown again for one confirming tap when the page's token is out of date.
CONFIRMABLE = {"attempt_question", "attempt_submit", "quiz_start", "mark_lesson_read"}


class SignInView(LoginView):
    """The sign-in page; a card's QR fills the code in (`?c=`)."""

    def get_initial(self):
        return super().get_initial() | {"login": self.request.GET.get("c", "")[:40]}

    def get_context_data(self, **kwargs):
        context = super().get_context_data(**kwargs)
        return context | {"was_idle": "idle" in self.request.GET, "next": self.request.GET.get("next", "")}


sign_in = SignInView.as_view()


class SignOutView(LogoutView):
    """*Cambiar de persona*: closes the session and forgets what the page kept in this browser."""

    def post(self, *args, **kwargs):
        response = super().post(*args, **kwargs)
        response["Clear-Site-Data"] = '"storage"'
        return response


sign_out = SignOutView.as_view()


def sign_in_with_answer(request, carried):
    """Show the sign-in form with an answer that arrived without a session, so that it is saved after signing in."""
    form = SignInForm(initial={"carried": carried, "shared": True}, request=request)
    context = {"form": form, "carried": True, "redirect_field_name": "next", "redirect_field_value": ""}
    return render(request, "account/login.html", context)


@require_POST
def keep_alive(request):
    """*Seguir*: passing through the idle lock is all it takes."""
    return JsonResponse({"signed_in": request.user.is_authenticated}, status=200 if request.user.is_authenticated else 401)


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
        set_own_pin(request.user, form.cleaned_data["new"])
        update_session_auth_hash(request, request.user)
        messages.success(request, _("Your new PIN is saved. Use it from now on; the one on the card no longer works."))
        return redirect(way_on(request))
    return render(request, "account/choose_pin.html", {"form": form, "next": way_on(request)})


@login_required
def choose_role(request):
    """What the person does in the health centre: the scenes and tips of that role come first."""
    form = RoleForm(request.POST or None, initial={"role": request.user.role})
    if form.is_valid():
        request.user.role = form.cleaned_data["role"]
        request.user.save(update_fields=["role"])
        return redirect(way_on(request))
    return render(request, "account/choose_role.html", {"form": form, "next": way_on(request)})


@login_required
def my_account(request):
    """The person's name, code and role, and the way to a new PIN."""
    form = ChangePinForm(request.POST or None, user=request.user)
    if form.is_valid():
        set_own_pin(request.user, form.cleaned_data["new"])
        update_session_auth_hash(request, request.user)
        messages.success(request, _("Your new PIN is saved."))
        return redirect("my_account")
    return render(request, "account/my_account.html", {"form": form})


def csrf_failure(request, reason=""):
    """A page whose token is out of date: show an answer again for one confirming tap, and lose nothing.

    The token changes when someone signs in in another tab. Only posts of ours that are safe to repeat are shown again.
    """
    try:
        match = resolve(request.path)
    except Resolver404:
        match = None
    if match is None or match.url_name not in CONFIRMABLE:
        return render(request, "account/stale_form.html", {"back": request.path}, status=403)
    if not request.user.is_authenticated and match.url_name == "attempt_question":
        try:
            return match.func(request, *match.args, **match.kwargs)
        except SignInRequired as needed:
            return sign_in_with_answer(request, needed.carried)
    fields = [
        (name, value)
        for name, values in request.POST.lists()
        if name != "csrfmiddlewaretoken"
        for value in values
    ]
    return render(request, "account/confirm_form.html", {"fields": fields, "action": request.path}, status=403)


def page_context(request):
    """What the frame of every page needs beside the person."""
    return {"idle_seconds": settings.IDLE_SECONDS}
