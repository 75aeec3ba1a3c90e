"""Answers as they arrive: every write is kept as a row, the answer that stands is derived from all of them."""

from collections import defaultdict
from dataclasses import dataclass, field, replace
from datetime import datetime

from django.db.models import Exists, OuterRef, Q

from quizzes.exceptions import AlreadyShown, ArrivedLate, NotOnPaper, QuizError, TooLong, UnreadableResponse
from quizzes.kinds import kind_of
from quizzes.models import Answer, AnswerWrite, LateAnswer, Reason

from .rules import rules_of
from .scoring import round_down
from .second_chance import items_of, second_of

# The client of a form that was posted without JavaScript: it can't number its writes.
FORM = "form"
# The client of the write by which a person asked what is right. It is final: whatever arrives later does not stand.
CHECK = "check"
# A sitting has some dozens; a device that writes without end must not make each write slower than the one before.
MOST_READ = 200


@dataclass(frozen=True)
class AnswerGiven:
    """What arrived for a question. `number` is None when it has to be numbered on arrival."""

    question_key: str
    response: object
    client: str
    number: int | None
    given_at: datetime
    # One of Certainty, or None.
    certainty: int | None = None
    # When it was given is told by the clock of a device that had no line then.
    by_device: bool = False


@dataclass(frozen=True)
class CurrentAnswer:
    """The answer that stands. `is_final`: the person asked what is right, and it can't change any more."""

    response: object
    certainty: int | None = None
    is_final: bool = False
    # It stands, and is not shown to whoever looks now.
    is_hidden: bool = False


@dataclass
class Saved:
    """What came of a batch.

    `current` is {question key: AnswerWrite}, and `problems` {question key: what contradicts itself in it}; `held` is
    what was kept apart, in pairs of (LateAnswer, error), and `refused` what was not kept, in pairs of
    (AnswerGiven, error). `is_sent`: the attempt was sent before, or its time was over.
    """

    current: dict = field(default_factory=dict)
    problems: dict = field(default_factory=dict)
    held: list = field(default_factory=list)
    refused: list = field(default_factory=list)
    is_sent: bool = False


@dataclass(frozen=True)
class Unplaced:
    """An AnswerGiven that can't be placed: why (a Reason), and the error that tells the person."""

    answer: AnswerGiven
    reason: str
    error: QuizError


def item_on(snapshot, question_key):
    """Return the item of the paper with this key; raises NotOnPaper."""
    for item in items_of(snapshot):
        if item["key"] == str(question_key):
            return item
    raise NotOnPaper


def write_answers(attempt, given, *, now, closed=None, second_closed=None):
    """Write what arrived for an attempt that the caller has locked and derive the answers; return (Saved, [Unplaced]).

    The lock makes one batch follow another, so what is read here is all there is. A write that is there already is
    not written again, and an answer is only touched when another write has come to stand. `closed` is the Reason why
    nothing new counts any more: then only what is there already stands; `second_closed` is the same of what was asked
    again.
    """
    second = {item["key"]: item for item in second_of(attempt.snapshot)}
    is_second = bool(given) and all(answer.question_key in second for answer in given)
    is_closed = second_closed is not None if is_second else attempt.has_ended or closed is not None
    saved = Saved(is_sent=is_closed)
    readable, unplaced = _read_answers(attempt, given, saved)
    writes = defaultdict(list)
    for write in _known_writes(attempt, readable):
        writes[str(write.question_key)].append(write)
    before = {key: current_write(known) for key, known in writes.items()}
    new = []
    for answer, response in readable:
        known = writes[answer.question_key]
        closed_here = second_closed if answer.question_key in second else closed
        if _is_there(attempt, answer, response, known, closed_here):
            continue
        if is_final(known):
            # The page's script may say a moment later what was checked: that is no other answer.
            if response != current_write(known).response:
                saved.refused.append((answer, AlreadyShown()))
            continue
        if closed_here:
            # As it was read: a device says in several ways that nothing is answered.
            late = replace(_numbered(answer, known), response=response)
            unplaced.append(Unplaced(late, closed_here, ArrivedLate()))
            continue
        write = _make_write(attempt, answer, response, known, now)
        known.append(write)
        new.append(write)
    AnswerWrite.objects.bulk_create(new)
    saved.current = {key: current_write(known) for key, known in writes.items() if known}
    for key, write in saved.current.items():
        item = item_on(attempt.snapshot, key)
        if problem := kind_of(item).problem(item, write.response):
            saved.problems[key] = problem
    _derive(attempt, [write for key, write in saved.current.items() if write is not before.get(key)], second)
    return saved, unplaced


def place_write(attempt, held):
    """Place a LateAnswer as if it had come in time, and derive the answer; the caller has locked the attempt."""
    item = item_on(attempt.snapshot, held.question)
    known = list(AnswerWrite.objects.filter(attempt=attempt, question_key=item["key"]))
    before = current_write(known)
    if not any(write.client == held.client and write.number == held.number for write in known):
        write = AnswerWrite.objects.create(
            attempt=attempt,
            question_key=item["key"],
            client=held.client,
            number=held.number,
            response=kind_of(item).read(item, held.response),
            certainty=_certainty(attempt, held),
            given_at=held.given_at,
            received_at=held.received_at,
        )
        known.append(write)
    current = current_write(known)
    if current is not before:
        _derive(attempt, [current])


def current_write(writes):
    """Return the write that stands: the final one, else each client's highest number, of these the one given last."""
    latest = {}
    if final := next((write for write in writes if write.client == CHECK), None):
        return final
    for write in writes:
        if write.client not in latest or write.number > latest[write.client].number:
            latest[write.client] = write
    # Same moment on two clients: any rule will do, as long as it is the same in whatever order they arrive.
    return max(latest.values(), key=lambda write: (write.given_at, write.client), default=None)


def is_final(writes):
    """Say whether the person has already asked what is right."""
    return any(write.client == CHECK for write in writes)


def current_answers(attempt, *, hidden_before=None):
    """Return {question key: CurrentAnswer} of an attempt, in one query; those given before a moment are hidden."""
    rows = attempt.answers.values_list("question_key", "response", "certainty", "write__client", "write__given_at")
    return {
        str(key): CurrentAnswer(
            response, certainty, client == CHECK, hidden_before is not None and given_at < hidden_before
        )
        for key, response, certainty, client, given_at in rows
    }


def responses_of(attempt):
    """Return {question key: response} of the answers that stand."""
    return {str(key): response for key, response in attempt.answers.values_list("question_key", "response")}


def server_time(given_at, sent_at, *, now):
    """Return when an answer was given by the server's clock, never in the future; a device's clock may be years off.

    The device says how long before sending it was given: that long before `now` is when.
    """
    return min(now - (sent_at - given_at), now)


def _read_answers(attempt, given, saved):
    """Return ([(AnswerGiven, response)], [Unplaced]); what reaches a reflection is refused and kept nowhere."""
    readable, unplaced = [], []
    for answer in given:
        item = None
        try:
            item = item_on(attempt.snapshot, answer.question_key)
            readable.append((answer, kind_of(item).read(item, answer.response)))
        except NotOnPaper as error:
            unplaced.append(Unplaced(answer, Reason.NOT_ON_PAPER, error))
        except TooLong as error:
            # Whoever wrote it still has it on the page, and is told to shorten it.
            saved.refused.append((answer, error))
        except UnreadableResponse as error:
            if item["marks"]:
                unplaced.append(Unplaced(answer, Reason.UNREADABLE, error))
            else:
                saved.refused.append((answer, error))
        except QuizError as error:
            saved.refused.append((answer, error))
    return readable, unplaced


def _known_writes(attempt, readable):
    """Return the writes that may matter for what arrived: all of its questions, or where they are many, those that can.

    These are the last one of every client, and those that may be repeated.
    """
    questions = {answer.question_key for answer, _response in readable}
    writes = AnswerWrite.objects.filter(attempt=attempt, question_key__in=questions)
    known = list(writes[: MOST_READ + 1])
    if len(known) <= MOST_READ:
        return known
    numbers = {answer.number for answer, _response in readable if answer.number is not None}
    later = writes.filter(
        question_key=OuterRef("question_key"), client=OuterRef("client"), number__gt=OuterRef("number")
    )
    return writes.filter(Q(number__in=numbers) | ~Exists(later))


def _is_there(attempt, answer, response, known, closed):
    """Say whether the write is there already; a form, which has no number, is it by its answer once all is closed."""
    if answer.number is None and closed:
        newest = max((w for w in known if w.client == answer.client), key=lambda write: write.number, default=None)
        return newest is not None and newest.response == response and not _spoke_later(attempt, answer, newest)
    return any(write.client == answer.client and write.number == answer.number for write in known)


def _spoke_later(attempt, answer, newest):
    """Say whether a form said something else since, which came late: then this takes it back, and is no repeat."""
    held = LateAnswer.objects.filter(attempt=attempt, question=answer.question_key, client=answer.client)
    return held.filter(reason__in=(Reason.SUBMITTED, Reason.LATE, Reason.EARLIER), number__gt=newest.number).exists()


def _numbered(answer, known):
    """Return the answer with a number above those of its client's writes, if it came without one."""
    if answer.number is not None:
        return answer
    return replace(answer, number=_next_number(answer, known))


def _next_number(answer, known):
    return 1 + max((write.number for write in known if write.client == answer.client), default=0)


def _make_write(attempt, answer, response, known, now):
    number = _next_number(answer, known) if answer.number is None else answer.number
    return AnswerWrite(
        attempt=attempt,
        question_key=answer.question_key,
        client=answer.client,
        number=number,
        response=response,
        certainty=_certainty(attempt, answer),
        # Nothing is answered before it is asked, whatever a device says.
        given_at=max(answer.given_at, attempt.started_at),
        received_at=now,
    )


def _certainty(attempt, answer):
    """Return how sure the person was, if the quiz asks."""
    return answer.certainty if rules_of(attempt.snapshot).asks_certainty else None


def _derive(attempt, writes, second=None):
    """Let these writes stand. What was asked again (`second`, {key: item}) has its points at once, from no marker."""
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
        # Points of the answer that stood before are none of this one's.
        update_fields=["response", "certainty", "write", "fraction"],
    )


def _points(item, response):
    return None if item is None else round_down(kind_of(item).score(item, response))
