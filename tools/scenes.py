"""The craft of scenes, counted over all scenes of the course: docs/how-to/change-the-course-text.md."""

import re
from collections import Counter

from modules.text.scene_rules import (
    choices_of,
    has_repair,
    hints_of,
    is_end,
    problem_of_feedback,
    rank_of_best,
    uneven_options,
    words_of_scenes,
)
from quizzes.base.markup import strip_markup
from quizzes.guessing.words import words_for

from .course import read_modules, scenes_of
from .measures import Failed, Measure, count, require

_NOTHING = re.compile(r"(?!)")
_ABSOLUTE = {
    "es": re.compile(
        r"\b(?:solo|nunca|siempre|nadie|nada|ning[uú]n\w*|tod[oa]s?|cualquier\w*|basta|jamás|únicamente)\b",
        re.IGNORECASE,
    ),
    "en": words_for("en").absolute,
}
_LEAVES = {
    "es": re.compile(r"\b(?:se va|no vuelve|no regresa|deja de venir)\b", re.IGNORECASE),
    "en": re.compile(
        r"\b(?:leaves(?=[.,;:!]| (?:and|without|before|in|with|at|by|through|for|alone|the (?:queue|centre|room)))"
        r"|walks (?:out|away)|goes away|(?:does not|doesn[’']t|never) comes? back|stops coming)\b",
        re.IGNORECASE,
    ),
}


def add_arguments(parser):
    parser.add_argument("--hints", action="store_true", help="say of each scene what to look at again")


def run(directory, language, module, *, hints=False):
    """Measure the scenes, and fail where a limit of the guide is not met."""
    scenes = scenes_of(read_modules(directory, language, module))
    if not scenes:
        raise Failed("There is nothing to measure.")
    measures = measures_of(scenes, language)
    print(*measures, sep="\n")
    for scene in scenes if hints else []:
        print(f"\n{scene['id']} · {scene['title']}", *(f"  - {hint}" for hint in hints_of(scene, language)), sep="\n")
    # Of one module a share says little.
    if module is None:
        require(measures)


def measures_of(scenes, language="es"):
    """Return the Measures of all scenes of a course in a language, in the order of the guide."""
    words = words_of_scenes(language)
    steps = [step for scene in scenes for step in scene["steps"]]
    choices = list(choices_of(scenes))
    ends = [choice for choice in choices if is_end(choice)]
    others = [choice for choice in choices if choice["rating"] != "best"]
    best = [choice for choice in choices if choice["rating"] == "best"]
    best_ends = [choice for choice in ends if choice["rating"] == "best"]
    harmful_ends = [choice for choice in ends if choice["rating"] == "harmful"]
    ranks = Counter(rank_of_best(step) for step in steps)
    ranked = len(steps) - ranks[""]
    common = max(Counter(choice["ending"] for choice in ends if choice.get("ending")).values(), default=0)
    absolute, leaves = _ABSOLUTE.get(language, _NOTHING), _LEAVES.get(language, _NOTHING)
    absolutes = abs(_share_of(best, absolute) - _share_of(others, absolute))
    return [
        Measure(
            "uneven",
            "options much longer or shorter than their step",
            count(choice for step in steps for choice in uneven_options(step)),
            len(choices),
            0,
        ),
        Measure("longest", "steps whose best option is the longest", ranks["longest"], ranked, 40),
        Measure("shortest", "steps whose best option is the shortest", ranks["shortest"], ranked, 20, True),
        Measure(
            "repair",
            "scenes where a mistake can be mended",
            count(scene for scene in scenes if has_repair(scene)),
            len(scenes),
            60,
            True,
        ),
        Measure(
            "steps",
            "scenes of two steps or more",
            count(scene for scene in scenes if len(scene["steps"]) > 1),
            len(scenes),
            75,
            True,
        ),
        Measure(
            "long",
            "scenes of four steps or more",
            count(scene for scene in scenes if len(scene["steps"]) > 3),
            len(scenes),
            15,
            True,
        ),
        Measure(
            "unsaid",
            "endings that do not say how it ends",
            count(choice for choice in ends if not choice.get("ending")),
            len(ends),
            0,
        ),
        Measure("common", "endings of the most common kind", common, len(ends), 15),
        Measure(
            "leaves",
            "endings where she or he leaves",
            count(
                choice
                for choice in ends
                if choice.get("ending") == "se-va" or leaves.search(choice.get("consequence", ""))
            ),
            len(ends),
            10,
        ),
        Measure(
            "cost",
            "best endings that cost something",
            count(choice for choice in best_ends if choice.get("cost")),
            len(best_ends),
            30,
            True,
        ),
        Measure(
            "their_side",
            "harmful endings with the other side",
            count(choice for choice in harmful_ends if choice.get("their_side")),
            len(harmful_ends),
            25,
            True,
        ),
        Measure(
            "villain",
            "other options that only a villain would choose",
            count(choice for choice in others if words.villain.search(strip_markup(choice["text"]))),
            len(others),
            5,
        ),
        Measure("absolutes", "how much more often absolutes stand on one side", round(absolutes), 100, 10),
        Measure(
            "feedback",
            "feedback that is long, preaches or repeats",
            count(choice for choice in choices if problem_of_feedback(choice, words)),
            len(choices),
            0,
        ),
    ]


def _share_of(choices, pattern):
    return (
        100 * sum(bool(pattern.search(strip_markup(one["text"]))) for one in choices) / len(choices) if choices else 0
    )
