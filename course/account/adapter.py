"""Adapters of allauth for sign-in and second factors."""

import time

from allauth.account import app_settings as account_settings
from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.authentication import get_authentication_records
from allauth.mfa.adapter import DefaultMFAAdapter
from django.shortcuts import redirect
from django.utils.translation import gettext_lazy as _

from course.sealing import seal, unseal

from .page_owner import save_pending_answer, show_pending_form
from .sessions import (
    PENDING_ANSWER,
    PENDING_FORM,
    SHARED_DEVICE,
    begin_sign_in_attempt,
    clear_visitor_session,
    end_sign_in_attempt,
    record_sign_in,
    set_session_length,
)


class AccountAdapter(DefaultAccountAdapter):
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
        """Skip allauth's rate limit, which counts in the cache; `authenticate` counts in the database."""

    def authenticate(self, request, **credentials):
        code = credentials.get("username", "")
        attempt = begin_sign_in_attempt(request, code)
        user = super().authenticate(request, **credentials)
        end_sign_in_attempt(request, code, attempt, was_right=user is not None)
        return user

    def is_reauthentication_required(self, *, app, **kwargs):
        if not super().is_reauthentication_required(app=app, **kwargs):
            return False
        given = [record["at"] for record in get_authentication_records(self.request, self.request.user)]
        return not given or time.time() - given[-1] > account_settings.REAUTHENTICATION_TIMEOUT

    def login(self, request, user):
        clear_visitor_session(request)
        super().login(request, user)

    def post_login(self, request, user, **kwargs):
        is_shared = request.session.pop(SHARED_DEVICE, True)
        answer, form = request.session.pop(PENDING_ANSWER, ""), request.session.pop(PENDING_FORM, "")
        response = super().post_login(request, user, **kwargs)
        if answer and (url := save_pending_answer(request, user, answer)):
            response = redirect(url)
        if form:
            response = show_pending_form(request, user, form) or response
        set_session_length(request, is_shared=is_shared)
        record_sign_in(request, response, user, is_shared=is_shared)
        return response

    def add_message(self, request, level, message_template=None, *args, **kwargs):
        pass


class SecondFactorAdapter(DefaultMFAAdapter):
    error_messages = DefaultMFAAdapter.error_messages | {
        "incorrect_code": AccountAdapter.error_messages["incorrect_code"],
        "cannot_generate_recovery_codes": _("Set up the authenticator app first; then you can make recovery codes."),
    }

    def encrypt(self, text):
        return seal(text)

    def decrypt(self, encrypted_text):
        return unseal(encrypted_text)
