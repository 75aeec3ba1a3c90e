"""Item-writing flaws, after Haladyna, Downing and Rodriguez (2002). Pure."""

import re
from collections import Counter
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from quizzes.base.markup import strip_markup
from quizzes.kinds import SCORED

from .items import IN_A_ROW, MANY, MEASURED_KINDS, Item, fields_of, parts_of
from .words import count_absolutes, fold, words_for, words_of

NEARLY_ALIKE = 1.1
MOST_WORDS = 40
_SPOKEN = re.compile(r"[^\W_]+(?:[’'][^\W_]+)*")
# Relative to the mean length of the options.
UNEVEN = 0.25
CHOSEN_BY_FEW = 0.05
LEAST_PEOPLE = 40


@dataclass(frozen=True)
class Written:
    """A question as input; `picked` is how many of `people` chose each option, by its key as text."""

    kind: str
    text: str
    choices: list
    lessons: tuple = ()
    language: str = "es"
    has_act: bool = False
    has_lesson: bool = False
    picked: dict | None = None
    people: int = 0


def find_flaws(written):
    """Return sentences about a question, those about its options first."""
    sentences = []
    for part in parts_of(written.kind, written.choices).values():
        fields = fields_of(written.kind, written.text, part)
        sentences += _in_item(Item(**fields, lessons=tuple(written.lessons), language=written.language))
    if written.kind in MEASURED_KINDS:
        sentences += _without_feedback_or_lesson(written)
        sentences += _that_nobody_chooses(written)
    return list(dict.fromkeys([*sentences, *_in_text(written)]))


def _in_item(item):
    right = [place for place, is_right in enumerate(item.right) if is_right]
    wrong = [place for place, is_right in enumerate(item.right) if not is_right]
    if item.kind != MANY:
        yield from _by_length(item, right[0])
    yield from _by_words(item, right, wrong)
    yield from _among_options(item)


def _by_length(item, right):
    lengths = [len(option) for option in item.options]
    others = [length for place, length in enumerate(lengths) if place != right]
    mean = sum(lengths) / len(lengths)
    if lengths[right] >= NEARLY_ALIKE * max(others):
        yield _("The right option is the longest.")
    elif NEARLY_ALIKE * lengths[right] <= min(others):
        yield _("The right option is the shortest.")
    if any(abs(length - mean) > UNEVEN * mean for length in lengths):
        yield _("An option is more than a quarter longer or shorter than the mean of all.")


def _by_words(item, right, wrong):
    absolutes = [
        0 if says_all_or_none(option, item.language) else count_absolutes(option, item.language)
        for option in item.options
    ]
    if any(absolutes[place] for place in wrong) and not any(absolutes[place] for place in right):
        yield _("Only options that are not right say “siempre”, “nunca” or the like.")
    for lesson in item.lessons:
        repeats = [lesson.repeats(option) for option in item.options]
        if any(repeats[place] for place in right) and not any(repeats[place] for place in wrong):
            yield _("The right option repeats %(count)d words in a row of the lesson %(lesson)s.") % {
                "count": IN_A_ROW,
                "lesson": lesson.name,
            }
    echoes = echoes_of(item)
    if max(echoes[place] for place in right) > max(1, *(echoes[place] for place in wrong)):
        yield _("The right option repeats words of the question, and the others do not.")


def _among_options(item):
    negations, words = words_for(item.language).negations, [words_of(option) for option in item.options]
    pairs = [(one, other) for place, one in enumerate(words) for other in words[place + 1 :] if one and other]
    if any(Counter(one) == Counter(other) for one, other in pairs):
        yield _("Two options say the same.")
    if any(_contradict(one, other, negations) for one, other in pairs):
        yield _("Two options contradict each other: people look for the right one among these.")
    if any(_holds(one, other, negations) or _holds(other, one, negations) for one, other in pairs):
        yield _("One option contains another.")
    if any(says_all_or_none(option, item.language) for option in item.options):
        yield _("“Todas” or “ninguna de las anteriores” asks how clever one is.")


def echoes_of(item):
    return [len(stems & item.stems_of_text) for stems in item.stems]


def says_all_or_none(option, language):
    words, folded = words_for(language), fold(option)
    return bool(words.all_of_them.search(folded) or words.none_of_them.search(folded))


def _contradict(one, other, negations):
    alike = [[word for word in words if word not in negations] for words in (one, other)]
    return alike[0] == alike[1] and one != other and bool(alike[0])


def _holds(one, other, negations):
    if not 1 < len(other) < len(one) or _contradict(one, other, negations):
        return False
    return any(one[at : at + len(other)] == other for at in range(len(one) - len(other) + 1))


def _without_feedback_or_lesson(written):
    mute = sum(not choice.feedback.strip() for choice in written.choices)
    if mute:
        yield ngettext("%(count)d option has no feedback.", "%(count)d options have no feedback.", mute) % {
            "count": mute
        }
    lost = 0 if written.has_lesson else sum(not one.is_correct and not one.lesson.strip() for one in written.choices)
    if lost:
        yield (
            ngettext(
                "%(count)d option that is not right names no lesson.",
                "%(count)d options that are not right name no lesson.",
                lost,
            )
            % {"count": lost}
        )


def _that_nobody_chooses(written):
    if written.people < LEAST_PEOPLE:
        return
    for choice in written.choices:
        count = sum(n for key, n in written.picked.items() if key.rpartition(":")[2] == str(choice.translation_key))
        if count < CHOSEN_BY_FEW * written.people:
            option = strip_markup(choice.text)
            yield _("Nobody chooses this option, or hardly anybody: “%(option)s”.") % {"option": option}


def _in_text(written):
    text, words = strip_markup(written.text), words_for(written.language)
    if len(_SPOKEN.findall(text)) > MOST_WORDS:
        yield _("It has more than %(count)d words.") % {"count": MOST_WORDS}
    if words.negative.search(fold(text)):
        yield _("It asks in the negative: people read over the “no”.")
    if words.fact.search(fold(text)):
        yield _("It asks about a percentage, an article or a study: ask for what one does.")
    elif written.kind in SCORED and not written.has_act:
        yield _("It names no act: does it ask for something that one does, or for a fact?")
