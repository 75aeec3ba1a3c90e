"""Revoke a certificate, or replace it with a corrected one."""

import re
import secrets

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from certificates.models import Certificate, CertificateEvent
from certificates.text.codes import new_serial
from certificates.text.fields import date_in_words, post_in_certificate_language
from certificates.text.names import check_clinic, check_new_name, check_post, normalise_text

from .correction_requests import move_requests_to_successor, printed_personal_fields
from .field_values import MAX_CLINIC_LENGTH, verification_url
from .integrity import check_integrity
from .issue import ConcurrentChangeError, build_certificate, check_not_own, save_certificate
from .status import CertificateStatus, check_is_valid, record_event


def revoke_certificate(certificate, *, reason, by, now):
    """Revoke a certificate; idempotent. Raises `ValidationError` without a reason, or `ConcurrentChangeError`."""
    check_not_own(certificate, by)
    reason = normalise_text(reason)
    if not reason:
        raise ValidationError(_("Write the reason: the verification page shows it."))
    with transaction.atomic():
        revoked = Certificate.objects.live().filter(pk=certificate.pk).update(revoked_at=now, revocation_reason=reason)
        if revoked:
            record_event(certificate, CertificateEvent.Kind.REVOKED, by=by, now=now, note=reason)
    certificate.refresh_from_db(fields=["replaced_at", "revoked_at", "revocation_reason"])
    if not certificate.revoked_at:
        raise ConcurrentChangeError(
            _("This certificate was replaced in the meantime: revoke the one that took its place.")
        )
    return certificate


_TEMPLATE_FIELDS = ("statement", "subject")


def correct_certificate(
    certificate,
    *,
    printed_name=None,
    role=None,
    clinic=None,
    is_registered=False,
    by,
    reason,
    now,
    then=None,
    randbits=secrets.randbits,
):
    """Issue the corrected successor; idempotent. None leaves a field as printed, "" removes it.
    `then(certificate)` runs in the transaction; it registers the name if `is_registered`.
    Raises `ValidationError`, `ConcurrentChangeError`. Call it outside a transaction: rendering is slow.
    """
    check_not_own(certificate, by)
    new = _fields_after(certificate, name=printed_name, role=role, clinic=clinic)
    if corrected := _find_same_correction(certificate, new):
        return corrected
    check_can_be_corrected(certificate, today=timezone.localdate(now))
    changed = _checked_changes(certificate, new, is_registered=is_registered)
    successor = build_certificate(
        correct_printed_fields(certificate.printed, changed, serial=new_serial(randbits), day=timezone.localdate(now)),
        learner=certificate.learner,
        course_key=certificate.course_key,
        edition=certificate.edition,
        record_key=certificate.record_key,
        awarded_at=certificate.awarded_at,
        expires_on=certificate.expires_on,
        names_holder=certificate.names_holder,
        sort_key=certificate.sort_key,
        replaces=certificate,
        now=now,
    )

    def finish(corrected):
        # Before the requests move: `then` closes one about the old certificate.
        if then:
            then(corrected)
        move_requests_to_successor(certificate, corrected)

    try:
        return save_certificate(
            successor, by=by, now=now, why=(CertificateEvent.Kind.CORRECTED, normalise_text(reason)), then=finish
        )
    except ConcurrentChangeError:
        certificate.refresh_from_db(fields=["replaced_at"])
        if corrected := _find_same_correction(certificate, new):
            return corrected
        raise


def check_can_be_corrected(certificate, *, today):
    check_integrity(certificate)
    check_is_valid(
        certificate,
        today=today,
        otherwise={
            CertificateStatus.REPLACED: _("This certificate was replaced: correct the one that took its place."),
            CertificateStatus.REVOKED: _("This certificate was revoked: issue another."),
            CertificateStatus.EXPIRED: _("This certificate has expired: issue another."),
        },
    )


def correct_printed_fields(printed, changed, *, serial, day):
    """Return the printed fields with {field: new value} changed, a new code and the day of the correction."""
    with translation.override(printed["language"]):
        in_words = date_in_words(day)
    return replace_in_fields(printed, changed) | {
        "serial": serial,
        "verify_url": verification_url(serial),
        "corrected_in_words": in_words,
        "corrected": day.isoformat(),
        "corrected_fields": list(changed),
    }


def replace_in_fields(printed, changed):
    """Return the printed fields with {field: new value} changed, also in design texts; drop emptied lines."""
    result = printed
    for field, new in changed.items():
        texts = {name: _replace_words(result[name], printed[field], new) for name in _TEMPLATE_FIELDS}
        lines = [_replace_words(line, printed[field], new) for line in result.get("text", [])]
        text = {"text": [line for line in lines if line]} if "text" in result else {}
        result = result | texts | text | {field: new}
    return result


def _replace_words(line, old, new):
    if not old:
        return line
    whole_words = re.compile(rf"(?<!\w){re.escape(old)}(?!\w)")
    if not new and whole_words.search(line):
        return ""
    return whole_words.sub(lambda _match: new, line)


def _fields_after(certificate, **requested):
    printed = printed_personal_fields(certificate)
    after = printed | {field: normalise_text(text) for field, text in requested.items() if text is not None}
    return after | {"role": post_in_certificate_language(after["role"], certificate.printed)}


def _checked_changes(certificate, new, *, is_registered):
    printed = printed_personal_fields(certificate)
    changed = {field: value for field, value in new.items() if value != printed[field]}
    if not changed:
        raise ValidationError(_("This is what is printed already."), code="same")
    if "name" in changed:
        person = certificate.learner
        check_new_name(changed["name"], printed=printed["name"], person=person, is_registered=is_registered)
    check_post(changed.get("role", ""))
    if len(check_clinic(changed.get("clinic", ""))) > MAX_CLINIC_LENGTH:
        raise ValidationError(_("The name of the health centre is too long."), code="clinic")
    return changed


def _find_same_correction(certificate, fields):
    if not certificate.replaced_at:
        return None
    # Not `certificate.successor`: `build_certificate` set an unsaved one there.
    successor = Certificate.objects.without_pdf().get(replaces=certificate)
    return successor if printed_personal_fields(successor) == fields else None
