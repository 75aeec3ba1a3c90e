import asyncio
import hashlib
import io
import logging
import socket
import subprocess
import threading
import time
from datetime import UTC, datetime
from queue import SimpleQueue

import pikepdf
import pytest
from asn1crypto import tsp
from asn1crypto import x509 as asn1_x509
from cryptography.hazmat.primitives.serialization import Encoding
from django.core.management import call_command
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation.ades import ades_with_time_validation
from pyhanko.sign.validation.policy_decl import SignatureValidationSpec
from pyhanko.sign.validation.status import SignatureCoverageLevel
from pyhanko_certvalidator.context import CertValidationPolicySpec
from pyhanko_certvalidator.ltv.types import ValidationTimingInfo
from pyhanko_certvalidator.policy_decl import NO_REVOCATION, CertRevTrustPolicy
from pyhanko_certvalidator.registry import SimpleTrustManager

from certificates.pdf import time_stamps
from certificates.pdf.rendering import render_pdf
from certificates.pdf.signature import check_signature
from certificates.pdf.signing import sign_pdf
from course.health.facts import State
from course.health.keys import seals_are_stamped
from tests.factories import NOW

from .authorities import YEAR, Party, StampServer
from .measuring import check_norms, run
from .test_archiving import CREDENTIAL
from .test_rendering import printed

STAMPED, UNSTAMPED = "AdESPassed.OK", "AdESIndeterminate.SIG_CONSTRAINTS_FAILURE"


def sealed(now=NOW):
    return sign_pdf(render_pdf(printed(), [CREDENTIAL]), now=now)


def found_by_pyhanko(pdf, root, *, at):
    trusted = asn1_x509.Certificate.load(root.certificate.public_bytes(Encoding.DER))
    policy = CertValidationPolicySpec(
        trust_manager=SimpleTrustManager.build([trusted]), revinfo_policy=CertRevTrustPolicy(NO_REVOCATION)
    )
    [seal] = PdfFileReader(io.BytesIO(pdf)).embedded_signatures
    assert seal.evaluate_signature_coverage() == SignatureCoverageLevel.ENTIRE_FILE
    found = asyncio.run(
        ades_with_time_validation(
            seal.signed_data,
            SignatureValidationSpec(cert_validation_policy=policy),
            timing_info=ValidationTimingInfo(at, at, True),
            raw_digest=seal.compute_digest(),
        )
    )
    return str(found.ades_subindic), found.best_signature_time


def is_stamped(pdf):
    found = check_signature(pdf)
    assert found.is_valid
    assert found.stamps_are_valid
    return found.stamps == 1


def test_stamped_signature_outlives_its_certificate(server, parties, settings):
    root, sealer, stamper = parties
    stamped = sealed()
    assert server.asked == 1
    today, afterwards = datetime.now(UTC), sealer.ends + 2 * YEAR
    assert afterwards > today
    for moment in (today, afterwards):
        found, was_there = found_by_pyhanko(stamped, root, at=moment)
        assert found == STAMPED
        assert was_there < sealer.ends
    assert found_by_pyhanko(stamped, root, at=stamper.ends + YEAR)[0] == "AdESIndeterminate.OUT_OF_BOUNDS_NO_POE"
    settings.SEAL_TSA_URL = ""
    assert found_by_pyhanko(sealed(), root, at=afterwards)[0] == UNSTAMPED


def test_stamped_pdf_is_valid_and_conforms_to_both_standards(server, tmp_path):
    path = tmp_path / "sealed.pdf"
    path.write_bytes(sealed())
    said = run("pdfsig", "-nocert", path)[1]
    assert "Signature Validation: Signature is Valid." in said
    assert "Total document signed" in said
    assert "Signature Validation: Signature is Valid." in run("faketime", "2031-06-01", "pdfsig", "-nocert", path)[1]
    check_norms(path)
    with pikepdf.open(path) as pdf:
        assert (pdf.pdf_version, pdf.Root.get("/Version")) == ("1.7", None)


@pytest.fixture
def long_chain(server, tmp_path, parties):
    root, _sealer, stamper = parties
    others = [Party(f"Otra raíz de prueba {number}", ends=root.ends) for number in range(25)]
    chain = b"".join(party.certificate.public_bytes(Encoding.PEM) for party in [root, *others])
    folder = tmp_path / "long"
    folder.mkdir()
    server.answer = StampServer(folder, stamper, chain=chain).stamp


def test_long_stamp_gets_room_and_next_needs_one_request(server, long_chain, parties):
    first = sealed()
    assert server.asked == 2
    assert found_by_pyhanko(first, parties[0], at=datetime.now(UTC))[0] == STAMPED
    assert is_stamped(sealed())
    assert server.asked == 3


def test_two_requests_share_one_timeout(long_chain, monkeypatch):
    waited, passed = [], 0.0

    class Answers(SimpleQueue):
        def get(self, timeout):
            nonlocal passed
            waited.append(timeout)
            answer = super().get(timeout=60)
            passed += 3
            return answer

    monkeypatch.setattr(time_stamps, "SimpleQueue", Answers)
    monkeypatch.setattr(time_stamps, "monotonic", lambda: passed)
    assert is_stamped(sealed())
    assert waited == [4, 1]
    time_stamps.authority_at.cache_clear()
    assert is_stamped(sealed())
    assert waited == [4, 1, 4, 1]


def of_something_else(server):
    command = ["openssl", "ts", "-query", "-data", "/dev/stdin", "-sha256", "-cert"]
    other = subprocess.run(command, input=b"something else", check=True, capture_output=True).stdout
    return lambda _query: server.stamp(other)


REPLY = "application/timestamp-reply"


def says(kind, body):
    return lambda _server: lambda _query: (kind, body)


a_page = says("text/html", b"<h1>Welcome</h1>")


def hangs(_server):
    return lambda _query: (threading.Event().wait(30), ("text/plain", b""))[1]


def forged(server):
    def answer(query):
        kind, reply = server.stamp(query)
        return kind, reply[:-4] + bytes(byte ^ 0xFF for byte in reply[-4:])

    return answer


def refuses(server):
    return lambda _query: server.stamp(b"no query")


@pytest.mark.parametrize(
    "answer",
    [
        a_page,
        says(REPLY, b"\x30\x82\xff\xff rubbish"),
        says(REPLY, b""),
        says(REPLY, b"\x30" * 5_000_000),
        hangs,
        forged,
        of_something_else,
        refuses,
    ],
)
def test_bad_answer_delays_no_certificate_and_pauses_requests(answer, server, parties, monkeypatch, caplog):
    monkeypatch.setattr(time_stamps, "TIMEOUT", 1)
    server.answer = answer(server)
    began = time.monotonic()
    with caplog.at_level(logging.ERROR):
        pdf = sealed()
        assert not is_stamped(pdf)
        assert "A certificate is signed without a time stamp." in caplog.text
        assert not is_stamped(sealed())
    # Two of them, one of which waited: far less than the answer that never came.
    assert time.monotonic() - began < 15
    assert server.asked == 1
    assert "next attempt is after 60 seconds" in caplog.text
    assert found_by_pyhanko(pdf, parties[0], at=datetime.now(UTC))[0] == UNSTAMPED
    monkeypatch.setattr(time_stamps, "RETRY_AFTER", 0)
    server.answer = server.stamp
    time_stamps.authority_at.cache_clear()
    assert is_stamped(sealed())


def test_unreachable_authority_is_logged_and_in_status(server, settings, caplog):
    assert seals_are_stamped().state == State.GOOD
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        settings.SEAL_TSA_URL = f"http://127.0.0.1:{free.getsockname()[1]}/tsr"
    with caplog.at_level(logging.ERROR):
        assert not is_stamped(sealed())
    assert "Connection refused" in caplog.text
    time_stamps.authority_at.cache_clear()
    fact = seals_are_stamped()
    assert (fact.name, fact.state) == ("time_stamps", State.BAD)
    assert "Connection refused" in str(fact.said)
    settings.SEAL_TSA_URL = ""
    assert seals_are_stamped().state == State.GOOD


def test_password_in_the_url_is_sent_and_never_logged(server, settings, caplog):
    settings.SEAL_TSA_URL = settings.SEAL_TSA_URL.replace("http://", "http://ana:s%40creta@")
    assert is_stamped(sealed())
    assert server.authorized == ["Basic YW5hOnNAY3JldGE="]
    server.answer = a_page(server)
    with caplog.at_level(logging.DEBUG):
        assert not is_stamped(sealed())
    assert "creta" not in caplog.text


@pytest.mark.django_db
@pytest.mark.parametrize(
    "address", ["tsa.example", "file:///etc/passwd", "ftp://tsa.example/", "https://", "http://[x"]
)
def test_invalid_url_is_reported_and_never_requested(server, address, settings, caplog):
    settings.SEAL_TSA_URL = address
    with caplog.at_level(logging.ERROR):
        assert not is_stamped(sealed())
    assert "SEAL_TSA_URL is no address" in caplog.text
    said = io.StringIO()
    call_command("check", stderr=said)
    assert "certificates.W004" in said.getvalue()
    assert "SEAL_TSA_URL is no address" in said.getvalue()


@pytest.mark.django_db
def test_authority_without_signing_key_is_reported(server, settings):
    said = io.StringIO()
    call_command("check", stderr=said)
    assert "W004" not in said.getvalue()
    settings.SEAL_KEY_FILE = settings.SEAL_CERTIFICATE_FILE = ""
    call_command("check", stderr=said)
    assert "there is no seal to stamp" in said.getvalue()
    assert sign_pdf(b"%PDF", now=NOW) == b"%PDF"
    assert server.asked == 0


def test_authority_gets_only_a_hash(server):
    questions = []
    server.answer = lambda question: (questions.append(question), server.stamp(question))[1]
    assert is_stamped(sealed())
    [question] = questions
    told = tsp.TimeStampReq.load(question, strict=True).native
    assert {name for name, value in told.items() if value} == {"version", "message_imprint", "nonce", "cert_req"}
    assert len(told["message_imprint"]["hashed_message"]) == hashlib.sha256().digest_size
    assert len(question) < 100
