"""What the first visit of each lesson costs on prepaid data: asked by a plain client, as bytes cross the wire."""

import re
from urllib.parse import urljoin

import pytest
import requests

from .learner import ask_course

pytestmark = pytest.mark.journey

HEAVIEST = 50 * 1024
MOST_REQUESTS = 6
LINKED = re.compile(r'<link\b[^>]*\bhref="([^"]+)"|<(?:script|img|source)\b[^>]*\bsrc="([^"]+)"')


class Visitor:
    """A browser's first visit, without a browser: the page and all that it asks for, compressed."""

    def __init__(self, site):
        self.session = requests.Session()
        self.session.headers["Accept-Encoding"] = "gzip, deflate, br"
        self.site = site

    def sign_in(self, code, pin):
        address = f"{self.site.url}/accounts/login/"
        token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', self.session.get(address).text)[1]
        form = {"csrfmiddlewaretoken": token, "login": code, "password": pin}
        answer = self.session.post(address, form, headers={"Referer": address})
        assert answer.url == f"{self.site.url}/es/"

    def fetch(self, path):
        """Return (bytes that came over the wire, headers included, and the text that they hold)."""
        answer = self.session.get(urljoin(self.site.url, path), stream=True)
        assert answer.status_code == 200, path
        text = answer.text
        headers = sum(len(f"{name}: {value}\r\n") for name, value in answer.headers.items())
        return headers + answer.raw.tell(), text

    def open(self, path):
        """Return [bytes] of the page and of everything that it asks for."""
        size, page = self.fetch(path)
        asked = {href or src for href, src in LINKED.findall(page)}
        return [size, *(self.fetch(address)[0] for address in sorted(asked))]


def test_the_first_visit_of_every_lesson_is_light(site):
    visitor = Visitor(site)
    visitor.sign_in("ANA234", "482913")
    sizes = {path: visitor.open(path) for path in ask_course(site)["lessons"]}
    assert {path: sum(parts) for path, parts in sizes.items() if sum(parts) > HEAVIEST} == {}
    assert {path: len(parts) for path, parts in sizes.items() if len(parts) > MOST_REQUESTS} == {}
    assert all(len(parts) > 3 for parts in sizes.values())
