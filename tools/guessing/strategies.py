"""How somebody guesses who knows nothing of the subject: each strategy weighs the options of an item. Pure.

Weights that are alike share: each way of choosing among them is as likely as the others. A mirror is a strategy turned
round: «never the longest», kept too literally, gives the middle one away.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass
from itertools import combinations
from statistics import fmean

from quizzes.guessing.flaws import NEARLY_ALIKE, echoes_of
from quizzes.guessing.items import MANY
from quizzes.guessing.words import count_absolutes, fold, words_for

from .words import count_courtesies

# Weights that differ by less are the same, on every machine.
PLACES_OF_WEIGHTS = 9


@dataclass(frozen=True)
class Strategy:
    """`weigh(item)` returns a number for each option; `told` says what is chosen, in words."""

    name: str
    told: str
    weigh: Callable
    needs_lessons: bool = False
    is_of_scenes: bool = False

    def share(self, item):
        """Return the share of the points that the strategy earns on average."""
        return share_of_weights(item, self.weigh(item))


def share_of_weights(item, weights):
    """Return what somebody earns who marks the options that weigh most, of several as many as the item's `marks`."""
    weights = [round(weight, PLACES_OF_WEIGHTS) for weight in weights]
    cut = sorted(weights, reverse=True)[item.marks - 1]
    above = [place for place, weight in enumerate(weights) if weight > cut]
    alike = [place for place, weight in enumerate(weights) if weight == cut]
    ways = combinations(alike, item.marks - len(above))
    return fmean(item.earn(tuple(sorted([*above, *way]))) for way in ways)


def lengths_of(item):
    """Return how long each option is, in characters; all alike where they differ by less than a tenth."""
    lengths = [len(option) for option in item.options]
    return lengths if max(lengths) >= NEARLY_ALIKE * min(lengths) else [0] * item.size


def near_middle(values):
    """Return weights that are highest for what stands in the middle of the values' order."""
    middle = (len(values) - 1) / 2
    ranks = [
        (sum(other < value for other in values) + sum(other <= value for other in values) - 1) / 2 for value in values
    ]
    return [-abs(rank - middle) for rank in ranks]


def shares_of_lesson(item):
    """Return of each option which share of its stems the lessons have."""
    return [len(stems & item.lesson_stems) / len(stems) if stems else 0 for stems in item.stems]


def counts_of_lesson(item):
    """Return how many stems of each option the lessons have."""
    return [len(stems & item.lesson_stems) for stems in item.stems]


def _absolutes(item):
    return [count_absolutes(option, item.language) for option in item.options]


def courtesies_of(item):
    """Return how often each option asks, thanks, offers or leaves it open."""
    return [count_courtesies(option, item.language) for option in item.options]


def _places(item):
    return list(range(item.size))


def _all_of_them(item):
    words = words_for(item.language)
    return [1 if words.all_of_them.search(fold(option)) else 0 for option in item.options]


def fewest(weigh):
    return lambda item: [-value for value in weigh(item)]


def middle(weigh):
    return lambda item: near_middle(weigh(item))


class All(Strategy):
    """Where several are right it marks every option, and elsewhere the one that says so."""

    def share(self, item):
        return item.earn(tuple(_places(item))) if item.kind == MANY else super().share(item)


STRATEGIES = [
    Strategy("larga", "the longest option", lengths_of, is_of_scenes=True),
    Strategy("corta", "the shortest option", fewest(lengths_of), is_of_scenes=True),
    Strategy("media", "the option of middle length", middle(lengths_of), is_of_scenes=True),
    Strategy("sin-absolutos", "the option with fewest words such as “siempre” or “nunca”", fewest(_absolutes)),
    Strategy("con-absolutos", "the option with most words such as “siempre” or “nunca”", _absolutes),
    Strategy("amable", "the kindest option", courtesies_of, is_of_scenes=True),
    Strategy("seca", "the least kind option", fewest(courtesies_of), is_of_scenes=True),
    Strategy("lección", "the option most in the words of the lessons", shares_of_lesson, needs_lessons=True),
    Strategy("lección-menos", "the option least in the words of the lessons", fewest(shares_of_lesson), True),
    Strategy("lección-media", "the option in the middle by words of the lessons", middle(shares_of_lesson), True),
    Strategy("lección-más-palabras", "the option with most words of the lessons", counts_of_lesson, True),
    Strategy("lección-menos-palabras", "the option with fewest words of the lessons", fewest(counts_of_lesson), True),
    Strategy(
        "lección-medias-palabras",
        "the option with a middling number of words of the lessons",
        middle(counts_of_lesson),
        True,
    ),
    Strategy("eco", "the option that repeats most words of the question", echoes_of),
    Strategy("sin-eco", "the option that repeats fewest words of the question", fewest(echoes_of)),
    Strategy("primera", "the option that is written first", fewest(_places)),
    Strategy("última", "the option that is written last", _places),
    Strategy("centro", "an option that is written in the middle", middle(_places)),
    All("todas", "“all of them”, or every option where several are right", _all_of_them),
]
COMBINED = "combinada"
WORDS = "palabras"
TOLD = {strategy.name: strategy.told for strategy in STRATEGIES} | {
    COMBINED: "the option that all hints together point to",
    WORDS: "the option in the words that right options have elsewhere",
}


def features_of(item):
    """Return for each option what the combined strategy looks at."""
    lengths = [math.log(max(length, 1)) for length in lengths_of(item)]
    places = _places(item)
    columns = [
        [length - fmean(lengths) for length in lengths],
        near_middle(lengths),
        _absolutes(item),
        courtesies_of(item),
        shares_of_lesson(item),
        echoes_of(item),
        [float(place == 0) for place in places],
        [float(place == item.size - 1) for place in places],
        _all_of_them(item),
    ]
    return list(map(list, zip(*columns, strict=True)))


def features_of_scene(item):
    """The same of a moment of a scene, where only length and kindness are looked at."""
    lengths = [math.log(max(length, 1)) for length in lengths_of(item)]
    return list(map(list, zip(lengths, near_middle(lengths), courtesies_of(item), strict=True)))
