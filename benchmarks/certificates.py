"""Measure how certificates are made: `python -m benchmarks.certificates [--count 200]`.

Prints from one run, each in a process of its own and beside WeasyPrint rendering an empty page of the same size: one
certificate (the first in a worker that has started, and a warm one), many as files, many in one PDF, and two processes
at once; with the most memory that a process took. The ratios carry over from machine to machine; absolute numbers
don't.
"""

import argparse
import json
import multiprocessing
import tempfile
import time
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import NamedTuple

from .site import WORKERS, new_site

CREDENTIAL = b'{"type": ["VerifiableCredential", "OpenBadgeCredential"], "proof": "%s"}' % (b"z" * 3000)
PAGE = "@page { size: Letter landscape; margin: 0 }"
EMPTY = '<html lang="es"><title>Vacía</title><body></body></html>'


class Measured(NamedTuple):
    """What one process did: seconds of the first, the others and joining them; megabytes before and at the peak."""

    first: float
    others: float
    joining: float
    before: float
    peak: float


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--count", type=int, default=200, help="how many are made in each process")
    count = parser.parse_args().count
    with new_site():
        printed = example()
        rows = [
            ("as files", *(measure(make, count, printed) for make in (certificates, empty_pages))),
            ("sealed", measure(sealed, count, printed), None),
            ("stamped by OpenSSL here", measure(stamped, count, printed), None),
            ("in one PDF", *(measure(make, count, printed) for make in (joined, one_empty_document))),
        ]
        both = measure_at_once(certificates, count, printed), measure_at_once(empty_pages, count, printed)
        made, looked_at = digest_of_one()
    report(count, rows, both)
    print(f"a digest with its signature takes {made:.2f} ms, looking at both {looked_at:.2f} ms")


def example():
    """Return the fields of a certificate of the built-in design, as the site has it after its first start."""
    from django.core.management import call_command

    from certificates.issuing.field_values import active_design, example_fields

    call_command("prepare_site", verbosity=0)
    # As the database gives them back.
    return json.loads(json.dumps(example_fields(active_design("es"), language="es")))


def measure(make, count, printed):
    """Run `make` in a new process, as nothing that one has loaded may help another."""
    with ProcessPoolExecutor(1, multiprocessing.get_context("spawn")) as pool:
        return pool.submit(make, count, printed).result()


def measure_at_once(make, count, printed):
    with ProcessPoolExecutor(WORKERS, multiprocessing.get_context("spawn")) as pool:
        # All are begun before the first result is asked for.
        return list(pool.map(make, [count] * WORKERS, [printed] * WORKERS))


def certificates(count, printed, attachments=(), finish=lambda pdf: pdf, keep=lambda pdf: None):
    """Make so many certificates, each with a code of its own."""
    import random

    import django

    django.setup()
    from certificates.issuing.issue import preload_renderer
    from certificates.pdf.rendering import render_pdf
    from certificates.text.codes import new_serial

    before = peak()
    # As every worker of the site does when it starts.
    preload_renderer()
    chance = random.Random(count)

    def render():
        serial = new_serial(chance.getrandbits)
        fields = printed | {"serial": serial, "verify_url": f"https://trato.example/v/{serial}/"}
        keep(finish(render_pdf(fields, attachments)))

    return timed(render, count, before)


def sealed(count, printed):
    """Make certificates with a credential inside and a seal, as a site with both keys issues them."""
    import django

    django.setup()
    from django.conf import settings
    from django.utils import timezone

    from certificates.pdf.rendering import Attachment
    from certificates.pdf.signing import sign_pdf

    attachments = [Attachment("credential.json", CREDENTIAL, "application/vc", "Credencial")]
    with tempfile.TemporaryDirectory() as folder:
        settings.SEAL_KEY_FILE, settings.SEAL_CERTIFICATE_FILE = make_seal(Path(folder))
        return certificates(count, printed, attachments, lambda pdf: sign_pdf(pdf, now=timezone.now()))


def stamped(count, printed):
    """Make certificates as `sealed` does, each with a time stamp of an authority on this machine: OpenSSL's."""
    import django

    django.setup()
    from django.conf import settings

    from tests.certificates.authorities import StampServer, make_parties

    with tempfile.TemporaryDirectory() as folder:
        _root, _sealer, stamper = make_parties()
        with StampServer(Path(folder), stamper).running() as settings.SEAL_TSA_URL:
            return sealed(count, printed)


def digest_of_one():
    """Return the milliseconds that the digest of a certificate takes, its signature, and looking at both."""
    import django

    django.setup()
    from datetime import UTC, datetime
    from uuid import uuid4

    from certificates.badges.keys import issuer_key, make_key
    from certificates.issuing.integrity import Integrity, get_integrity, set_digest
    from certificates.models import Certificate

    make_key()
    now = datetime.now(UTC)
    one = Certificate(
        printed=example(), course_key=uuid4(), edition=1, issued_at=now, awarded_at=now, credential=CREDENTIAL.decode()
    )
    times, key = [], issuer_key()
    for work in (lambda: set_digest(one, key), lambda: get_integrity(one) is Integrity.AS_ISSUED or 1 / 0):
        work()
        begun = time.perf_counter()
        for _ in range(1000):
            work()
        times.append(time.perf_counter() - begun)
    return times


def joined(count, printed):
    """Make certificates as files, and join those into one PDF as a trainer prints a group."""
    with tempfile.TemporaryDirectory() as folder:
        paths = []

        def keep(pdf):
            paths.append(Path(folder) / f"{len(paths)}.pdf")
            paths[-1].write_bytes(pdf)

        made = certificates(count, printed, keep=keep)
        begun = time.perf_counter()
        join(paths, Path(folder))
        return made._replace(joining=time.perf_counter() - begun, peak=peak())


def join(paths, folder):
    from certificates.pdf.combining import combine_pdfs

    whole = combine_pdfs((path.read_bytes() for path in paths), title="Certificados", language="es")
    (folder / "whole.pdf").write_bytes(whole)


def empty_pages(count, _printed):
    """Let WeasyPrint render so many empty pages, a file each, with its style parsed once."""
    import weasyprint

    before, style = peak(), weasyprint.CSS(string=PAGE)
    return timed(lambda: weasyprint.HTML(string=EMPTY).write_pdf(stylesheets=[style]), count, before)


def one_empty_document(count, _printed):
    """Let WeasyPrint render one document of so many empty pages."""
    import weasyprint

    before, style = peak(), weasyprint.CSS(string=PAGE + "p { break-after: page }")
    html = EMPTY.replace("<body>", "<body>" + "<p></p>" * count)
    begun = time.perf_counter()
    weasyprint.HTML(string=html).write_pdf(stylesheets=[style])
    return Measured(0, time.perf_counter() - begun, 0, before, peak())


def timed(make, count, before):
    """Make one, and then so many more; `before` is the memory that the process took by then."""
    begun = time.perf_counter()
    make()
    first = time.perf_counter() - begun
    begun = time.perf_counter()
    for _ in range(count):
        make()
    return Measured(first, time.perf_counter() - begun, 0, before, peak())


def peak():
    """Return the most megabytes that this process has taken. (getrusage would count those of the one that began it.)"""
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM:")) / 1024


def make_seal(folder):
    """Write a key and a certificate that vouches for itself; return their files."""
    from datetime import timedelta

    from cryptography import x509
    from cryptography.hazmat.primitives import hashes
    from cryptography.hazmat.primitives.asymmetric import ec
    from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
    from django.utils import timezone

    key, now = ec.generate_private_key(ec.SECP256R1()), timezone.now()
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "Medición")])
    certificate = x509.CertificateBuilder(
        name, name, key.public_key(), x509.random_serial_number(), now - timedelta(1), now + timedelta(1)
    ).sign(key, hashes.SHA256())
    files = folder / "seal.key", folder / "seal.crt"
    files[0].write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    files[1].write_bytes(certificate.public_bytes(Encoding.PEM))
    return tuple(map(str, files))


def report(count, rows, both):
    ours, empty = rows[0][1:]
    warm = ours.others / count
    print(f"{'':26}{'certificate':>12}{'empty page':>12}{'ratio':>8}{'peak':>9}")
    print_row("one, warm, ms", warm * 1000, empty.others / count * 1000, ours.peak)
    print_row("first in a worker, ms", ours.first * 1000, empty.first * 1000, ours.peak)
    for name, ours_there, empty_there in rows:
        rate = count / (ours_there.others + ours_there.joining)
        print_row(
            f"{count} {name}, a second", rate, count / empty_there.others if empty_there else None, ours_there.peak
        )
    joining = rows[-1][1].joining
    print(f"{f'joining those {count}, s':26}{joining:12.2f}")
    rates = [sum(count / one.others for one in many) for many in both]
    print_row("two processes, a second", *rates, max(one.peak for one in both[0]))
    print(f"two processes make {rates[0] / (count / ours.others):.1f} times as many as one")
    print(f"the site itself takes {ours.before:.0f} MB of the memory of a process")
    print(f"the first in a worker takes {ours.first / warm:.1f} times a warm one")


def print_row(name, ours, empty, megabytes):
    beside = f"{empty:12.1f}{ours / empty:8.2f}" if empty else " " * 20
    print(f"{name:26}{ours:12.1f}{beside}{megabytes:6.0f} MB")


if __name__ == "__main__":
    main()
