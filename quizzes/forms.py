"""A question's form as it is posted, with or without JavaScript; and the batches that the page itself sends."""

import json
import re
from datetime import datetime

from django.urls import reverse
from django.utils.dateparse import parse_datetime

from .answers import FORM, AnswerGiven, item_on, server_time
from .attempts import save_answer
from .exceptions import AlreadySubmitted, NotOnPaper, UnreadableResponse
from .kinds import kind_of

_CLIENT = re.compile(r"[A-Za-z0-9-]{1,40}")
MAX_NUMBER = 2**53
MAX_BATCH = 500
OURS = ("csrfmiddlewaretoken", "question", "shown", "client", "number", "go")


def save_form(attempt, form, *, given_at, now):
    """Save the answer in a posted question form and return the address to go on at.

    The form names its question, so an old tab, a double tap or Back can never answer another one. A form whose answer
    is still what the page showed says nothing new and is not written: an old tab left open can't undo a later answer.
    Raises AlreadySubmitted, and ArrivedLate, NotOnPaper, UnreadableResponse when the answer is kept apart.
    """
    client, number = _numbering(form)
    moments = {"given_at": given_at, "now": now}
    try:
        item = item_on(attempt.paper, form.get("question"))
        kind = kind_of(item)
        response = kind.read_form(item, form)
    except (NotOnPaper, UnreadableResponse):
        # It has no place, and is kept apart with all its fields.
        if form.get("question"):
            save_answer(attempt, form["question"], _fields(form), client=client, number=number, **moments)
        raise
    if item["marks"] and (number is not None or response != _shown(form, kind)):
        save_answer(attempt, item["key"], response, client=client, number=number, **moments)
    if attempt.has_ended:
        raise AlreadySubmitted
    return _next_address(attempt, item, form.get("go"), problem=kind.problem(item, response))


def read_batch(body, *, now):
    """Return the AnswerGiven of a JSON body: a list of {question, client, number, response, given_at, sent_at}.

    Raises UnreadableResponse when it is not such a list.
    """
    try:
        batch = json.loads(body)
        rows = batch["answers"] if isinstance(batch, dict) else batch
        if not isinstance(rows, list) or len(rows) > MAX_BATCH:
            raise UnreadableResponse
        return [_read_row(row, now) for row in rows]
    except (ValueError, TypeError, KeyError, OverflowError, RecursionError) as error:
        raise UnreadableResponse from error


def _read_row(row, now):
    client, number = row["client"], row["number"]
    if not _CLIENT.fullmatch(client) or client == FORM or type(number) is not int or not 0 <= number <= MAX_NUMBER:
        raise ValueError("a client is a short word of its own, a number a whole number")
    given_at, sent_at = _moment(row.get("given_at"), now), _moment(row.get("sent_at"), now)
    given_at = server_time(given_at, sent_at, now=now)
    return AnswerGiven(str(row["question"]), row.get("response"), client, number, given_at)


def _moment(text, now):
    if text is None:
        return now
    moment = parse_datetime(text)
    if not isinstance(moment, datetime) or moment.tzinfo is None:
        raise ValueError("a moment is written as 2026-11-25T15:00:00Z")
    return moment


def _numbering(form):
    """Return the client and number that the page's script wrote into the form; (FORM, None) without it."""
    client, number = form.get("client", ""), form.get("number", "")
    if _CLIENT.fullmatch(client) and client != FORM and number.isascii() and number.isdigit() and len(number) <= 16:
        return client, min(int(number), MAX_NUMBER)
    return FORM, None


def _fields(form):
    """Return what a form says beside what every form of ours has."""
    return {name: values for name, values in form.lists() if name not in OURS}


def _shown(form, kind):
    """Return the response that the page showed when it was opened."""
    try:
        return json.loads(form.get("shown", ""))
    except (ValueError, RecursionError):
        return kind.nothing


def _next_address(attempt, item, go, *, problem):
    """Return where the button leads: `go` is previous, next, finish or the number of a question."""
    keys = [other["key"] for other in attempt.paper["questions"]]
    here = keys.index(item["key"]) + 1
    if problem and go == "next":
        return reverse("attempt_question", args=[attempt.pk, here])
    number = here
    if go == "previous":
        number = here - 1
    elif go == "next":
        number = here + 1
    elif go and go.isascii() and go.isdigit() and len(go) <= 4:
        number = int(go)
    if go == "finish" or not 1 <= number <= len(keys):
        return reverse("attempt_summary", args=[attempt.pk])
    return reverse("attempt_question", args=[attempt.pk, number])
