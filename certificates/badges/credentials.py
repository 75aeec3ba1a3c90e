"""The Open Badges 3.0 credential of a certificate: what software elsewhere can check without asking us.

It says less than the paper: the person stands in it only as a salted digest of the printed name. Everything it needs is
in this process; no context is fetched. Why: docs/decisions/0015-open-badges.md.
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
from .keys import issuer_keys
from .status_lists import entry_of, take_place


def give_credential(certificate):
    """Give an unsaved certificate a place in a status list and its credential; nothing while the site has no key."""
    if issuer_keys().signing:
        certificate.status_list, certificate.status_index = take_place()
        certificate.credential = sign_credential(certificate)


def sign_credential(certificate):
    """Return the signed credential of an unsaved certificate as JSON, the same for the same one; "" without a key."""
    key = issuer_keys().signing
    if key is None:
        return ""
    from openbadgeslib.ob3 import add_data_integrity_proof  # noqa: PLC0415 - slow to import

    document = _credential(certificate, issuer_did(key)).to_vc()
    # Without the library's check of the form, which takes as long again: the form is always the same, and tested.
    signed = add_data_integrity_proof(
        document, key.secret, method_of(key), created=_whole_second(certificate.issued_at)
    )
    return json.dumps(signed, ensure_ascii=False, indent=1)


def _credential(certificate, issuer):
    from openbadgeslib.ob3 import Achievement, IdentityObject, Issuer, OpenBadgeCredential  # noqa: PLC0415 - slow to import

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
        issuer=Issuer(id=issuer, name=printed["issuer"], url=settings.SITE_URL + "/"),
        recipient_id=None,
        identifiers=[
            IdentityObject.create(printed["name"], salt=salt_of(certificate.serial), identity_type="name"),
        ],
        achievement=achievement,
        issuance_date=_whole_second(certificate.issued_at),
        expiration_date=_end_of(certificate.expires_on),
        credential_status=[entry_of(certificate)] if certificate.status_list_id else [],
    )


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
