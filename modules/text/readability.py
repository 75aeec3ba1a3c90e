"""Readability: sentences, words, syllables: docs/decisions/0010-readability.md."""

import re
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import lru_cache

import silabeador
from django.utils.translation import gettext_lazy as _

# silabeador recurses once per letter; a longer "word" is a pasted URL.
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
        return self.base - self.by_syllables * text.syllables_per_word - self.by_words * text.words_per_sentence

    def label_of(self, value):
        return next(label for least, label in self.scale if value >= least)


# Compared by identity, because instances are cache keys.
@dataclass(frozen=True, eq=False)
class Language:
    """Where sentences end: not after `abbreviation`, nor after one of `before_numbers` before a number."""

    code: str
    abbreviation: re.Pattern
    before_numbers: frozenset[str]


@dataclass(frozen=True, eq=False)
class MeasuredLanguage(Language):
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
        # The library fails on words that are not Spanish, such as «yy».
        pass
    return len(_VOWELS.findall(word)) or 1


# After Fernández Huerta (1959). Not «sentences per 100 words», as the second figure is often read: then shorter
# sentences would be harder.
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
    # «Algo fácil» of Fernández Huerta: sixth grade.
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


LONG_SENTENCE = 25
WORDS_A_MINUTE = 150

_WORD = re.compile(r"[^\W\d_]+(?:[-'’ʼ][^\W\d_]+)*|\d+(?:[.,:/]\d+)*")
# An end mark with closing quotes, before a new beginning.
_END = re.compile(r"([.!?…]+)[»”’\"')\]]*(?=\s+[«“‘\"'(\[—–-]*[¿¡A-ZÁÉÍÓÚÜÑ\d]|\s+[«“])")


@dataclass(frozen=True)
class Sentence:
    text: str
    words: int


@dataclass(frozen=True)
class Readability:
    words: int = 0
    syllables: int = 0
    sentences: list[Sentence] = field(default_factory=list)
    long_words: list[tuple[str, int]] = field(default_factory=list)
    language: MeasuredLanguage = SPANISH

    @property
    def words_per_sentence(self):
        return self.words / len(self.sentences) if self.sentences else 0

    @property
    def syllables_per_word(self):
        return self.syllables / self.words if self.words else 0

    @property
    def minutes(self):
        """Minutes of silent reading, at 150 words a minute."""
        return self.words / WORDS_A_MINUTE

    @property
    def index(self):
        """None for a text without words."""
        return self.language.index.of(self) if self.words else None

    @property
    def label(self):
        return "" if self.index is None else self.language.index.label_of(self.index)

    @property
    def mark(self):
        return self.language.mark

    @property
    def is_easy(self):
        return self.index is None or self.index >= self.mark

    def longest(self, count=5):
        return sorted(self.sentences, key=lambda sentence: -sentence.words)[:count]


def measure(passages, language=SPANISH):
    sentences, words = [], []
    for passage in passages:
        for text in sentences_in(passage, language):
            found = words_in(text)
            if found:
                sentences.append(Sentence(text, len(found)))
                words += found
    counts = {word: syllables_in(word, language) for word in set(words)}
    long_words = Counter(word.lower() for word in words if counts[word] >= language.long_word and not word[0].isdigit())
    return Readability(
        words=len(words),
        syllables=sum(counts[word] for word in words),
        sentences=sentences,
        long_words=[(word, count) for word, count in long_words.most_common() if count > 1],
        language=language,
    )


def sentences_in(passage, language=SPANISH):
    sentences, start = [], 0
    for match in _END.finditer(passage):
        if not _is_abbreviation(passage, match, language):
            sentences.append(passage[start : match.end()].strip())
            start = match.end()
    return [sentence for sentence in [*sentences, passage[start:].strip()] if sentence]


def _is_abbreviation(passage, match, language):
    if match.group(1) != ".":
        return False
    before = re.search(r"[^\W\d_]+$", passage[: match.start()])
    if before is None:
        return False
    word = before.group()
    if language.abbreviation.fullmatch(word) or (len(word) == 1 and word.isupper()):
        return True
    return word.lower() in language.before_numbers and passage[match.end() :].lstrip()[:1].isdigit()


def words_in(sentence):
    return _WORD.findall(sentence)


@lru_cache(maxsize=20_000)
def syllables_in(word, language=SPANISH):
    """Return the number of written syllables: at least one; a number has one per digit."""
    if word[0].isdigit():
        return sum(letter.isdigit() for letter in word)
    return language.count_syllables(word)
