"""Naive Bayes over words: which words stand more often in right options than in wrong ones. Pure Python.

After Maron (1961): an option weighs Σ log(P(word | right) / P(word | wrong)) over its words and its pairs of
neighbours, each probability smoothed by half a right option and one wrong one. What stands in fewer than
LEAST_OPTIONS options of the others says nothing.
"""

import math
from collections import Counter
from dataclasses import dataclass
from itertools import pairwise

from quizzes.guessing.words import words_of

LEAST_OPTIONS = 3


@dataclass(frozen=True)
class TellingWord:
    """A word, or two in a row, with how many right and wrong options have it, and what it weighs."""

    word: str
    right: int
    wrong: int
    weight: float


class _Counts:
    def __init__(self):
        self.right, self.wrong = Counter(), Counter()
        self.options = {True: 0, False: 0}

    def add(self, words, is_right):
        (self.right if is_right else self.wrong).update(words)
        self.options[is_right] += 1

    def weigh(self, word, without=None):
        """Return what a word weighs by all options that are not `without`; 0 where too few have it."""
        right, wrong = self.right[word], self.wrong[word]
        all_right, all_wrong = self.options[True], self.options[False]
        if without:
            right, wrong = right - without.right[word], wrong - without.wrong[word]
            all_right, all_wrong = all_right - without.options[True], all_wrong - without.options[False]
        if right + wrong < LEAST_OPTIONS:
            return 0.0
        return math.log((right + 0.5) / (all_right + 1) / ((wrong + 1) / (all_wrong + 2)))


def learn_words(examples):
    """Return for each example the weights of its options, learned from the other groups alone.

    `examples` are (group, options, which are right). Where there is no other group nothing is learned: None for each.
    """
    if len({group for group, *_rest in examples}) < 2:
        return [None] * len(examples)
    everything, by_group = _Counts(), {}
    for group, options, right in examples:
        of_group = by_group.setdefault(group, _Counts())
        for option, is_right in zip(options, right, strict=True):
            everything.add(_marks(option), is_right)
            of_group.add(_marks(option), is_right)
    return [
        [math.fsum(everything.weigh(word, by_group[group]) for word in sorted(_marks(option))) for option in options]
        for group, options, _right in examples
    ]


def telling_words(items, count):
    """Return the TellingWords of all items that weigh most, for and against, by how many options have them."""
    counts = _Counts()
    for item in items:
        for option, is_right in zip(item.options, item.right, strict=True):
            counts.add(_marks(option), is_right)
    words = [
        TellingWord(word, counts.right[word], counts.wrong[word], counts.weigh(word))
        for word in counts.right.keys() | counts.wrong.keys()
        if counts.right[word] + counts.wrong[word] >= 2 * LEAST_OPTIONS
    ]
    words.sort(key=lambda one: (-abs(one.weight) * math.sqrt(one.right + one.wrong), one.word))
    return words[:count]


def _marks(option):
    """Return the words of an option and its pairs of neighbours, each once; a question mark is a word."""
    words = words_of(option) + ["?"] * ("?" in option)
    return {*words, *map(" ".join, pairwise(words))}
