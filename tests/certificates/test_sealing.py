import datetime
import io
import logging
import os
import re
import shlex
import socket
import subprocess
from pathlib import Path

import pikepdf
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from django.core.management import call_command
from django.utils import timezone, translation

from certificates.models import Certificate
from certificates.pdf.combining import combine_pdfs
from certificates.pdf.rendering import render_pdf
from certificates.pdf.signing import sign_pdf
from certificates.pdf.signing_key import SigningKeyError, get_signing_key
from tests.factories import NOW

from .factories import issue
from .measuring import check_norms, run
from .test_archiving import CREDENTIAL
from .test_rendering import printed

HOW_TO = Path(__file__).parent.parent.parent / "docs" / "how-to" / "seal-certificates.md"
YEAR = datetime.timedelta(days=365)


def write_key(folder, key):
    path = folder / "seal.key"
    path.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    return str(path)


def write_certificate(folder, key, *, begins=NOW - YEAR, ends=NOW + YEAR):
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "Sello de prueba")])
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(begins)
        .not_valid_after(ends)
        .sign(key, None if isinstance(key, ed25519.Ed25519PrivateKey) else hashes.SHA256())
    )
    path = folder / "seal.crt"
    path.write_bytes(certificate.public_bytes(Encoding.PEM))
    return str(path)


@pytest.fixture
def a_seal(settings, tmp_path):
    key = ec.generate_private_key(ec.SECP256R1())
    settings.SEAL_KEY_FILE, settings.SEAL_CERTIFICATE_FILE = write_key(tmp_path, key), write_certificate(tmp_path, key)


@pytest.fixture
def sealed(a_seal, tmp_path):
    path = tmp_path / "sealed.pdf"
    path.write_bytes(sign_pdf(render_pdf(printed(), [CREDENTIAL]), now=NOW))
    return path


def test_pdfsig_reports_whole_document_signed(sealed):
    said = run("pdfsig", "-nocert", sealed)[1]
    assert "Signature Validation: Signature is Valid." in said
    assert "Total document signed" in said
    assert "Signature Type: ETSI.CAdES.detached" in said
    assert "Signer Certificate Common Name: Sello de prueba" in said
    assert "Signing Hash Algorithm: SHA-256" in said


def test_changed_byte_breaks_the_signature(sealed):
    sealed.write_bytes(sealed.read_bytes().replace(b"%PDF-1.7", b"%PDF-1.6", 1))
    assert "Signature is Valid" not in run("pdfsig", "-nocert", sealed)[1]


def test_signed_pdf_conforms_to_both_standards(sealed):
    check_norms(sealed)
    assert run("pdfdetach", "-list", sealed)[1].splitlines() == ["1 embedded files", "1: credential.json"]
    with pikepdf.open(sealed) as pdf:
        [field] = pdf.Root.AcroForm.Fields
        left, bottom, right, top = field.Rect
        assert (right - left, top - bottom) == (0, 0)
        assert right < 0
        assert top < 0
        # Printed and not hidden, as PDF/A wants it; tagged and with words, as PDF/UA wants it.
        assert (field.F & 4, field.F & 0b100011) == (4, 0)
        assert str(field.TU) == "Sello de quien emite"
        numbers = list(pdf.Root.StructTreeRoot.ParentTree.Nums)
        tag = numbers[numbers.index(field.StructParent) + 1]
        assert (tag.S, tag.K[0].Obj.objgen) == ("/Form", field.objgen)
        assert not pdf.Root.AcroForm.get("/NeedAppearances")
        assert pdf.Root.Perms.DocMDP.Reference[0].TransformParams.P == 1


def test_signing_keeps_metadata_and_pages(sealed):
    plain = render_pdf(printed(), [CREDENTIAL])
    assert sealed.read_bytes().startswith(plain)
    with pikepdf.open(io.BytesIO(plain)) as before, pikepdf.open(sealed) as after:
        assert before.Root.Metadata.read_bytes() == after.Root.Metadata.read_bytes()
        assert dict(before.docinfo) == dict(after.docinfo)
        assert str(after.Root.Perms.DocMDP.M) == f"D:{timezone.localtime(NOW):%Y%m%d%H%M%S}-06'00'"


def test_signed_pdf_stays_version_1_7(sealed):
    with pikepdf.open(sealed) as pdf:
        assert (pdf.pdf_version, pdf.Root.get("/Version"), pdf.extension_level) == ("1.7", None, 0)
        # What a seal of ETSI adds to that version is declared, as ISO 32000-1, 7.12 asks.
        assert pdf.Root.Extensions.ESIC.BaseVersion == "/1.7"
    assert re.search(r"PDF version: +1\.7\n", run("pdfinfo", sealed)[1])


def test_signing_opens_no_connection(a_seal, monkeypatch):
    def refuse(*_args, **_kwargs):
        raise AssertionError("a connection")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    assert len(sign_pdf(render_pdf(printed()), now=NOW)) > len(render_pdf(printed()))


@pytest.mark.nightly
def test_long_key_and_chain_fit(settings, tmp_path):
    key = rsa.generate_private_key(65537, 4096)
    settings.SEAL_KEY_FILE, settings.SEAL_CERTIFICATE_FILE = write_key(tmp_path, key), write_certificate(tmp_path, key)
    own = Path(settings.SEAL_CERTIFICATE_FILE).read_bytes()
    issuer = Path(write_certificate(tmp_path, rsa.generate_private_key(65537, 4096))).read_bytes()
    Path(settings.SEAL_CERTIFICATE_FILE).write_bytes(own + issuer)
    path = tmp_path / "sealed.pdf"
    path.write_bytes(sign_pdf(render_pdf(printed()), now=NOW))
    assert "Signature is Valid" in run("pdfsig", "-nocert", path)[1]


def test_without_key_the_pdf_is_unchanged(caplog):
    assert sign_pdf(b"%PDF", now=NOW) == b"%PDF"
    assert caplog.records == []


@pytest.mark.django_db
def test_issued_pdf_is_signed_and_new_key_changes_nothing(a_seal, certificate, tmp_path):
    issued = bytes(certificate.pdf)
    key = ec.generate_private_key(ec.SECP256R1())
    write_key(tmp_path, key), write_certificate(tmp_path, key)
    os.utime(tmp_path / "seal.key", ns=(1, 1))
    assert get_signing_key(NOW).key == (tmp_path / "seal.key").read_bytes()
    path = tmp_path / "issued.pdf"
    path.write_bytes(issued)
    assert "Total document signed" in run("pdfsig", "-nocert", path)[1]
    assert bytes(Certificate.objects.get().pdf) == issued


@pytest.mark.django_db
def test_signed_pdf_contains_the_credential(key, a_seal, certificate, tmp_path):
    path, inside = tmp_path / "issued.pdf", tmp_path / "credential.json"
    path.write_bytes(certificate.pdf)
    run("pdfdetach", "-save", "1", "-o", inside, path)
    assert certificate.credential
    assert inside.read_text() == certificate.credential
    assert "Total document signed" in run("pdfsig", "-nocert", path)[1]
    check_norms(path)
    with pikepdf.open(path) as pdf:
        assert str(pdf.Root.AF[0].Desc) == "Credencial Open Badges 3.0, firmada por quien emite"
        assert pdf.Root.AF[0].EF.F.Subtype == "/application/vc"


def test_joined_pdf_drops_signatures(sealed, tmp_path):
    joined = tmp_path / "joined.pdf"
    parts = [sealed.read_bytes(), render_pdf(printed()), sealed.read_bytes()]
    joined.write_bytes(combine_pdfs(parts, title="Certificados", language="es"))
    check_norms(joined)
    assert "does not contain any signatures" in run("pdfsig", joined)[1]
    with pikepdf.open(joined) as pdf:
        assert [len(page.Annots) for page in pdf.pages] == [1, 1, 1]
        assert b"/ByteRange" not in joined.read_bytes()


BROKEN = {
    "no key": "seal.key cannot be read: No such file or directory.",
    "no certificate named": "SEAL_KEY_FILE and SEAL_CERTIFICATE_FILE go together, and one of them is not set.",
    "not a key": "seal.key contains no PEM private key without a password.",
    "not a certificate": "seal.crt contains no PEM certificate.",
    "another key": "is not that of the first certificate in",
    "a kind that readers do not know": "contains another kind.",
    "expired": "is valid from",
    "not begun": "is valid from",
}


def break_seal(how, settings, folder):
    key, day = ec.generate_private_key(ec.SECP256R1()), datetime.timedelta(days=1)
    if how == "no key":
        (folder / "seal.key").unlink()
    elif how == "no certificate named":
        settings.SEAL_CERTIFICATE_FILE = ""
    elif how == "not a key":
        (folder / "seal.key").write_text("nothing")
    elif how == "not a certificate":
        (folder / "seal.crt").write_text("nothing")
    elif how == "another key":
        write_key(folder, key)
    else:
        dates = {"expired": {"ends": NOW - day}, "not begun": {"begins": NOW + day}}.get(how)
        key = key if dates else ed25519.Ed25519PrivateKey.generate()
        write_key(folder, key)
        write_certificate(folder, key, **dates or {})


@pytest.mark.django_db
@pytest.mark.parametrize("broken", BROKEN)
def test_unusable_signing_key_is_reported_and_stops_no_certificate(
    broken, ana, a_seal, settings, tmp_path, caplog, monkeypatch
):
    break_seal(broken, settings, tmp_path)
    with pytest.raises(SigningKeyError) as unusable:
        get_signing_key(NOW)
    with translation.override("en"):
        assert BROKEN[broken] in str(unusable.value)
    with caplog.at_level(logging.ERROR):
        certificate = issue(ana)
    assert b"/ByteRange" not in certificate.pdf
    assert "A certificate is issued without a PDF signature." in caplog.text
    monkeypatch.setattr("certificates.checks.timezone.now", lambda: NOW)
    said = io.StringIO()
    call_command("check", stderr=said)
    assert "certificates.W003" in said.getvalue()
    assert BROKEN[broken] in said.getvalue()


@pytest.mark.django_db
def test_check_passes_with_usable_signing_key(a_seal, monkeypatch):
    monkeypatch.setattr("certificates.checks.timezone.now", lambda: NOW)
    said = io.StringIO()
    call_command("check", stderr=said, stdout=said)
    assert "W003" not in said.getvalue()


def test_command_of_the_guide_makes_a_working_key(settings, tmp_path):
    [line] = re.findall(r"^ *(openssl req .*)$", HOW_TO.read_text(), flags=re.MULTILINE)
    subprocess.run(shlex.split(line), cwd=tmp_path, check=True, capture_output=True)
    settings.SEAL_KEY_FILE, settings.SEAL_CERTIFICATE_FILE = str(tmp_path / "seal.key"), str(tmp_path / "seal.crt")
    path = tmp_path / "sealed.pdf"
    path.write_bytes(sign_pdf(render_pdf(printed()), now=datetime.datetime.now(datetime.UTC)))
    said = run("pdfsig", "-nocert", path)[1]
    assert "Signature is Valid" in said
    assert "Trato digno" in said
