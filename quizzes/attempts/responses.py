"""Saving of responses: every write is a row, and the current answer is derived from all writes of a question."""

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
from .second_chance import all_items, second_chance_items

# Client of a form posted without JavaScript, which can't number its writes.
FORM_CLIENT = "form"
# Client of the write by which a learner checked an answer. It is final: later writes never become current.
CHECK_CLIENT = "check"
# An attempt has some dozens; a device that never stops writing must not make every write slower.
MAX_WRITES_READ = 200


@dataclass(frozen=True)
class IncomingAnswer:
    """A response as it arrived; `number` is None if it has to be numbered on arrival."""

    question_key: str
    response: object
    client: str
    number: int | None
    given_at: datetime
    # One of Certainty, or None.
    certainty: int | None = None
    # `given_at` is known from an offline device only.
    by_device: bool = False


@dataclass(frozen=True)
class CurrentAnswer:
    """The current answer of a question; it `is_final` once the learner has seen what is right."""

    response: object
    certainty: int | None = None
    is_final: bool = False
    # Not shown to the current user.
    is_hidden: bool = False


@dataclass
class SaveResult:
    """Result of saving a batch.

    `current` is {question key: AnswerWrite}, `problems` {question key: contradiction in the response}, `late`
    [(LateAnswer, error)], `refused` [(IncomingAnswer, error)], which are not stored. `is_closed`: the attempt took no
    more answers.
    """

    current: dict = field(default_factory=dict)
    problems: dict = field(default_factory=dict)
    late: list = field(default_factory=list)
    refused: list = field(default_factory=list)
    is_closed: bool = False


@dataclass(frozen=True)
class UnplacedAnswer:
    """An IncomingAnswer that cannot be saved as an answer, with its Reason and the error for the learner."""

    answer: IncomingAnswer
    reason: str
    error: QuizError


def find_item(snapshot, question_key):
    """Return the item of the snapshot with this key; raises UnknownQuestion."""
    for item in all_items(snapshot):
        if item["key"] == str(question_key):
            return item
    raise UnknownQuestion


def write_answers(attempt, given, *, now, closed=None, second_closed=None):
    """Write a batch for a locked attempt and derive the answers; return (SaveResult, [UnplacedAnswer]).

    The lock serialises batches. A repeated write is not written again, and an answer changes only if its current write
    does. `closed` is the Reason why new answers are late, `second_closed` the same for the second chance.
    """
    second = {item["key"]: item for item in second_chance_items(attempt.snapshot)}
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
    """Save a LateAnswer of a locked attempt as if it had come in time, and derive the answer."""
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
    # At the same moment on two clients, any rule will do that does not depend on the order of arrival.
    return max(latest.values(), key=lambda write: (write.given_at, write.client), default=None)


def is_final(writes):
    """Return whether the learner has already seen what is right."""
    return any(write.client == CHECK_CLIENT for write in writes)


def current_answers(attempt, *, hidden_before=None):
    """Return {question key: CurrentAnswer} in one query; answers given before `hidden_before` are hidden."""
    rows = attempt.answers.values_list("question_key", "response", "certainty", "write__client", "write__given_at")
    return {
        str(key): CurrentAnswer(
            response, certainty, client == CHECK_CLIENT, hidden_before is not None and given_at < hidden_before
        )
        for key, response, certainty, client, given_at in rows
    }


def responses_of(attempt):
    """Return {question key: response} of the current answers."""
    return {str(key): response for key, response in attempt.answers.values_list("question_key", "response")}


def server_time(given_at, sent_at, *, now):
    """Return when an answer was given by the server's clock, never in the future.

    A device's clock may be years off, so only the time between giving and sending is used.
    """
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
    # All writes of the questions, or where they are many, the last one of each client and those that may be repeated.
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
    # Then this form takes back the late one, and is no repeat.
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
    # Answers of the second chance (`second`, {key: item}) are scored at once: none needs a marker.
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
        # The points of the previous answer do not apply.
        update_fields=["response", "certainty", "write", "fraction"],
    )


def _points(item, response):
    return None if item is None else round_down(get_kind(item).score(item, response))
