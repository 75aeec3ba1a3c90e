"""Confirmation of an e-mail address by its reader."""

import logging
from datetime import timedelta

from django.conf import settings
from django.core import signing
from django.core.mail import mailers
from django.db.models import F
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _

from course.groups.calling import languages_of
from course.models import Change, User
from course.people.devices import log_account_change

from .letters import Letter, sender
from .reachability import is_address

logger = logging.getLogger(__name__)

_PURPOSE = "course.confirm-address"
LASTS = timedelta(days=14)
WAIT = timedelta(hours=1)


def token_for(person):
    """Return a signed token that names nobody and holds for this address of the person."""
    return signing.dumps([str(person.key), _digest(person.email)], salt=_PURPOSE)


def person_of(token):
    try:
        key, digest = signing.loads(token, salt=_PURPOSE, max_age=LASTS)
    except (signing.BadSignature, ValueError):
        return None
    person = User.objects.filter(key=key, is_active=True).exclude(email="").first()
    return person if person and _digest(person.email) == digest else None


def confirm_address(person, *, now):
    if not person.has_confirmed_address:
        person.confirmed_email = person.email
        person.save(update_fields=["confirmed_email"])
        log_account_change(person, Change.ADDRESS_CONFIRMED, by=None, now=now)


def ask_again(person):
    User.objects.filter(pk=person.pk).update(confirmation_asked_at=None)


def people_to_ask():
    unconfirmed = User.objects.active().exclude(email="").exclude(email=F("confirmed_email"))
    return unconfirmed.filter(confirmation_asked_at=None, reminders_stopped_at=None).order_by("pk")


def ask_to_confirm(*, clock=timezone.now):
    """Send the confirmation letters; return when to retry if the mail server takes nothing, or None."""
    mailer = mailers.default
    try:
        mailer.open()
        for person in people_to_ask():
            # Saved before sending: a letter that may be out is not sent twice.
            now = clock()
            asked = User.objects.filter(pk=person.pk, confirmation_asked_at=None).update(confirmation_asked_at=now)
            if asked and is_address(person.email):
                _send(person, mailer)
    except OSError:
        logger.exception("The mail server does not answer")
        return clock() + WAIT
    finally:
        _close(mailer)
    return None


def letter_for(person, *, language):
    """Return the confirmation letter; it does not say what the site is for."""
    address = settings.SITE_URL + reverse("confirm_address", args=[token_for(person)])
    with translation.override(language):
        parts = [
            _("Hello:"),
            _("Somebody wrote this e-mail address on the site %(site)s. May messages of that site come here?")
            % {"site": settings.SITE_URL},
            _("If so, open this address and press the button:") + f"\n{address}",
            _("It holds for %(days)d days. If you know nothing of it, do nothing: no other message comes.")
            % {"days": LASTS.days},
            _("Nobody reads answers to this message."),
        ]
        return Letter(
            subject=_("Confirm your e-mail address"),
            body="\n\n".join(parts),
            from_email=sender(),
            to=[person.email],
            headers={"Auto-Submitted": "auto-generated"},
        )


def _send(person, mailer):
    letter = letter_for(person, language=languages_of([person])[person.pk])
    try:
        mailer.send_messages([letter])
    except (OSError, ValueError):
        # It may be out after a lost connection, so it is not sent again; the person can ask for another.
        logger.exception("A letter that asks to confirm an address was not sent")
        _close(mailer)


def _digest(address):
    return salted_hmac(_PURPOSE, address, algorithm="sha256").hexdigest()[:32]


def _close(mailer):
    try:
        mailer.close()
    except OSError:
        logger.warning("The mail server did not say goodbye")
