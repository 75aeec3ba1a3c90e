"""Posted question forms, and JSON batches of answers."""

import json
import re
from dataclasses import replace
from datetime import datetime
from typing import NamedTuple

from django.http import RawPostDataException
from django.urls import reverse
from django.utils.dateparse import parse_datetime

from quizzes.attempts.responses import CHECK_CLIENT, FORM_CLIENT, IncomingAnswer, SaveResult, find_item, server_time
from quizzes.attempts.rules import rules_of
from quizzes.attempts.second_chance import all_items, repeated_items
from quizzes.attempts.taking import save_answer, save_answers, tells_at_once
from quizzes.exceptions import AlreadySubmitted, NotAllSaved, ResponseTooLong, UnknownQuestion, UnreadableResponse
from quizzes.kinds import get_kind
from quizzes.models import Certainty, Layout

_CLIENT = re.compile(r"[A-Za-z0-9-]{1,40}")
MAX_NUMBER = 2**53
MAX_BATCH = 500
MAX_DIGITS, MAX_NAME = 20, 80
CONTROL_FIELDS = (
    "csrfmiddlewaretoken",
    "owner",
    "question",
    "shown",
    "sure",
    "seen",
    "certainty",
    "client",
    "number",
    "go",
)
CHECK_BUTTON = "check"


def save_form(attempt, form, *, given_at, now, late_reason=None):
    """Save a form that names its question; return the next URL. Raises like `save_answer`, and AlreadySubmitted."""
    if form.get("page") and not form.get("question"):
        return save_page(attempt, form, given_at=given_at, now=now, late_reason=late_reason)
    client, number, is_counted = _read_write_id(form)
    options = {
        "certainty": read_certainty(form.get("certainty")),
        "given_at": given_at,
        "now": now,
        "late_reason": late_reason,
    }
    try:
        item = find_item(attempt.snapshot, form.get("question"))
        kind = get_kind(item)
        response = kind.read_form(item, form)
    except ResponseTooLong:
        raise
    except (UnknownQuestion, UnreadableResponse):
        if form.get("question"):
            save_answer(attempt, form["question"], _answer_fields(form), client=client, number=number, **options)
        raise
    go, problem = form.get("go"), kind.problem(item, response)
    is_told = go == CHECK_BUTTON and is_told_when_answered(attempt, item)
    if is_told and kind.is_answered(item, response):
        client, number, is_counted = CHECK_CLIENT, 1, True
    if item["marks"] and not form.get("seen") and (is_counted or _has_changed(form, kind, response)):
        save_answer(attempt, item["key"], response, client=client, number=number, **options)
    if attempt.is_final and not (attempt.is_in_second_chance and item in repeated_items(attempt.snapshot)):
        raise AlreadySubmitted
    if is_told:
        flag = "" if client == CHECK_CLIENT else f"?{CHECK_BUTTON}"
        return question_url(attempt, number_of(attempt, item)) + flag
    return _next_url(attempt, item, go, problem=problem)


def save_page(attempt, form, *, given_at, now, late_reason=None):
    """Save a form with all questions; return the next URL. Raises AlreadySubmitted, NotAllSaved."""
    go = form.get("go", "")
    given, errors = _read_page(attempt.snapshot, form, given_at)
    saved = SaveResult()
    if given:
        saved = save_answers(attempt.pk, given, learner=attempt.learner_id, now=now, late_reason=late_reason)
    unsaved = {row.question: error for row, error in saved.late}
    unsaved |= {answer.question_key: error for answer, error in saved.refused}
    if late := next((error for error in unsaved.values() if isinstance(error, AlreadySubmitted)), None):
        raise late
    if attempt.is_final:
        raise AlreadySubmitted
    if errors := unsaved | errors:
        raise NotAllSaved(errors)
    return reverse("attempt_summary", args=[attempt.pk]) if go == "finish" else question_url(attempt, 1)


def read_answers(snapshot, form, *, given_at, default_client):
    """Return the new IncomingAnswers, unreadable ones as they came; raises UnknownQuestion."""
    if form.get("page") and not form.get("question"):
        given, _errors = _read_page(snapshot, form, given_at, keeps_too_long=True)
    else:
        given = _read_question(snapshot, form, given_at)
    return [
        replace(answer, client=default_client, number=1) if answer.client == FORM_CLIENT else answer for answer in given
    ]


def _read_question(snapshot, form, given_at):
    if not form.get("question"):
        raise UnknownQuestion
    client, number, is_counted = _read_write_id(form)
    certainty, key = read_certainty(form.get("certainty")), form["question"]
    try:
        item = find_item(snapshot, key)
        kind = get_kind(item)
        response = kind.read_form(item, form)
        is_new = item["marks"] and not form.get("seen") and (is_counted or _has_changed(form, kind, response))
    except (UnknownQuestion, UnreadableResponse):
        response, is_new = _answer_fields(form), True
    return [IncomingAnswer(key, response, client, number, given_at, certainty)] if is_new else []


def _read_page(snapshot, form, given_at, *, keeps_too_long=False):
    given, errors = [], {}
    for item in snapshot["questions"]:
        fields, kind = PrefixedForm(form, field_prefix(item)), get_kind(item)
        if not item["marks"] or fields.get("shown") is None or fields.get("seen"):
            continue
        client, count, is_counted = _read_write_id(fields)
        try:
            response = kind.read_form(item, fields)
        except UnreadableResponse as error:
            errors[item["key"]] = error
            if isinstance(error, ResponseTooLong) and not keeps_too_long:
                continue
            response = _answer_fields(fields)
        if is_counted or _has_changed(fields, kind, response):
            certainty = read_certainty(fields.get("certainty"))
            given.append(IncomingAnswer(item["key"], response, client, count, given_at, certainty))
    return given, errors


class PrefixedForm:
    """The fields of one question in a form with several, whose names begin with `prefix`."""

    def __init__(self, form, prefix):
        self.form, self.prefix = form, prefix

    def get(self, name, default=None):
        return self.form.get(self.prefix + name, default)

    def getlist(self, name):
        return self.form.getlist(self.prefix + name)

    def lists(self):
        for name, values in self.form.lists():
            if name.startswith(self.prefix):
                yield name.removeprefix(self.prefix), values


def field_prefix(item):
    return f"q-{item['key']}-"


def question_anchor(item):
    return f"{field_prefix(item)}question"


def is_told_when_answered(attempt, item):
    return bool(item["marks"]) and (tells_at_once(attempt) or item in repeated_items(attempt.snapshot))


def read_certainty(value):
    """Return a Certainty, or None for anything else: a wrong one must not block an answer."""
    return next((level for level in Certainty.values if value is not True and value in (level, str(level))), None)


def question_url(attempt, number):
    if rules_of(attempt.snapshot).layout != Layout.ALL:
        return reverse("attempt_question", args=[attempt.pk, number])
    anchor = f"#{question_anchor(attempt.snapshot['questions'][number - 1])}" if number > 1 else ""
    return reverse("attempt_question", args=[attempt.pk, 1]) + anchor


def raw_body(request):
    """Return the request body, or b"" if the CSRF check has consumed a multipart form, which is no batch."""
    try:
        return request.body
    except RawPostDataException:
        return b""


class Batch(NamedTuple):
    """IncomingAnswers, and the place and identifying fields of malformed rows."""

    given: list
    malformed: list


def read_batch(body, *, now):
    """Read a JSON list of {question, client, number, response, given_at, sent_at}; raises UnreadableResponse."""
    try:
        batch = json.loads(body, parse_int=_parse_short_int)
        rows = batch["answers"] if isinstance(batch, dict) else batch
    except (ValueError, TypeError, KeyError, RecursionError) as error:
        raise UnreadableResponse from error
    if not isinstance(rows, list) or len(rows) > MAX_BATCH:
        raise UnreadableResponse
    given, malformed = [], []
    for place, row in enumerate(rows, start=1):
        try:
            given.append(_read_row(row, now))
        except (ValueError, TypeError, KeyError, OverflowError):
            malformed.append({"place": place} | _identify_row(row))
    return Batch(given, malformed)


def _parse_short_int(digits):
    # int() raises over 4300 digits, which would refuse the whole batch instead of the row.
    return int(digits) if len(digits) <= MAX_DIGITS else None


def _identify_row(row):
    row = row if isinstance(row, dict) else {}
    texts = {name: row[name] for name in ("question", "client") if isinstance(row.get(name), str)}
    named = {name: text for name, text in texts.items() if len(text) <= MAX_NAME and text.isprintable()}
    return named | ({"number": row["number"]} if type(row.get("number")) is int else {})


def serialize_saved(saved, malformed=(), *, hidden_before=None):
    """Return JSON for the page, without responses given before `hidden_before`."""
    standing = {}
    for key, write in saved.current.items():
        is_hidden = hidden_before is not None and write.given_at < hidden_before
        response = {} if is_hidden else {"response": write.response}
        standing[key] = {"client": write.client, "number": write.number} | response
    problems = {key: problem for key, problem in saved.problems.items() if "response" in standing[key]}
    return {
        "standing": standing,
        **({"problems": problems} if problems else {}),
        "held": [_serialize_unsaved(row.question, row, error, kept_for=row.reason) for row, error in saved.late],
        "refused": [
            *(_serialize_unsaved(answer.question_key, answer, error) for answer, error in saved.refused),
            *(row | {"reason": str(UnreadableResponse())} for row in malformed),
        ],
    }


def _serialize_unsaved(question, write, error, **more):
    return {"question": question, "client": write.client, "number": write.number, "reason": str(error)} | more


def _read_row(row, now):
    client, number = row["client"], row["number"]
    if (
        not _CLIENT.fullmatch(client)
        or client in (FORM_CLIENT, CHECK_CLIENT)
        or type(number) is not int
        or not 0 <= number <= MAX_NUMBER
    ):
        raise ValueError("invalid client or number")
    given_at, sent_at = _parse_moment(row.get("given_at"), now), _parse_moment(row.get("sent_at"), now)
    given_at = server_time(given_at, sent_at, now=now)
    return IncomingAnswer(
        str(row["question"]), row.get("response"), client, number, given_at, read_certainty(row.get("certainty"))
    )


def _parse_moment(text, now):
    if text is None:
        return now
    moment = parse_datetime(text)
    if not isinstance(moment, datetime) or moment.tzinfo is None:
        raise ValueError("not a moment such as 2026-11-25T15:00:00Z")
    return moment


class _WriteId(NamedTuple):
    client: str
    number: int | None
    is_counted: bool


def _read_write_id(form):
    client, number = form.get("client", ""), form.get("number", "")
    if not _CLIENT.fullmatch(client) or client in (FORM_CLIENT, CHECK_CLIENT):
        return _WriteId(FORM_CLIENT, None, False)
    if not number:
        return _WriteId(client, 1, False)
    if number.isascii() and number.isdigit() and len(number) <= 16:
        return _WriteId(client, min(int(number), MAX_NUMBER), True)
    return _WriteId(FORM_CLIENT, None, False)


def _answer_fields(form):
    return {name: values for name, values in form.lists() if name not in CONTROL_FIELDS}


def _has_changed(form, kind, response):
    try:
        initial = json.loads(form.get("shown", ""))
    except (ValueError, RecursionError):
        initial = kind.empty_response
    return response != initial or read_certainty(form.get("certainty")) != read_certainty(form.get("sure"))


def _next_url(attempt, item, go, *, problem):
    number = number_of(attempt, item)
    if go == "previous":
        number -= 1
    elif go == "next" and not problem:
        number += 1
    elif go and go.isascii() and go.isdigit() and len(go) <= 4:
        number = int(go)
    if go == "finish" or not 1 <= number <= len(attempt.snapshot["questions"]):
        return reverse("attempt_summary", args=[attempt.pk])
    return question_url(attempt, number)


def number_of(attempt, item):
    return 1 + [other["key"] for other in all_items(attempt.snapshot)].index(item["key"])
