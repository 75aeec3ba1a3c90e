"""The script beside the pages: the same for everybody, and it says what it has to know of this site."""

import base64
import json
import re

import pytest
from django.test import Client
from django.urls import reverse

from course.offline.keys import newest_key
from course.offline.script import WORKER
from tests.factories import make_learner

pytestmark = pytest.mark.django_db


def site_of(answer):
    first, rest = answer.content.decode().split("\n", 1)
    # Without its comments: of the worker itself `tests/journeys` knows more.
    assert 'addEventListener("fetch"' in rest
    assert len(rest) < len(WORKER.read_text())
    return json.loads(re.fullmatch(r"const SITE=(.*)", first)[1])


def fetch(browser=None, **headers):
    return (browser or Client()).get(reverse("service_worker"), headers=headers)


def test_it_says_what_it_needs():
    answer, key = fetch(), newest_key()
    site = site_of(answer)
    assert reverse("service_worker") == "/sw.js"
    assert (answer.headers["Content-Type"], answer.headers["Cache-Control"]) == (
        "text/javascript; charset=utf-8",
        "max-age=3600",
    )
    assert (base64.b64decode(site["key"]), site["keyId"], site["off"]) == (key.point, key.id, False)
    assert set(site) == {"version", "key", "keyId", "off"}


def test_everybody_gets_the_same():
    ana = Client()
    ana.force_login(make_learner())
    alone = fetch()
    answer = fetch(ana)
    assert answer.content == alone.content
    assert answer.headers["Cache-Control"] == "max-age=3600"
    assert "Cookie" not in answer.headers.get("Vary", "")
    assert answer.cookies == {}
    # Nor does anybody's first own PIN stand in the way, or the end of a session.
    new = Client()
    new.force_login(make_learner("NUE234", must_choose_pin=True))
    assert fetch(new).content == alone.content


def test_what_is_kept_already_is_not_sent_again():
    mark = fetch().headers["ETag"]
    again = fetch(if_none_match=mark)
    assert (again.status_code, again.content) == (304, b"")
    assert fetch(if_none_match='"another"').status_code == 200


def test_a_new_key_makes_another_script_and_the_same_version(settings):
    before = fetch()
    settings.ACCOUNT_KEYS = ["newer-" + "3" * 40, *settings.ACCOUNT_KEYS]
    after = fetch()
    assert before.headers["ETag"] != after.headers["ETag"]
    assert site_of(before)["version"] == site_of(after)["version"]


def test_it_can_be_turned_off(settings):
    settings.KEEP_PAGES_OFFLINE = False
    site = site_of(fetch())
    assert (site["off"], bool(site["key"])) == (True, True)


def test_without_a_key_nothing_is_kept(settings):
    settings.ACCOUNT_KEYS = ["short"]
    site = site_of(fetch())
    assert (site["off"], site["key"], site["keyId"]) == (True, "", "")
