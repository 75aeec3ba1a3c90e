"""The Open Badges 3.0 credential of a certificate: what software elsewhere can check without asking us.

It says less than the paper: unless its holder wants to be named, the person stands in it only as a salted digest of the
printed name. Everything it needs is in this process; no context is fetched. Why: docs/decisions/0015-open-badges.md.
"""

import hashlib
import json
from datetime import UTC, datetime, time, timedelta
from uuid import UUID, uuid5

from django.conf import settings
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from .identity import issuer_did, method_of
from .status_lists import entry_of, take_place


def give_credential(certificate, key):
    """Give an unsaved certificate a place in a status list and its credential, signed by `key`; neither if it is None.

    Whether it names the person, `certificate.names_holder` says.
    """
    certificate.issuer, certificate.credential = "", ""
    certificate.status_list = certificate.status_index = None
    if key:
        certificate.issuer = issuer_did(key)
        certificate.status_list, certificate.status_index = take_place(certificate.issuer)
        certificate.credential = sign_credential(certificate, key)


def sign_credential(certificate, key):
    """Return the signed credential of an unsaved certificate as JSON, the same for the same one."""
    from openbadgeslib.ob3 import add_data_integrity_proof  # noqa: PLC0415 - slow to import

    document = _credential(certificate).to_vc()
    document["awardedDate"] = _whole_second(certificate.awarded_at).isoformat().replace("+00:00", "Z")
    if certificate.names_holder:
        # Where wallets look for it; the identity beside it is what verifiers read.
        document["credentialSubject"]["name"] = certificate.printed["name"]
    # Without the library's check of the form, which takes as long again: the form is always the same, and tested.
    signed = add_data_integrity_proof(
        document, key.secret, method_of(certificate.issuer, key), created=_whole_second(certificate.issued_at)
    )
    # The formal JSON schema of Open Badges wants a list; what is signed is the same either way.
    signed["proof"] = [signed["proof"]]
    return json.dumps(signed, ensure_ascii=False, indent=1)


def _credential(certificate):
    from openbadgeslib.ob3 import Achievement, Issuer, OpenBadgeCredential  # noqa: PLC0415 - slow to import

    printed = certificate.printed
    with translation.override(printed["language"]):
        statement = _("%(statement)s “%(course)s”") % printed
        achievement = Achievement(
            id=achievement_of(certificate).urn,
            name=printed["course"],
            description=f"{printed['heading']}: {statement} {printed['subject']}.",
            criteria_narrative=_("Read every lesson and pass the quiz of every module: %(modules_count)s, %(hours)s.")
            % printed,
            image_url=settings.SITE_URL + reverse("badge_image"),
            achievement_type="CertificateOfCompletion",
        )
    return OpenBadgeCredential(
        id=printed["verify_url"],
        name=printed["course"],
        issuer=Issuer(
            id=certificate.issuer,
            name=printed["issuer"],
            url=settings.SITE_URL + "/",
            image_url=settings.SITE_URL + reverse("issuer_image"),
        ),
        recipient_id=None,
        identifiers=[_identity(certificate)],
        achievement=achievement,
        credits_earned=hours_of(printed),
        # Whoever gets the corrected one was awarded it with the first.
        issuance_date=_whole_second(certificate.awarded_at),
        expiration_date=_end_of(certificate.expires_on),
        credential_status=[entry_of(certificate)] if certificate.status_list_id else [],
    )


def _identity(certificate):
    from openbadgeslib.ob3 import IdentityObject  # noqa: PLC0415 - slow to import

    name = certificate.printed["name"]
    if certificate.names_holder:
        return IdentityObject(identity_hash=name, identity_type="name", hashed=False)
    return IdentityObject.create(name, salt=salt_of(certificate.serial), identity_type="name")


def hours_of(printed):
    """Return the hours of study that were certified, to a hundredth, or None where none are known."""
    minutes = printed.get("minutes")
    return round(minutes / 60, 2) if minutes else None


def achievement_of(certificate):
    """Return the UUID of what was achieved: the course in its edition, the same for everybody."""
    return uuid5(UUID(str(certificate.course_key)), str(certificate.edition))


def salt_of(serial):
    """Return the salt of the name's digest: other in every credential, so that two of a person do not show it."""
    return hashlib.sha256(f"name:{serial}".encode()).hexdigest()[:32]


def _whole_second(moment):
    return moment.astimezone(UTC).replace(microsecond=0)


def _end_of(day):
    """Return the last second of a day here, or None."""
    if day is None:
        return None
    midnight = datetime.combine(day + timedelta(days=1), time.min, tzinfo=timezone.get_default_timezone())
    return midnight - timedelta(seconds=1)
