import json
from datetime import timedelta
from unittest import mock

import pytest
from django.contrib.auth import SESSION_KEY
from django.http import UnreadablePostError
from django.test import Client

from course.account.sessions import SEEN_AT
from course.models import Budget
from course.people.delays import DELIVERING
from course.people.devices import SIGNED_IN_AT
from modules.models import LessonRead
from quizzes.models import AnswerWrite, LateAnswer
from tests.factories import make_learner

from .devices import deliver, fact_answer, fact_read, fact_submit, post, sealed, states_of

pytestmark = pytest.mark.django_db

MOST = 256 * 1024


@pytest.fixture
def row(ana, lesson, now):
    return sealed(fact_read(ana, lesson.translation_key, now))


def envelope(now, *rows, **more):
    return {"sent_at": now.isoformat(), "facts": list(rows)} | more


def refused(answer):
    assert set(answer.json()) == {"error"}
    return answer.status_code


def test_the_answer_names_each_fact_and_says_no_more(row, now):
    rows = [row | {"id": "pagina-1.4"}, row | {"id": 17}]
    answer = deliver(rows, now=now)
    assert answer.json() == {"facts": [{"id": "pagina-1.4", "state": "ok"}, {"id": 17, "state": "again"}]}
    assert (answer.headers["Cache-Control"], answer.cookies) == ("no-store", {})
    assert deliver([], now=now).json() == {"facts": []}


@pytest.mark.parametrize(
    "headers",
    [
        {"origin": "https://mal.example"},
        {"origin": "null"},
        {"origin": "http://["},
        {"sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "same-site", "origin": "http://testserver"},
    ],
)
def test_no_page_of_another_site_delivers(row, now, headers):
    assert refused(deliver([row], now=now, **headers)) == 403
    assert not LessonRead.objects.exists()
    assert not Budget.objects.exists()


@pytest.mark.parametrize("headers", [{}, {"origin": "http://testserver", "sec-fetch-site": "same-origin"}])
def test_pages_of_this_site_and_programs_deliver(row, now, headers):
    assert states_of(deliver([row], now=now, **headers)) == ["ok"]


@pytest.mark.parametrize(
    "body",
    [
        *("", "x", b"\xff\xfe", "[" * 100_000, '{"facts": ' + "[" * 50_000, "[]", '"x"', "null", "{}"),
        *("facts=x&sent_at=x", '{"sent_at": ' + "9" * 5000 + ', "facts": []}', '{"facts": [], "sent_at": 3}'),
        *('{"facts": {}, "sent_at": "x"}', '{"facts": [3], "sent_at": "x"}', '{"facts": [{}], "sent_at": "x"}'),
        *(
            f'{{"facts": [{{"id": {name}}}], "sent_at": "x"}}'
            for name in ("null", "true", '"\\ud800"', "9" * 30, f'"{"a" * 65}"')
        ),
    ],
)
def test_what_is_no_delivery_is_told_so(body):
    assert refused(post(body)) == 400


NO_FACTS = [b"", b"\xff", b"[]", b"null", b"[" * 50_000, b'{"kind": ' + b'{"a":' * 20_000, b"9" * 5000]
WRONG_READ = [{"kind": "another"}, {"owner": 3}, {"owner": "x" * 301}, {"owner": "\ud800"}, {"lesson": "x"}]
WRONG_READ += [{"lesson": "\x00" * 36}, {"given_at": 3}, {"given_at": "2" * 41}]
WRONG_ANSWER = [
    {"attempt": None},
    {"form": ["a"]},
    {"form": "\ud800"},
    {"form": "&".join(map("a{}=".format, range(10_001)))},
]
WRONG_SUBMIT = [{"answers": {}}, {"answers": [3]}, {"answers": [{"form": "a=b"}]}]
WRONG_SUBMIT += [{"answers": [{"form": "a=b", "given_at": "x"}] * 501}]


def test_what_is_no_fact_is_unreadable_and_holds_up_no_other(ana, attempt, lesson, row, now):
    read = fact_read(ana, lesson.translation_key, now)
    answer, submit = fact_answer(ana, attempt.pk, "a=b", now), fact_submit(ana, attempt.pk, [], now)
    kinds = [(read, WRONG_READ), (answer, WRONG_ANSWER), (submit, WRONG_SUBMIT)]
    rows = [{"id": "a"}, *(row | broken for broken in ({"key": 3}, {"sealed": None}, {"sealed": "ñ\x00"}))]
    rows += map(sealed, [*NO_FACTS, *(right | change for right, wrong in kinds for change in wrong)])
    rows += [sealed({name: read[name] for name in read if name != missing}) for missing in read]
    assert states_of(deliver([rows[0], row], now=now)) == ["unreadable", "ok"]
    assert {*(state for one in rows for state in states_of(deliver([one], now=now)))} == {"unreadable"}
    attempt.refresh_from_db()
    assert (attempt.submitted_at, AnswerWrite.objects.count(), LateAnswer.objects.count()) == (None, 0, 0)


def test_fifty_facts_are_taken_and_no_more(row, now):
    assert states_of(deliver([row] * 50, now=now)) == ["ok"] + ["again"] * 49
    assert refused(deliver([row] * 51, now=now)) == 413


def test_what_is_big_is_not_read_to_its_end(row, now):
    empty = len(json.dumps(envelope(now, row, filling="")))
    just = json.dumps(envelope(now, row, filling="a" * (MOST - empty)))
    assert len(just) == MOST
    assert states_of(post(just)) == ["ok"]
    assert refused(post(just + " ")) == 413
    with mock.patch("course.account.offline.json.loads") as read:
        assert post(b"9" * 2_000_000).status_code == 413
    assert not read.called


def test_a_line_that_goes_down_in_the_middle_writes_nothing():
    with mock.patch("django.http.request.HttpRequest.read", side_effect=UnreadablePostError):
        assert refused(post("{}")) == 400


def test_a_flood_from_one_address_waits_and_writes_nothing(row, now):
    taken = 0
    while (answer := deliver([row], now=now)).status_code == 200:
        taken += 1
        assert taken <= 200
    assert taken == DELIVERING.free == 120
    assert (refused(answer), answer.headers["Retry-After"]) == (429, "1")
    before = Budget.objects.get().whole_at
    with mock.patch("course.account.offline.credit_facts") as credited:
        assert refused(deliver([row], now=now)) == 429
    assert not credited.called
    assert before == Budget.objects.get().whole_at
    # Another place is another matter; and here it goes on in half a second.
    far = Client(enforce_csrf_checks=True, REMOTE_ADDR="203.0.113.9")
    assert states_of(deliver([row], now=now, browser=far)) == ["again"]
    with mock.patch("course.account.offline.timezone.now", return_value=now + timedelta(seconds=0.5)):
        assert states_of(deliver([row], now=now)) == ["again"]


def test_delivering_tells_the_session_nothing_and_ends_none(ana, nicolas, row, now):
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(nicolas)
    session = browser.session
    # Long past its end: any page would close it.
    session[SIGNED_IN_AT] = session[SEEN_AT] = 0
    session.save()
    answer = deliver([row], now=now, browser=browser)
    assert (states_of(answer), answer.cookies) == (["ok"], {})
    assert browser.session[SESSION_KEY] == str(nicolas.pk)
    assert LessonRead.objects.get().learner == ana


def test_who_has_to_choose_a_pin_delivers(row, now):
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(make_learner("NUE234", must_choose_pin=True))
    assert states_of(deliver([row], now=now, browser=browser)) == ["ok"]
