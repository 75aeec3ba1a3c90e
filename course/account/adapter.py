"""Where allauth asks the site: words of its messages, the way after sign-in, how tries are counted."""

import time

from allauth.account import app_settings as account_settings
from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.authentication import get_authentication_records
from allauth.mfa.adapter import DefaultMFAAdapter
from django.shortcuts import redirect
from django.utils.translation import gettext_lazy as _

from course.sealing import seal, unseal

from .sessions import (
    PENDING_ANSWER,
    PENDING_FORM,
    SHARED,
    arrive,
    begin_try,
    drop_visitor,
    end_try,
    save_carried_answer,
    set_length,
    show_kept_form,
)


class AccountAdapter(DefaultAccountAdapter):
    """Sign-in by user code and PIN; nobody signs up by themselves, and signing in sends no e-mail."""

    error_messages = DefaultAccountAdapter.error_messages | {
        "username_password_mismatch": _(
            "The user code and the PIN do not go together. Check both and try again. "
            "If you forgot your PIN, ask your trainer for a new one."
        ),
        "incorrect_password": _("That is not your present PIN or password. Check it and try again."),
        "incorrect_code": _("That code is not right. Write the one that the app shows now."),
    }

    def is_open_for_signup(self, request):
        return False

    def pre_authenticate(self, request, **credentials):
        """Leave counting to `authenticate`: allauth would count in the cache, which forgets."""

    def authenticate(self, request, **credentials):
        """Return who this is, or None; also where somebody signed in gives the PIN once more. Each is a try."""
        code = credentials.get("username", "")
        tried = begin_try(request, code)
        user = super().authenticate(request, **credentials)
        end_try(request, code, tried, was_right=user is not None)
        return user

    def is_reauthentication_required(self, *, app, **kwargs):
        """Who gave the password a moment ago to sign in need not give it once more to set up the second step."""
        if not super().is_reauthentication_required(app=app, **kwargs):
            return False
        given = [record["at"] for record in get_authentication_records(self.request, self.request.user)]
        return not given or time.time() - given[-1] > account_settings.REAUTHENTICATION_TIMEOUT

    def login(self, request, user):
        drop_visitor(request)
        super().login(request, user)

    def post_login(self, request, user, **kwargs):
        """Remember the device and whether it is shared, then save the answer that came before the session ended."""
        is_shared = request.session.pop(SHARED, True)
        carried, kept = request.session.pop(PENDING_ANSWER, ""), request.session.pop(PENDING_FORM, "")
        response = super().post_login(request, user, **kwargs)
        url = save_carried_answer(request, user, carried) if carried else None
        response = redirect(url) if url else response
        if kept:
            response = show_kept_form(request, user, kept) or response
        set_length(request, is_shared=is_shared)
        arrive(request, response, user, is_shared=is_shared)
        return response

    def add_message(self, request, level, message_template=None, *args, **kwargs):
        """Say nothing about signing in and out: the page itself shows who is there."""


class SecondFactorAdapter(DefaultMFAAdapter):
    """The words of the second step, and how its secrets are kept."""

    error_messages = DefaultMFAAdapter.error_messages | {
        "incorrect_code": AccountAdapter.error_messages["incorrect_code"],
        "cannot_generate_recovery_codes": _("Set up the authenticator app first; then you can make recovery codes."),
    }

    def encrypt(self, text):
        return seal(text)

    def decrypt(self, encrypted_text):
        return unseal(encrypted_text)
