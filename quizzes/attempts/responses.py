"""Saving of responses: every write is a row, which current answers derive from."""

from collections import defaultdict
from dataclasses import dataclass, field, replace
from datetime import datetime

from django.db.models import Exists, OuterRef, Q

from quizzes.exceptions import (
    FeedbackAlreadyShown,
    LateAnswerHeld,
    QuizError,
    ResponseTooLong,
    UnknownQuestion,
    UnreadableResponse,
)
from quizzes.kinds import get_kind
from quizzes.models import Answer, AnswerWrite, LateAnswer, Reason

from .rules import rules_of
from .scoring import round_down
from .second_chance import all_items, repeated_items

# Client of a form posted without JavaScript, which can't number its writes.
FORM_CLIENT = "form"
# Client of the write by which a learner checked an answer. It is final: later writes never become current.
CHECK_CLIENT = "check"
# An attempt has some dozens; a device that never stops writing must not make every write slower.
MAX_WRITES_READ = 200


@dataclass(frozen=True)
class IncomingAnswer:
    """`number` is None if it has to be numbered on arrival."""

    question_key: str
    response: object
    client: str
    number: int | None
    given_at: datetime
    certainty: int | None = None
    # `given_at` is known from an offline device only.
    by_device: bool = False


@dataclass(frozen=True)
class CurrentAnswer:
    response: object
    certainty: int | None = None
    is_final: bool = False
    is_hidden: bool = False


@dataclass
class SaveResult:
    """`late` are [(LateAnswer, error)], `refused` [(IncomingAnswer, error)], which are not stored."""

    current: dict = field(default_factory=dict)
    problems: dict = field(default_factory=dict)
    late: list = field(default_factory=list)
    refused: list = field(default_factory=list)
    is_closed: bool = False


@dataclass(frozen=True)
class UnplacedAnswer:
    answer: IncomingAnswer
    reason: str
    error: QuizError


def find_item(snapshot, question_key):
    """Raises UnknownQuestion."""
    for item in all_items(snapshot):
        if item["key"] == str(question_key):
            return item
    raise UnknownQuestion


def write_answers(attempt, given, *, now, closed=None, second_closed=None):
    """Write a batch for a locked attempt; repeats are ignored. Return (SaveResult, [UnplacedAnswer])."""
    second = {item["key"]: item for item in repeated_items(attempt.snapshot)}
    is_second = bool(given) and all(answer.question_key in second for answer in given)
    is_closed = second_closed is not None if is_second else attempt.has_ended or closed is not None
    saved = SaveResult(is_closed=is_closed)
    readable, unplaced = _read_answers(attempt, given, saved)
    writes = defaultdict(list)
    for write in _known_writes(attempt, readable):
        writes[str(write.question_key)].append(write)
    before = {key: current_write(known) for key, known in writes.items()}
    new = []
    for answer, response in readable:
        known = writes[answer.question_key]
        closed_for_question = second_closed if answer.question_key in second else closed
        if _is_repeat(attempt, answer, response, known, closed_for_question):
            continue
        if is_final(known):
            # The page's script may repeat the checked response a moment later.
            if response != current_write(known).response:
                saved.refused.append((answer, FeedbackAlreadyShown()))
            continue
        if closed_for_question:
            # Normalised: devices send an empty response in several ways.
            late = replace(answer, number=_number_of(answer, known), response=response)
            unplaced.append(UnplacedAnswer(late, closed_for_question, LateAnswerHeld()))
            continue
        write = _make_write(attempt, answer, response, known, now)
        known.append(write)
        new.append(write)
    AnswerWrite.objects.bulk_create(new)
    saved.current = {key: current_write(known) for key, known in writes.items() if known}
    for key, write in saved.current.items():
        item = find_item(attempt.snapshot, key)
        if problem := get_kind(item).problem(item, write.response):
            saved.problems[key] = problem
    _derive(attempt, [write for key, write in saved.current.items() if write is not before.get(key)], second)
    return saved, unplaced


def place_late_answer(attempt, late):
    item = find_item(attempt.snapshot, late.question)
    known = list(AnswerWrite.objects.filter(attempt=attempt, question_key=item["key"]))
    before = current_write(known)
    if not any(write.client == late.client and write.number == late.number for write in known):
        write = AnswerWrite.objects.create(
            attempt=attempt,
            question_key=item["key"],
            client=late.client,
            number=late.number,
            response=get_kind(item).read(item, late.response),
            certainty=_certainty(attempt, late),
            given_at=late.given_at,
            received_at=late.received_at,
        )
        known.append(write)
    current = current_write(known)
    if current is not before:
        _derive(attempt, [current])


def current_write(writes):
    """Return the final write, else of the highest number of each client the one given last."""
    latest = {}
    if final := next((write for write in writes if write.client == CHECK_CLIENT), None):
        return final
    for write in writes:
        if write.client not in latest or write.number > latest[write.client].number:
            latest[write.client] = write
    # Any tie-break will do that does not depend on the order of arrival.
    return max(latest.values(), key=lambda write: (write.given_at, write.client), default=None)


def is_final(writes):
    return any(write.client == CHECK_CLIENT for write in writes)


def current_answers(attempt, *, hidden_before=None):
    """Return {question key: CurrentAnswer}; answers given before `hidden_before` are hidden."""
    rows = attempt.answers.values_list("question_key", "response", "certainty", "write__client", "write__given_at")
    return {
        str(key): CurrentAnswer(
            response, certainty, client == CHECK_CLIENT, hidden_before is not None and given_at < hidden_before
        )
        for key, response, certainty, client, given_at in rows
    }


def answers_by_key(answers):
    """Return {question key: CurrentAnswer} of Answers with their writes."""
    return {
        str(answer.question_key): CurrentAnswer(answer.response, answer.certainty, answer.write.client == CHECK_CLIENT)
        for answer in answers
    }


def responses_of(attempt):
    return {str(key): response for key, response in attempt.answers.values_list("question_key", "response")}


def server_time(given_at, sent_at, *, now):
    """Return when an answer was given by the server's clock, since a device's clock may be years off."""
    return min(now - (sent_at - given_at), now)


def _read_answers(attempt, given, saved):
    readable, unplaced = [], []
    for answer in given:
        item = None
        try:
            item = find_item(attempt.snapshot, answer.question_key)
            readable.append((answer, get_kind(item).read(item, answer.response)))
        except UnknownQuestion as error:
            unplaced.append(UnplacedAnswer(answer, Reason.UNKNOWN_QUESTION, error))
        except ResponseTooLong as error:
            # The learner still has it on the page and can shorten it.
            saved.refused.append((answer, error))
        except UnreadableResponse as error:
            if item["marks"]:
                unplaced.append(UnplacedAnswer(answer, Reason.UNREADABLE, error))
            else:
                saved.refused.append((answer, error))
        except QuizError as error:
            saved.refused.append((answer, error))
    return readable, unplaced


def _known_writes(attempt, readable):
    # At most the last write of each client and possible repeats.
    questions = {answer.question_key for answer, _response in readable}
    writes = AnswerWrite.objects.filter(attempt=attempt, question_key__in=questions)
    known = list(writes[: MAX_WRITES_READ + 1])
    if len(known) <= MAX_WRITES_READ:
        return known
    numbers = {answer.number for answer, _response in readable if answer.number is not None}
    later = writes.filter(
        question_key=OuterRef("question_key"), client=OuterRef("client"), number__gt=OuterRef("number")
    )
    return writes.filter(Q(number__in=numbers) | ~Exists(later))


def _is_repeat(attempt, answer, response, known, closed):
    # A form has no number: once the attempt is closed, it repeats by its response.
    if answer.number is None and closed:
        newest = max((w for w in known if w.client == answer.client), key=lambda write: write.number, default=None)
        return (
            newest is not None and newest.response == response and not _has_newer_late_answer(attempt, answer, newest)
        )
    return any(write.client == answer.client and write.number == answer.number for write in known)


def _has_newer_late_answer(attempt, answer, newest):
    # This form reverts the late answer, so it is no repeat.
    late = LateAnswer.objects.filter(attempt=attempt, question=answer.question_key, client=answer.client)
    return late.filter(reason__in=(Reason.SUBMITTED, Reason.LATE, Reason.STALE_PAGE), number__gt=newest.number).exists()


def _number_of(answer, known):
    if answer.number is not None:
        return answer.number
    return 1 + max((write.number for write in known if write.client == answer.client), default=0)


def _make_write(attempt, answer, response, known, now):
    return AnswerWrite(
        attempt=attempt,
        question_key=answer.question_key,
        client=answer.client,
        number=_number_of(answer, known),
        response=response,
        certainty=_certainty(attempt, answer),
        # A device may claim a moment before the start.
        given_at=max(answer.given_at, attempt.started_at),
        received_at=now,
    )


def _certainty(attempt, answer):
    return answer.certainty if rules_of(attempt.snapshot).asks_certainty else None


def _derive(attempt, writes, second=None):
    # Answers to repeated questions (`second`, {key: item}) are scored at once: none needs a marker.
    Answer.objects.bulk_create(
        [
            Answer(
                attempt=attempt,
                question_key=w.question_key,
                response=w.response,
                certainty=w.certainty,
                write=w,
                fraction=_points(second.get(str(w.question_key)), w.response) if second else None,
            )
            for w in writes
        ],
        update_conflicts=True,
        unique_fields=["attempt", "question_key"],
        update_fields=["response", "certainty", "write", "fraction"],
    )


def _points(item, response):
    return None if item is None else round_down(get_kind(item).score(item, response))
