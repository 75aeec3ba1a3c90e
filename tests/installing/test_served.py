import base64
import hashlib
import json
import re
import shutil
from contextlib import contextmanager

import pytest

from course.installing import authority_page, places
from course.installing.proxy import AUTHORITY_PAGE
from course.operating.environment import read_environment
from tests.machines import machine
from tests.serving import migrated_database, until

from .conftest import CLINIC
from .scratch import OPT, another_root, own_certificate, script_install

pytestmark = pytest.mark.nightly


CADDY = ("caddy", "run", "--adapter", "caddyfile", "--config", "/etc/caddy/Caddyfile")
ECHO = """
import http.server, json
class Echo(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.end_headers()
        self.wfile.write(json.dumps([*map(list, self.headers.items())]).encode())
    def log_message(self, *said):
        pass
http.server.HTTPServer(("127.0.0.1", 8000), Echo).serve_forever()
"""


@contextmanager
def running(it, *command, environment=None):
    log = it.root / f"log-{'-'.join(command).replace('/', '-')[-40:]}"
    with log.open("ab") as said:
        begun = it.begin(*command, env=environment, stdout=said, stderr=said)
    try:
        yield log
    except AssertionError as error:
        error.add_note("\n".join(one for one in log.read_text().splitlines() if '"level":"info"' not in one)[-3000:])
        raise
    finally:
        begun.terminate()
        begun.wait(60)


def serving(it):
    environment = read_environment(it.path(places.ENVIRONMENT_FILE)) | {"HOME": places.VAR_DIR}
    unit = it.path(f"{places.UNITS}/trato-digno.service").read_text()
    command = re.search(r"^ExecStart=(.+)$", unit, re.M)[1].split()
    folder = re.search(r"^WorkingDirectory=(.+)$", unit, re.M)[1]
    return running(it, "env", "-C", folder, *command, environment=environment)


def manage(it, *arguments):
    environment = read_environment(it.path(places.ENVIRONMENT_FILE)) | {"HOME": places.VAR_DIR}
    return it.run("env", "-C", places.CURRENT, places.PYTHON, "manage.py", *arguments, env=environment).stdout


def proxying(it):
    return running(it, *CADDY, environment={"HOME": "/var/lib/caddy"})


def answer(it, url, *options):
    said = it.run("curl", "--silent", "--include", "--http1.1", "--max-time", "30", *options, url, check=False).stdout
    head, _, body = said.partition("\n\n")
    return (int(head.split()[1]), head, body) if head else None


@pytest.fixture(scope="module")
def prepared(clinic, tmp_path_factory):
    root = another_root(clinic, tmp_path_factory.mktemp("prepared") / "machine")
    script_install("--root", root, *CLINIC)
    shutil.copy(migrated_database(), root / "var/lib/trato-digno/trato-digno.sqlite3")
    with machine(root) as it:
        manage(it, "make_issuer_key", "--if-missing")
    return root


def another_site(prepared, folder, *flags):
    root = another_root(prepared, folder)
    shutil.copytree(prepared / "var/lib/trato-digno", root / "var/lib/trato-digno")
    script_install("--root", root, *flags)
    return root


def hosts(root, *lines):
    (root / "etc/hosts").write_text("127.0.0.1 localhost\n" + "".join(f"{line}\n" for line in lines))


def test_a_machine_vouches_for_itself(prepared):
    trusting = ("--cacert", "/root/raiz.crt")
    with machine(prepared) as it:
        hosts(prepared, "127.0.0.1 trato.lan")
        with proxying(it) as log:
            status, head, certificate = until(lambda: answer(it, "http://trato.lan/raiz.crt"))
            assert status == 200
            assert "content-disposition: attachment; filename=trato-digno.crt" in head.lower()
            (prepared / "root/raiz.crt").write_text(certificate)
            (prepared / AUTHORITY_PAGE[1:]).write_text(authority_page.page("trato.lan", certificate)[0])
            _status, head, page = answer(it, "http://trato.lan/raiz/")
            style = re.search(r"<style>(.*?)</style>", page, re.S)[1].encode()
            digest = base64.b64encode(hashlib.sha256(style).digest()).decode()
            assert f"Content-Security-Policy: default-src 'none'; style-src 'sha256-{digest}'\n" in f"{head}\n"
            assert "\nserver:" not in head.lower()
            with serving(it):
                _status, head, page = until(up(it, "https://trato.lan/.well-known/did.json", *trusting))
                assert json.loads(page)["id"] == "did:web:trato.lan"
                assert "max-age=3600\n" in head.replace("\r", "")
                assert "includeSubDomains" not in head
                assert "\nserver:" not in head.lower()
                assert (
                    answer(it, "http://trato.lan/es/?a=b")[1]
                    .replace("\r", "")
                    .count("\nLocation: https://trato.lan/es/?a=b\n")
                )
                # Whoever does not have the certificate does not come in.
                assert answer(it, "https://trato.lan/salud/viva/") is None
                # Nothing beside the certificate is served, whichever way one asks.
                for way in (
                    "raiz.crt/../root.key",
                    "root.key",
                    "raiz/../root.key",
                    "raiz.crt%2f..%2fissuing.key",
                    "raiz/issuing.key",
                ):
                    for scheme in ("http", "https"):
                        assert "PRIVATE" not in answer(it, f"{scheme}://trato.lan/{way}", "--path-as-is", *trusting)[2]
            # The site is down: a page in words, that no program takes for the site.
            asked = ("https://trato.lan/es/secreto/?pin=314159", *trusting)
            assert answer(it, *asked, "--data", "choice=1")[0] == 503
            status, head, page = answer(it, *asked)
            assert status == 503
            assert "\nserver:" not in head.lower()
            assert "El curso no responde en este momento" in page
            assert "The course does not answer right now" in page
            assert "<script" not in page
            assert "default-src 'none'" in head
            assert "no-store" in head
            with running(it, places.PYTHON, "-c", ECHO):
                forged = ("-H", "X-Forwarded-For: 9.9.9.9", "-H", "X-Forwarded-Proto: http")
                came = json.loads(until(up(it, "https://trato.lan/", *trusting, *forged))[2])
                wanted = {"x-forwarded-for", "x-forwarded-proto", "host"}
                assert sorted([name.lower(), value] for name, value in came if name.lower() in wanted) == [
                    ["host", "trato.lan"],
                    ["x-forwarded-for", "127.0.0.1"],
                    ["x-forwarded-proto", "https"],
                ]
        said = log.read_text()
        assert "certificate obtained successfully" in said
        assert [word for word in ("secreto", "314159", "127.0.0.1:", "curl/", "remote_ip") if word in said] == []


def up(it, url, *options):
    def ask():
        found = answer(it, url, *options)
        return found if found and found[0] == 200 else None

    return ask


AUTHORITY = """
{
	admin off
	skip_install_trust
	storage file_system /root/authority
	default_bind 127.0.0.2
	auto_https disable_redirects
	servers {
		protocols h1 h2
	}
	pki {
		ca local {
			root_cn "A public authority"
		}
	}
}
https://acme-v02.api.letsencrypt.org {
	tls internal
	rewrite /directory /acme/local/directory
	acme_server
}
"""


def test_a_public_authority_gives_a_certificate_by_itself(prepared, tmp_path):
    answers = {"for": "server", "address": "curso.example.gt", "acme-mail": "red@example.gt", "database": "sqlite"}
    flags = (f"--{name}={answer}" for name, answer in answers.items())
    root = another_site(prepared, tmp_path / "machine", *flags, "--yes")
    (root / "root").mkdir(exist_ok=True)
    (root / "root/Caddyfile").write_text(AUTHORITY)
    with machine(root) as it:
        hosts(root, "127.0.0.1 curso.example.gt", "127.0.0.2 acme-v02.api.letsencrypt.org")
        authority = ("caddy", "run", "--adapter", "caddyfile", "--config", "/root/Caddyfile")
        with running(it, *authority, environment={"HOME": "/root"}):
            made = root / "root/authority/pki/authorities/local/root.crt"
            until(made.exists)
            trusted = root / "etc/ssl/certs/ca-certificates.crt"
            trusted.write_text(trusted.read_text() + made.read_text())
            until(lambda: answer(it, "https://acme-v02.api.letsencrypt.org/directory"))
            with proxying(it), serving(it):
                _status, head, _page = until(up(it, "https://curso.example.gt/.well-known/did.json"))
                assert "max-age=31536000\n" in head.replace("\r", "")
                assert answer(it, "http://curso.example.gt/es/")[0] in (301, 308)
                assert answer(it, "http://curso.example.gt/raiz.crt")[0] in (301, 308)
        [certificate] = (root / "var/lib/caddy").rglob("curso.example.gt.crt")
        assert "acme-v02" in str(certificate)


def test_an_own_certificate_is_what_caddy_takes(clinic, tmp_path):
    key, certificate = own_certificate(tmp_path, "IP:192.168.1.10")
    root = another_root(clinic, tmp_path / "machine")
    with machine(root) as it:
        files = ("--https", "files", "--certificate", certificate, "--key", key)
        script_install("--root", root, "--for", "clinic", "--address", "192.168.1.10", *files, "--yes")
        validated = it.run("caddy", "validate", *CADDY[2:], env={"HOME": "/root"})
    assert "Valid configuration" in validated.stdout + validated.stderr
    for name in ("Caddyfile", "trato-digno.caddy"):
        assert (root / "etc/caddy" / name).is_file()
    assert f"{OPT}/pages" in (root / "etc/caddy/trato-digno.caddy").read_text()
