"""Debian's Caddy in front: HTTPS, the machine's own authority, and a page in words while the site is down."""

import hashlib

from . import authority, places
from .authority_page import STYLE_SOURCE

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
    """Return Caddy's own file: what holds for all of it, and the lines that bring the site in."""
    return _CADDYFILE % {"more": f"\t{OPTIONS_IMPORT}\n" if options_file(answers) else ""}


def options_file(answers):
    """Return what the site needs in the block of options at the top of Caddy's own file, or nothing."""
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
    """Return the part of Caddy's configuration that is the site, which answers at `door`, such as `127.0.0.1:8000`."""
    tls = {
        "acme": f"\ttls {answers.contact}\n" if answers.contact else "",
        "files": f"\ttls {CERTIFICATE} {KEY}\n",
        "local": "\ttls {\n\t\tissuer internal {\n\t\t\tca trato_digno\n\t\t}\n\t}\n\timport raiz\n",
    }[answers.https]
    values = {
        "address": answers.address,
        "door": door,
        "pages": places.PAGES,
        "style": STYLE_SOURCE,
    }
    plain = _AUTHORITY % values if answers.https == "local" else ""
    return _SITE % (values | {"tls": tls, "plain": plain})


def is_debians(machine):
    """Whether Caddy's file is as the package brought it."""
    listed = machine.asks("dpkg-query", "-W", "-f=${Conffiles}", "caddy") if machine.is_this_one else None
    # Debian names the files of a package by MD5.
    found = hashlib.md5(machine.at(CADDYFILE).read_bytes(), usedforsecurity=False).hexdigest()
    return f"{CADDYFILE} {found}" in (listed or "")
