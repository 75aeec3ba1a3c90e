"""Search in the lists of the bank: every word must be there, whatever its accents and capitals.

PostgreSQL's own text search, as Wagtail sets it up, tells «estigmatización» from «estigmatizacion», and SQLite's does
not. An editor finds the same on both: a bank has thousands of short texts, which are read in two queries.
"""

import unicodedata

from quizzes.models import Choice, Competency, Question, Stimulus, SurveyBlock, SurveyStatement

_TEXTS = {
    Question: ("identifier", "text", "feedback", "act__identifier", "act__text", "lesson"),
    Competency: ("identifier", "text"),
    SurveyStatement: ("identifier", "text"),
    SurveyBlock: ("identifier", "title"),
    Stimulus: ("identifier", "title", "text", "dialogue", "image_text"),
}
_OTHERS = ("identifier", "name")


def find_by_words(things, query):
    """Narrow questions, cases, topics or acts to those whose texts, options included, hold every word of a query."""
    words = fold(query).split()
    if not words:
        return things
    texts = {}
    fields = _TEXTS.get(things.model, _OTHERS)
    for pk, *parts in things.order_by().values_list("pk", *fields):
        texts[pk] = [part or "" for part in parts]
    if things.model is Question:
        for pk, *parts in Choice.objects.filter(question__in=texts).values_list(
            "question", "text", "match", "feedback"
        ):
            texts[pk] += parts
    return things.filter(pk__in=[pk for pk, parts in texts.items() if _holds(words, parts)])


def fold(text):
    """Return a text as it is searched: in small letters and without accents; ñ is found as n, and n as ñ."""
    letters = unicodedata.normalize("NFKD", text.casefold())
    return "".join(letter for letter in letters if not unicodedata.combining(letter))


def _holds(words, parts):
    text = fold("\n".join(parts))
    return all(word in text for word in words)
