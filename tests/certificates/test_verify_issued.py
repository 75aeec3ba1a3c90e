import base64
import hashlib
import io
import json
import logging

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from django.core.management import call_command
from django.db.models import QuerySet
from openbadgeslib.ob3 import multikey_from_pem

from certificates.images import ImageUse
from certificates.issuing import rechecking
from certificates.issuing.corrections import correct_certificate, revoke_certificate
from certificates.issuing.rechecking import Fault, recheck_all
from certificates.models import Certificate, PrintedImage
from certificates.pdf.rendering import build_attachments, render_pdf
from tests.factories import NOW

from .factories import edited, issue, issued_otherwise, make_design, make_graduate, unsigned
from .pictures import as_file, drawn, store
from .signing import SITE

pytestmark = pytest.mark.django_db


@pytest.fixture
def certificate(key, ana):
    make_design(validity_months=240)
    return Certificate.objects.get(pk=issue(ana).pk)


def run_command(*arguments, fails=False):
    out = io.StringIO()
    if fails:
        with pytest.raises(SystemExit) as ended:
            call_command("verify_issued", *arguments, stdout=out)
        assert ended.value.code == 1
    else:
        call_command("verify_issued", *arguments, stdout=out)
    return out.getvalue().splitlines()


def faults():
    return {certificate.serial: found for _tally, certificate, found in recheck_all() if found}


def with_pdf(pdf):
    return {"pdf": pdf, "sha256": hashlib.sha256(pdf).hexdigest()}


def test_intact_site_has_no_faults(server, certificate, trainer, monkeypatch):
    monkeypatch.setattr(rechecking, "_BATCH_SIZE", 2)
    image = store(as_file(drawn()), ImageUse.SIGNATURE)
    corrected = correct_certificate(
        certificate, printed_name="Ana Lucía Coj De la Cruz", by=trainer, reason="", now=NOW
    )
    expired = issue(make_graduate("BER234", first_name="Berta"))
    signatories = [{"name": "Dra. Tzoc", "post": "Directora", "image": image}]
    issued_otherwise([expired], printed=expired.printed | {"signatories": signatories})
    assert corrected.credential
    assert faults() == {}
    monkeypatch.setenv("LANG", "es_GT.UTF-8")
    assert run_command() == [
        "Certificados revisados: 3",
        "Con algo mal: 0",
        "Credenciales: 3",
        "Sellos: 3",
        "Sellos sin marca de tiempo: 0",
    ]


def test_site_without_keys_has_no_faults(ana, monkeypatch):
    monkeypatch.setenv("LANG", "en")
    monkeypatch.setattr("course.management.commands.verify_issued._PROGRESS_EVERY", 1)
    issue(ana)
    assert run_command() == [
        "1 certificates so far…",
        "Certificates checked: 1",
        "With problems: 0",
        "With a digest that no key signed: 1",
    ]


def test_faults_are_reported_with_code_and_without_name(certificate, monkeypatch, caplog):
    monkeypatch.setenv("LANG", "es_GT.UTF-8")
    edited([certificate], edition=7)
    with caplog.at_level(logging.ERROR):
        lines = run_command(fails=True)
    assert lines[:3] == [
        f"{certificate.grouped_serial}: sus datos no son los que se emitieron",
        "Certificados revisados: 1",
        "Con algo mal: 1",
    ]
    assert "Coj" not in "\n".join(lines) + caplog.text


def test_every_kind_of_change_is_found(certificate, settings, server):
    as_it_was = {field: getattr(certificate, field) for field in Certificate.FROZEN}
    serial, pdf, credential = certificate.serial, bytes(certificate.pdf), certificate.credential
    other = json.loads(credential)
    other["credentialSubject"]["achievement"]["description"] = "Otra cosa"
    renamed = certificate.printed | {"name": "Otra Persona"}
    elsewhere = certificate.printed | {"verify_url": f"https://otra.example/v/{serial}/"}
    other_code = certificate.printed | {"verify_url": f"{SITE}/v/0000000000000/"}
    no_image = certificate.printed | {"logos": [{"institution": "X", "image": "0" * 64}]}
    plain = render_pdf(certificate.printed, build_attachments(certificate))
    changes = [
        ({"printed": renamed}, edited, {Fault.FACTS, Fault.CREDENTIAL_CONTENT}),
        ({"digest_signature": "AAAA"}, edited, {Fault.FACTS}),
        ({"digest": ""}, edited, {Fault.FACTS}),
        ({"pdf": pdf + b" "}, edited, {Fault.PDF}),
        (with_pdf(pdf + b" "), edited, {Fault.FACTS}),
        # By somebody who has the key as well: what is left are the things themselves.
        ({"printed": renamed}, issued_otherwise, {Fault.CREDENTIAL_CONTENT}),
        ({"credential": json.dumps(other)}, issued_otherwise, {Fault.ATTACHMENT, Fault.CREDENTIAL_PROOF}),
        ({"credential": "{}"}, issued_otherwise, {Fault.ATTACHMENT, Fault.CREDENTIAL_CONTENT}),
        ({"credential": credential + " "}, issued_otherwise, {Fault.ATTACHMENT}),
        ({"status_index": certificate.status_index ^ 1}, issued_otherwise, {Fault.CREDENTIAL_CONTENT}),
        ({"printed": elsewhere}, issued_otherwise, {Fault.CREDENTIAL_CONTENT}),
        ({"printed": other_code}, issued_otherwise, {Fault.ADDRESS, Fault.CREDENTIAL_CONTENT}),
        ({"printed": no_image}, issued_otherwise, {Fault.IMAGE}),
        (with_pdf(render_pdf(certificate.printed)), issued_otherwise, {Fault.ATTACHMENT}),
        (with_pdf(b"%PDF-1.7 nothing"), issued_otherwise, {Fault.ATTACHMENT}),
        (with_pdf(plain), issued_otherwise, set()),
    ]
    for change, how, expected in changes:
        how([certificate], **change)
        assert {fault for found in faults().values() for fault in found} == expected, change.keys()
        edited([certificate], **as_it_was)
        assert faults() == {}


def test_changed_signature_and_stamp_are_found(server, certificate):
    pdf = bytes(certificate.pdf)
    assert Fault.PDF_SIGNATURE not in faults().values()
    issued_otherwise([certificate], **with_pdf(pdf.replace(b"%PDF-1.7", b"%PDF-1.6", 1)))
    assert faults() == {certificate.serial: [Fault.PDF_SIGNATURE]}
    issued_otherwise([certificate], **with_pdf(pdf + b"\n% more\n"))
    assert faults() == {certificate.serial: [Fault.PDF_SIGNATURE]}
    # The last hexadecimal digit of the stamp's signature, before the padding zeros.
    end = len(pdf[: pdf.rindex(b"0000>")].rstrip(b"0"))
    forged = pdf[: end - 1] + (b"0" if pdf[end - 1 : end] != b"0" else b"1") + pdf[end:]
    issued_otherwise([certificate], **with_pdf(forged))
    assert faults() == {certificate.serial: [Fault.PDF_TIMESTAMP]}


def test_missing_stamps_are_counted(server, certificate, settings, monkeypatch):
    monkeypatch.setenv("LANG", "en")
    address, settings.SEAL_TSA_URL = settings.SEAL_TSA_URL, ""
    issue(make_graduate("BER234", first_name="Berta"))
    assert not [line for line in run_command() if "stamp" in line]
    settings.SEAL_TSA_URL = address
    assert run_command()[-2:] == ["Seals: 2", "Seals without a time stamp: 1"]


def test_changed_image_is_found(certificate):
    image = store(as_file(drawn()), ImageUse.SIGNATURE)
    issued_otherwise([certificate], printed=certificate.printed | {"logos": [{"institution": "X", "image": image}]})
    assert faults() == {}
    QuerySet(PrintedImage).update(content=b"other")
    assert faults() == {certificate.serial: [Fault.IMAGE]}


def test_foreign_key_is_found(certificate, settings, tmp_path):
    secret = Ed25519PrivateKey.generate()
    public = multikey_from_pem(secret.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo))
    signature = secret.sign(b"trato-digno certificate digest 1\n" + certificate.digest.encode())
    edited([certificate], digest_key=public, digest_signature=base64.b64encode(signature).decode())
    assert faults() == {certificate.serial: [Fault.DIGEST]}
    settings.CREDENTIAL_KEYS_DIR = tmp_path / "nowhere"
    assert faults() == {certificate.serial: [Fault.DIGEST, Fault.CREDENTIAL_PROOF]}


def test_unconfirmed_certificate_is_found(certificate, monkeypatch):
    monkeypatch.setenv("LANG", "en")
    unsigned(certificate, **with_pdf(render_pdf(certificate.printed)))
    assert run_command(fails=True)[0] == (
        f"{certificate.grouped_serial}: its digest is not signed with the key of this site"
    )


def test_after_a_stolen_key_certificates_are_reissued(certificate, trainer, key, tmp_path):
    key.rename(tmp_path / "stolen.pem")
    call_command("make_issuer_key")
    assert faults() == {certificate.serial: [Fault.DIGEST, Fault.CREDENTIAL_PROOF]}
    revoke_certificate(certificate, reason="Se cambió la llave del sitio.", by=trainer, now=NOW)
    assert (issue(certificate.learner, by=trainer).serial != certificate.serial, faults()) == (True, {})


def test_former_address_is_reported_and_no_fault(certificate, settings, monkeypatch):
    monkeypatch.setenv("LANG", "es_GT.UTF-8")
    settings.SITE_URL = "https://curso.example"
    issue(make_graduate("BER234", first_name="Berta"))
    told = [
        f"Con una dirección en el QR en la que este sitio ya no responde, {SITE}: 1",
        "Ponga esa dirección en FORMER_SITE_URLS mientras el nombre sea suyo. Si el nombre se perdió, estos se "
        "verifican escribiendo el código en la dirección de ahora: docs/how-to/make-the-issuer-key.md.",
    ]
    lines = run_command()
    assert ("Con algo mal: 0" in lines, lines[-2:]) == (True, told)
    settings.FORMER_SITE_URLS = [SITE]
    assert not [line for line in run_command() if "QR" in line]
