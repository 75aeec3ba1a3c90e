"""Puts sources, topics, acts, cases, glossary, language guide, directory, questions and quizzes into the CMS."""

from modules.models import GlossaryTerm, LanguageEntry, Organisation, Printable
from modules.text import streams_of_values as streams
from quizzes.identity import stable_key
from quizzes.models import (
    Act,
    Case,
    Question,
    Quiz,
    Source,
    SurveyBlock,
    SurveyScale,
    SurveyStatement,
    Topic,
)

from .bank import load_case, load_question, load_quiz, publish, sources_of
from .surveys import load_scale, load_statement, load_theme

_MODELS = {
    "source": Source,
    "topic": Topic,
    "act": Act,
    "case": Case,
    "term": GlossaryTerm,
    "language": LanguageEntry,
    "organisation": Organisation,
    "printable": Printable,
    "quiz": Quiz,
    "scale": SurveyScale,
    "theme": SurveyBlock,
    "statement": SurveyStatement,
}
_FIELDS = {
    "source": ["title", "publisher", "year", "address"],
    "topic": ["name"],
    "act": ["text"],
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
        return load_quiz(row, value, rows)
    if kind == "case":
        return load_case(row, value, rows)
    if kind == "printable":
        return _load_printable(row, value)
    if kind == "scale":
        return load_scale(row, value)
    if kind == "theme":
        return load_theme(row, value, rows)
    if kind == "statement":
        return load_statement(row, value, rows)
    if not kind:
        return load_question(row, value, rows)
    for field in _FIELDS[kind]:
        setattr(row, field, value.get(field, [] if field == "needs" else ""))
    if kind == "topic":
        row.parent = rows.get(f"topic:{value.get('part_of')}")
    if kind == "act":
        row.is_core = value.get("core", False)
    if kind == "organisation":
        row.checked_on = value.get("checked_on")
    row.save()
    if kind == "organisation":
        row.sources.set(sources_of(value, rows))
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


def _load_printable(printable, value):
    for field in ("title", "purpose", "orientation", "pages"):
        setattr(printable, field, value[field])
    printable.intro = value.get("intro", "")
    seed = f"{printable.locale.language_code}/printable:{printable.identifier}"
    printable.body = streams.printable_stream(value["body"], seed)
    publish(printable)
    return printable
