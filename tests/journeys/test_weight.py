import re
from urllib.parse import urljoin

import requests

from .learner import ask_course

HEAVIEST, HEAVIEST_PAGE = 32 * 1024, 10 * 1024
# The page, its style, whose page it is, what every page does, and what a lesson does: the icon stands inside the page.
MOST_REQUESTS = 5
LINKED = re.compile(r'<link\b[^>]*\bhref="([^"]+)"|<(?:script|img|source)\b[^>]*\bsrc="([^"]+)"')


class Visitor:
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
        answer = self.session.get(urljoin(self.site.url, path), stream=True)
        assert answer.status_code == 200, path
        text = answer.text
        headers = sum(len(f"{name}: {value}\r\n") for name, value in answer.headers.items())
        return headers, answer.raw.tell(), text

    def open(self, path):
        headers, size, page = self.fetch(path)
        asked = {href or src for href, src in LINKED.findall(page) if not (href or src).startswith("data:")}
        return [size, headers, *(sum(self.fetch(address)[:2]) for address in sorted(asked))]


def test_the_first_visit_of_every_lesson_is_light(site):
    visitor = Visitor(site)
    visitor.sign_in("ANA234", "482913")
    sizes = {path: visitor.open(path) for path in ask_course(site)["lessons"]}
    assert {path: sum(parts) for path, parts in sizes.items() if sum(parts) > HEAVIEST} == {}
    assert {path: parts[0] for path, parts in sizes.items() if parts[0] > HEAVIEST_PAGE} == {}
    assert {path: len(parts) - 1 for path, parts in sizes.items() if len(parts) - 1 > MOST_REQUESTS} == {}
    assert all(len(parts) > 4 for parts in sizes.values())
