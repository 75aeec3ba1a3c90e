"""Search in the lists of the bank, the same on PostgreSQL and SQLite."""

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
    """Return the questions, cases, topics or acts whose texts and options contain every word of a query."""
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
    """Return a text in lower case without accents; ñ is found as n."""
    letters = unicodedata.normalize("NFKD", text.casefold())
    return "".join(letter for letter in letters if not unicodedata.combining(letter))


def _holds(words, parts):
    text = fold("\n".join(parts))
    return all(word in text for word in words)
