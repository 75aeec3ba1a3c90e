"""The craft of pools, counted over all quizzes of modules: docs/reference/course-text.md.

Who has enough to be asked twice, what every question owes, and what is one's own.
"""

from collections import Counter
from itertools import product

from modules.text.prose import passages_of_lesson
from modules.text.readability import measure
from modules.text.scene_rules import TOLERANCE
from quizzes.base.job_roles import Audience, Pool
from quizzes.base.markup import strip_markup
from quizzes.guessing.flaws import MOST_WORDS, NEARLY_ALIKE
from quizzes.kinds import SCORED

from .course import read_modules
from .measures import Failed, Measure, count, require
from .prose import passages_of_questions

# Six questions for everyone and four of one's own are asked twice without a repeat.
LEAST_OF_CORE, LEAST_OF_OWN = 12, 8
LEAST_OF_INDISPENSABLE = 3
LEAST_OWN_PART = 15
# A lesson of scenes gives one's own and two more.
SCENES_READ = 3
_OF_ONE_OR_SEVERAL = ("single", "multiple")


def run(directory, language, module):
    """Count the pools of the quizzes, and fail where a limit of the guide is not met."""
    course = read_modules(directory, language, module)
    if not any(module.quiz for module in course.modules):
        raise Failed("There is nothing to measure.")
    for one in course.modules:
        if one.quiz:
            print(_write_pool(one))
    measures = measures_of_pools(course)
    print(*measures, sep="\n")
    require(measures)


def _write_pool(module):
    """Return how many questions there are for whom, and which part is one's own."""
    jobs = ", ".join(
        f"{role} {len(for_role(module.quiz, role))} ({own_part(module, role):.0f}% one’s own)"
        for role in Audience.values
    )
    name, everyone = module.module["id"], len(core(module.quiz))
    return f"{name}: {len(scored(module.quiz))} questions, {everyone} for everyone; {jobs}."


def measures_of_pools(course):
    """Return the Measures of the quizzes of a course's modules, in the order of the guide."""
    quizzes = [module.quiz for module in course.modules if module.quiz]
    questions = [question for quiz in quizzes for question in scored(quiz)]
    choices = [(question, choice) for question in questions for choice in question.get("choices", [])]
    wrong = [choice for question, choice in choices if _has_right_ones(question) and not choice.get("correct")]
    pools = [len(for_role(quiz, role)) for quiz, role in product(quizzes, Audience.values)]
    indispensable = Counter(question.get("act") for question in questions if question.get("indispensable"))
    parts = [own_part(module, role) for module, role in product(course.modules, Audience.values) if module.quiz]
    compared = [question for question in questions if question["kind"] in _OF_ONE_OR_SEVERAL]
    uneven = [choice for question in compared for choice in _uneven(question)]
    ranks = Counter(_rank_of_right(question) for question in questions if question["kind"] == "single")
    ranked = sum(ranks.values()) - ranks[""]
    return [
        Measure(
            "core",
            "quizzes with twelve questions for everyone or more",
            count(quiz for quiz in quizzes if len(core(quiz)) >= LEAST_OF_CORE),
            len(quizzes),
            100,
            True,
        ),
        Measure(
            "own",
            "jobs with eight questions of their own in a quiz or more",
            count(pool for pool in pools if pool >= LEAST_OF_OWN),
            len(pools),
            100,
            True,
        ),
        Measure(
            "indispensable",
            "indispensable acts with three cases or more",
            count(act for act, cases in indispensable.items() if act and cases >= LEAST_OF_INDISPENSABLE),
            len(indispensable),
            100,
            True,
        ),
        Measure(
            "unlinked",
            "questions without an act or a lesson",
            count(one for one in questions if not one.get("act") or not one.get("lesson")),
            len(questions),
            0,
        ),
        Measure(
            "unsaid",
            "options without feedback",
            count(choice for _question, choice in choices if not choice.get("feedback")),
            len(choices),
            0,
        ),
        Measure(
            "astray",
            "wrong options that lead to no lesson",
            count(choice for choice in wrong if not choice.get("lesson")),
            len(wrong),
            0,
        ),
        Measure(
            "long",
            "cases of more than forty words",
            count(one for one in questions if measure([strip_markup(one["text"])]).words > MOST_WORDS),
            len(questions),
            0,
        ),
        Measure(
            "uneven",
            "options much longer or shorter than those beside them",
            len(uneven),
            count(choice for question in compared for choice in question["choices"]),
            0,
        ),
        *(
            Measure(rank, name, ranks[rank], ranked, 43)
            for rank, name in (
                ("longest", "questions whose right option is the longest"),
                ("shortest", "questions whose right option is the shortest"),
                ("middle", "questions whose right option is neither"),
            )
        ),
        Measure(
            "own_part",
            "jobs of which fifteen in a hundred words of a module are their own",
            count(part for part in parts if part >= LEAST_OWN_PART),
            len(parts),
            100,
            True,
        ),
    ]


def scored(quiz):
    """Return the questions of a quiz that have a score; those named by `same_as` stand where they are written."""
    return [question for question in quiz["questions"] if question.get("kind") in SCORED]


def core(quiz):
    """Return the questions of a quiz for everyone."""
    return [question for question in scored(quiz) if not question.get("roles")]


def for_role(quiz, role):
    """Return the questions of a quiz for a job alone, and for some others with it."""
    return [question for question in scored(quiz) if role in question.get("roles", [])]


def own_part(module, role):
    """Return which share of the words that a module has one of a job read is for that job, in hundredths.

    It has them read the lessons with the tips of that job alone, its scene and as many others as a sitting holds,
    and one paper: the mean of the questions as often as they are drawn; without pools, all that are asked.
    """
    own = _words([strip_markup(module.module.get("role_tips", {}).get(role, ""))])
    common, others = 0, []
    for lesson in module.lessons:
        kept = []
        for block in lesson["body"]:
            (kind, value), *_rest = block.items()
            if kind == "role_tips":
                own += _words([strip_markup(value.get(role, ""))])
            elif kind == "scenario":
                words = _words(passages_of_lesson({"body": [block]}))
                if value["role"] == role:
                    own += words
                else:
                    others.append(words)
            else:
                kept.append(block)
        common += _words(passages_of_lesson(lesson | {"body": kept}))
    if others:
        common += (SCENES_READ - 1) * sum(others) / len(others)
    counts = {draw["pool"]: draw["count"] for draw in module.quiz.get("draws", []) if draw.get("pool")}
    for questions, pool in ((core(module.quiz), Pool.CORE), (for_role(module.quiz, role), Pool.OWN)):
        asked = counts.get(pool, len(questions))
        words = _words(passages_of_questions(questions)) / len(questions) * asked if questions else 0
        if pool == Pool.OWN:
            own += words
        else:
            common += words
    return 100 * own / (own + common) if own + common else 0


def _words(passages):
    return measure([passage for passage in passages if passage]).words


def _has_right_ones(question):
    return any(choice.get("correct") for choice in question.get("choices", []))


def _lengths(question):
    return [len(strip_markup(choice["text"])) for choice in question["choices"]]


def _uneven(question):
    lengths = _lengths(question)
    mean = sum(lengths) / len(lengths)
    return [length for length in lengths if abs(length - mean) * 100 > TOLERANCE * mean]


def _rank_of_right(question):
    """Return "longest", "shortest" or "middle" for the right option, "" where the lengths are alike."""
    lengths = _lengths(question)
    if max(lengths) < NEARLY_ALIKE * min(lengths):
        return ""
    right = next(len(strip_markup(choice["text"])) for choice in question["choices"] if choice.get("correct"))
    others = [length for choice, length in zip(question["choices"], lengths, strict=True) if not choice.get("correct")]
    if right > max(others):
        return "longest"
    return "shortest" if right < min(others) else "middle"
