"""Answers as they arrive: every write is kept as a row, the answer that stands is derived from all of them."""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import datetime

from .exceptions import NotOnPaper, QuizError
from .kinds import kind_of
from .models import Answer, AnswerWrite

# The client of a form that was posted without JavaScript: it can't number its writes.
FORM = "form"


@dataclass(frozen=True)
class AnswerGiven:
    """What arrived for a question. `number` is None when it has to be numbered on arrival."""

    question_key: str
    response: object
    client: str
    number: int | None
    given_at: datetime


@dataclass
class Saved:
    """What came of a batch: `standing` is {question key: AnswerWrite}, `refused` pairs of (AnswerGiven, error)."""

    standing: dict = field(default_factory=dict)
    refused: list = field(default_factory=list)


def item_on(paper, question_key):
    """Return the item of the paper with this key; raises NotOnPaper."""
    for item in paper["questions"]:
        if item["key"] == str(question_key):
            return item
    raise NotOnPaper


def write_answers(attempt, given, *, now):
    """Write what arrived for an attempt that the caller has locked, and derive the answers; return Saved.

    The lock makes one batch follow another, so what is read here is all there is. A write that is there already is
    not written again, and an answer is only touched when another write has come to stand.
    """
    saved, readable = Saved(), []
    for answer in given:
        try:
            item = item_on(attempt.paper, answer.question_key)
            readable.append((answer, kind_of(item).read(item, answer.response)))
        except QuizError as error:
            saved.refused.append((answer, error))
    writes = defaultdict(list)
    for write in AnswerWrite.objects.filter(attempt=attempt, question_key__in={a.question_key for a, _r in readable}):
        writes[str(write.question_key)].append(write)
    before = {key: standing_write(known) for key, known in writes.items()}
    new = []
    for answer, response in readable:
        known = writes[answer.question_key]
        if not any(write.client == answer.client and write.number == answer.number for write in known):
            write = _make_write(attempt, answer, response, known, now)
            known.append(write)
            new.append(write)
    AnswerWrite.objects.bulk_create(new)
    saved.standing = {key: standing_write(known) for key, known in writes.items()}
    _derive(attempt, [write for key, write in saved.standing.items() if write is not before.get(key)])
    return saved


def standing_write(writes):
    """Return the write that stands: each client's highest number, of these the one given last."""
    latest = {}
    for write in writes:
        if write.client not in latest or write.number > latest[write.client].number:
            latest[write.client] = write
    # Same moment on two clients: any rule will do, as long as it is the same in whatever order they arrive.
    return max(latest.values(), key=lambda write: (write.given_at, write.client), default=None)


def responses_of(attempt):
    """Return {question key: response} of the answers that stand."""
    return {str(key): response for key, response in attempt.answers.values_list("question_key", "response")}


def server_time(given_at, sent_at, *, now):
    """Return when an answer was given by the server's clock, never in the future; a device's clock may be years off.

    The device says how long before sending it was given: that long before `now` is when.
    """
    return min(now - (sent_at - given_at), now)


def _make_write(attempt, answer, response, known, now):
    number = answer.number
    if number is None:
        number = 1 + max((write.number for write in known if write.client == answer.client), default=0)
    return AnswerWrite(
        attempt=attempt,
        question_key=answer.question_key,
        client=answer.client,
        number=number,
        response=response,
        # Nothing is answered before it is asked, whatever a device says.
        given_at=max(answer.given_at, attempt.started_at),
        received_at=now,
    )


def _derive(attempt, writes):
    Answer.objects.bulk_create(
        [Answer(attempt=attempt, question_key=w.question_key, response=w.response, write=w) for w in writes],
        update_conflicts=True,
        unique_fields=["attempt", "question_key"],
        update_fields=["response", "write"],
    )
