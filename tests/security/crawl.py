"""Walk the site as people and as attackers do: sign in, follow every link, send every form.

It walks as the people of `tests.everyone`, with Django's checks of forged requests on and the cookie of the token kept.
`findings` are sentences; there is none where all is as it should be.
"""

import random
import re
from collections import deque
from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import urldefrag, urljoin, urlsplit

from django.db import transaction
from django.test import Client

MARK = "hOsTiL"
HOSTILE = [
    f'"><script>{MARK}</script>',
    f"'><img src=x onerror={MARK}>",
    f"{MARK}{{{{7*7}}}}${{7*7}}<%= 7*7 %>",
    "' OR '1'='1'; DROP TABLE course_user; --",
    "\x00nulo",
    "\u202eodatlov\u202c مرحبا",
    "🙂" * 300,
    "a" * 20_000,
    "-1",
    "9" * 400,
    "1e309",
    "../../../../etc/passwd",
    "[]",
    '{"a": 1}',
    "\ud83d".encode("utf-8", "surrogatepass").decode("utf-8", "replace"),
    "",
]
# What would end the walk, or has nothing to walk to.
LEFT_OUT = re.compile(r"/accounts/logout/|/static/|/media/|\.(pdf|xlsx|csv|png|svg|json)$|/jsi18n/|/cms/failwhale/")


class Page(HTMLParser):
    """The links and forms of a page, and what a strict policy of content would stop."""

    def __init__(self):
        super().__init__()
        self.links, self.forms, self.inline = [], [], []
        self._form = self._select = None
        self._in_script = False

    def handle_starttag(self, tag, attrs):
        given = dict(attrs)
        self.inline += [f"{tag} {name}" for name in given if name.startswith("on") or name == "style"]
        if tag == "script" and "src" not in given and given.get("type") in (None, "", "module", "text/javascript"):
            self.inline.append("script")
        if tag == "style":
            self.inline.append("style")
        if tag == "a" and given.get("href"):
            self.links.append(given["href"])
        elif tag == "form":
            self._form = Form(given.get("action") or "", given.get("method", "get").lower())
            self.forms.append(self._form)
        elif self._form is not None:
            self._field(tag, given)

    def _field(self, tag, given):
        name, kind = given.get("name"), given.get("type", "text")
        if tag == "select":
            self._select = name
        elif tag == "option" and self._select and "selected" in given:
            self._form.fields.setdefault(self._select, []).append(given.get("value", ""))
        elif tag == "option" and self._select and given.get("value"):
            self._form.offered.setdefault(self._select, given["value"])
        elif name and tag in ("input", "button", "textarea"):
            if kind in ("checkbox", "radio"):
                self._form.offered.setdefault(name, given.get("value", "on"))
            elif kind == "file":
                self._form.files.append(name)
            elif kind in ("submit", "button") or tag == "button":
                self._form.buttons.append((name, given.get("value", "")))
            else:
                self._form.fields.setdefault(name, []).append(given.get("value", ""))

    def handle_endtag(self, tag):
        if tag == "form":
            self._form = None
        elif tag == "select":
            self._select = None


@dataclass
class Form:
    """A form as a browser would send it: {name: values}, what could be chosen, and the buttons."""

    action: str
    method: str
    fields: dict = field(default_factory=dict)
    offered: dict = field(default_factory=dict)
    files: list = field(default_factory=list)
    buttons: list = field(default_factory=list)

    @property
    def has_token(self):
        return any(self.fields.get("csrfmiddlewaretoken", []))

    def shape(self, path):
        return re.sub(r"[0-9a-f-]{36}|\d+", "#", path), tuple(sorted(self.fields)), tuple(sorted(self.offered))


class Walk:
    """One person's walk. What a form does is undone, so that the next page is there still."""

    def __init__(self, person, *, chance, most_pages):
        self.client = Client(enforce_csrf_checks=True, raise_request_exception=False)
        if person is not None:
            self.client.force_login(person)
        self.chance, self.most_pages = chance, most_pages
        self.who = person.username if person else "nobody"
        self.of_wagtail = []
        self.findings, self.seen, self.tried, self.pages, self.sent = [], set(), set(), 0, 0

    def run(self, *starts):
        waiting = deque(starts)
        while waiting and self.pages < self.most_pages:
            address = waiting.popleft()
            if (shape := re.sub(r"\d+|[0-9a-f-]{36}", "#", address)) in self.seen or LEFT_OUT.search(address):
                continue
            self.seen.add(shape)
            self.pages += 1
            page = self.look_at(self.client.get(address), f"GET {address}")
            path = urlsplit(address).path
            links = [urldefrag(urljoin(address, link)).url for link in page.links]
            self.chance.shuffle(links)
            waiting.extend(link for link in links if link.startswith("/") and not link.startswith("//"))
            for form in page.forms:
                self.try_form(form, path)
        return self

    def find(self, where, what):
        # Page forms of Wagtail need its scripts, which a walk has not: what they answer to less is told apart.
        # So is a number longer than any key in the filters of its lists of pages, which SQLite can't take.
        is_wagtails = " /cms/" in where and (
            where.startswith("POST") or "without a token" in what or "Overflow" in what
        )
        (self.of_wagtail if is_wagtails else self.findings).append(f"{self.who}: {where}: {what}")

    def look_at(self, response, where, *, hostile=False):
        if response.status_code in (301, 302) and not hostile:
            response = self.client.get(response.url) if response.url.startswith("/") else response
        if response.status_code >= 500:
            cause = getattr(response, "exc_info", None)
            self.find(where, f"{response.status_code} {cause[0].__name__ if cause else ''} {cause[1] if cause else ''}")
        page = Page()
        if not response.get("Content-Type", "").startswith("text/html") or response.streaming:
            return page
        text = response.content.decode()
        page.feed(text)
        if "Traceback (most recent call last)" in text:
            self.find(where, "a traceback")
        if f"<script>{MARK}" in text or f"<img src=x onerror={MARK}" in text or f"{MARK}49" in text:
            self.find(where, "what was sent comes back as code")
        if "Content-Security-Policy" not in response.headers:
            self.find(where, "no policy of content")
        if page.inline and not response.wsgi_request.path.startswith("/cms/"):
            self.find(where, f"inline {page.inline}")
        for form in page.forms:
            if form.method == "post" and not form.has_token and "/v/archivo/" not in form.action:
                self.find(where, f"a form without a token, to {form.action!r}")
        return page

    def try_form(self, form, path):
        action = urljoin(path, form.action)
        if form.shape(action) in self.tried or LEFT_OUT.search(action) or not action.startswith("/"):
            return
        self.tried.add(form.shape(action))
        plain = {name: list(values) for name, values in form.fields.items()}
        plain |= {name: [value] for name, value in form.offered.items() if name not in plain}
        plain = {name: [self.likely(name, value) for value in values] for name, values in plain.items()}
        button = dict([self.chance.choice(form.buttons)]) if form.buttons else {}
        button = {name: [value] for name, value in button.items() if name}
        self.send(form, action, plain | button)
        for spoiled in self.spoil(plain | button, is_admins=action.startswith("/cms/")):
            self.send(form, action, spoiled, hostile=True)
        if form.method == "post" and form.has_token:
            answer = self.send(form, action, {name: v for name, v in plain.items() if name != "csrfmiddlewaretoken"})
            if answer.status_code not in (403, 302) and "/accounts/login/" not in action:
                self.find(f"POST {action}", f"taken without a token: {answer.status_code}")

    def likely(self, name, value):
        if value:
            return value
        words = {
            "login": "ANA234",
            "password": "482913",
            "email": "ana@ejemplo.gt",
            "code": "ANA234",
            "date": "2026-11-25",
        }
        return next((word for part, word in words.items() if part in name), "7")

    def spoil(self, fields, *, is_admins):
        kept = {name: values for name, values in fields.items() if name in ("csrfmiddlewaretoken", "owner")}
        others = [name for name in fields if name not in kept]
        yield fields | {name: [self.chance.choice(HOSTILE)] for name in others}
        yield fields | {name: [HOSTILE[self.chance.randrange(3)]] for name in others}
        yield fields | {name: [*fields[name], self.chance.choice(HOSTILE), *fields[name]] for name in others}
        if not is_admins:
            # Forms of Wagtail break where a page of theirs always sends a field, for those whom they let in.
            yield kept | {f"{name}[]": ["1", "2"] for name in others}
            yield kept

    def send(self, form, action, fields, *, hostile=False):
        cookies = self.client.cookies.copy()
        with transaction.atomic():
            method = self.client.post if form.method == "post" else self.client.get
            response = method(action, fields)
            self.sent += 1
            told = ", ".join(f"{name}={str(values)[:40]}" for name, values in fields.items() if "csrf" not in name)
            self.look_at(response, f"{form.method.upper()} {action} {told[:300]}", hostile=hostile)
            if hostile and response.status_code in (301, 302) and response.url.startswith("/"):
                self.look_at(self.client.get(response.url), f"after {action} {told[:300]}", hostile=True)
            transaction.set_rollback(True)
        self.client.cookies = cookies
        return response


def crawl(world, letters, *, seed=1, most_pages=10_000):
    chance = random.Random(seed)
    walks = []
    for who in letters:
        starts = ["/es/", "/es/grupos/", "/accounts/cuenta/", "/v/"]
        person = world.people[who]
        if person is not None and person.has_perm("wagtailadmin.access_admin"):
            starts.append("/cms/")
        walks.append(Walk(person, chance=chance, most_pages=most_pages).run(*starts))
    return walks
