"""How easy a text is to read: sentences, words and syllables, and the index made of them.

Pure: text in, numbers out. What differs between languages: `languages.py`.
"""

import re
from collections import Counter
from dataclasses import dataclass, field
from functools import lru_cache

from .languages import SPANISH, MeasuredLanguage

LONG_SENTENCE = 25
WORDS_A_MINUTE = 150

_WORD = re.compile(r"[^\W\d_]+(?:[-'’ʼ][^\W\d_]+)*|\d+(?:[.,:/]\d+)*")
# A sentence ends where an end mark, with the quotes it closes, stands before a new beginning.
_END = re.compile(r"([.!?…]+)[»”’\"')\]]*(?=\s+[«“‘\"'(\[—–-]*[¿¡A-ZÁÉÍÓÚÜÑ\d]|\s+[«“])")


@dataclass(frozen=True)
class Sentence:
    text: str
    words: int


@dataclass(frozen=True)
class Readability:
    """The counts of a text in a language and what follows from them."""

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
        """Minutes to read it aloud in one's head, at 150 words a minute."""
        return self.words / WORDS_A_MINUTE

    @property
    def index(self):
        """None for a text without words."""
        return self.language.index.of(self) if self.words else None

    @property
    def label(self):
        """The word for that index, or ""."""
        return "" if self.index is None else self.language.index.label_of(self.index)

    @property
    def mark(self):
        """What the index must reach."""
        return self.language.mark

    @property
    def is_easy(self):
        """Whether it reaches the mark of its language; a text without words does."""
        return self.index is None or self.index >= self.mark

    def longest(self, count=5):
        return sorted(self.sentences, key=lambda sentence: -sentence.words)[:count]


def measure(passages, language=SPANISH):
    """Return the Readability of plain `passages` (paragraphs, items of lists): each ends a sentence, marked or not."""
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
    """Return the sentences of a paragraph. An abbreviation, a number and a question inside a sentence end none."""
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
    """Return the words and figures of a sentence."""
    return _WORD.findall(sentence)


@lru_cache(maxsize=20_000)
def syllables_in(word, language=SPANISH):
    """Return how many syllables a word is written with: at least one; a figure counts one for each digit."""
    if word[0].isdigit():
        return sum(letter.isdigit() for letter in word)
    return language.count_syllables(word)
