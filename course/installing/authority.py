"""Private certificate authority for one address.

Its root key signs once and is deleted; the intermediate can sign for the address alone, so that an intruder at a
clinic's PC cannot pretend to be a bank.
"""

import grp
import hashlib
import ssl
import tempfile
from pathlib import Path

from course.operating.words import say

from . import places
from .answers import is_number
from .steps import ROOT, Step, write

ROOT_CERTIFICATE = f"{places.AUTHORITY}/root.crt"
ISSUING_CERTIFICATE = f"{places.AUTHORITY}/issuing.crt"
ISSUING_KEY = f"{places.AUTHORITY}/issuing.key"
PUBLIC_COPY = f"{places.PAGES}/raiz/trato-digno.crt"
_DAYS = "3650"
_NEW_KEY = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes")
_OPENSSL = """\
[req]
prompt = no
distinguished_name = name
[name]
CN = {name}
[root]
basicConstraints = critical,CA:TRUE,pathlen:1
keyUsage = critical,keyCertSign,cRLSign
subjectKeyIdentifier = hash
nameConstraints = critical,{only}
[issuing]
basicConstraints = critical,CA:TRUE,pathlen:0
keyUsage = critical,keyCertSign,cRLSign
extendedKeyUsage = serverAuth
subjectKeyIdentifier = hash
authorityKeyIdentifier = keyid
nameConstraints = critical,{only}
"""


def fingerprint(pem, kind="sha256"):
    """Return the fingerprint of a certificate as devices show it; Windows shows the SHA-1 alone."""
    digest = hashlib.new(kind, ssl.PEM_cert_to_DER_cert(pem), usedforsecurity=kind != "sha1").hexdigest().upper()
    return ":".join(digest[at : at + 2] for at in range(0, len(digest), 2))


def address_of_certificate(address):
    return f"http://{address}/raiz.crt"


def only_for(address):
    """Return name constraints for one name or IP address; the other kind is excluded."""
    if is_number(address):
        return f"permitted;DNS:invalid,permitted;{_constraint(address)}"
    nowhere = "excluded;IP:0.0.0.0/0.0.0.0,excluded;IP:0:0:0:0:0:0:0:0/0:0:0:0:0:0:0:0"
    return f"permitted;{_constraint(address)},{nowhere}"


def _constraint(address):
    return f"IP:{address}/255.255.255.255" if is_number(address) else f"DNS:{address}"


class MakeAuthority(Step):
    """Create the authority once for an address; an imported one is used as it is."""

    def __init__(self, answers):
        self.address = answers.address
        # The limit of a common name.
        self.name = answers.address[:60]
        self.title = say("La autoridad de esta máquina", "This machine's authority")

    def has_it(self, machine):
        if not all(machine.at(path).exists() for path in (ROOT_CERTIFICATE, ISSUING_CERTIFICATE, ISSUING_KEY)):
            return False
        asked = ("openssl", "x509", "-noout", "-subject", "-nameopt", "RFC2253", "-ext", "nameConstraints")
        said = machine.asks(*asked, "-in", str(machine.at(ROOT_CERTIFICATE))) or ""
        subject, *constraints = (line.strip() for line in said.splitlines())
        return subject == f"subject=CN={self.name}" and _constraint(self.address) in constraints

    def is_done(self, machine):
        copy = machine.at(PUBLIC_COPY)
        return (
            self.has_it(machine)
            and self._caddy_alone_reads_it(machine)
            and copy.exists()
            and copy.read_bytes() == machine.at(ROOT_CERTIFICATE).read_bytes()
        )

    def _caddy_alone_reads_it(self, machine):
        found = machine.at(ISSUING_KEY).stat()
        if not machine.is_this_one:
            return found.st_mode & 0o777 == 0o640
        return (found.st_mode & 0o777, found.st_uid, found.st_gid) == (0o640, 0, grp.getgrnam("caddy").gr_gid)

    def shown(self, machine):
        yield f"{ROOT_CERTIFICATE}  0644 root:root"
        yield f"{ISSUING_CERTIFICATE}  0644 root:root"
        yield f"{ISSUING_KEY}  0640 root:caddy"
        yield f"{PUBLIC_COPY}  0644 root:root"

    def do(self, machine):
        there = self.has_it(machine)
        paths = (ROOT_CERTIFICATE, ISSUING_CERTIFICATE, ISSUING_KEY)
        made = {path: machine.at(path).read_bytes() for path in paths} if there else self._make(machine)
        machine.at(places.AUTHORITY).mkdir(parents=True, exist_ok=True)
        machine.at(places.AUTHORITY).chmod(0o755)
        for path, content in made.items():
            mode, owner = (0o640, ("root", "caddy")) if path == ISSUING_KEY else (0o644, ROOT)
            write(machine, path, content, mode, owner)
        write(machine, PUBLIC_COPY, machine.at(ROOT_CERTIFICATE).read_bytes(), 0o644, ROOT)
        machine.note_change("proxy")

    def _make(self, machine):
        text = _OPENSSL.format(name=self.name, only=only_for(self.address))
        memory = "/dev/shm"  # noqa: S108 - a folder of its own in it, which nobody else enters
        with tempfile.TemporaryDirectory(dir=memory if Path(memory).is_dir() else None) as folder:
            Path(folder, "config").write_text(text, encoding="ascii")
            new = (*_NEW_KEY, "-config", "config")
            for command in (
                ("req", "-x509", *new, "-days", _DAYS, "-extensions", "root", "-keyout", "key", "-out", "root"),
                ("req", *new, "-subj", f"/CN={self.name} 2", "-keyout", "issuing.key", "-out", "request"),
                (
                    *("x509", "-req", "-in", "request", "-CA", "root", "-CAkey", "key", "-days", _DAYS),
                    *("-extfile", "config", "-extensions", "issuing", "-out", "issuing"),
                ),
            ):
                machine.run(["openssl", *command], folder=folder)
            names = {ISSUING_CERTIFICATE: "issuing", ISSUING_KEY: "issuing.key", ROOT_CERTIFICATE: "root"}
            return {path: Path(folder, name).read_bytes() for path, name in names.items()}
