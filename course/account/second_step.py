"""The forms of the second step: a code counts as a try to sign in, and works once."""

from datetime import timedelta

from allauth.mfa import app_settings
from allauth.mfa.adapter import get_adapter
from allauth.mfa.base import forms as allauth
from django.forms import ValidationError
from django.utils import timezone

from course.people import limits

from .tries import begin_try, end_try


class _CountedCode:
    """Counts before it looks, with the tries of the person's PIN."""

    def clean_code(self):
        request, name = get_adapter().request, self.user.username
        tried = begin_try(request, name)
        try:
            code = super().clean_code()
            if not _is_first_use(self.user, code):
                raise get_adapter().validation_error("incorrect_code")
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
