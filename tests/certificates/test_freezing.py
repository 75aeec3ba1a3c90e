import base64
import hashlib
import json
import logging
import uuid
from datetime import timedelta

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_pem_private_key
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from openbadgeslib.ob3 import multikey_from_pem

from certificates.badges.keys import make_key
from certificates.issuing.corrections import correct_certificate
from certificates.issuing.integrity import (
    AlteredCertificateError,
    Integrity,
    compute_digest,
    get_intact_pdf,
    get_integrity,
)
from certificates.models import Certificate, PrintedImage, StatusList
from certificates.models.frozen import FrozenFieldsError
from tests.factories import NOW, make_learner

from .factories import edited, issue, make_design, make_graduate, unsigned

pytestmark = pytest.mark.django_db

LATER = NOW + timedelta(days=1)
OTHERWISE = {
    "serial": "0000000000000",
    "course_key": "00000000-0000-4000-8000-000000000000",
    "edition": 7,
    "issued_at": LATER,
    "awarded_at": LATER,
    "expires_on": LATER.date(),
    "language": "en",
    "printed": {"name": "X"},
    "pdf": b"%PDF-1.7",
    "sha256": "0" * 64,
    "credential": "{}",
    "issuer": "did:web:elsewhere.example",
    "names_holder": True,
    "status_list": None,
    "status_index": None,
    "digest": "0" * 64,
    "digest_signature": "AAAA",
    "digest_key": "z6Mk",
}


def row(certificate):
    return Certificate.objects.values().get(pk=certificate.pk)


def test_every_fact_is_frozen_and_nothing_else():
    free = {field.name for field in Certificate._meta.fields} - Certificate.FROZEN
    assert OTHERWISE.keys() == Certificate.FROZEN
    assert free == {
        "id", "learner", "record_key", "sort_key", "replaces", "replaced_at", "revoked_at", "revocation_reason"
    }  # fmt: skip


def test_frozen_field_cannot_be_changed_in_any_way(key, certificate):
    before = row(certificate)
    for field, value in OTHERWISE.items():
        one = Certificate.objects.get()
        setattr(one, field, value)
        for write in (
            one.save,
            lambda one=one, field=field: one.save(update_fields=[field]),
            lambda field=field, value=value: Certificate.objects.update(**{field: value}),
            lambda field=field, value=value: Certificate.objects.filter(serial="x").live().update(**{field: value}),
            lambda one=one, field=field: Certificate.objects.bulk_update([one], [field]),
            lambda one=one, field=field: Certificate.objects.bulk_create(
                [one], update_conflicts=True, update_fields=[field], unique_fields=["serial"]
            ),
            lambda one=one, field=field, value=value: one.learner.certificates.update(**{field: value}),
        ):
            with pytest.raises(FrozenFieldsError, match=rf"Certificate: .*\b{field}\b"), transaction.atomic():
                write()
    assert row(certificate) == before


def test_change_inside_printed_fields_is_refused(key, certificate):
    certificate.printed["name"] = "X"
    with pytest.raises(FrozenFieldsError, match=r"not changed \(printed\)\. A certificate is corrected or revoked."):
        certificate.save()


def test_other_instance_and_column_name_are_refused_too(key, certificate):
    again = Certificate(**{field.attname: getattr(certificate, field.attname) for field in Certificate._meta.fields})
    again.edition = 7
    with pytest.raises(FrozenFieldsError, match="edition"):
        again.save()
    with pytest.raises(FrozenFieldsError, match="status_list"):
        Certificate.objects.update(status_list_id=None)
    with pytest.raises(FrozenFieldsError, match="pk"):
        Certificate.objects.update(pk=12)


def test_deferred_fields_are_compared_only_when_written(key, certificate):
    light = Certificate.objects.without_pdf().get()
    light.sort_key = "otra"
    light.save()
    light.pdf = b"%PDF-1.7"
    with pytest.raises(FrozenFieldsError, match="pdf"):
        light.save()
    light = Certificate.objects.only("learner").get()
    light.credential = "{}"
    with pytest.raises(FrozenFieldsError, match="credential"):
        light.save()


def test_status_fields_can_be_changed(key, certificate):
    learner = make_learner("OTR234")
    certificate.learner, certificate.sort_key, certificate.record_key = learner, "otra", uuid.uuid4()
    certificate.revoked_at, certificate.revocation_reason = LATER, "Se emitió por error"
    certificate.save()
    Certificate.objects.update(replaced_at=LATER)
    stored = Certificate.objects.get()
    assert (stored.learner, stored.sort_key, stored.revoked_at, stored.replaced_at) == (learner, "otra", LATER, LATER)
    learner.delete()
    assert Certificate.objects.get().learner is None


def test_unchanged_certificate_can_be_saved_again(key, certificate):
    issued = issue(make_graduate("BER234", first_name="Berta"))
    issued.save()
    assert row(issued)["printed"] == issued.printed


def test_a_certificate_is_never_deleted(key, certificate):
    for delete in (certificate.delete, Certificate.objects.all().delete, certificate.learner.certificates.all().delete):
        with pytest.raises(FrozenFieldsError, match="deleted"):
            delete()
    assert Certificate.objects.count() == 1


def test_image_is_frozen_and_deleted_when_unused():
    image = PrintedImage(
        digest="9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
        content_type="image/png",
        width=1,
        height=1,
        content=b"test",
    )
    image.save()
    image.content = b"other"
    with pytest.raises(FrozenFieldsError, match="content"):
        image.save()
    with pytest.raises(FrozenFieldsError, match="width"):
        PrintedImage.objects.update(width=2)
    PrintedImage.objects.all().delete()
    assert not PrintedImage.objects.exists()


def stored(certificate):
    return Certificate.objects.get(pk=certificate.pk)


def test_digest_format_is_the_documented_one(key, ana):
    one = stored(issue(ana, now=NOW.replace(microsecond=123456)))
    facts = {
        "format": 1,
        "serial": one.serial,
        "course": str(one.course_key),
        "edition": 1,
        "issued_at": f"{NOW:%Y-%m-%dT%H:%M:%S}.123456Z",
        "awarded_at": f"{NOW:%Y-%m-%dT%H:%M:%S}.123456Z",
        "expires_on": None,
        "language": "es",
        "printed": one.printed,
        "pdf": hashlib.sha256(one.pdf).hexdigest(),
        "credential": hashlib.sha256(one.credential.encode()).hexdigest(),
        "issuer": one.issuer,
        "names_holder": False,
        "status_list": one.status_list_id,
        "status_index": one.status_index,
    }
    assert one.digest == hashlib.sha256(json.dumps(facts, sort_keys=True, separators=(",", ":")).encode()).hexdigest()
    secret = load_pem_private_key(key.read_bytes(), password=None)
    signed = b"trato-digno certificate digest 1\n" + one.digest.encode()
    assert len(signed) == 97
    secret.public_key().verify(base64.b64decode(one.digest_signature), signed)
    assert one.digest_key == multikey_from_pem(
        secret.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    )


@pytest.mark.postgres
@pytest.mark.parametrize("zone", ["UTC", "America/Guatemala", "Asia/Tokyo"])
def test_digest_survives_the_database_in_any_time_zone(key, ana, zone):
    make_design(validity_months=24, text="Nota: {nota}\n{fecha} · ñ, é, «», 👍🏽 no")
    issued = issue(ana, now=NOW.replace(microsecond=7))
    with timezone.override(zone):
        back = stored(issued)
        assert back.expires_on
        assert get_integrity(back) is Integrity.AS_ISSUED
        assert compute_digest(back) == compute_digest(issued) == issued.digest
        back.printed = dict(reversed(list(back.printed.items())))
        assert compute_digest(back) == issued.digest


def test_without_key_the_digest_is_unsigned(certificate):
    assert (len(certificate.digest), certificate.digest_signature, certificate.digest_key) == (64, "", "")
    assert get_integrity(certificate) is Integrity.AS_ISSUED


def test_correction_keeps_award_date_and_gets_its_own_digest(key, certificate, trainer):
    first, later = certificate, NOW + timedelta(days=3)
    corrected = stored(
        correct_certificate(first, printed_name="Ana Lucía Coj De la Cruz", by=trainer, reason="", now=later)
    )
    assert (corrected.awarded_at, corrected.issued_at) == (first.awarded_at, later)
    assert first.awarded_at == NOW
    assert [get_integrity(one) for one in (stored(first), corrected)] == [Integrity.AS_ISSUED] * 2


def test_database_edits_are_noticed(key, certificate, caplog):
    as_it_was = {field: getattr(certificate, field) for field in OTHERWISE}
    elsewhere = {
        "status_list": StatusList.objects.create(),
        "status_index": (certificate.status_index + 1) % StatusList.LENGTH,
    }
    for field in OTHERWISE.keys() - {"pdf"}:
        edited([certificate], **{field: elsewhere.get(field, OTHERWISE[field])})
        caplog.clear()
        with caplog.at_level(logging.ERROR):
            assert get_integrity(stored(certificate)) is Integrity.ALTERED, field
        assert stored(certificate).serial in caplog.text
        assert certificate.printed["name"] not in caplog.text
        edited([certificate], **as_it_was)
        assert get_integrity(stored(certificate)) is Integrity.AS_ISSUED


def test_pdf_bytes_are_checked_on_download(key, certificate, caplog):
    assert get_intact_pdf(certificate) == bytes(certificate.pdf)
    edited([certificate], pdf=bytes(certificate.pdf) + b" ")
    assert get_integrity(stored(certificate)) is Integrity.AS_ISSUED
    with caplog.at_level(logging.ERROR), pytest.raises(AlteredCertificateError, match="no está como se emitió"):
        get_intact_pdf(stored(certificate))
    assert certificate.serial in caplog.text


def test_later_status_is_not_part_of_the_digest(key, certificate):
    Certificate.objects.update(
        learner=None,
        record_key=uuid.uuid4(),
        sort_key="",
        replaced_at=NOW,
        revoked_at=NOW,
        revocation_reason="Por error",
    )
    assert get_integrity(stored(certificate)) is Integrity.AS_ISSUED


def test_digest_cannot_be_forged_without_the_key(key, certificate):
    one, forged = certificate, stored(certificate)
    forged.printed["name"] = "X"
    edited([one], printed=forged.printed, digest=compute_digest(forged))
    assert get_integrity(stored(one)) is Integrity.ALTERED
    # Unsigned: it has a credential, so the site had a key.
    edited([one], digest_key="", digest_signature="")
    assert get_integrity(stored(one)) is Integrity.ALTERED
    edited([one], digest_key="zNoKey", digest_signature="no base64")
    assert get_integrity(stored(one)) is Integrity.ALTERED
    edited([one], credential="")
    edited([one], digest=compute_digest(stored(one)), digest_key="", digest_signature="")
    assert get_integrity(stored(one)) is Integrity.UNCONFIRMED
    secret = Ed25519PrivateKey.generate()
    public = multikey_from_pem(secret.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo))
    signature = secret.sign(b"trato-digno certificate digest 1\n" + stored(one).digest.encode())
    edited([one], digest_key=public, digest_signature=base64.b64encode(signature).decode())
    assert get_integrity(stored(one)) is Integrity.UNCONFIRMED


def test_missing_key_neither_confirms_nor_accuses(key, certificate):
    one, other = certificate, issue(make_graduate("BER234", first_name="Berta"))
    unsigned(other)
    aside = key.rename(key.with_suffix(".aside"))
    assert get_integrity(stored(one)) is Integrity.UNCONFIRMED
    key.write_text("no key")
    assert [get_integrity(stored(each)) for each in (one, other)] == [Integrity.UNCONFIRMED] * 2
    aside.rename(key)
    assert [get_integrity(stored(each)) for each in (one, other)] == [Integrity.AS_ISSUED, Integrity.UNCONFIRMED]


def test_key_removed_during_issue_leaves_certificate_consistent(key, ana, monkeypatch):
    aside = key.with_suffix(".aside")

    def seal_meanwhile(pdf, *, now):
        key.rename(aside)
        return pdf

    monkeypatch.setattr("certificates.issuing.issue.sign_pdf", seal_meanwhile)
    one = issue(ana)
    aside.rename(key)
    assert one.credential
    assert get_integrity(stored(one)) is Integrity.AS_ISSUED


def test_key_added_during_issue_signs_nothing(ana, settings, tmp_path, monkeypatch):
    settings.CREDENTIAL_KEYS_DIR = tmp_path / "keys"

    def seal_meanwhile(pdf, *, now):
        make_key()
        return pdf

    monkeypatch.setattr("certificates.issuing.issue.sign_pdf", seal_meanwhile)
    one = issue(ana)
    assert (one.credential, one.digest_key) == ("", "")
    assert get_integrity(stored(one)) is Integrity.UNCONFIRMED


def test_altered_certificate_cannot_be_corrected(key, certificate, trainer):
    edited([certificate], printed=certificate.printed | {"name": "Otra Persona"})
    with pytest.raises(ValidationError, match="no está como se emitió"):
        correct_certificate(stored(certificate), printed_name="Otra Persona Más", by=trainer, reason="x", now=NOW)
    assert Certificate.objects.count() == 1


def test_unconfirmed_certificate_cannot_be_corrected(key, certificate, trainer):
    unsigned(certificate, printed=certificate.printed | {"name": "Otra Persona"})
    with pytest.raises(ValidationError, match="no está firmado con la llave"):
        correct_certificate(stored(certificate), printed_name="Otra Persona Más", by=trainer, reason="x", now=NOW)
    assert Certificate.objects.count() == 1
