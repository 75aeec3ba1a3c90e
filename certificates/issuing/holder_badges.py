"""The digital badge made anew after the paper: its holder wants the name in it, or out of it again."""

from contextlib import suppress
from datetime import timedelta

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from certificates.badges.credentials import sign_later_credential
from certificates.badges.identity import issuer_did
from certificates.badges.in_force import credential_in_force
from certificates.badges.keys import issuer_keys
from certificates.badges.status_lists import take_place
from certificates.models import Certificate, CertificateEvent, LaterCredential

from .checking import check_as_issued
from .history import record_event
from .issue import check_is_the_holder
from .standing import Standing, standing_of

# Two in 131,072 that draw the same place at the same moment are rare, and three of them chance.
_TRIES = 5
# Each leaves a row and a revoked place for ever, and nobody changes their mind more often.
MOST_IN_A_DAY = 5


def make_credential_anew(certificate, *, names_holder, by, now):
    """Return what is in force, as `credential_in_force` does, once it names its holder or names nobody, as asked.

    The one before, inside the PDF or made later, is revoked at once in its list; what is so already is left alone.
    Where the certificate was issued without a credential this makes its first. Raises `ValidationError`, with a
    sentence, unless it is the person who asks, of a certificate that is valid, on a site that has a key, and after
    `MOST_IN_A_DAY` within 24 hours.
    """
    check_is_the_holder(certificate.learner, by=by)
    wanted = {"names_holder": names_holder, "by": by, "now": now}
    for _try in range(_TRIES - 1):
        # Another may draw the same place in the meantime.
        with suppress(IntegrityError):
            return _make(certificate, **wanted)
    return _make(certificate, **wanted)


@transaction.atomic
def _make(certificate, *, names_holder, by, now):
    # Whoever comes second, from another tab, waits here and finds it made.
    locked = Certificate.objects.defer("pdf").select_for_update().get(pk=certificate.pk)
    if standing_of(locked, today=timezone.localdate(now)) is not Standing.VALID:
        raise ValidationError(_("This certificate does not hold any more, so that no badge is made for it."))
    check_as_issued(locked)
    held = credential_in_force(locked)
    if held and held.names_holder == names_holder:
        return held
    if locked.later_credentials.filter(made_at__gt=now - timedelta(days=1)).count() >= MOST_IN_A_DAY:
        raise ValidationError(_("You changed this badge several times today. Wait until tomorrow to change it again."))
    key = issuer_keys().signing
    if key is None:
        raise ValidationError(_("This site cannot make a digital badge at the moment. Try again later."))
    later = LaterCredential(certificate=locked, made_at=now, names_holder=names_holder, issuer=issuer_did(key))
    later.status_list, later.status_index = take_place(later.issuer, later=True)
    later.text = sign_later_credential(later)
    later.save(force_insert=True)
    record_event(locked, CertificateEvent.Kind.CREDENTIAL, by=by, now=now, note=_note(names_holder))
    return later


def _note(names_holder):
    return _("With the name of the person") if names_holder else _("Without the name of the person")


def badge_of(certificate, *, today):
    """Return what pages say of a certificate's badge: {"badge": what is in force or None, "may_be_made_anew": bool}."""
    valid = standing_of(certificate, today=today) is Standing.VALID
    return {"badge": credential_in_force(certificate), "may_be_made_anew": valid and bool(issuer_keys().signing)}
