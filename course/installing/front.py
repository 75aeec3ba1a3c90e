"""Steps with the proxy: it runs, the site is behind it, and its own authority can be fetched."""

import http.client
import socket
import ssl
import time

from course.operating.words import say

from . import authority, places, proxy
from .authority_page import is_page
from .site import are_on
from .steps import ROOT, File, Step, write

_LONGEST_WAIT = 60


class StartProxy(Step):
    """Caddy with the new configuration, once it finds nothing wrong with it."""

    only_on_the_machine = True

    def __init__(self):
        self.title = say("Encender Caddy", "Start Caddy")

    def is_done(self, machine):
        return "restart_proxy" not in machine.record.facts and are_on(machine, "caddy.service")

    def shown(self, machine):
        yield f"$ caddy validate --adapter caddyfile --config {proxy.CADDYFILE}"
        yield "$ systemctl enable caddy"
        yield "$ systemctl restart caddy"

    def do(self, machine):
        # As Caddy itself: what root makes while it looks, Caddy could not read.
        machine.run(
            ["caddy", "validate", "--adapter", "caddyfile", "--config", proxy.CADDYFILE],
            account="caddy",
            environment={"HOME": "/var/lib/caddy"},
        )
        machine.run(["systemctl", "enable", "caddy"])
        machine.run(["systemctl", "restart", "caddy"])
        machine.record.facts.pop("restart_proxy", None)


class AuthorityPage(Step):
    """The page to print about the machine's own authority."""

    only_on_the_machine = True

    def __init__(self, answers):
        self.answers, self.code = answers, ""
        self.title = say("El certificado de esta máquina", "This machine's certificate")

    def certificate(self, machine):
        return machine.at(authority.ROOT_CERTIFICATE).read_text(encoding="ascii")

    def is_done(self, machine):
        place = machine.at(proxy.AUTHORITY_PAGE)
        if not place.exists():
            return False
        return is_page(place.read_text(encoding="utf-8"), self.answers.address, self.certificate(machine))

    def shown(self, machine):
        yield f"{proxy.AUTHORITY_PAGE}  0644 root:root"

    def do(self, machine):
        said = machine.run(
            [places.PYTHON, "-m", "course.installing.authority_page", self.answers.address],
            account=places.ACCOUNT,
            folder=places.CURRENT,
            given=self.certificate(machine),
        )
        text, self.code = said.split("\0")
        write(machine, proxy.AUTHORITY_PAGE, text, 0o644, ROOT)


def files(answers, door):
    """Yield the files of Caddy, in front of what answers at `door`, and the page that it shows by itself."""
    if answers.https == "files":
        yield File(proxy.CERTIFICATE, _content_of(answers.certificate), 0o644, of="proxy")
        yield File(proxy.KEY, _content_of(answers.key), 0o640, ("root", "caddy"), of="proxy")
    if options := proxy.options_file(answers):
        yield File(proxy.OPTIONS_FILE, options, of="proxy")
    yield File(proxy.DOWN, proxy.DOWN_PAGE, of="proxy")
    yield File(proxy.SITE_FILE, proxy.site_file(answers, door), of="proxy")
    yield File(proxy.CADDYFILE, proxy.caddyfile(answers), replaces=proxy.is_debians, of="proxy")


def _content_of(path):
    def content(machine):
        with open(path, "rb") as file:
            return file.read()

    return content


def problem_with_https(machine, answers):
    """Return what hinders a visitor over HTTPS, or None; a public authority may take a minute."""
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
        # Whoever issued it may be known in the ministry's own network alone; it was looked at before.
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
    """Return the lines that bring the site in and that Caddy's own file, changed by a person, does not have."""
    found = machine.at(proxy.CADDYFILE).read_text(encoding="utf-8").splitlines()
    wanted = [proxy.IMPORT, *([proxy.OPTIONS_IMPORT] if proxy.options_file(answers) else [])]
    return [line for line in wanted if line not in map(str.strip, found)]
