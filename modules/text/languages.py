"""What differs between languages whose sentences are found, and how Spanish is measured.

Which formula, why this one, and how well syllables are counted: docs/decisions/0010-readability.md.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass

import silabeador
from django.utils.translation import gettext_lazy as _

# The library calls itself for each letter. No word is longer, but an address pasted into a text may be.
LONGEST_WORD = 60
_VOWELS = re.compile(r"[aeiouáéíóúü]+", re.IGNORECASE)


@dataclass(frozen=True)
class Index:
    """base − by_syllables·(syllables per word) − by_words·(words per sentence), and words for the result."""

    name: str
    base: float
    by_syllables: float
    by_words: float
    scale: tuple[tuple[float, str], ...]

    def of(self, text):
        """Return the index of a text that has words."""
        return self.base - self.by_syllables * text.syllables_per_word - self.by_words * text.words_per_sentence

    def label_of(self, value):
        return next(label for least, label in self.scale if value >= least)


# Two of them are never alike: what is remembered of one is found without comparing words of scales.
@dataclass(frozen=True, eq=False)
class Language:
    """Where sentences end: not after `abbreviation`, nor after one of `before_numbers` before a number."""

    code: str
    abbreviation: re.Pattern
    before_numbers: frozenset[str]


@dataclass(frozen=True, eq=False)
class MeasuredLanguage(Language):
    """How a language is measured. `mark` is what its `index` must reach, and `mark_label` the word for that."""

    index: Index
    mark: int
    mark_label: str
    long_word: int
    count_syllables: Callable


def _spanish_syllables(word):
    try:
        if len(word) <= LONGEST_WORD:
            return len(silabeador.syllabify(word, exceptions=0))
    except IndexError:
        # It stumbles over what is no word of Spanish, such as «yy».
        pass
    return len(_VOWELS.findall(word)) or 1


# After Fernández Huerta (1959). Not «sentences per 100 words», as the second figure is often read: then shorter
# sentences would count as harder.
FERNANDEZ_HUERTA = Index(
    "Fernández Huerta",
    206.84,
    60,
    1.02,
    (
        (90, _("very easy")),
        (80, _("easy")),
        (70, _("fairly easy")),
        (60, _("normal")),
        (50, _("fairly difficult")),
        (30, _("difficult")),
        (float("-inf"), _("very difficult")),
    ),
)
SPANISH = MeasuredLanguage(
    "es",
    abbreviation=re.compile(
        r"dra?|dres|lic|licd[ao]|ing|arq|sra?|sres|sri?ta|profa?|st[ao]|uds?|vs|núm|nro|arts?|págs?|cap|inc|lit|tel|ext"
        r"|avd?a?|col|depto?|gral|aprox|ej|cf|cía|fig|vol|ee",
        re.IGNORECASE,
    ),
    before_numbers=frozenset({"no", "p", "pp", "n"}),
    index=FERNANDEZ_HUERTA,
    # «Algo fácil» of Fernández Huerta: what a person understands after the sixth grade.
    mark=70,
    mark_label=_("fairly easy"),
    long_word=5,
    count_syllables=_spanish_syllables,
)
ENGLISH = Language(
    "en",
    abbreviation=re.compile(r"drs?|mrs?|ms|sr|jr|st|prof|lic|licd[ao]|vs|dept|tel|ext|approx|vol", re.IGNORECASE),
    before_numbers=frozenset({"no", "nos", "art", "arts", "p", "pp"}),
)
