"""Certification and time stamp authorities for tests, by OpenSSL."""

import contextlib
import subprocess
import threading
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

YEAR = timedelta(days=365)
# Long before whatever day the tests run as of.
BEGINS = datetime(2020, 1, 1, tzinfo=UTC)
_CONFIGURATION = """\
[tsa]
default_tsa = here
[here]
serial = {folder}/serial
default_policy = 1.2.3.4.1
digests = sha256
accuracy = secs:1
ess_cert_id_chain = no
ess_cert_id_alg = sha256
signer_digest = sha256
"""


class Party:
    """A key and a certificate issued by a root; `ends` is its last moment."""

    def __init__(self, name, *, issuer=None, ends, stamps=False):
        self.key, self.issuer, self.ends = ec.generate_private_key(ec.SECP256R1()), issuer, ends
        self.name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
        above = issuer or self
        builder = (
            x509.CertificateBuilder()
            .subject_name(self.name)
            .issuer_name(above.name)
            .public_key(self.key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(BEGINS)
            .not_valid_after(ends)
            .add_extension(x509.BasicConstraints(ca=issuer is None, path_length=None), critical=True)
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(self.key.public_key()), critical=False)
            .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(above.key.public_key()), critical=False)
            .add_extension(
                x509.KeyUsage(
                    digital_signature=issuer is not None,
                    content_commitment=issuer is not None,
                    key_encipherment=False,
                    data_encipherment=False,
                    key_agreement=False,
                    key_cert_sign=issuer is None,
                    crl_sign=issuer is None,
                    encipher_only=False,
                    decipher_only=False,
                ),
                critical=True,
            )
        )
        if stamps:
            builder = builder.add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.TIME_STAMPING]), critical=True)
        self.certificate = builder.sign(above.key, hashes.SHA256())

    def write(self, folder, name):
        key, certificate = folder / f"{name}.key", folder / f"{name}.crt"
        key.write_bytes(self.key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
        certificate.write_bytes(self.certificate.public_bytes(Encoding.PEM))
        return str(key), str(certificate)


def make_parties():
    today = datetime.now(UTC).replace(microsecond=0)
    root = Party("Raíz de prueba", ends=today + 30 * YEAR)
    seal = Party("Sello de prueba", issuer=root, ends=today + 3 * YEAR)
    return root, seal, Party("Hora de prueba", issuer=root, ends=today + 20 * YEAR, stamps=True)


class StampServer:
    """Time stamp server that answers with OpenSSL's stamps or as a test wants, and counts requests."""

    def __init__(self, folder, stamper, *, chain=b""):
        self.folder, self.answer, self.asked, self.authorized = folder, self.stamp, 0, []
        stamper.write(folder, "tsa")
        (folder / "chain.pem").write_bytes(chain or stamper.issuer.certificate.public_bytes(Encoding.PEM))
        (folder / "serial").write_text("01\n")
        (folder / "tsa.cnf").write_text(_CONFIGURATION.format(folder=folder))
        self._one_at_a_time = threading.Lock()

    def stamp(self, query):
        with self._one_at_a_time:
            (self.folder / "query.tsq").write_bytes(query)
            files = (
                "-config tsa.cnf -queryfile query.tsq -signer tsa.crt -inkey tsa.key -chain chain.pem -out reply.tsr"
            )
            command = ["openssl", "ts", "-reply", *files.split()]
            subprocess.run(command, cwd=self.folder, check=True, capture_output=True)
            return "application/timestamp-reply", (self.folder / "reply.tsr").read_bytes()

    @contextlib.contextmanager
    def running(self):
        ours = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self):
                ours.asked += 1
                ours.authorized.append(self.headers.get("Authorization"))
                kind, body = ours.answer(self.rfile.read(int(self.headers["Content-Length"])))
                with contextlib.suppress(OSError):
                    self.send_response(200)
                    self.send_header("Content-Type", kind)
                    self.send_header("Content-Length", str(len(body)))
                    self.end_headers()
                    self.wfile.write(body)

            def log_message(self, *_arguments):
                pass

        server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        server.daemon_threads, server.block_on_close = True, False
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}/tsr"
        finally:
            server.shutdown()
            server.server_close()
            thread.join()
