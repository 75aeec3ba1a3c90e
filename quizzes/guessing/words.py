"""Word lists for flaw detection, in Spanish and English. Pure."""

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache

# «atiende» and «atienden» are the same, and so are “waits” and “wait”.
LETTERS = 5
LEAST_LETTERS = 4
_WORD = re.compile(r"[^\W_]+")
_NOTHING = re.compile(r"(?!)")


@dataclass(frozen=True)
class Words:
    """Patterns of a language; all but the first match folded text."""

    stop_words: frozenset[str] = frozenset()
    absolute: re.Pattern = _NOTHING
    all_of_them: re.Pattern = _NOTHING
    none_of_them: re.Pattern = _NOTHING
    negative: re.Pattern = _NOTHING
    fact: re.Pattern = _NOTHING
    negations: frozenset[str] = frozenset()


def _one_of(*patterns):
    return re.compile("|".join(patterns), re.IGNORECASE)


_SPANISH = Words(
    stop_words=frozenset(
        """
        algo alguien antes aquel aunque cada como contra cual cuando desde despues donde durante ella ellas ellos entre
        esas esos esta estas este esto estos hasta luego mientras misma mismo mucho nada nadie otra otras otro otros
        para pero porque quien quienes segun sino sobre solo tambien tanto toda todas todo todos unas unos usted ustedes
        """.split()  # noqa: SIM905 - one reads a list of words as a text
    ),
    absolute=_one_of(
        r"\b(?:solo|sólo|nunca|siempre|nadie|nada|ning[uú]n\w*|tod[oa]s?|cualquiera?|basta|jamás|únicamente)\b"
    ),
    all_of_them=_one_of(
        r"\b(?:tod[oa]s|ambas|ambos|las dos|los dos)\b.*\b(?:anteriores|opciones|respuestas)\b|^ambas\b"
    ),
    none_of_them=_one_of(r"\bningun\w* de (?:las|los|estas|estos)\b"),
    # «¿Qué no ayuda?», «¿Cuál de estas no es…?», and not «¿Por qué no vuelve?».
    negative=_one_of(
        r"¿(?:en |a |de |con )?(?:cual|cuales|que|quien|quienes)(?: \w+){0,3} no\b[^?]*\?",
        r"¿[^?]*\b(?:excepto|salvo)\b",
    ),
    fact=_one_of(
        r"\d\s*%|por ciento\b|\barticulos?\b|\bdecreto\b|\bsegun (?:un|el|una) (?:estudio|encuesta|investigacion)\b"
    ),
    negations=frozenset({"no", "nunca", "jamas", "sin", "ni"}),
)
_ENGLISH = Words(
    stop_words=frozenset(
        """
        about after again against also although another anybody anyone anything because been before being both cannot
        could does doing done down during each either else even ever every everybody everyone everything from have
        having hers herself himself into itself just many might more most much must myself neither nobody none nothing
        once only onto other others ours ourselves over same several shall should since some somebody someone something
        such than that their theirs them themselves then there these they this those though through till under until
        unless upon very were what when where whether which while whom whose will with within without would your yours
        yourself
        """.split()  # noqa: SIM905 - the same
    ),
    absolute=_one_of(
        r"\b(?:only|never|always|nobody|no one|nothing|none|all|(?:any|every)(?:one|body|thing|where)?|just|whoever)\b"
    ),
    all_of_them=_one_of(r"\b(?:all|both|the two)\b.*\b(?:above|options|answers|of these|of them)\b|^both\b"),
    none_of_them=_one_of(r"\b(?:none|neither) of (?:the|these|those|them)\b"),
    # “What does not help?”, “Which of these isn’t…?”, and not “Why doesn’t she come back?”.
    negative=_one_of(
        r"(?:^|[.!?…:”] )(?:in |at |to |with )?(?:what|which|who|whom)(?: \w+){0,3} (?:not|\w+n[’']t)\b[^?]*\?",
        r"\bexcept\b[^?]*\?",
    ),
    fact=_one_of(r"\d\s*%|\bper ?cent\b|\barticles?\b|\bdecree\b|\baccording to (?:a|an|the|one) (?:study|survey)\b"),
    negations=frozenset(
        {"no", "not", "never", "without", "nor", "neither", "t", "don", "doesn", "didn", "do", "does", "did"}
    ),
)
_OF_LANGUAGES = {"es": _SPANISH, "en": _ENGLISH}
_OF_OTHERS = Words()


def words_for(language):
    return _OF_LANGUAGES.get(language, _OF_OTHERS)


def fold(text):
    """Return a text in lower case without accents; «ñ» becomes «n»."""
    parts = unicodedata.normalize("NFD", text.lower())
    return "".join(letter for letter in parts if not unicodedata.combining(letter))


def words_of(text):
    return _WORD.findall(fold(text))


@lru_cache(maxsize=8192)
def stems_of(text, language="es"):
    """Return the first five letters of every word of four or more letters, without stop words."""
    stop_words = words_for(language).stop_words
    return frozenset(
        word[:LETTERS]
        for word in words_of(text)
        if len(word) >= LEAST_LETTERS and word.isalpha() and word not in stop_words
    )


def count_absolutes(text, language="es"):
    return len(words_for(language).absolute.findall(text))
