"""Drawing a paper: everything an attempt needs, frozen, so that later edits change nothing of it."""

from django.db.models import F, OuterRef, Q, Subquery

from quizzes.exceptions import EmptyQuiz
from quizzes.kinds import KINDS, SCORED
from quizzes.models import Question, QuizQuestion
from quizzes.models.pools import ASKABLE, pools_of
from quizzes.models.units import choose_units

from .cases import cases_of, freeze_cases, gather_units
from .images import add_images
from .rules import freeze_rules, own_rule
from .scoring import scored_items
from .sources import freeze_sources

# What one draw takes may leave another one cases alone, which don't make up its number: then chance is asked again.
TRIES = 20


def draw_paper(quiz, *, chance, rule=None):
    """Return the paper (JSON) of a quiz: its texts, rules, questions in order with their options, and their sources.

    `rule` is the PassRule of whoever takes it, where that is not the quiz's own.
    Questions that are not published are left out. Raises EmptyQuiz when nothing that counts remains.
    """
    paper = freeze_quiz(quiz, draw_questions(quiz, chance=chance), chance=chance, rule=rule)
    if not scored_items(paper):
        raise EmptyQuiz
    return paper


def draw_questions(quiz, *, chance):
    """Return the questions of a new attempt: the quiz's own, or as many of them as it asks, then those of each draw.

    Where only some are asked, chance says which, and they keep their order unless the quiz shuffles. No question comes
    twice; a draw from too small a topic gives what there is. A case comes whole or not at all, in its order: where the
    number that is asked can't be reached so, the nearest below it is.
    """
    units = own_units(quiz)
    if quiz.questions_drawn is not None:
        # A reflection counts nothing: it is neither chosen nor left out.
        sizes = [sum(question.kind in SCORED for question in unit) for unit in units]
        if sum(sizes) > quiz.questions_drawn:
            kept = choose_units(sizes, quiz.questions_drawn, chance=chance)
            units = [units[place] for place in sorted(kept)]
    units += draw_from_topics(quiz, {question.pk for unit in units for question in unit}, chance=chance)
    if quiz.shuffle_questions:
        chance.shuffle(units)
    return [question for unit in units for question in unit]


def own_units(quiz, questions=None):
    """Return the quiz's own questions in units, each a list; an entry brings its whole case, where it stands first.

    `questions` is a queryset that says what of them is read, without one all that a paper needs.
    """
    entries = QuizQuestion.objects.filter(quiz=quiz, question__live=True)
    place = entries.filter(question=OuterRef("pk"))
    questions = (
        (_with_all(Question.objects) if questions is None else questions)
        .filter(ASKABLE)
        .filter(Q(pk__in=entries.values("question")) | Q(case__in=entries.values("question__case")))
        .annotate(place=Subquery(place.values("sort_order")[:1]), entry=Subquery(place.values("pk")[:1]))
        .order_by(F("place").asc(nulls_last=True), F("entry").asc(nulls_last=True))
    )
    return gather_units(questions)


def draw_from_topics(quiz, taken, *, chance):
    """Return the units that the quiz's draws give, with none of the questions whose keys are in `taken`."""
    draws = list(quiz.draws.all())
    if not draws:
        return []
    pools, drawn = pools_of(quiz.locale_id, draws), []
    for _try in range(TRIES):
        chosen = _choose(draws, pools, taken, chance)
        if _count(chosen) > _count(drawn):
            drawn = chosen
        if _count(drawn) == sum(draw.count for draw in draws):
            break
    found = _with_all(Question.objects).in_bulk([pk for unit in drawn for pk in unit])
    return [[found[pk] for pk in unit] for unit in drawn]


def _choose(draws, pools, taken, chance):
    chosen = []
    for draw, pool in zip(draws, pools, strict=True):
        fit = [unit for unit in pool if taken.isdisjoint(unit)]
        units = [fit[place] for place in choose_units([len(unit) for unit in fit], draw.count, chance=chance)]
        taken = taken.union(*units)
        chosen += units
    return chosen


def _count(units):
    return sum(map(len, units))


def _with_all(questions):
    """Return questions with all that a paper needs of them."""
    return questions.select_related("case", "act").prefetch_related("choices", "sources")


def freeze_quiz(quiz, questions, *, chance, rule=None):
    """Return the paper of these questions, whatever they are; used for a preview too."""
    rule = rule or own_rule(quiz)
    items = [KINDS[question.kind].freeze(question, chance, shuffle=quiz.shuffle_options) for question in questions]
    cases = freeze_cases(items, questions)
    add_images([*items, *cases.values()], [*questions, *cases_of(questions)])
    return {
        "quiz": str(quiz.translation_key),
        "identifier": quiz.identifier,
        "language": quiz.locale.language_code,
        "title": quiz.title,
        "intro": quiz.intro,
        "warning": quiz.warning,
        "pass_mark": rule.pass_mark,
        "rules": freeze_rules(quiz, rule.counting_attempt),
        "total": sum(item["marks"] for item in items),
        "questions": items,
        "sources": freeze_sources([*cases.values(), *items], quiz.locale_id),
        **({"cases": cases} if cases else {}),
    }
