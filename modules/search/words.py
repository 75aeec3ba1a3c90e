"""Normalised words for search: without accents, case and plural."""

import re
import unicodedata

from django.utils.html import format_html, format_html_join

EXCERPT_LENGTH = 220
SHORT_SENTENCE = 60
PREFIX_LENGTH = 4
# Ignored, unless the query has no other words.
STOP_WORDS = frozenset(
    re.findall(
        r"\w+",
        "a al como con cual cuando de del donde e el ella en es la las le lo los me mi ni no o para pero por que "
        "quien se si sin sobre su sus te un una unas uno unos y ya an and are at be by for from her him his how i "
        "if in is it its of on our she so that the their them they this to was we what when which who with you "
        "your",
    )
)
_WORD = re.compile(r"\w+")
# “Come in,” Ana says: in English a quotation ends a sentence only if its mark is inside.
_SENTENCE_END = re.compile(r"(?:(?<=[.?!…»])|(?<=[.?!…]”))\s+(?=[«“¿¡(A-ZÁÉÍÓÚÑ0-9])|\n+")


def fold(text):
    """Return the text in lower case without accents; ñ becomes n, as many keyboards write it."""
    letters = unicodedata.normalize("NFKD", text.casefold())
    return "".join(letter for letter in letters if not unicodedata.combining(letter))


def stem(word):
    """Return a folded word without its plural: condón and condones, luz and luces, país and países."""
    while len(word) > 3 and word[-1] in "es":
        word = word[:-1]
    return f"{word[:-1]}c" if word.endswith("z") else word


def stems_of(text):
    return [stem(word) for word in _WORD.findall(fold(text))]


def terms_of(query, *, most=8):
    words = [word for word in _WORD.findall(fold(query)) if any(map(str.isalnum, word))]
    significant = [word for word in words if word not in STOP_WORDS] or words
    return list(dict.fromkeys(map(stem, significant)))[:most]


def match_score(term, word):
    """Return 2 for equal stems, 1 when the word begins with the term, else 0."""
    if term == word:
        return 2
    return int(len(term) >= PREFIX_LENGTH and word.startswith(term))


def excerpt(text, terms):
    """Return the sentence that matches most terms, highlighted, as safe HTML, or ""."""
    sentences = [sentence.strip() for sentence in _SENTENCE_END.split(text)]
    scores = [_sentence_score(sentence, terms) for sentence in sentences]
    if not any(scores):
        return ""
    best = scores.index(max(scores))
    shown = sentences[best]
    for neighbour in sentences[best + 1 :]:
        shown = shown if len(shown) >= SHORT_SENTENCE else f"{shown} {neighbour}"
    if len(shown) < SHORT_SENTENCE and best:
        shown = f"{sentences[best - 1]} {shown}"
    return highlight(_shorten(shown, terms), terms)


def highlight(text, terms):
    pieces, end = [], 0
    for found in _WORD.finditer(text):
        if _is_match(found.group(), terms):
            pieces.append((text[end : found.start()], found.group()))
            end = found.end()
    return format_html("{}{}", format_html_join("", "{}<mark>{}</mark>", pieces), text[end:])


def _is_match(word, terms):
    return any(match_score(term, part) for part in stems_of(word) for term in terms)


def _sentence_score(sentence, terms):
    stems = set(stems_of(sentence))
    return sum(max((match_score(term, word) for word in stems), default=0) for term in terms)


def _shorten(sentence, terms):
    if len(sentence) <= EXCERPT_LENGTH:
        return sentence
    first = next((found.start() for found in _WORD.finditer(sentence) if _is_match(found.group(), terms)), 0)
    begin = max(0, min(first - EXCERPT_LENGTH // 3, len(sentence) - EXCERPT_LENGTH))
    end = begin + EXCERPT_LENGTH
    if begin:
        begin = sentence.find(" ", begin) + 1
    if end < len(sentence):
        end = sentence.rfind(" ", begin, end)
    return f"{'…' if begin else ''}{sentence[begin:end]}{'…' if end < len(sentence) else ''}"
