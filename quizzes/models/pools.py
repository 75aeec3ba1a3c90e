"""Question pools: the units (single questions or whole cases) of a draw."""

from typing import NamedTuple

from django.db.models import F, Q

from quizzes.base.job_roles import Pool
from quizzes.kinds import AUTO_MARKED, SCORED

from .bank import Question, Topic


def largest_sum(sizes, limit):
    return _reachable_sums(sizes, limit)[0].bit_length() - 1


def choose_units(sizes, number, *, chance):
    """Return indexes of random units whose sizes add up to `number`, or as near below it as possible."""
    order = list(range(len(sizes)))
    chance.shuffle(order)
    sums = _reachable_sums([sizes[index] for index in order], number)
    left, chosen = sums[0].bit_length() - 1, []
    for index, reachable in zip(order, sums[1:], strict=True):
        after = left - sizes[index]
        if after >= 0 and reachable >> after & 1:
            chosen.append(index)
            left = after
    return chosen


def _reachable_sums(sizes, limit):
    mask, sums = (1 << limit + 1) - 1, [1]
    for size in reversed(sizes):
        sums.append((sums[-1] | sums[-1] << size) & mask)
    return sums[::-1]


ASKABLE = Q(live=True) & (Q(case=None) | Q(case__live=True, case__locale=F("locale")))
CASE_ORDER = (F("case_place").asc(nulls_last=True), "pk")
ANY_AUDIENCE = None


class QuestionFacts(NamedTuple):
    """The fields of a question that a draw needs; `key` is the same in every language."""

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
    def from_row(cls, pk, key, case, kind, topic, difficulty, audiences, act, is_core_act, is_indispensable):
        is_indispensable = is_indispensable and kind in AUTO_MARKED
        return cls(
            *(pk, str(key), case, kind, topic, difficulty),
            *(tuple(audiences), act, bool(is_core_act), is_indispensable),
        )

    @classmethod
    def from_question(cls, question):
        act = question.act
        return cls.from_row(
            *(question.pk, question.translation_key, question.case_id, question.kind, question.topic_id),
            *(question.difficulty, question.audiences, question.act_id, act and act.is_core, question.is_indispensable),
        )


_COLUMNS = (
    *("pk", "translation_key", "case", "kind", "topic", "difficulty"),
    *("audiences", "act", "act__is_core", "is_indispensable"),
)


def get_pools(locale_id, draws, *, own=None, audience=ANY_AUDIENCE):
    """Return the units of each draw as primary keys, in two queries; `own` is {quiz: primary keys}."""
    pools = get_draw_units(locale_id, draws, own=own, audience=audience)
    return [sorted(tuple(facts.pk for facts in unit) for unit in pool) for pool in pools]


def get_draw_units(locale_id, draws, *, own=None, audience=ANY_AUDIENCE):
    """Return the units of each draw for an audience as QuestionFacts, in two queries."""
    return read_pools(locale_id, draws, own=own, audience=audience)[1] if draws else []


def read_pools(locale_id, draws, *, own=None, audience=ANY_AUDIENCE):
    """Return (all units, [units of a draw]); all units are the quiz's own questions if no draw has a topic."""
    entered = Question.objects.filter(live=True)
    if own is None:
        entered = entered.filter(entries__quiz__in={draw.quiz_id for draw in draws if draw.topic_id is None})
    else:
        entered = entered.filter(pk__in=set().union(*own.values()))
    concerned, below = Q(pk__in=entered.values("pk")) | Q(case__in=entered.exclude(case=None).values("case")), {}
    if any(draw.topic_id for draw in draws):
        concerned, below = concerned | Q(locale=locale_id), get_subtopics(locale_id)
    units, places = _read_units(Question.objects.filter(concerned))
    own = places if own is None else own
    return units, [_pool(draw, units, below, own.get(draw.quiz_id, ()), audience) for draw in draws]


def _read_units(questions):
    units, places = {}, {}
    rows = questions.filter(ASKABLE).order_by(*CASE_ORDER).values_list(*_COLUMNS, "entries__quiz")
    for pk, key, case, *others, quiz in rows:
        unit = units.setdefault(("case", case) if case else ("question", pk), {})
        unit[pk] = QuestionFacts.from_row(pk, key, case, *others)
        places.setdefault(quiz, set()).add(pk)
    return [tuple(unit.values()) for unit in units.values()], places


def _pool(draw, units, below, own, audience):
    topics = _topics_of(draw, below)

    def fits(facts):
        return (
            facts.kind in SCORED
            and (draw.topic_id is None or facts.topic in topics)
            and draw.difficulty in ("", facts.difficulty)
            and is_in_pool(facts.audiences, draw.pool, audience)
        )

    found = (unit for unit in units if draw.topic_id or any(facts.pk in own for facts in unit))
    return sorted(unit for unit in found if all(map(fits, unit)))


def is_in_pool(audiences, pool, audience):
    """Return whether a pool has questions with these audiences for a learner of an `audience`."""
    if pool == Pool.CORE or (pool == Pool.OWN and audience == ""):
        return not audiences
    if pool == Pool.OWN and audience is not ANY_AUDIENCE:
        return audience in audiences
    return True


def pool_condition(draw, locale_id, below):
    """Return a Q that matches the questions in the pool of a draw from a topic."""
    fits = Q(kind__in=SCORED, topic__in=_topics_of(draw, below))
    if draw.difficulty:
        fits &= Q(difficulty=draw.difficulty)
    if draw.pool == Pool.CORE:
        fits &= Q(audiences=[])
    in_cases = Question.objects.filter(ASKABLE, case__isnull=False, locale=locale_id)
    return ASKABLE & Q(locale=locale_id) & fits & (Q(case=None) | ~Q(case__in=in_cases.exclude(fits).values("case")))


def _topics_of(draw, below):
    return below.get(draw.topic_id, set()) if draw.with_subtopics else {draw.topic_id}


def get_subtopics(locale_id):
    """Return {topic: the topic and its descendants}, as primary keys."""
    parents = dict(Topic.objects.filter(locale=locale_id).values_list("pk", "parent_id"))
    below = {topic: {topic} for topic in parents}
    for topic in parents:
        above, seen = parents[topic], {topic}
        while above in below and above not in seen:
            below[above].add(topic)
            seen.add(above)
            above = parents[above]
    return below
