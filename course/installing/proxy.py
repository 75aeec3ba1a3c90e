"""Caddy: HTTPS, certificate authority, and a page while the site is down."""

import hashlib
import http.client
import socket
import ssl
import time

from course.operating.words import say

from . import authority, places
from .authority_page import STYLE_SOURCE, is_page
from .site import are_on
from .steps import ROOT, File, Step, write

CADDYFILE, SITE_FILE = f"{places.CADDY}/Caddyfile", f"{places.CADDY}/trato-digno.caddy"
OPTIONS_FILE = f"{places.CADDY}/trato-digno.options"
CERTIFICATE, KEY = f"{places.CADDY}/trato-digno.crt", f"{places.CADDY}/trato-digno.key"
IMPORT = "import trato-digno.caddy"
OPTIONS_IMPORT = "import trato-digno.options"
DOWN, AUTHORITY_PAGE = f"{places.PAGES}/down.html", f"{places.PAGES}/raiz/index.html"

_CADDYFILE = """\
# Written by script/install for Trato digno, which leaves it alone once it was changed.
{
	# Only root and Caddy itself may tell it what to serve.
	admin unix//var/lib/caddy/admin.sock
	# Which page somebody opens is nobody's business: neither a log of accesses nor addresses beside errors.
	log {
		exclude http.log.access http.log.error http.handlers.reverse_proxy
	}
	skip_install_trust
%(more)s}

import trato-digno.caddy
"""

_WRITTEN = "# Written by script/install for Trato digno, which leaves it alone once it was changed.\n"

_OWN_AUTHORITY = """\
pki {
	ca trato_digno {
		root {
			cert %(root)s
			# Caddy wants a key here and uses none: the root's own was thrown away once it had signed.
			key %(key)s
		}
		intermediate {
			cert %(certificate)s
			key %(key)s
		}
	}
}
"""

_SITE = """\
# Written by script/install for Trato digno, which leaves it alone once it was changed.
%(plain)s
https://%(address)s {
%(tls)s	header -Server
	handle {
		# It tells the site the address that it saw itself, whatever the visitor says it was.
		reverse_proxy %(door)s
	}
	handle_errors {
		header -Server
		header Content-Security-Policy "default-src 'none'"
		header Cache-Control no-store
		header Retry-After 10
		root * %(pages)s
		rewrite * /down.html
		file_server {
			status 503
		}
	}
}
"""

# Some browsers try HTTPS first, so that both ways lead to the certificate.
_AUTHORITY = """
(raiz) {
	handle /raiz.crt {
		root * %(pages)s
		rewrite * /raiz/trato-digno.crt
		header Content-Type application/x-x509-ca-cert
		header Content-Disposition "attachment; filename=trato-digno.crt"
		file_server
	}
	handle /raiz/ {
		root * %(pages)s
		header Content-Security-Policy "default-src 'none'; style-src %(style)s"
		file_server
	}
	header -Server
}

http://%(address)s {
	import raiz
	handle {
		redir https://{host}{uri} 308
	}
}
"""

DOWN_PAGE = """\
<!doctype html>
<html lang="es">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<meta name="color-scheme" content="light dark">
<title>Trato digno: en un momento vuelve</title>
<main>
<h1>El curso no responde en este momento</h1>
<p>Suele volver en uno o dos minutos: espere y cargue esta página otra vez. Lo que ya estaba guardado no se pierde.</p>
<p>Si acababa de responder, no cierre esta página: vuelva a cargarla, y si el navegador pregunta, acepte enviarlo otra
vez.</p>
<p>Si sigue así, avise a quien cuida el servidor.</p>
<section lang="en">
<h2>The course does not answer right now</h2>
<p>It is usually back within a minute or two: wait, and load this page again. What was saved is not lost.</p>
<p>If you had just answered, do not close this page: load it again, and if the browser asks, let it send again.</p>
<p>If it stays so, tell whoever looks after the server.</p>
</section>
</main>
</html>
"""


def caddyfile(answers):
    return _CADDYFILE % {"more": f"\t{OPTIONS_IMPORT}\n" if options_file(answers) else ""}


def options_file(answers):
    own = {
        "root": authority.ROOT_CERTIFICATE,
        "certificate": authority.ISSUING_CERTIFICATE,
        "key": authority.ISSUING_KEY,
    }
    # A browser that was given a number says no name when it connects.
    number = f"default_sni {answers.address}\n" if answers.is_number else ""
    options = number + (_OWN_AUTHORITY % own if answers.https == "local" else "")
    return options and _WRITTEN + options


def site_file(answers, door):
    tls = {
        "acme": f"\ttls {answers.contact}\n" if answers.contact else "",
        "files": f"\ttls {CERTIFICATE} {KEY}\n",
        "local": "\ttls {\n\t\tissuer internal {\n\t\t\tca trato_digno\n\t\t}\n\t}\n\timport raiz\n",
    }[answers.https]
    values = {"address": answers.address, "door": door, "pages": places.PAGES, "style": STYLE_SOURCE}
    plain = _AUTHORITY % values if answers.https == "local" else ""
    return _SITE % (values | {"tls": tls, "plain": plain})


def is_debians(machine):
    listed = machine.asks("dpkg-query", "-W", "-f=${Conffiles}", "caddy") if machine.is_this_one else None
    # Debian names the files of a package by MD5.
    found = hashlib.md5(machine.at(CADDYFILE).read_bytes(), usedforsecurity=False).hexdigest()
    return f"{CADDYFILE} {found}" in (listed or "")


_LONGEST_WAIT = 60


class StartProxy(Step):
    only_on_the_machine = True

    def __init__(self):
        self.title = say("Encender Caddy", "Start Caddy")

    def is_done(self, machine):
        return "restart_proxy" not in machine.record.facts and are_on(machine, "caddy.service")

    def shown(self, machine):
        yield f"$ caddy validate --adapter caddyfile --config {CADDYFILE}"
        yield "$ systemctl enable caddy"
        yield "$ systemctl restart caddy"

    def do(self, machine):
        # As Caddy: it could not read files that root creates here.
        machine.run(
            ["caddy", "validate", "--adapter", "caddyfile", "--config", CADDYFILE],
            account="caddy",
            environment={"HOME": "/var/lib/caddy"},
        )
        machine.run(["systemctl", "enable", "caddy"])
        machine.run(["systemctl", "restart", "caddy"])
        machine.record.facts.pop("restart_proxy", None)


class AuthorityPage(Step):
    only_on_the_machine = True

    def __init__(self, answers):
        self.answers, self.code = answers, ""
        self.title = say("El certificado de esta máquina", "This machine's certificate")

    def certificate(self, machine):
        return machine.at(authority.ROOT_CERTIFICATE).read_text(encoding="ascii")

    def is_done(self, machine):
        place = machine.at(AUTHORITY_PAGE)
        if not place.exists():
            return False
        return is_page(place.read_text(encoding="utf-8"), self.answers.address, self.certificate(machine))

    def shown(self, machine):
        yield f"{AUTHORITY_PAGE}  0644 root:root"

    def do(self, machine):
        said = machine.run(
            [places.PYTHON, "-m", "course.installing.authority_page", self.answers.address],
            account=places.ACCOUNT,
            folder=places.CURRENT,
            given=self.certificate(machine),
        )
        text, self.code = said.split("\0")
        write(machine, AUTHORITY_PAGE, text, 0o644, ROOT)


def files(answers, door):
    if answers.https == "files":
        yield File(CERTIFICATE, _content_of(answers.certificate), 0o644, of="proxy")
        yield File(KEY, _content_of(answers.key), 0o640, ("root", "caddy"), of="proxy")
    if options := options_file(answers):
        yield File(OPTIONS_FILE, options, of="proxy")
    yield File(DOWN, DOWN_PAGE, of="proxy")
    yield File(SITE_FILE, site_file(answers, door), of="proxy")
    yield File(CADDYFILE, caddyfile(answers), replaces=is_debians, of="proxy")


def _content_of(path):
    def content(machine):
        with open(path, "rb") as file:
            return file.read()

    return content


def problem_with_https(machine, answers):
    """Return the problem of a visitor over HTTPS, or None; a public authority may take a minute."""
    end = time.monotonic() + (_LONGEST_WAIT if answers.https == "acme" else 10)
    while problem := _look(machine, answers):
        if time.monotonic() > end:
            return problem
        time.sleep(1)
    return None


def _look(machine, answers):
    context = ssl.create_default_context()
    if answers.https == "local":
        context.load_verify_locations(machine.at(authority.ROOT_CERTIFICATE))
    elif answers.https == "files":
        # The issuer may be a private one; `check_together` looked at the certificate.
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    try:
        with (
            socket.create_connection(("127.0.0.1", 443), timeout=10) as line,
            context.wrap_socket(line, server_hostname=answers.address) as secure,
        ):
            secure.sendall(
                f"GET /salud/viva/ HTTP/1.1\r\nHost: {answers.address}\r\nConnection: close\r\n\r\n".encode("ascii")
            )
            answer = http.client.HTTPResponse(secure)
            answer.begin()
            return None if answer.status == 200 else f"{answer.status} {answer.reason}"
    except (OSError, http.client.HTTPException) as error:
        return str(error)


def lines_that_lack(machine, answers):
    found = machine.at(CADDYFILE).read_text(encoding="utf-8").splitlines()
    wanted = [IMPORT, *([OPTIONS_IMPORT] if options_file(answers) else [])]
    return [line for line in wanted if line not in map(str.strip, found)]
