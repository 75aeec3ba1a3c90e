"""`verify_issued` finds whatever was changed beside the program, and says nothing of certificates that are whole."""

import base64
import hashlib
import io
import json
import logging

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from django.core.management import call_command
from django.db import connection
from django.db.models import QuerySet
from django.test.utils import CaptureQueriesContext
from openbadgeslib.ob3 import multikey_from_pem

from certificates.images import Use
from certificates.issuing import rechecking
from certificates.issuing.annulling import annul_certificate
from certificates.issuing.correcting import correct_certificate
from certificates.issuing.rechecking import Fault, recheck_all
from certificates.models import Certificate, PrintedImage
from certificates.paper.attachments import attachments_of
from certificates.paper.rendering import render_pdf
from tests.factories import NOW, make_learner

from .authorities import StampServer, make_parties
from .factories import edited, issue, issued_otherwise, make_design, make_graduate, make_small_course, unsigned
from .pictures import as_file, drawn, store
from .signing import SITE

pytestmark = pytest.mark.django_db


@pytest.fixture
def server(settings, tmp_path):
    """Have the site seal, with stamps of a server."""
    _root, sealer, stamper = make_parties()
    settings.SEAL_KEY_FILE, settings.SEAL_CERTIFICATE_FILE = sealer.write(tmp_path, "seal")
    server = StampServer(tmp_path, stamper)
    with server.running() as settings.SEAL_TSA_URL:
        yield server


@pytest.fixture
def certificate(key):
    make_small_course()
    make_design(validity_months=240)
    return Certificate.objects.get(pk=issue(make_graduate()).pk)


def said(*arguments, fails=False):
    """Run the command; return the lines that it says."""
    out = io.StringIO()
    if fails:
        with pytest.raises(SystemExit) as ended:
            call_command("verify_issued", *arguments, stdout=out)
        assert ended.value.code == 1
    else:
        call_command("verify_issued", *arguments, stdout=out)
    return out.getvalue().splitlines()


def faults():
    """Return {serial: its faults} of those that have any."""
    return {certificate.serial: found for _tally, certificate, found in recheck_all() if found}


def refitted(certificate, **facts):
    """Edit facts beside the program so that the digest fits them and is signed: by somebody who has the key too."""
    issued_otherwise([certificate], **facts)


def with_pdf(pdf):
    return {"pdf": pdf, "sha256": hashlib.sha256(pdf).hexdigest()}


def test_a_site_with_everything_is_whole(server, certificate, monkeypatch):
    image = store(as_file(drawn()), Use.SIGNATURE)
    corrected = correct_certificate(
        certificate, printed_name="Ana Lucía Coj De la Cruz", by=make_learner("TRA234"), reason="", now=NOW
    )
    expired = issue(make_graduate("BER234", first_name="Berta"))
    signatories = [{"name": "Dra. Tzoc", "post": "Directora", "image": image}]
    refitted(expired, printed=expired.printed | {"signatories": signatories})
    assert corrected.credential
    assert faults() == {}
    monkeypatch.setenv("LANG", "es_GT.UTF-8")
    assert said() == [
        "Certificados revisados: 3",
        "Con algo mal: 0",
        "Credenciales: 3",
        "Sellos: 3",
        "Sellos sin marca de tiempo: 0",
    ]
    monkeypatch.setenv("LANG", "en_GB.UTF-8")
    assert said()[:2] == ["Certificates looked at: 3", "Something is wrong with: 0"]


def test_a_site_without_keys_or_seals_is_whole_and_says_that_nobody_signed(monkeypatch):
    monkeypatch.setenv("LANG", "en")
    make_small_course()
    issue(make_graduate())
    assert said() == [
        "Certificates looked at: 1",
        "Something is wrong with: 0",
        "With a digest that no key signed: 1",
    ]


def test_what_is_wrong_is_said_with_the_code_and_without_a_name(certificate, monkeypatch, caplog):
    monkeypatch.setenv("LANG", "es_GT.UTF-8")
    edited([certificate], edition=7)
    with caplog.at_level(logging.ERROR):
        lines = said(fails=True)
    assert lines[:3] == [
        f"{certificate.grouped_serial}: sus datos no son los que se emitieron",
        "Certificados revisados: 1",
        "Con algo mal: 1",
    ]
    assert "Coj" not in "\n".join(lines) + caplog.text


def test_every_kind_of_change_is_found_and_called_by_its_name(certificate, settings, server):
    as_it_was = {field: getattr(certificate, field) for field in Certificate.FROZEN}
    serial, pdf, credential = certificate.serial, bytes(certificate.pdf), certificate.credential
    other = json.loads(credential)
    other["credentialSubject"]["achievement"]["description"] = "Otra cosa"
    renamed = certificate.printed | {"name": "Otra Persona"}
    elsewhere = certificate.printed | {"verify_url": f"https://otra.example/v/{serial}/"}
    other_code = certificate.printed | {"verify_url": f"{SITE}/v/0000000000000/"}
    no_image = certificate.printed | {"logos": [{"institution": "X", "image": "0" * 64}]}
    plain = render_pdf(certificate.printed, attachments_of(certificate))
    changes = [
        ({"printed": renamed}, edited, {Fault.FACTS, Fault.CONTENT}),
        ({"digest_signature": "AAAA"}, edited, {Fault.FACTS}),
        ({"digest": ""}, edited, {Fault.FACTS}),
        ({"pdf": pdf + b" "}, edited, {Fault.BYTES}),
        (with_pdf(pdf + b" "), edited, {Fault.FACTS}),
        # By somebody who has the key as well: what is left are the things themselves.
        ({"printed": renamed}, refitted, {Fault.CONTENT}),
        ({"credential": json.dumps(other)}, refitted, {Fault.ATTACHED, Fault.SIGNATURE}),
        ({"credential": "{}"}, refitted, {Fault.ATTACHED, Fault.CONTENT}),
        ({"credential": credential + " "}, refitted, {Fault.ATTACHED}),
        ({"status_index": certificate.status_index ^ 1}, refitted, {Fault.CONTENT}),
        ({"printed": elsewhere}, refitted, {Fault.CONTENT}),
        ({"printed": other_code}, refitted, {Fault.CODE, Fault.CONTENT}),
        ({"printed": no_image}, refitted, {Fault.IMAGE}),
        (with_pdf(render_pdf(certificate.printed)), refitted, {Fault.ATTACHED}),
        (with_pdf(b"%PDF-1.7 nothing"), refitted, {Fault.ATTACHED}),
        (with_pdf(plain), refitted, set()),
    ]
    for change, how, expected in changes:
        how([certificate] if how is edited else certificate, **change)
        assert {fault for found in faults().values() for fault in found} == expected, change.keys()
        edited([certificate], **as_it_was)
        assert faults() == {}


def test_a_seal_and_a_stamp_that_were_tampered_with_are_found(server, key):
    make_small_course()
    certificate = Certificate.objects.get(pk=issue(make_graduate()).pk)
    pdf = bytes(certificate.pdf)
    assert Fault.SEAL not in faults().values()
    refitted(certificate, **with_pdf(pdf.replace(b"%PDF-1.7", b"%PDF-1.6", 1)))
    assert faults() == {certificate.serial: [Fault.SEAL]}
    # Something added behind the seal.
    refitted(certificate, **with_pdf(pdf + b"\n% more\n"))
    assert faults() == {certificate.serial: [Fault.SEAL]}
    # The last byte of the stamp's own signature, in hexadecimal, stands before the zeros that are left.
    end = len(pdf[: pdf.rindex(b"0000>")].rstrip(b"0"))
    forged = pdf[: end - 1] + (b"0" if pdf[end - 1 : end] != b"0" else b"1") + pdf[end:]
    refitted(certificate, **with_pdf(forged))
    assert faults() == {certificate.serial: [Fault.STAMP]}


def test_seals_without_a_stamp_are_counted_where_there_should_be_one(server, key, settings, monkeypatch):
    monkeypatch.setenv("LANG", "en")
    make_small_course()
    issue(make_graduate())
    address, settings.SEAL_TSA_URL = settings.SEAL_TSA_URL, ""
    issue(make_graduate("BER234", first_name="Berta"))
    assert not [line for line in said() if "stamp" in line]
    settings.SEAL_TSA_URL = address
    assert said()[-2:] == ["Seals: 2", "Seals without a time stamp: 1"]


def test_an_image_with_other_bytes_is_found(certificate):
    image = store(as_file(drawn()), Use.SIGNATURE)
    refitted(certificate, printed=certificate.printed | {"logos": [{"institution": "X", "image": image}]})
    assert faults() == {}
    QuerySet(PrintedImage).update(content=b"other")
    assert faults() == {certificate.serial: [Fault.IMAGE]}


def test_a_key_that_is_not_the_sites_is_found(certificate, settings, tmp_path):
    secret = Ed25519PrivateKey.generate()
    public = multikey_from_pem(secret.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo))
    signature = secret.sign(b"trato-digno certificate digest 1\n" + certificate.digest.encode())
    edited([certificate], digest_key=public, digest_signature=base64.b64encode(signature).decode())
    assert faults() == {certificate.serial: [Fault.KEY]}
    settings.CREDENTIAL_KEYS_DIR = tmp_path / "nowhere"
    assert faults() == {certificate.serial: [Fault.KEY, Fault.SIGNATURE]}


def test_one_that_the_key_of_the_site_did_not_sign_is_found(certificate, monkeypatch):
    monkeypatch.setenv("LANG", "en")
    unsigned(certificate, **with_pdf(render_pdf(certificate.printed)))
    assert said(fails=True)[0] == (f"{certificate.grouped_serial}: its digest is not signed with the key of this site")


def test_after_another_key_took_the_place_of_a_stolen_one_certificates_are_issued_anew(certificate, key, tmp_path):
    learner, trainer = certificate.learner, make_learner("TRA234")
    key.rename(tmp_path / "stolen.pem")
    call_command("make_issuer_key")
    assert faults() == {certificate.serial: [Fault.KEY, Fault.SIGNATURE]}
    annul_certificate(certificate, reason="Se cambió la llave del sitio.", by=trainer, now=NOW)
    anew = issue(learner, by=trainer)
    assert (anew.serial != certificate.serial, faults()) == (True, {})


def test_a_name_that_was_lost_is_told_and_is_no_fault(certificate, settings, monkeypatch):
    monkeypatch.setenv("LANG", "es_GT.UTF-8")
    settings.SITE_URL = "https://curso.example"
    issue(make_graduate("BER234", first_name="Berta"))
    told = [
        f"Con una dirección en el QR en la que este sitio ya no responde, {SITE}: 1",
        "Ponga esa dirección en FORMER_SITE_URLS mientras el nombre sea suyo. Si el nombre se perdió, estos se "
        "verifican escribiendo el código en la dirección de ahora: docs/how-to/make-the-issuer-key.md.",
    ]
    lines = said()
    assert ("Con algo mal: 0" in lines, lines[-2:]) == (True, told)
    settings.FORMER_SITE_URLS = [SITE]
    assert not [line for line in said() if "QR" in line]


def test_it_reads_a_few_at_a_time_however_many_there_are(certificate, monkeypatch):
    monkeypatch.setattr(rechecking, "_AT_ONCE", 2)
    for number in range(4):
        copy = Certificate.objects.get(pk=certificate.pk)
        copy.pk, copy.serial, copy.learner = None, f"COPIA{number:08}", None
        copy.status_list = copy.status_index = None
        copy.save(force_insert=True)
    with CaptureQueriesContext(connection) as asked:
        assert [tally.checked for tally, _certificate, _faults in recheck_all()] == [1, 2, 3, 4, 5]
    reading = [query["sql"] for query in asked if '"pdf"' in query["sql"]]
    # Two, two, one, and none at the end.
    assert [query.endswith("LIMIT 2") for query in reading] == [True] * 4
    assert len(asked) == len(reading)


def test_progress_is_said_of_many(certificate, monkeypatch):
    monkeypatch.setenv("LANG", "en")
    monkeypatch.setattr("course.management.commands.verify_issued._TELL_EVERY", 1)
    assert said()[0] == "1 certificates so far…"
    assert SITE in certificate.printed["verify_url"]
