"""Where allauth asks the site: words of its messages, the way after sign-in, the address of a visitor."""

from allauth.account.adapter import DefaultAccountAdapter
from django.contrib import messages
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from quizzes.carrying import apply_carried

from .limits import account_key


class AccountAdapter(DefaultAccountAdapter):
    """Sign-in by user code and PIN; nobody signs up by themselves and no e-mail is ever sent."""

    error_messages = DefaultAccountAdapter.error_messages | {
        "username_password_mismatch": _(
            "The user code and the PIN do not go together. Check both and try again. "
            "If you forgot your PIN, ask your trainer for a new one."
        ),
        "too_many_login_attempts": _(
            "Too many wrong tries. Wait five minutes and try again, or ask your trainer to unlock your code now."
        ),
    }

    def is_open_for_signup(self, request):
        return False

    def get_client_ip(self, request):
        """Return the visitor's address; behind the one proxy in front of us, the last it added to the header."""
        forwarded = request.META.get("HTTP_X_FORWARDED_FOR", "") if request.is_secure() else ""
        return forwarded.split(",")[-1].strip() or request.META["REMOTE_ADDR"]

    def _get_login_attempts_cache_key(self, request, **credentials):
        return account_key(credentials.get("username", ""))

    def post_login(self, request, user, **kwargs):
        """Remember whether the computer is shared, then save the answer that came before the session ended."""
        request.session["shared_computer"] = request.session.pop("shared_at_sign_in", True)
        carried = request.session.pop("carried", "")
        response = super().post_login(request, user, **kwargs)
        if not carried:
            return response
        url = apply_carried(carried, user, now=timezone.now())
        if url is None:
            messages.warning(request, _("The answer that was waiting belongs to another person, so it was not saved here."))
            return response
        messages.success(request, _("Your answer was saved. You can go on."))
        return redirect(url)

    def add_message(self, request, level, message_template=None, *args, **kwargs):
        """Say nothing about signing in and out: the page itself shows who is there."""
