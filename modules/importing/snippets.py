"""Puts sources, topics, glossary, language guide, directory, questions and quizzes into the CMS."""

from quizzes.identity import stable_key
from quizzes.models import Choice, Question, Quiz, QuizQuestion, Source, Topic

from ..exporting.live import choice_ids
from ..models import GlossaryTerm, LanguageEntry, Organisation, Printable
from . import streams

_MODELS = {
    "source": Source,
    "topic": Topic,
    "term": GlossaryTerm,
    "language": LanguageEntry,
    "organisation": Organisation,
    "printable": Printable,
    "quiz": Quiz,
}
_FIELDS = {
    "source": ["title", "publisher", "year", "address"],
    "topic": ["name"],
    "term": ["term", "english", "definition"],
    "language": ["say", "avoid", "why"],
    "organisation": ["name", "kind", "needs", "population", "area", "phone", "website", "note", "checked_by"],
}


def new_row(name, locale):
    """Return an unsaved row for `source:S42`, `M1-Q5`…, with its stable key."""
    kind, _colon, identifier = name.rpartition(":")
    model = _MODELS[kind] if kind else Question
    if model is Quiz:
        identifier = identifier.lower()
    return model(locale=locale, translation_key=stable_key(name), identifier=identifier)


def load_row(row, name, value, rows):
    """Fill the row from its value in the files and save it; `rows` has everything that it may refer to."""
    kind = name.rpartition(":")[0]
    if kind == "quiz":
        return _load_quiz(row, value, rows)
    if kind == "printable":
        return _load_printable(row, value)
    if not kind:
        return _load_question(row, value, rows)
    for field in _FIELDS[kind]:
        setattr(row, field, value.get(field, [] if field == "needs" else ""))
    if kind == "organisation":
        row.checked_on = value.get("checked_on")
    row.save()
    if kind == "organisation":
        row.sources.set(_sources(value, rows))
    return row


def put_in_order(rows):
    """Number the rows as they stand in the file; those that are not in it come after."""
    rows = [row for row in rows if row is not None]
    for position, row in enumerate(rows):
        _place(row, position)
    if rows:
        others = type(rows[0]).objects.filter(locale=rows[0].locale_id).exclude(pk__in=[row.pk for row in rows])
        for position, row in enumerate(others.order_by("sort_order", "pk"), start=len(rows)):
            _place(row, position)


def _place(row, position):
    """Give the row its place; a draft of it must not bring the old one back."""
    if row.sort_order == position:
        return
    row.sort_order = position
    row.save(update_fields=["sort_order"])
    if revision := getattr(row, "latest_revision", None):
        revision.content["sort_order"] = position
        revision.save(update_fields=["content"])


def _sources(value, rows):
    return [rows[f"source:{identifier}"] for identifier in value.get("sources", []) if f"source:{identifier}" in rows]


def _load_printable(printable, value):
    for field in ("title", "purpose", "orientation", "pages"):
        setattr(printable, field, value[field])
    printable.intro = value.get("intro", "")
    seed = f"{printable.locale.language_code}/printable:{printable.identifier}"
    printable.body = streams.printable_stream(value["body"], seed)
    _publish(printable)
    return printable


def _load_question(question, value, rows):
    question.kind = value["kind"]
    question.topic = rows.get(f"topic:{value.get('topic')}")
    question.text = value["text"]
    question.feedback = value.get("feedback", "")
    question.needs_checking = value.get("verify", False)
    present = list(question.choices.all()) if question.pk else []
    known = dict(zip(choice_ids(present), present, strict=True))
    question.choices = [
        _filled_choice(known.get(choice["id"]), position, choice, question)
        for position, choice in enumerate(value.get("choices", []))
    ]
    question.sources = _sources(value, rows)
    _publish(question)
    return question


def _filled_choice(choice, position, value, question):
    if choice is None:
        key = stable_key(f"{question.identifier}/{value['id']}")
        choice = Choice(locale=question.locale, translation_key=key)
    choice.identifier = value["id"]
    choice.sort_order = position
    choice.text = value["text"]
    choice.match = value.get("match", "")
    choice.is_correct = value.get("correct", False)
    choice.feedback = value.get("feedback", "")
    return choice


def _load_quiz(quiz, value, rows):
    quiz.title = value["title"]
    quiz.intro = value.get("intro", "")
    quiz.pass_mark = value["pass_mark"]
    present = {entry.question.identifier: entry for entry in quiz.entries.all()} if quiz.pk else {}
    quiz.entries = [
        _placed(present.get(identifier), position, identifier, quiz, rows[identifier])
        for position, identifier in enumerate(value["questions"])
        if identifier in rows
    ]
    _publish(quiz)
    return quiz


def _placed(entry, position, identifier, quiz, question):
    if entry is None:
        key = stable_key(f"quiz:{quiz.identifier.upper()}/{identifier}")
        entry = QuizQuestion(locale=quiz.locale, translation_key=key, question=question)
    entry.sort_order = position
    return entry


def _publish(row):
    row.save()
    row.save_revision().publish()
