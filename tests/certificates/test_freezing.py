"""What was issued is not changed by the program, and a digest tells whoever changes it beside the program."""

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
from certificates.issuing.integrity import Altered, Fidelity, digest_of, is_as_issued, pdf_as_issued
from certificates.models import Certificate, PrintedImage, StatusList
from certificates.models.frozen import Frozen
from tests.factories import NOW, make_learner

from .factories import edited, issue, make_design, make_graduate, unsigned

pytestmark = pytest.mark.django_db

LATER = NOW + timedelta(days=1)
# A value for each field that is frozen, other than the one that was issued.
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
        "id", "learner", "record_key", "sort_key", "replaces", "replaced_at", "annulled_at", "annulled_reason"
    }  # fmt: skip


def test_a_frozen_field_is_refused_however_it_is_written(key, certificate):
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
            with pytest.raises(Frozen, match=rf"Certificate: .*\b{field}\b"), transaction.atomic():
                write()
    assert row(certificate) == before


def test_a_word_changed_inside_what_is_printed_is_refused_in_a_shell(key, certificate):
    certificate.printed["name"] = "X"
    with pytest.raises(Frozen, match=r"not changed \(printed\)\. A certificate is corrected or annulled."):
        certificate.save()


def test_neither_another_instance_of_the_row_nor_its_column_is_a_way_round(key, certificate):
    again = Certificate(**{field.attname: getattr(certificate, field.attname) for field in Certificate._meta.fields})
    again.edition = 7
    with pytest.raises(Frozen, match="edition"):
        again.save()
    with pytest.raises(Frozen, match="status_list"):
        Certificate.objects.update(status_list_id=None)
    with pytest.raises(Frozen, match="pk"):
        Certificate.objects.update(pk=12)


def test_what_was_left_in_the_database_is_compared_only_when_it_is_written(key, certificate):
    light = Certificate.objects.without_pdf().get()
    light.sort_key = "otra"
    light.save()
    light.pdf = b"%PDF-1.7"
    with pytest.raises(Frozen, match="pdf"):
        light.save()
    light = Certificate.objects.only("learner").get()
    light.credential = "{}"
    with pytest.raises(Frozen, match="credential"):
        light.save()


def test_what_happens_afterwards_can_be_written(key, certificate):
    learner = make_learner("OTR234")
    certificate.learner, certificate.sort_key, certificate.record_key = learner, "otra", uuid.uuid4()
    certificate.annulled_at, certificate.annulled_reason = LATER, "Se emitió por error"
    certificate.save()
    Certificate.objects.update(replaced_at=LATER)
    stored = Certificate.objects.get()
    assert (stored.learner, stored.sort_key, stored.annulled_at, stored.replaced_at) == (learner, "otra", LATER, LATER)
    learner.delete()
    assert Certificate.objects.get().learner is None


def test_what_was_just_issued_can_be_saved_again_as_it_is(key, certificate):
    issued = issue(make_graduate("BER234", first_name="Berta"))
    issued.save()
    assert row(issued)["printed"] == issued.printed


def test_a_certificate_is_never_deleted(key, certificate):
    for delete in (certificate.delete, Certificate.objects.all().delete, certificate.learner.certificates.all().delete):
        with pytest.raises(Frozen, match="deleted"):
            delete()
    assert Certificate.objects.count() == 1


def test_an_image_keeps_its_bytes_and_goes_when_nothing_shows_it():
    image = PrintedImage(
        digest="9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
        content_type="image/png",
        width=1,
        height=1,
        content=b"test",
    )
    image.save()
    image.content = b"other"
    with pytest.raises(Frozen, match="content"):
        image.save()
    with pytest.raises(Frozen, match="width"):
        PrintedImage.objects.update(width=2)
    PrintedImage.objects.all().delete()
    assert not PrintedImage.objects.exists()


def stored(certificate):
    """Return the certificate as the database has it, in a new instance."""
    return Certificate.objects.get(pk=certificate.pk)


def test_the_format_is_the_one_that_is_written_down(key, ana):
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
    written = json.dumps(facts, sort_keys=True, separators=(",", ":"))
    assert one.digest == hashlib.sha256(written.encode()).hexdigest()
    secret = load_pem_private_key(key.read_bytes(), password=None)
    signed = b"trato-digno certificate digest 1\n" + one.digest.encode()
    # No credential signs as many bytes.
    assert len(signed) == 97
    secret.public_key().verify(base64.b64decode(one.digest_signature), signed)
    assert one.digest_key == multikey_from_pem(
        secret.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    )


@pytest.mark.postgres
@pytest.mark.parametrize("zone", ["UTC", "America/Guatemala", "Asia/Tokyo"])
def test_what_the_database_gives_back_has_the_digest_of_what_was_issued(key, ana, zone):
    make_design(validity_months=24, text="Nota: {nota}\n{fecha} · ñ, é, «», 👍🏽 no")
    issued = issue(ana, now=NOW.replace(microsecond=7))
    with timezone.override(zone):
        back = stored(issued)
        assert back.expires_on
        assert is_as_issued(back) is Fidelity.AS_ISSUED
        assert digest_of(back) == digest_of(issued) == issued.digest
        # Whatever order the database keeps its keys in.
        back.printed = dict(reversed(list(back.printed.items())))
        assert digest_of(back) == issued.digest


def test_without_a_key_there_is_a_digest_alone(certificate):
    assert (len(certificate.digest), certificate.digest_signature, certificate.digest_key) == (64, "", "")
    assert is_as_issued(certificate) is Fidelity.AS_ISSUED


def test_a_correction_is_awarded_when_the_first_was_and_digested_anew(key, certificate, trainer):
    first, later = certificate, NOW + timedelta(days=3)
    corrected = stored(
        correct_certificate(first, printed_name="Ana Lucía Coj De la Cruz", by=trainer, reason="", now=later)
    )
    assert (corrected.awarded_at, corrected.issued_at) == (first.awarded_at, later)
    assert first.awarded_at == NOW
    assert [is_as_issued(one) for one in (stored(first), corrected)] == [Fidelity.AS_ISSUED] * 2


def test_whatever_is_edited_beside_the_program_is_noticed(key, certificate, caplog):
    as_it_was = {field: getattr(certificate, field) for field in OTHERWISE}
    elsewhere = {
        "status_list": StatusList.objects.create(),
        "status_index": (certificate.status_index + 1) % StatusList.LENGTH,
    }
    for field in OTHERWISE.keys() - {"pdf"}:
        edited([certificate], **{field: elsewhere.get(field, OTHERWISE[field])})
        caplog.clear()
        with caplog.at_level(logging.ERROR):
            assert is_as_issued(stored(certificate)) is Fidelity.ALTERED, field
        assert stored(certificate).serial in caplog.text
        assert certificate.printed["name"] not in caplog.text
        edited([certificate], **as_it_was)
        assert is_as_issued(stored(certificate)) is Fidelity.AS_ISSUED


def test_the_bytes_are_looked_at_when_they_are_given_out(key, certificate, caplog):
    assert pdf_as_issued(certificate) == bytes(certificate.pdf)
    edited([certificate], pdf=bytes(certificate.pdf) + b" ")
    assert is_as_issued(stored(certificate)) is Fidelity.AS_ISSUED
    with caplog.at_level(logging.ERROR), pytest.raises(Altered, match="no está como se emitió"):
        pdf_as_issued(stored(certificate))
    assert certificate.serial in caplog.text


def test_what_happens_later_is_no_part_of_it(key, certificate):
    Certificate.objects.update(
        learner=None,
        record_key=uuid.uuid4(),
        sort_key="",
        replaced_at=NOW,
        annulled_at=NOW,
        annulled_reason="Por error",
    )
    assert is_as_issued(stored(certificate)) is Fidelity.AS_ISSUED


def test_whoever_has_the_database_and_no_key_cannot_make_it_fit(key, certificate):
    one, forged = certificate, stored(certificate)
    forged.printed["name"] = "X"
    digest = digest_of(forged)
    edited([one], printed=forged.printed, digest=digest)
    assert is_as_issued(stored(one)) is Fidelity.ALTERED
    # Unsigned: it has a credential, so the site had a key.
    edited([one], digest_key="", digest_signature="")
    assert is_as_issued(stored(one)) is Fidelity.ALTERED
    edited([one], digest_key="zNoKey", digest_signature="no base64")
    assert is_as_issued(stored(one)) is Fidelity.ALTERED
    # Unsigned, and the credential gone with the signature.
    edited([one], credential="")
    edited([one], digest=digest_of(stored(one)), digest_key="", digest_signature="")
    assert is_as_issued(stored(one)) is Fidelity.UNCONFIRMED
    # By a key of their own: it is a good signature, of somebody.
    secret = Ed25519PrivateKey.generate()
    public = multikey_from_pem(secret.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo))
    signature = secret.sign(b"trato-digno certificate digest 1\n" + stored(one).digest.encode())
    edited([one], digest_key=public, digest_signature=base64.b64encode(signature).decode())
    assert is_as_issued(stored(one)) is Fidelity.UNCONFIRMED


def test_a_key_that_is_gone_or_cannot_be_used_confirms_nothing_and_accuses_nobody(key, certificate):
    one, other = certificate, issue(make_graduate("BER234", first_name="Berta"))
    unsigned(other)
    aside = key.rename(key.with_suffix(".aside"))
    assert is_as_issued(stored(one)) is Fidelity.UNCONFIRMED
    key.write_text("no key")
    assert [is_as_issued(stored(each)) for each in (one, other)] == [Fidelity.UNCONFIRMED] * 2
    aside.rename(key)
    assert [is_as_issued(stored(each)) for each in (one, other)] == [Fidelity.AS_ISSUED, Fidelity.UNCONFIRMED]


def test_a_key_that_goes_while_one_is_being_made_leaves_it_whole(key, ana, monkeypatch):
    aside = key.with_suffix(".aside")

    def seal_meanwhile(pdf, *, now):
        key.rename(aside)
        return pdf

    monkeypatch.setattr("certificates.issuing.issue.seal", seal_meanwhile)
    one = issue(ana)
    aside.rename(key)
    assert one.credential
    assert is_as_issued(stored(one)) is Fidelity.AS_ISSUED


def test_a_key_that_comes_while_one_is_being_made_signs_nothing_of_it(ana, settings, tmp_path, monkeypatch):
    settings.CREDENTIAL_KEYS_DIR = tmp_path / "keys"

    def seal_meanwhile(pdf, *, now):
        make_key()
        return pdf

    monkeypatch.setattr("certificates.issuing.issue.seal", seal_meanwhile)
    one = issue(ana)
    assert (one.credential, one.digest_key) == ("", "")
    assert is_as_issued(stored(one)) is Fidelity.UNCONFIRMED


def test_nothing_new_is_signed_of_one_that_was_altered(key, certificate, trainer):
    edited([certificate], printed=certificate.printed | {"name": "Otra Persona"})
    with pytest.raises(ValidationError, match="no está como se emitió"):
        correct_certificate(stored(certificate), printed_name="Otra Persona Más", by=trainer, reason="x", now=NOW)
    assert Certificate.objects.count() == 1


def test_nothing_new_is_signed_of_one_that_the_key_did_not_sign(key, certificate, trainer):
    unsigned(certificate, printed=certificate.printed | {"name": "Otra Persona"})
    with pytest.raises(ValidationError, match="no está firmado con la llave"):
        correct_certificate(stored(certificate), printed_name="Otra Persona Más", by=trainer, reason="x", now=NOW)
    assert Certificate.objects.count() == 1
