"""How easy a Spanish text is to read: sentences, words and syllables, and two indexes made of them.

Pure: text in, numbers out. Which formulas, why these, and what was compared: docs/decisions/0010-readability.md.
"""

import re
from collections import Counter
from dataclasses import dataclass, field
from functools import lru_cache

import silabeador
from django.utils.translation import gettext_lazy as _

# «Algo fácil» of Fernández Huerta: what a person understands after the sixth grade.
EASY_ENOUGH = 70
LONG_SENTENCE = 25
LONG_WORD = 5  # syllables
# The library calls itself for each letter. No word is longer, but an address pasted into a text may be.
LONGEST_WORD = 60
WORDS_A_MINUTE = 150
MEASURED_LANGUAGES = ["es"]

FERNANDEZ_HUERTA = [
    (90, _("very easy")),
    (80, _("easy")),
    (70, _("fairly easy")),
    (60, _("normal")),
    (50, _("fairly difficult")),
    (30, _("difficult")),
    (float("-inf"), _("very difficult")),
]
INFLESZ = [
    (80, _("very easy")),
    (65, _("quite easy")),
    (55, _("normal")),
    (40, _("fairly difficult")),
    (float("-inf"), _("very difficult")),
]

_WORD = re.compile(r"[^\W\d_]+(?:[-'’ʼ][^\W\d_]+)*|\d+(?:[.,:/]\d+)*")
# A sentence ends where an end mark, with the quotes it closes, stands before a new beginning.
_END = re.compile(r"([.!?…]+)[»”\"')\]]*(?=\s+[«“\"'(\[—–-]*[¿¡A-ZÁÉÍÓÚÜÑ\d]|\s+[«“])")
_ABBREVIATION = re.compile(
    r"dra?|dres|lic|licd[ao]|ing|arq|sra?|sres|sri?ta|profa?|st[ao]|uds?|vs|núm|nro|arts?|págs?|cap|inc|lit|tel|ext"
    r"|avd?a?|col|depto?|gral|aprox|ej|cf|cía|fig|vol|ee",
    re.IGNORECASE,
)
_VOWELS = re.compile(r"[aeiouáéíóúü]+", re.IGNORECASE)
_BEFORE_NUMBERS = {"no", "p", "pp", "n"}


@dataclass(frozen=True)
class Sentence:
    text: str
    words: int


@dataclass(frozen=True)
class Readability:
    """The counts of a text and what follows from them. Indexes are None for a text without words."""

    words: int = 0
    syllables: int = 0
    sentences: list[Sentence] = field(default_factory=list)
    long_words: list[tuple[str, int]] = field(default_factory=list)

    @property
    def words_per_sentence(self):
        return self.words / len(self.sentences) if self.sentences else 0

    @property
    def syllables_per_word(self):
        return self.syllables / self.words if self.words else 0

    @property
    def minutes(self):
        """Minutes to read it aloud in one's head, at 150 words a minute."""
        return self.words / WORDS_A_MINUTE

    @property
    def fernandez_huerta(self):
        """206.84 − 0.60·(syllables per 100 words) − 1.02·(words per sentence), after Fernández Huerta (1959).

        Not «sentences per 100 words», as the second figure is often read: then shorter sentences would count as harder.
        """
        if not self.words:
            return None
        return 206.84 - 60 * self.syllables_per_word - 1.02 * self.words_per_sentence

    @property
    def inflesz(self):
        """206.835 − 62.3·(syllables per word) − (words per sentence), after Szigriszt Pazos (1993)."""
        return 206.835 - 62.3 * self.syllables_per_word - self.words_per_sentence if self.words else None

    @property
    def label(self):
        return label_of(self.fernandez_huerta, FERNANDEZ_HUERTA)

    @property
    def inflesz_label(self):
        """The word of the scale of Barrio-Cantalejo and others (2008)."""
        return label_of(self.inflesz, INFLESZ)

    @property
    def is_easy(self):
        """Whether it reaches «algo fácil»; a text without words does."""
        return not self.words or self.fernandez_huerta >= EASY_ENOUGH

    def longest(self, count=5):
        return sorted(self.sentences, key=lambda sentence: -sentence.words)[:count]

    @property
    def too_long(self):
        """The sentences over 25 words, the longest first."""
        return [sentence for sentence in self.longest(len(self.sentences)) if sentence.words > LONG_SENTENCE]


def label_of(index, scale):
    """Return the word of the scale for an index, or "" where there is none."""
    return "" if index is None else next(label for least, label in scale if index >= least)


def measure(passages):
    """Return the Readability of plain `passages` (paragraphs, items of lists): each ends a sentence, marked or not."""
    sentences, words = [], []
    for passage in passages:
        for text in sentences_in(passage):
            found = words_in(text)
            if found:
                sentences.append(Sentence(text, len(found)))
                words += found
    long_words = Counter(word.lower() for word in words if syllables_in(word) >= LONG_WORD and not word[0].isdigit())
    return Readability(
        words=len(words),
        syllables=sum(map(syllables_in, words)),
        sentences=sentences,
        long_words=[(word, count) for word, count in long_words.most_common() if count > 1],
    )


def sentences_in(passage):
    """Return the sentences of a paragraph. An abbreviation, a number and a question inside a sentence end none."""
    sentences, start = [], 0
    for match in _END.finditer(passage):
        if not _is_abbreviation(passage, match):
            sentences.append(passage[start : match.end()].strip())
            start = match.end()
    return [sentence for sentence in [*sentences, passage[start:].strip()] if sentence]


def _is_abbreviation(passage, match):
    if match.group(1) != ".":
        return False
    before = re.search(r"[^\W\d_]+$", passage[: match.start()])
    if before is None:
        return False
    word = before.group()
    if _ABBREVIATION.fullmatch(word) or (len(word) == 1 and word.isupper()):
        return True
    return word.lower() in _BEFORE_NUMBERS and passage[match.end() :].lstrip()[:1].isdigit()


def words_in(sentence):
    """Return the words and figures of a sentence."""
    return _WORD.findall(sentence)


@lru_cache(maxsize=20_000)
def syllables_in(word):
    """Return how many syllables a word is written with: at least one; a figure counts one for each digit."""
    if word[0].isdigit():
        return sum(letter.isdigit() for letter in word)
    try:
        if len(word) <= LONGEST_WORD:
            return len(silabeador.syllabify(word, exceptions=0))
    except IndexError:
        # It stumbles over what is no word of Spanish, such as «yy».
        pass
    return len(_VOWELS.findall(word)) or 1
