"""What differs between the languages whose texts are measured: formulas, words for what they give, syllables, stops.

Which formulas, why these, and how well syllables are counted: docs/decisions/0010-readability.md.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass

import silabeador
from django.utils.translation import gettext_lazy as _

from .english_syllables import count_syllables

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


@dataclass(frozen=True)
class Language:
    """How a language is measured: `indexes`, the first judges; `mark`, what it must reach; `mark_label` says that.

    `indexes` is empty where a language cannot be measured: then its words are only counted.
    """

    code: str
    indexes: tuple[Index, ...]
    mark: int
    mark_label: str
    long_word: int
    abbreviation: re.Pattern
    before_numbers: frozenset[str]
    count_syllables: Callable


def _spanish_syllables(word):
    try:
        if len(word) <= LONGEST_WORD:
            return len(silabeador.syllabify(word, exceptions=0))
    except IndexError:
        # It stumbles over what is no word of Spanish, such as «yy».
        pass
    return len(_VOWELS.findall(word)) or 1


_WORST = float("-inf")
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
        (_WORST, _("very difficult")),
    ),
)
# After Szigriszt Pazos (1993), with the words of the scale of Barrio-Cantalejo and others (2008).
INFLESZ = Index(
    "INFLESZ",
    206.835,
    62.3,
    1,
    (
        (80, _("very easy")),
        (65, _("quite easy")),
        (55, _("normal")),
        (40, _("fairly difficult")),
        (_WORST, _("very difficult")),
    ),
)
# After Flesch (1948).
FLESCH = Index(
    "Flesch",
    206.835,
    84.6,
    1.015,
    (
        (90, _("very easy")),
        (80, _("easy")),
        (70, _("fairly easy")),
        (60, _("plain")),
        (50, _("fairly difficult")),
        (30, _("difficult")),
        (_WORST, _("very difficult")),
    ),
)

SPANISH = Language(
    "es",
    (FERNANDEZ_HUERTA, INFLESZ),
    # «Algo fácil» of Fernández Huerta: what a person understands after the sixth grade.
    mark=70,
    mark_label=_("fairly easy"),
    long_word=5,
    abbreviation=re.compile(
        r"dra?|dres|lic|licd[ao]|ing|arq|sra?|sres|sri?ta|profa?|st[ao]|uds?|vs|núm|nro|arts?|págs?|cap|inc|lit|tel|ext"
        r"|avd?a?|col|depto?|gral|aprox|ej|cf|cía|fig|vol|ee",
        re.IGNORECASE,
    ),
    before_numbers=frozenset({"no", "p", "pp", "n"}),
    count_syllables=_spanish_syllables,
)
ENGLISH = Language(
    "en",
    (FLESCH,),
    # «Plain English»: from here down Flesch called a text fairly difficult.
    mark=60,
    mark_label=_("plain"),
    long_word=4,
    abbreviation=re.compile(r"drs?|mrs?|ms|sr|jr|st|prof|lic|licd[ao]|vs|dept|tel|ext|approx|vol", re.IGNORECASE),
    before_numbers=frozenset({"no", "nos", "art", "arts", "p", "pp"}),
    count_syllables=count_syllables,
)
MEASURED = {language.code: language for language in (SPANISH, ENGLISH)}


def language_of(code):
    """Return the Language of a code; of one that nobody can measure one that counts words as Spanish does."""
    if code in MEASURED:
        return MEASURED[code]
    spanish = SPANISH
    return Language(
        code, (), 0, "", spanish.long_word, spanish.abbreviation, spanish.before_numbers, spanish.count_syllables
    )
