"""Papers of the course's quizzes, and sheets of answers to them that pass or do not, made once for the whole crowd."""

import random
from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise

from wagtail.models import Locale

from course.demo.practice import OPEN_ANSWERS, PRACTICE
from quizzes.attempts.drawing import draw_snapshot
from quizzes.attempts.scoring import passes, round_down, score_snapshot, scored_items
from quizzes.kinds import get_kind
from quizzes.kinds.gaps import get_gaps
from quizzes.models import Quiz

from .steps import Result

SHEETS = 24


@dataclass(frozen=True)
class Sheet:
    """Answers to a paper as [(question key, response, points from 0 to 1)], and what they come to."""

    answers: list[tuple[str, object, Decimal | None]]
    grade: Decimal | None
    passed: bool | None


@dataclass(frozen=True)
class QuizPaper:
    """A frozen paper, the same without its questions, and the sheets by Result."""

    snapshot: dict
    head: dict
    sheets: dict[Result, list[Sheet]]


@dataclass(frozen=True)
class QuizPapers:
    """Of one quiz: the paper for most people, and the one with a question that a person has to mark."""

    usual: QuizPaper
    to_mark: QuizPaper

    def of(self, result):
        return self.to_mark if result is Result.PENDING else self.usual


def draw_papers(outline, *, seed):
    """Return {quiz key: QuizPapers} of the modules' published quizzes."""
    keys = [module.quiz_key for module in outline if module.quiz_key and module.quiz_is_open]
    spanish = Locale.objects.get(language_code="es")
    quizzes = Quiz.objects.filter(translation_key__in=keys, locale=spanish, live=True)
    practice = draw_snapshot(Quiz.objects.get(identifier=PRACTICE, locale=spanish), chance=random.Random(seed))
    open_question = next(item for item in practice["questions"] if item["kind"] == "open")
    return {quiz.translation_key: draw_quiz(quiz, open_question, seed=seed) for quiz in quizzes}


def draw_quiz(quiz, open_question, *, seed):
    chance = random.Random(f"{seed}:{quiz.identifier}")
    paper = draw_snapshot(quiz, chance=chance)
    longer = paper | {
        "questions": [*paper["questions"], open_question],
        "total": paper["total"] + open_question["marks"],
    }
    usual = {
        Result.PASSED: [fill_in(paper, chance, passing=True) for _number in range(SHEETS)],
        Result.FAILED: [fill_in(paper, chance, passing=False) for _number in range(SHEETS)],
        Result.OPEN: [begin(paper, chance) for _number in range(SHEETS)],
    }
    waiting = [wait(longer, open_question, chance) for _number in range(SHEETS)]
    return QuizPapers(_with_head(paper, usual), _with_head(longer, {Result.PENDING: waiting}))


def fill_in(paper, chance, *, passing):
    """Return a Sheet with every question answered that passes, or does not."""
    items = scored_items(paper)
    wrong = chance.randint(0, len(items) // 5) if passing else chance.randint(len(items) // 4 + 1, len(items))
    badly = {item["key"] for item in chance.sample(items, min(wrong, len(items)))}
    responses = {item["key"]: _respond(item, chance, right=item["key"] not in badly) for item in items}
    if _mark(paper, responses).passed is not passing:
        responses = {item["key"]: _respond(item, chance, right=passing) for item in items}
    return _mark(paper, responses)


def begin(paper, chance):
    """Return a Sheet that was not sent, with the first questions answered."""
    items = scored_items(paper)
    some = items[: chance.randint(0, len(items) - 1)]
    return Sheet([(item["key"], _respond(item, chance, right=True), None) for item in some], None, None)


def wait(paper, open_question, chance):
    """Return a Sheet of which only the open question has no mark yet."""
    items = [item for item in scored_items(paper) if item is not open_question]
    responses = {item["key"]: _respond(item, chance, right=chance.random() < 0.9) for item in items}
    return _mark(paper, responses | {open_question["key"]: chance.choice(OPEN_ANSWERS)})


def scored_responses(item):
    """Return ((the right response, its fraction), [(another response, its fraction)]) of an item with options."""
    kind, keys = get_kind(item), [option["key"] for option in item["options"]]
    some = [[key] for key in keys] + [list(pair) for pair in pairwise(keys)]
    others = {
        "multiple": some,
        "places": some,
        "ordering": [{key: 1 + (n + turn) % len(keys) for n, key in enumerate(keys)} for turn in range(len(keys))],
        "matching": [dict.fromkeys(keys, match["key"]) for match in item.get("matches", [])],
        # In one of the gaps something, and in the others nothing.
        "gaps": [
            {gap.key: option["text" if gap.is_typed else "key"]}
            for gap in (get_gaps(item) if item["kind"] == "gaps" else [])
            for option in gap.options
        ],
    }.get(item["kind"], keys)
    right = kind.right_response(item)
    scored = [(response, kind.score(item, response)) for response in others if response != right]
    return (right, kind.score(item, right)), scored


def _respond(item, chance, *, right):
    (right_response, _fraction), others = scored_responses(item)
    return right_response if right or not others else chance.choice(others)[0]


def _mark(paper, responses):
    mark = score_snapshot(paper, responses)
    answers = [
        (key, response, None if key in mark.pending else round_down(mark.fractions[key]))
        for key, response in responses.items()
    ]
    if mark.grade is None:
        return Sheet(answers, None, None)
    return Sheet(answers, round_down(mark.grade), passes(mark.grade, paper["pass_mark"]))


def _with_head(paper, sheets):
    return QuizPaper(paper, paper | {"questions": [], "sources": []}, sheets)
