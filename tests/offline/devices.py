"""A device without a line, as the worker in its browser is one: it seals what is done on it, and delivers later."""

import json
from datetime import timedelta
from uuid import uuid4

from django.test import Client
from django.urls import reverse
from django.utils.http import urlencode

from course.offline.encryption import encrypt, newest_key
from course.people.owner_tokens import make_owner_token


def fact_read(owner, lesson, given_at):
    return {"kind": "read", "owner": make_owner_token(owner), "lesson": str(lesson), "given_at": given_at.isoformat()}


def fact_answer(owner, attempt, form, given_at):
    given = posted(form, given_at)
    return {"kind": "answer", "owner": make_owner_token(owner), "attempt": str(attempt)} | given


def fact_submit(owner, attempt, answers, given_at):
    load = {"kind": "submit", "owner": make_owner_token(owner), "attempt": str(attempt)}
    return load | {"given_at": given_at.isoformat(), "answers": [posted(*one) for one in answers]}


def posted(form, given_at):
    return {"form": form if isinstance(form, str) else urlencode(form, doseq=True), "given_at": given_at.isoformat()}


def sealed(fact, *, key=None, name=None):
    key = key or newest_key()
    content = fact if isinstance(fact, bytes) else fact.encode() if isinstance(fact, str) else json.dumps(fact).encode()
    return {"id": name or uuid4().hex, "key": key.id, "sealed": encrypt(content, key.point)}


def deliver(rows, *, now, clock=timedelta(0), browser=None, **headers):
    body = {"sent_at": (now + clock).isoformat(), "facts": rows}
    return post(body, browser=browser, **headers)


def post(body, *, browser=None, **headers):
    browser = browser or Client(enforce_csrf_checks=True)
    body = body if isinstance(body, bytes | str) else json.dumps(body)
    return browser.post(reverse("deliver_facts"), body, content_type="application/json", headers=headers)


def states_of(answer):
    assert answer.status_code == 200, answer.content
    return [row["state"] for row in answer.json()["facts"]]


def form_of(attempt, place, choice, **more):
    item = attempt.snapshot["questions"][place]
    return {"question": item["key"], "shown": '""', "choice": item["options"][choice]["key"]} | more
