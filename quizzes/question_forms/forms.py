"""A question's form as it is posted, with or without JavaScript; and the batches that the page itself sends."""

import json
import re
from dataclasses import replace
from datetime import datetime
from typing import NamedTuple

from django.http import RawPostDataException
from django.urls import reverse
from django.utils.dateparse import parse_datetime

from quizzes.attempts.responses import CHECK, FORM, AnswerGiven, Saved, item_on, server_time
from quizzes.attempts.rules import rules_of
from quizzes.attempts.second_chance import items_of
from quizzes.attempts.taking import save_answer, save_answers
from quizzes.exceptions import AlreadySubmitted, NotAllSaved, NotOnPaper, TooLong, UnreadableResponse
from quizzes.kinds import kind_of
from quizzes.models import Certainty, Layout

_CLIENT = re.compile(r"[A-Za-z0-9-]{1,40}")
MAX_NUMBER = 2**53
MAX_BATCH = 500
# Of a number in a batch, and of what names a question or a client.
MOST_DIGITS, MAX_NAME = 20, 80
OURS = ("csrfmiddlewaretoken", "owner", "question", "shown", "sure", "seen", "certainty", "client", "number", "go")
# What the button «Comprobar» says; where all questions are on a page, with the question's number behind it.
CHECKS = "check"
# What the page says that asks again what is indispensable.
SECOND = "second"


def save_form(attempt, form, *, given_at, now, hold_as=None):
    """Save the answer in a posted question form and return the address to go on at.

    The form names its question, so an old tab, a double tap or Back can never answer another one. A form whose answer
    is still what the page showed says nothing new and is not written: an old tab left open can't undo a later answer.
    Raises AlreadySubmitted, and ArrivedLate, NotOnPaper, UnreadableResponse when the answer is kept apart;
    AlreadyShown when it is final. With `hold_as`, a Reason, whatever is new is kept apart.
    """
    if form.get("page") and not form.get("question"):
        return save_page(attempt, form, given_at=given_at, now=now, hold_as=hold_as)
    client, number, is_counted = _numbering(form)
    more = {"certainty": read_certainty(form.get("certainty")), "given_at": given_at, "now": now, "hold_as": hold_as}
    try:
        item = item_on(attempt.snapshot, form.get("question"))
        kind = kind_of(item)
        response = kind.read_form(item, form)
    except TooLong:
        raise
    except (NotOnPaper, UnreadableResponse):
        # It has no place, and is kept apart with all its fields.
        if form.get("question"):
            save_answer(attempt, form["question"], _fields(form), client=client, number=number, **more)
        raise
    go, problem = form.get("go"), kind.problem(item, response)
    if go == CHECKS and may_check(attempt.snapshot, item, response):
        client, number, is_counted = CHECK, 1, True
    if item["marks"] and not form.get("seen") and (is_counted or _says_something(form, kind, response)):
        save_answer(attempt, item["key"], response, client=client, number=number, **more)
    if attempt.is_final:
        raise AlreadySubmitted
    if go == CHECKS and client != CHECK:
        # Nothing to check yet: the page says what is missing.
        return question_address(attempt, _number_of(attempt, item)) + "?" + CHECKS
    return _next_address(attempt, item, go, problem=problem)


def save_page(attempt, form, *, given_at, now, hold_as=None):
    """Save the answers of a form that holds every question, and return the address to go on at.

    The fields of each question have its key in their names, so no answer can reach another question. What can't be
    saved holds up nothing else. Raises AlreadySubmitted, and NotAllSaved with what was wrong.
    """
    go = form.get("go", "")
    given, errors, checked = _read_page(attempt.snapshot, form, go, given_at)
    saved = Saved()
    if given:
        saved = save_answers(attempt.pk, given, learner=attempt.learner_id, now=now, hold_as=hold_as)
    not_placed = {row.question: error for row, error in saved.held}
    not_placed |= {answer.question_key: error for answer, error in saved.refused}
    if late := next((error for error in not_placed.values() if isinstance(error, AlreadySubmitted)), None):
        raise late
    is_second = form.get("page") == SECOND and attempt.asks_again
    if attempt.is_final and not is_second:
        raise AlreadySubmitted
    # What reading it says is closer to the person than what keeping it apart says.
    if errors := not_placed | errors:
        raise NotAllSaved(errors)
    if is_second:
        return reverse("attempt_second", args=[attempt.pk])
    if go == "finish":
        return reverse("attempt_summary", args=[attempt.pk])
    if go.startswith(CHECKS) and not checked:
        return question_address(attempt, 1) + "?" + go
    return question_address(attempt, checked or 1)


def read_given(snapshot, form, *, given_at, unnamed):
    """Return [AnswerGiven] of what a posted form says that is new; no button counts. Nobody is there to be told.

    So what can't be read is there as it came, what is too long too. `unnamed` is the client of a form that names none:
    it is the first and only one of that client. Raises NotOnPaper where the form names no question at all.
    """
    if form.get("page") and not form.get("question"):
        given, _errors, _checked = _read_page(snapshot, form, "", given_at, is_told=False)
    else:
        given = _read_one(snapshot, form, given_at)
    return [replace(one, client=unnamed, number=1) if one.client == FORM else one for one in given]


def _read_one(snapshot, form, given_at):
    if not form.get("question"):
        raise NotOnPaper
    client, number, is_counted = _numbering(form)
    certainty, key = read_certainty(form.get("certainty")), form["question"]
    try:
        item = item_on(snapshot, key)
        kind = kind_of(item)
        response = kind.read_form(item, form)
        is_new = item["marks"] and not form.get("seen") and (is_counted or _says_something(form, kind, response))
    except (NotOnPaper, UnreadableResponse):
        response, is_new = _fields(form), True
    return [AnswerGiven(key, response, client, number, given_at, certainty)] if is_new else []


def _read_page(snapshot, form, go, given_at, *, is_told=True):
    """Return ([AnswerGiven] of what is new on the page, {question key: error}, the number that is checked or None)."""
    given, errors, checked = [], {}, None
    for number, item in enumerate(items_of(snapshot), start=1):
        fields, kind = FieldsOf(form, prefix_of(item)), kind_of(item)
        if not item["marks"] or fields.get("shown") is None or fields.get("seen"):
            continue
        client, count, is_counted = _numbering(fields)
        try:
            response = kind.read_form(item, fields)
        except UnreadableResponse as error:
            errors[item["key"]] = error
            if is_told and isinstance(error, TooLong):
                continue
            # Kept apart, as it came.
            response = fields.written()
        checks = go == f"{CHECKS}-{number}" and item["key"] not in errors
        if checks and may_check(snapshot, item, response):
            client, count, is_counted, checked = CHECK, 1, True, number
        if is_counted or _says_something(fields, kind, response):
            certainty = read_certainty(fields.get("certainty"))
            given.append(AnswerGiven(item["key"], response, client, count, given_at, certainty))
    return given, errors, checked


class FieldsOf:
    """The fields of one question in a form that holds several: their names begin with `prefix`."""

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

    def written(self):
        return _fields(self)


def prefix_of(item):
    """Return what stands before the names of a question's fields where several are on a page."""
    return f"q-{item['key']}-"


def anchor_of(item):
    """Return the id of a question where several are on a page."""
    return f"{prefix_of(item)}question"


def may_check(snapshot, item, response):
    """Say whether the person may now ask what is right: the quiz tells it after each question, and this is answered."""
    return bool(item["marks"]) and rules_of(snapshot).checks_each and kind_of(item).is_answered(item, response)


def read_certainty(value):
    """Return one of Certainty, or None for anything else: how sure somebody is never holds up an answer."""
    return next((level for level in Certainty.values if value is not True and value in (level, str(level))), None)


def question_address(attempt, number):
    """Return the address of a question; of the one page there is where all of them stand on it."""
    if rules_of(attempt.snapshot).layout != Layout.ALL:
        return reverse("attempt_question", args=[attempt.pk, number])
    anchor = f"#{anchor_of(attempt.snapshot['questions'][number - 1])}" if number > 1 else ""
    return reverse("attempt_question", args=[attempt.pk, 1]) + anchor


def body_of(request):
    """Return what was sent as it came; nothing where a form with files was, which is read by now and is no batch."""
    try:
        return request.body
    except RawPostDataException:
        return b""


class Batch(NamedTuple):
    """What a page sent by itself: the AnswerGiven of it, and the rows that are none, each as far as it names itself."""

    given: list
    malformed: list


def read_batch(body, *, now):
    """Return the Batch of a JSON body: a list of {question, client, number, response, given_at, sent_at}.

    A row that is malformed holds up none of the others. Raises UnreadableResponse when there is no such list, or it is
    longer than MAX_BATCH.
    """
    try:
        batch = json.loads(body, parse_int=_read_whole)
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
            malformed.append({"place": place} | _names_in(row))
    return Batch(given, malformed)


def _read_whole(digits):
    """Return a whole number of JSON; nothing for one that no number of ours is, so that only its row is refused."""
    return int(digits) if len(digits) <= MOST_DIGITS else None


def _names_in(row):
    """Return what a malformed row says of the write it is, so that whoever sent it knows which; all of it short."""
    row = row if isinstance(row, dict) else {}
    texts = {name: row[name] for name in ("question", "client") if isinstance(row.get(name), str)}
    named = {name: text for name, text in texts.items() if len(text) <= MAX_NAME and text.isprintable()}
    return named | ({"number": row["number"]} if type(row.get("number")) is int else {})


def told_of(saved, malformed=(), *, hidden_before=None):
    """Return what the page is told of a batch that was `saved`: what stands, what is kept apart, what is refused.

    Among these are the `malformed` rows, by their place in the batch; `problems` says what contradicts itself. Of an
    answer that stands, what was answered is told unless it was given before `hidden_before`.
    """
    reason, current = str(UnreadableResponse()), saved.current
    problems = {key: words for key, words in saved.problems.items() if _response(current[key], hidden_before)}
    return {
        "standing": {
            key: {"client": write.client, "number": write.number} | _response(write, hidden_before)
            for key, write in saved.current.items()
        },
        **({"problems": problems} if problems else {}),
        "held": [_told(row.question, row, error, kept_for=row.reason) for row, error in saved.held],
        "refused": [
            *(_told(answer.question_key, answer, error) for answer, error in saved.refused),
            *(row | {"reason": reason} for row in malformed),
        ],
    }


def _response(write, hidden_before):
    is_hidden = hidden_before is not None and write.given_at < hidden_before
    return {} if is_hidden else {"response": write.response}


def _told(question, write, error, **more):
    """Return what the page is told about a write that does not stand: which one it is, and why in a sentence."""
    return {"question": question, "client": write.client, "number": write.number, "reason": str(error)} | more


def _read_row(row, now):
    client, number = row["client"], row["number"]
    if (
        not _CLIENT.fullmatch(client)
        or client in (FORM, CHECK)
        or type(number) is not int
        or not 0 <= number <= MAX_NUMBER
    ):
        raise ValueError("a client is a short word of its own, a number a whole number")
    given_at, sent_at = _moment(row.get("given_at"), now), _moment(row.get("sent_at"), now)
    given_at = server_time(given_at, sent_at, now=now)
    return AnswerGiven(
        str(row["question"]), row.get("response"), client, number, given_at, read_certainty(row.get("certainty"))
    )


def _moment(text, now):
    if text is None:
        return now
    moment = parse_datetime(text)
    if not isinstance(moment, datetime) or moment.tzinfo is None:
        raise ValueError("a moment is written as 2026-11-25T15:00:00Z")
    return moment


class _Numbering(NamedTuple):
    """The client and number of a form, and whether the page's script counted it: then it is no repeat of its page."""

    client: str
    number: int | None
    is_counted: bool


def _numbering(form):
    """Return the `_Numbering` of a form. One without client and number is numbered on arrival.

    With a client alone it comes from a page without script, by way of the device's outbox, which names each such form:
    it is that client's first and only one, so that it is one write however often it arrives.
    """
    client, number = form.get("client", ""), form.get("number", "")
    if not _CLIENT.fullmatch(client) or client in (FORM, CHECK):
        return _Numbering(FORM, None, False)
    if not number:
        return _Numbering(client, 1, False)
    if number.isascii() and number.isdigit() and len(number) <= 16:
        return _Numbering(client, min(int(number), MAX_NUMBER), True)
    return _Numbering(FORM, None, False)


def _fields(form):
    """Return what a form says beside what every form of ours has."""
    return {name: values for name, values in form.lists() if name not in OURS}


def _says_something(form, kind, response):
    """Say whether a form without numbers differs from what its page showed."""
    return response != _shown(form, kind) or read_certainty(form.get("certainty")) != read_certainty(form.get("sure"))


def _shown(form, kind):
    """Return the response that the page showed when it was opened."""
    try:
        return json.loads(form.get("shown", ""))
    except (ValueError, RecursionError):
        return kind.nothing


def _next_address(attempt, item, go, *, problem):
    """Return where the button leads: `go` is previous, next, finish or the number of a question."""
    here, last = _number_of(attempt, item), len(attempt.snapshot["questions"])
    if problem and go == "next":
        return question_address(attempt, here)
    number = here
    if go == "previous":
        number = here - 1
    elif go == "next":
        number = here + 1
    elif go and go.isascii() and go.isdigit() and len(go) <= 4:
        number = int(go)
    if go == "finish" or not 1 <= number <= last:
        return reverse("attempt_summary", args=[attempt.pk])
    return question_address(attempt, number)


def _number_of(attempt, item):
    return 1 + [other["key"] for other in attempt.snapshot["questions"]].index(item["key"])
