"""Units of a draw, single questions and whole cases, each of so many questions: which make up a number. Pure."""

from typing import NamedTuple

from django.db.models import F, Q

from quizzes.base.job_roles import Pool
from quizzes.kinds import MARKED_AT_ONCE, SCORED

from .bank import Question, Topic


def largest_sum(sizes, limit):
    """Return the largest number up to `limit` that some of the sizes add up to: 0 where none do."""
    return _add_up(sizes, limit)[0].bit_length() - 1


def choose_units(sizes, number, *, chance):
    """Return the places of units that together hold `number`, as chance has it; in the order in which they came.

    Where no units make up the number exactly, those that come nearest below it. A unit of nothing always comes along.
    """
    order = list(range(len(sizes)))
    chance.shuffle(order)
    behind = _add_up([sizes[place] for place in order], number)
    left, chosen = behind[0].bit_length() - 1, []
    for place, rest in zip(order, behind[1:], strict=True):
        after = left - sizes[place]
        # Taken, unless what follows could then not make up the rest.
        if after >= 0 and rest >> after & 1:
            chosen.append(place)
            left = after
    return chosen


def _add_up(sizes, limit):
    """Return, for each place and the end, which numbers up to `limit` the sizes from there on add up to, as bits."""
    within, behind = (1 << limit + 1) - 1, [1]
    for size in reversed(sizes):
        behind.append((behind[-1] | behind[-1] << size) & within)
    return behind[::-1]


# A question of a case is asked with it: once the case is published in its language.
ASKABLE = Q(live=True) & (Q(case=None) | Q(case__live=True, case__locale=F("locale")))
# The order of a case; a question without a place comes after those that have one.
CASE_ORDER = (F("case_place").asc(nulls_last=True), "pk")
# Instead of the code of an audience: whoever it is.
WHOEVER = None


class Facts(NamedTuple):
    """What a draw looks at of a question; its `key` is the same in every language."""

    pk: int
    key: str = ""
    case: int | None = None
    kind: str = "single"
    topic: int | None = None
    difficulty: str = ""
    audiences: tuple = ()
    act: int | None = None
    is_core_act: bool = False
    is_indispensable: bool = False

    @classmethod
    def of_row(cls, pk, key, case, kind, topic, difficulty, audiences, act, is_core_act, is_indispensable):
        # Nobody waits for a marker to learn that something indispensable is missing.
        is_indispensable = is_indispensable and kind in MARKED_AT_ONCE
        return cls(
            *(pk, str(key), case, kind, topic, difficulty),
            *(tuple(audiences), act, bool(is_core_act), is_indispensable),
        )

    @classmethod
    def of(cls, question):
        """Return those of a Question that was read with its act."""
        act = question.act
        return cls.of_row(
            *(question.pk, question.translation_key, question.case_id, question.kind, question.topic_id),
            *(question.difficulty, question.audiences, question.act_id, act and act.is_core, question.is_indispensable),
        )


# The columns of Facts.
_COLUMNS = (
    *("pk", "translation_key", "case", "kind", "topic", "difficulty"),
    *("audiences", "act", "act__is_core", "is_indispensable"),
)


def pools_of(locale_id, draws, *, own=None, audience=WHOEVER):
    """Return for each draw the units that it may give, tuples of the keys of questions, in two queries.

    A question that stands alone is one, and a case with all of its questions: a case belongs to a pool when every one
    of them does. A reflection is never drawn, nor a case with one: an attempt would have a question less than was said.
    A draw without a topic gives of its quiz's own questions: `own` ({quiz: their keys}), or those that the bank knows.
    """
    pools = units_of_draws(locale_id, draws, own=own, audience=audience)
    return [sorted(tuple(facts.pk for facts in unit) for unit in pool) for pool in pools]


def units_of_draws(locale_id, draws, *, own=None, audience=WHOEVER):
    """Return for each draw the units that it may give to an audience, tuples of Facts, in two queries."""
    return read_pools(locale_id, draws, own=own, audience=audience)[1] if draws else []


def read_pools(locale_id, draws, *, own=None, audience=WHOEVER):
    """Return (the units of the whole bank, those of each draw among them), as `units_of_draws` does.

    Where no draw is from a topic, the quiz's own questions are the whole bank.
    """
    entered = Question.objects.filter(live=True)
    if own is None:
        entered = entered.filter(entries__quiz__in={draw.quiz_id for draw in draws if draw.topic_id is None})
    else:
        entered = entered.filter(pk__in=set().union(*own.values()))
    concerned, below = Q(pk__in=entered.values("pk")) | Q(case__in=entered.exclude(case=None).values("case")), {}
    if any(draw.topic_id for draw in draws):
        concerned, below = concerned | Q(locale=locale_id), topics_below(locale_id)
    units, places = _read_units(Question.objects.filter(concerned))
    own = places if own is None else own
    return units, [_pool(draw, units, below, own.get(draw.quiz_id, ()), audience) for draw in draws]


def _read_units(questions):
    """Return (units, {quiz: the keys of those that stand in it}) of the questions that may be asked, in one query."""
    units, places = {}, {}
    rows = questions.filter(ASKABLE).order_by(*CASE_ORDER).values_list(*_COLUMNS, "entries__quiz")
    for pk, key, case, *others, quiz in rows:
        unit = units.setdefault(("case", case) if case else ("question", pk), {})
        unit[pk] = Facts.of_row(pk, key, case, *others)
        places.setdefault(quiz, set()).add(pk)
    return [tuple(unit.values()) for unit in units.values()], places


def _pool(draw, units, below, own, audience):
    topics = _topics_of(draw, below)

    def fits(facts):
        return (
            facts.kind in SCORED
            and (draw.topic_id is None or facts.topic in topics)
            and draw.difficulty in ("", facts.difficulty)
            and is_for(facts.audiences, draw.pool, audience)
        )

    found = (unit for unit in units if draw.topic_id or any(facts.pk in own for facts in unit))
    return sorted(unit for unit in found if all(map(fits, unit)))


def is_for(audiences, pool, audience):
    """Say whether a pool gives questions with these audiences to somebody of an `audience`, or to WHOEVER.

    Who has none, "", is asked questions for everyone instead of those for one's own job.
    """
    if pool == Pool.CORE or (pool == Pool.OWN and audience == ""):
        return not audiences
    if pool == Pool.OWN and audience is not WHOEVER:
        return audience in audiences
    return True


def is_drawn(draw, locale_id, below):
    """Return the condition (a Q) that holds for the questions that stand in the pool of a draw from a topic."""
    fits = Q(kind__in=SCORED, topic__in=_topics_of(draw, below))
    if draw.difficulty:
        fits &= Q(difficulty=draw.difficulty)
    if draw.pool == Pool.CORE:
        fits &= Q(audiences=[])
    in_cases = Question.objects.filter(ASKABLE, case__isnull=False, locale=locale_id)
    return ASKABLE & Q(locale=locale_id) & fits & (Q(case=None) | ~Q(case__in=in_cases.exclude(fits).values("case")))


def _topics_of(draw, below):
    return below.get(draw.topic_id, set()) if draw.with_subtopics else {draw.topic_id}


def topics_below(locale_id):
    """Return {topic: it and everything below it}, as keys, of the topics in a language."""
    parents = dict(Topic.objects.filter(locale=locale_id).values_list("pk", "parent_id"))
    below = {topic: {topic} for topic in parents}
    for topic in parents:
        above, seen = parents[topic], {topic}
        # A topic that somebody made part of itself ends the climb.
        while above in below and above not in seen:
            below[above].add(topic)
            seen.add(above)
            above = parents[above]
    return below
