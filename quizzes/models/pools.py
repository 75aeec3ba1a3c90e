"""Which questions may be asked, and what a draw chooses from: single questions and whole cases."""

from django.db.models import F, Q

from quizzes.kinds import SCORED

from .bank import Question, Topic

# A question of a case is asked with it: once the case is published in its language.
ASKABLE = Q(live=True) & (Q(case=None) | Q(case__live=True, case__locale=F("locale")))
# The order of a case; a question without a place comes after those that have one.
CASE_ORDER = (F("case_place").asc(nulls_last=True), "pk")


def pools_of(locale_id, draws):
    """Return for each draw the units that it may give, tuples of the keys of questions, in two queries.

    A question that stands alone is one, and a case with all of its questions: a case belongs to a pool when every one
    of them does. A reflection is never drawn, nor a case with one: an attempt would have a question less than was said.
    """
    if not draws:
        return []
    units = {}
    rows = Question.objects.filter(ASKABLE, locale=locale_id).order_by(*CASE_ORDER)
    for pk, case, kind, topic, difficulty in rows.values_list("pk", "case", "kind", "topic", "difficulty"):
        units.setdefault(("case", case) if case else ("question", pk), []).append((pk, kind, topic, difficulty))
    below = topics_below(locale_id)
    return [_pool(draw, units, below) for draw in draws]


def _pool(draw, units, below):
    topics = _topics_of(draw, below)

    def fits(kind, topic, difficulty):
        return kind in SCORED and topic in topics and draw.difficulty in ("", difficulty)

    found = [tuple(pk for pk, *_ in unit) for unit in units.values() if all(fits(*facts) for _pk, *facts in unit)]
    return sorted(found)


def is_drawn(draw, locale_id, below):
    """Return the condition (a Q) that holds for the questions that stand in the pool of a draw."""
    fits = Q(kind__in=SCORED, topic__in=_topics_of(draw, below))
    if draw.difficulty:
        fits &= Q(difficulty=draw.difficulty)
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
