"""The digest over the facts of a certificate: the same from every database, and checked whenever one is shown."""

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
from django.utils import timezone
from openbadgeslib.ob3 import multikey_from_pem

from certificates.badges.keys import make_key
from certificates.issuing.checking import Altered, Fidelity, is_as_issued, pdf_as_issued
from certificates.issuing.correcting import correct_certificate
from certificates.issuing.digesting import digest_of
from certificates.models import Certificate, StatusList
from tests.factories import NOW, make_learner

from .factories import edited, issue, make_design, make_graduate, make_small_course, unsigned
from .test_freezing import OTHERWISE

pytestmark = pytest.mark.django_db


def stored(certificate):
    """Return the certificate as the database has it, in a new instance."""
    return Certificate.objects.get(pk=certificate.pk)


def test_the_format_is_the_one_that_is_written_down(key):
    make_small_course()
    one = stored(issue(make_graduate(), now=NOW.replace(microsecond=123456)))
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
def test_what_the_database_gives_back_has_the_digest_of_what_was_issued(key, zone):
    make_design(validity_months=24, text="Nota: {nota}\n{fecha} · ñ, é, «», 👍🏽 no")
    make_small_course()
    issued = issue(make_graduate(), now=NOW.replace(microsecond=7))
    with timezone.override(zone):
        back = stored(issued)
        assert back.expires_on
        assert is_as_issued(back) is Fidelity.AS_ISSUED
        assert digest_of(back) == digest_of(issued) == issued.digest
        # Whatever order the database keeps its keys in.
        back.printed = dict(reversed(list(back.printed.items())))
        assert digest_of(back) == issued.digest


def test_without_a_key_there_is_a_digest_alone():
    make_small_course()
    one = stored(issue(make_graduate()))
    assert (len(one.digest), one.digest_signature, one.digest_key) == (64, "", "")
    assert is_as_issued(one) is Fidelity.AS_ISSUED


def test_a_correction_is_awarded_when_the_first_was_and_digested_anew(key):
    make_small_course()
    first = issue(make_graduate())
    later, trainer = NOW + timedelta(days=3), make_learner("TRA234")
    corrected = stored(
        correct_certificate(first, printed_name="Ana Lucía Coj De la Cruz", by=trainer, reason="", now=later)
    )
    assert (corrected.awarded_at, corrected.issued_at) == (first.awarded_at, later)
    assert first.awarded_at == NOW
    assert [is_as_issued(one) for one in (stored(first), corrected)] == [Fidelity.AS_ISSUED] * 2


def test_whatever_is_edited_beside_the_program_is_noticed(key, caplog):
    make_small_course()
    one = stored(issue(make_graduate()))
    as_it_was = {field: getattr(one, field) for field in OTHERWISE}
    elsewhere = {"status_list": StatusList.objects.create(), "status_index": (one.status_index + 1) % StatusList.LENGTH}
    for field in OTHERWISE.keys() - {"pdf"}:
        edited([one], **{field: elsewhere.get(field, OTHERWISE[field])})
        caplog.clear()
        with caplog.at_level(logging.ERROR):
            assert is_as_issued(stored(one)) is Fidelity.ALTERED, field
        assert stored(one).serial in caplog.text
        assert one.printed["name"] not in caplog.text
        edited([one], **as_it_was)
        assert is_as_issued(stored(one)) is Fidelity.AS_ISSUED


def test_the_bytes_are_looked_at_when_they_are_given_out(key, caplog):
    make_small_course()
    one = stored(issue(make_graduate()))
    assert pdf_as_issued(one) == bytes(one.pdf)
    edited([one], pdf=bytes(one.pdf) + b" ")
    assert is_as_issued(stored(one)) is Fidelity.AS_ISSUED
    with caplog.at_level(logging.ERROR), pytest.raises(Altered, match="no está como se emitió"):
        pdf_as_issued(stored(one))
    assert one.serial in caplog.text


def test_what_happens_later_is_no_part_of_it(key):
    make_small_course()
    one = issue(make_graduate())
    Certificate.objects.update(
        learner=None,
        record_key=uuid.uuid4(),
        sort_key="",
        replaced_at=NOW,
        annulled_at=NOW,
        annulled_reason="Por error",
    )
    assert is_as_issued(stored(one)) is Fidelity.AS_ISSUED


def test_whoever_has_the_database_and_no_key_cannot_make_it_fit(key):
    make_small_course()
    one = issue(make_graduate())
    forged = stored(one)
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


def test_a_key_that_is_gone_or_cannot_be_used_confirms_nothing_and_accuses_nobody(key):
    make_small_course()
    one, other = issue(make_graduate()), issue(make_graduate("BER234", first_name="Berta"))
    unsigned(other)
    aside = key.rename(key.with_suffix(".aside"))
    assert is_as_issued(stored(one)) is Fidelity.UNCONFIRMED
    key.write_text("no key")
    assert [is_as_issued(stored(each)) for each in (one, other)] == [Fidelity.UNCONFIRMED] * 2
    aside.rename(key)
    assert [is_as_issued(stored(each)) for each in (one, other)] == [Fidelity.AS_ISSUED, Fidelity.UNCONFIRMED]


def test_a_key_that_goes_while_one_is_being_made_leaves_it_whole(key, monkeypatch):
    """The file may be out of reach for a moment: what was signed with it is signed whole, or not at all."""
    make_small_course()
    aside = key.with_suffix(".aside")

    def seal_meanwhile(pdf, *, now):
        key.rename(aside)
        return pdf

    monkeypatch.setattr("certificates.issuing.issue.seal", seal_meanwhile)
    one = issue(make_graduate())
    aside.rename(key)
    assert one.credential
    assert is_as_issued(stored(one)) is Fidelity.AS_ISSUED


def test_a_key_that_comes_while_one_is_being_made_signs_nothing_of_it(settings, tmp_path, monkeypatch):
    settings.CREDENTIAL_KEYS_DIR = tmp_path / "keys"
    make_small_course()

    def seal_meanwhile(pdf, *, now):
        make_key()
        return pdf

    monkeypatch.setattr("certificates.issuing.issue.seal", seal_meanwhile)
    one = issue(make_graduate())
    assert (one.credential, one.digest_key) == ("", "")
    assert is_as_issued(stored(one)) is Fidelity.UNCONFIRMED


def test_it_reads_no_pdf(key, django_assert_num_queries):
    make_small_course()
    issue(make_graduate())
    light = Certificate.objects.defer("pdf").get()
    with django_assert_num_queries(0):
        assert is_as_issued(light) is Fidelity.AS_ISSUED
    assert "pdf" in light.get_deferred_fields()
    # And of a list, the credential alone.
    light = Certificate.objects.without_pdf().get()
    with django_assert_num_queries(1):
        assert is_as_issued(light) is Fidelity.AS_ISSUED


def test_nothing_new_is_signed_of_one_that_was_altered(key):
    make_small_course()
    one = issue(make_graduate())
    edited([one], printed=one.printed | {"name": "Otra Persona"})
    with pytest.raises(ValidationError, match="no está como se emitió"):
        correct_certificate(
            stored(one), printed_name="Otra Persona Más", by=make_learner("TRA234"), reason="x", now=NOW
        )
    assert Certificate.objects.count() == 1


def test_nothing_new_is_signed_of_one_that_the_key_did_not_sign(key):
    make_small_course()
    one = issue(make_graduate())
    unsigned(one, printed=one.printed | {"name": "Otra Persona"})
    with pytest.raises(ValidationError, match="no está firmado con la llave"):
        correct_certificate(
            stored(one), printed_name="Otra Persona Más", by=make_learner("TRA234"), reason="x", now=NOW
        )
    assert Certificate.objects.count() == 1
