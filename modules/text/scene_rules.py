"""The craft of scenes, measured: what gives the best choice away, and what a path owes to the people in it.

Everything takes the values of content files, so that files, the CMS and a draft are measured alike. None of it
refuses anything: it is named while one writes, and counted over all scenes of the course.
"""

import re
from collections import Counter
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from quizzes.guessing.words import words_for
from quizzes.wording.marks import plain

# An option may be so much longer or shorter than the mean of its step, in hundredths.
TOLERANCE = 25
MOST_WORDS_OF_FEEDBACK = 25
# So many words of the option in a row make feedback an echo.
WORDS_OF_AN_ECHO = 4


@dataclass(frozen=True)
class SceneWords:
    """What a language says where only a villain would choose it, where one preaches, and where somebody leaves."""

    villain: re.Pattern = re.compile(r"(?!)")
    preaching: re.Pattern = re.compile(r"(?!)")
    absolute: re.Pattern = re.compile(r"(?!)")
    leaves: re.Pattern = re.compile(r"(?!)")


def _words(pattern):
    return re.compile(rf"\b({pattern})\b", re.IGNORECASE)


_WORDS = {
    "es": SceneWords(
        villain=_words(r"esas|esa vida|grita\w*|se burla\w*|se niega\w*|se ríe\w* de"),
        preaching=_words(r"debe|hay que|recuerde|nunca olvide"),
        absolute=_words(r"solo|nunca|siempre|nadie|nada|ning[uú]n\w*|tod[oa]s?|cualquier\w*|basta|jamás|únicamente"),
        leaves=_words(r"se va|no vuelve|no regresa|deja de venir"),
    ),
    "en": SceneWords(
        villain=_words(
            r"those (?:women|people|girls|ones)|that (?:life|sort)|(?:shout|yell|scream)\w*|mock\w*|makes? fun of"
            r"|laugh(?:s|ing)? at|refus\w*"
        ),
        preaching=_words(r"must|should|ha(?:ve|s) to|remember|(?:never|don[’']t) forget"),
        absolute=words_for("en").absolute,
        leaves=_words(
            r"leaves(?=[.,;:!]| (?:and|without|before|in|with|at|by|through|for|alone|the (?:queue|centre|room)))"
            r"|walks (?:out|away)|goes away|(?:does not|doesn[’']t|never) comes? back|stops coming"
        ),
    ),
}


def _words_for(language):
    return _WORDS.get(language, SceneWords())


@dataclass(frozen=True)
class Measure:
    """How many of how many scenes, steps or choices do something, and the `limit` of the guide in hundredths."""

    key: str
    name: str
    count: int
    total: int
    limit: int
    is_least: bool = False

    @property
    def share(self):
        """In hundredths, with one decimal."""
        return round(100 * self.count / self.total, 1) if self.total else 0.0

    @property
    def holds(self):
        if not self.total:
            return True
        return self.share >= self.limit if self.is_least else self.share <= self.limit

    def is_worse_than(self, share):
        return self.share < share if self.is_least else self.share > share


def hints_of(scene, language="es"):
    """Return sentences about a scene, each about one thing to look at again; none says that it may not be so."""
    hints = []
    if len(scene["steps"]) == 1:
        hints.append(_("It has one step: nobody sees what follows, and nothing can be mended."))
    elif not has_repair(scene):
        hints.append(_("No way back: no choice that does harm, or cares in part, leads to a step where one can care."))
    for step in scene["steps"]:
        hints += _hints_of_step(step, _words_for(language))
    ends = [choice for _step, choice in _choices([scene]) if _is_end(choice)]
    if any(not choice.get("ending") for choice in ends):
        hints.append(_("Some paths do not say how they end (“How it ends”)."))
    if not any(choice.get("cost") for choice in ends if choice["rating"] == "best"):
        hints.append(_("To care costs nobody anything here. Sometimes it does: time, pride, a scolding."))
    harmful = [choice for choice in ends if choice["rating"] == "harmful"]
    if harmful and not any(choice.get("their_side") for choice in harmful):
        hints.append(_("No path that does harm says what the other person lived (“Their side”)."))
    return hints


def _hints_of_step(step, words):
    for choice in _uneven(step):
        if len(plain(choice["text"])) > _mean(step):
            sentence = _("Step “%(step)s”: “%(choice)s” is much longer than the other options.")
        else:
            sentence = _("Step “%(step)s”: “%(choice)s” is much shorter than the other options.")
        yield sentence % {"step": step["name"], "choice": _brief(choice["text"])}
    if _rank_of_best(step) == "longest":
        yield _("Step “%(step)s”: the option that cares is the longest.") % {"step": step["name"]}
    for choice in step["choices"]:
        names = {"step": step["name"], "choice": _brief(choice["text"])}
        if choice["rating"] != "best" and words.villain.search(plain(choice["text"])):
            yield _("Step “%(step)s”: nobody decent would choose “%(choice)s”.") % names
        if problem := _problem_of_feedback(choice, words):
            yield f"{_('Feedback on “%(choice)s”:') % names} {problem}"


def _problem_of_feedback(choice, words_of_language):
    said = plain(choice["feedback"])
    words = re.findall(r"\w+", said.casefold())
    if len(words) > MOST_WORDS_OF_FEEDBACK:
        return _("%(count)d words; %(most)d are enough.") % {"count": len(words), "most": MOST_WORDS_OF_FEEDBACK}
    if found := words_of_language.preaching.search(said):
        return _("“%(word)s” preaches. Say what somebody lived.") % {"word": found[0]}
    option = " ".join(re.findall(r"\w+", plain(choice["text"]).casefold()))
    runs = (" ".join(words[at : at + WORDS_OF_AN_ECHO]) for at in range(len(words) - WORDS_OF_AN_ECHO + 1))
    if echo := next((run for run in runs if f" {run} " in f" {option} "), None):
        return _("it repeats “%(words)s” of the option.") % {"words": echo}
    return ""


def measures_of(scenes, language="es"):
    """Return the Measures of all scenes of a course in a language, in the order of the guide."""
    words = _words_for(language)
    steps = [step for scene in scenes for step in scene["steps"]]
    choices = [choice for _step, choice in _choices(scenes)]
    ends = [choice for choice in choices if _is_end(choice)]
    others = [choice for choice in choices if choice["rating"] != "best"]
    best = [choice for choice in choices if choice["rating"] == "best"]
    best_ends = [choice for choice in ends if choice["rating"] == "best"]
    harmful_ends = [choice for choice in ends if choice["rating"] == "harmful"]
    ranks = Counter(_rank_of_best(step) for step in steps)
    ranked = len(steps) - ranks[""]
    common = max(Counter(choice["ending"] for choice in ends if choice.get("ending")).values(), default=0)
    absolutes = abs(_share_of(best, words.absolute) - _share_of(others, words.absolute))
    count = lambda found: sum(1 for _one in found)  # noqa: E731
    return [
        Measure(
            "uneven",
            gettext_lazy("options much longer or shorter than their step"),
            count(choice for step in steps for choice in _uneven(step)),
            len(choices),
            0,
        ),
        Measure("longest", gettext_lazy("steps whose best option is the longest"), ranks["longest"], ranked, 40),
        Measure(
            "shortest", gettext_lazy("steps whose best option is the shortest"), ranks["shortest"], ranked, 20, True
        ),
        Measure(
            "repair",
            gettext_lazy("scenes where a mistake can be mended"),
            count(scene for scene in scenes if has_repair(scene)),
            len(scenes),
            60,
            True,
        ),
        Measure(
            "steps",
            gettext_lazy("scenes of two steps or more"),
            count(scene for scene in scenes if len(scene["steps"]) > 1),
            len(scenes),
            75,
            True,
        ),
        Measure(
            "long",
            gettext_lazy("scenes of four steps or more"),
            count(scene for scene in scenes if len(scene["steps"]) > 3),
            len(scenes),
            15,
            True,
        ),
        Measure(
            "unsaid",
            gettext_lazy("endings that do not say how it ends"),
            count(choice for choice in ends if not choice.get("ending")),
            len(ends),
            0,
        ),
        Measure("common", gettext_lazy("endings of the most common kind"), common, len(ends), 15),
        Measure(
            "leaves",
            gettext_lazy("endings where she or he leaves"),
            count(
                choice
                for choice in ends
                if choice.get("ending") == "se-va" or words.leaves.search(choice.get("consequence", ""))
            ),
            len(ends),
            10,
        ),
        Measure(
            "cost",
            gettext_lazy("best endings that cost something"),
            count(choice for choice in best_ends if choice.get("cost")),
            len(best_ends),
            30,
            True,
        ),
        Measure(
            "their_side",
            gettext_lazy("harmful endings with the other side"),
            count(choice for choice in harmful_ends if choice.get("their_side")),
            len(harmful_ends),
            25,
            True,
        ),
        Measure(
            "villain",
            gettext_lazy("other options that only a villain would choose"),
            count(choice for choice in others if words.villain.search(plain(choice["text"]))),
            len(others),
            5,
        ),
        Measure(
            "absolutes", gettext_lazy("how much more often absolutes stand on one side"), round(absolutes), 100, 10
        ),
        Measure(
            "feedback",
            gettext_lazy("feedback that is long, preaches or repeats"),
            count(choice for choice in choices if _problem_of_feedback(choice, words)),
            len(choices),
            0,
        ),
    ]


def has_repair(scene):
    """Whether a choice that is not the best one leads to a step where one can choose the best."""
    with_best = {step["name"] for step in scene["steps"] if any(one["rating"] == "best" for one in step["choices"])}
    return any(choice.get("next") in with_best for _step, choice in _choices([scene]) if choice["rating"] != "best")


def _choices(scenes):
    return ((step, choice) for scene in scenes for step in scene["steps"] for choice in step["choices"])


def _is_end(choice):
    return not choice.get("next")


def _mean(step):
    return sum(len(plain(choice["text"])) for choice in step["choices"]) / len(step["choices"])


def _uneven(step):
    """Return the options that are more than a quarter longer or shorter than the mean of their step."""
    if not step["choices"]:
        return []
    mean = _mean(step)
    return [one for one in step["choices"] if abs(len(plain(one["text"])) - mean) * 100 > TOLERANCE * mean]


def _rank_of_best(step):
    """Return "longest", "shortest" or "middle" for the best option of a step; "" where there is no other."""
    best = [len(plain(one["text"])) for one in step["choices"] if one["rating"] == "best"]
    others = [len(plain(one["text"])) for one in step["choices"] if one["rating"] != "best"]
    if not best or not others:
        return ""
    if max(best) > max(others):
        return "longest"
    return "shortest" if min(best) < min(others) else "middle"


def _share_of(choices, pattern):
    return 100 * sum(bool(pattern.search(plain(one["text"]))) for one in choices) / len(choices) if choices else 0


def _brief(text, length=50):
    text = plain(text)
    return text if len(text) <= length else text[: length - 1].rstrip() + "…"
