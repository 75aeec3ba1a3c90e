"""Annulling a certificate that should not have been issued: it verifies as annulled, with the reason, for ever."""

import re
import secrets

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from certificates.models import Certificate, CertificateEvent
from certificates.text.codes import new_serial
from certificates.text.fields import date_in_words, post_on_paper
from certificates.text.names import check_clinic, check_new_name, check_post, tidy

from .composing import LONGEST_CLINIC, verification_address
from .correction_requests import follow_successor, printed_facts
from .integrity import check_as_issued
from .issue import Overtaken, check_by_another, freeze, keep
from .status import Standing, check_is_valid, record_event


def annul_certificate(certificate, *, reason, by, now):
    """Annul a certificate and return it; twice is once, and the first reason stays.

    Raises `ValidationError` without a reason, `Overtaken` when it was replaced: each has a sentence for the trainer.
    """
    check_by_another(certificate, by)
    reason = tidy(reason)
    if not reason:
        raise ValidationError(_("Write the reason: whoever verifies the certificate reads it."))
    with transaction.atomic():
        annulled = Certificate.objects.live().filter(pk=certificate.pk).update(annulled_at=now, annulled_reason=reason)
        if annulled:
            record_event(certificate, CertificateEvent.Kind.ANNULLED, by=by, now=now, note=reason)
    certificate.refresh_from_db(fields=["replaced_at", "annulled_at", "annulled_reason"])
    if not certificate.annulled_at:
        raise Overtaken(_("This certificate was replaced in the meantime: annul the one that took its place."))
    return certificate


# Words of the design that may hold what is printed of the person, filled in.
_FILLED_IN = ("statement", "subject")


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
    """Return the certificate with the corrected facts that takes the place of this one; twice is once.

    Of name, post and clinic each that is None stays as it was printed; an empty post or clinic is not printed any
    more. `is_registered` says that the person is registered under the new name in the same deed, by
    `then(certificate)`, which is called in the transaction. What was printed before stays frozen and verifies as
    replaced. Raises `ValidationError` or `Overtaken`, each with a sentence for the trainer. Call it outside a
    transaction: rendering takes a while.
    """
    check_by_another(certificate, by)
    new = _facts_after(certificate, name=printed_name, role=role, clinic=clinic)
    if corrected := _corrected_already(certificate, new):
        return corrected
    check_can_be_corrected(certificate, today=timezone.localdate(now))
    changed = _checked_changes(certificate, new, is_registered=is_registered)
    successor = freeze(
        corrected_print(certificate.printed, changed, serial=new_serial(randbits), day=timezone.localdate(now)),
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

    def follow(corrected):
        # A request by which it is corrected is still about the certificate that was read.
        if then:
            then(corrected)
        follow_successor(certificate, corrected)

    try:
        return keep(successor, by=by, now=now, why=(CertificateEvent.Kind.CORRECTED, tidy(reason)), then=follow)
    except Overtaken:
        certificate.refresh_from_db(fields=["replaced_at"])
        if corrected := _corrected_already(certificate, new):
            return corrected
        raise


def check_can_be_corrected(certificate, *, today):
    """Raise `ValidationError`, a sentence for the trainer, unless the certificate is valid and as it was issued."""
    check_as_issued(certificate)
    check_is_valid(
        certificate,
        today=today,
        otherwise={
            Standing.REPLACED: _("This certificate was replaced: correct the one that took its place."),
            Standing.ANNULLED: _("This certificate was annulled: issue another."),
            Standing.EXPIRED: _("This certificate has expired: issue another."),
        },
    )


def corrected_print(printed, changed, *, serial, day):
    """Return the printed fields with the `changed` ones, a code of their own and the day of the correction."""
    with translation.override(printed["language"]):
        in_words = date_in_words(day)
    return reworded(printed, changed) | {
        "serial": serial,
        "verify_url": verification_address(serial),
        "corrected_in_words": in_words,
        "corrected": day.isoformat(),
        "corrected_fields": list(changed),
    }


def reworded(printed, changed):
    """Return the printed fields with {field: words} changed, also wherever the words of the design hold them.

    A line whose field is empty now is left out, as when a certificate is composed.
    """
    reworded = printed
    for field, new in changed.items():
        words = {name: _replaced(reworded[name], printed[field], new) for name in _FILLED_IN}
        lines = [_replaced(line, printed[field], new) for line in reworded.get("text", [])]
        text = {"text": [line for line in lines if line]} if "text" in reworded else {}
        reworded = reworded | words | text | {field: new}
    return reworded


def _replaced(line, old, new):
    """Return the line with the whole words `old` as `new`; nothing where it held them and there is nothing now."""
    if not old:
        return line
    whole_words = re.compile(rf"(?<!\w){re.escape(old)}(?!\w)")
    if not new and whole_words.search(line):
        return ""
    return whole_words.sub(lambda _match: new, line)


def _facts_after(certificate, **asked):
    """Return {field: tidy words} of what will be printed of the person, a post in the language of the paper."""
    printed = printed_facts(certificate)
    after = {field: printed[field] if asked[field] is None else tidy(asked[field]) for field in printed}
    return after | {"role": post_on_paper(after["role"], certificate.printed)}


def _checked_changes(certificate, new, *, is_registered):
    """Return {field: words} of what differs from what is printed, or raise `ValidationError`."""
    printed = printed_facts(certificate)
    changed = {field: words for field, words in new.items() if words != printed[field]}
    if not changed:
        raise ValidationError(_("This is what is printed already."), code="same")
    if "name" in changed:
        person = certificate.learner
        check_new_name(changed["name"], printed=printed["name"], person=person, is_registered=is_registered)
    check_post(changed.get("role", ""))
    if len(check_clinic(changed.get("clinic", ""))) > LONGEST_CLINIC:
        raise ValidationError(_("The name of the health centre is too long."), code="clinic")
    return changed


def _corrected_already(certificate, facts):
    """Return what took its place if that says what is asked for, as after a second press of the button, or None."""
    if not certificate.replaced_at:
        return None
    # Asked for anew: `freeze` left one that was never saved as the successor.
    successor = Certificate.objects.without_pdf().get(replaces=certificate)
    return successor if printed_facts(successor) == facts else None
