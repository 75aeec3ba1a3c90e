"""Hints for writers of scenes; they refuse nothing."""

import re
from dataclasses import dataclass

from django.utils.translation import gettext as _

from quizzes.base.markup import strip_markup

# Percentage by which an option may differ from the mean length of its step.
TOLERANCE = 25
MOST_WORDS_OF_FEEDBACK = 25
# Number of consecutive words of the option that make feedback an echo.
WORDS_OF_AN_ECHO = 4


@dataclass(frozen=True)
class SceneWords:
    villain: re.Pattern = re.compile(r"(?!)")
    preaching: re.Pattern = re.compile(r"(?!)")


def _words(pattern):
    return re.compile(rf"\b({pattern})\b", re.IGNORECASE)


_WORDS = {
    "es": SceneWords(
        villain=_words(r"esas|esa vida|grita\w*|se burla\w*|se niega\w*|se ríe\w* de"),
        preaching=_words(r"debe|hay que|recuerde|nunca olvide"),
    ),
    "en": SceneWords(
        villain=_words(
            r"those (?:women|people|girls|ones)|that (?:life|sort)|(?:shout|yell|scream)\w*|mock\w*|makes? fun of"
            r"|laugh(?:s|ing)? at|refus\w*"
        ),
        preaching=_words(r"must|should|ha(?:ve|s) to|remember|(?:never|don[’']t) forget"),
    ),
}


def words_of_scenes(language):
    return _WORDS.get(language, SceneWords())


def hints_of(scene, language="es"):
    """Return hints on a scene (a value of content files), as sentences."""
    hints = []
    if len(scene["steps"]) == 1:
        hints.append(_("It has one step: nobody sees what follows, and nothing can be mended."))
    elif not has_repair(scene):
        hints.append(_("No way back: no choice that does harm, or cares in part, leads to a step where one can care."))
    for step in scene["steps"]:
        hints += _hints_of_step(step, words_of_scenes(language))
    ends = [choice for choice in choices_of([scene]) if is_end(choice)]
    if any(not choice.get("ending") for choice in ends):
        hints.append(_("Some paths do not say how they end (“How it ends”)."))
    if not any(choice.get("cost") for choice in ends if choice["rating"] == "best"):
        hints.append(_("To care costs nobody anything here. Sometimes it does: time, pride, a scolding."))
    harmful = [choice for choice in ends if choice["rating"] == "harmful"]
    if harmful and not any(choice.get("their_side") for choice in harmful):
        hints.append(_("No path that does harm says what the other person lived (“Their side”)."))
    return hints


def _hints_of_step(step, words):
    for choice in uneven_options(step):
        if len(strip_markup(choice["text"])) > _mean(step):
            sentence = _("Step “%(step)s”: “%(choice)s” is much longer than the other options.")
        else:
            sentence = _("Step “%(step)s”: “%(choice)s” is much shorter than the other options.")
        yield sentence % {"step": step["name"], "choice": _brief(choice["text"])}
    if rank_of_best(step) == "longest":
        yield _("Step “%(step)s”: the option that cares is the longest.") % {"step": step["name"]}
    for choice in step["choices"]:
        names = {"step": step["name"], "choice": _brief(choice["text"])}
        if choice["rating"] != "best" and words.villain.search(strip_markup(choice["text"])):
            yield _("Step “%(step)s”: nobody decent would choose “%(choice)s”.") % names
        if problem := problem_of_feedback(choice, words):
            yield f"{_('Feedback on “%(choice)s”:') % names} {problem}"


def problem_of_feedback(choice, words_of_language):
    said = strip_markup(choice["feedback"])
    words = re.findall(r"\w+", said.casefold())
    if len(words) > MOST_WORDS_OF_FEEDBACK:
        return _("%(count)d words; %(most)d are enough.") % {"count": len(words), "most": MOST_WORDS_OF_FEEDBACK}
    if found := words_of_language.preaching.search(said):
        return _("“%(word)s” preaches. Say what somebody lived.") % {"word": found[0]}
    option = " ".join(re.findall(r"\w+", strip_markup(choice["text"]).casefold()))
    runs = (" ".join(words[at : at + WORDS_OF_AN_ECHO]) for at in range(len(words) - WORDS_OF_AN_ECHO + 1))
    if echo := next((run for run in runs if f" {run} " in f" {option} "), None):
        return _("it repeats “%(words)s” of the option.") % {"words": echo}
    return ""


def has_repair(scene):
    with_best = {step["name"] for step in scene["steps"] if any(one["rating"] == "best" for one in step["choices"])}
    return any(choice.get("next") in with_best for choice in choices_of([scene]) if choice["rating"] != "best")


def choices_of(scenes):
    return (choice for scene in scenes for step in scene["steps"] for choice in step["choices"])


def is_end(choice):
    return not choice.get("next")


def _mean(step):
    return sum(len(strip_markup(choice["text"])) for choice in step["choices"]) / len(step["choices"])


def uneven_options(step):
    """Return the options that are more than a quarter longer or shorter than the mean of their step."""
    if not step["choices"]:
        return []
    mean = _mean(step)
    return [one for one in step["choices"] if abs(len(strip_markup(one["text"])) - mean) * 100 > TOLERANCE * mean]


def rank_of_best(step):
    """Return "longest", "shortest" or "middle" for the best option of a step; "" without others."""
    best = [len(strip_markup(one["text"])) for one in step["choices"] if one["rating"] == "best"]
    others = [len(strip_markup(one["text"])) for one in step["choices"] if one["rating"] != "best"]
    if not best or not others:
        return ""
    if max(best) > max(others):
        return "longest"
    return "shortest" if min(best) < min(others) else "middle"


def _brief(text, length=50):
    text = strip_markup(text)
    return text if len(text) <= length else text[: length - 1].rstrip() + "…"
