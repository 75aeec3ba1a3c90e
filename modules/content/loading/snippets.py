"""Puts sources, topics, acts, cases, glossary, language guide, directory, questions and quizzes into the CMS."""

from itertools import groupby

from django.conf import settings

from modules.models import GlossaryTerm, LanguageEntry, Organisation, Worksheet
from modules.text import streams_of_values as streams
from quizzes.base.identifiers import stable_key
from quizzes.models import (
    Competency,
    Question,
    Quiz,
    Source,
    Stimulus,
    SurveyBlock,
    SurveyScale,
    SurveyStatement,
    Topic,
)

from .bank import fill_case, fill_question, fill_quiz, sources_of
from .publishing import publish_all
from .surveys import load_scale, load_statement, load_theme

_MODELS = {
    "source": Source,
    "topic": Topic,
    "act": Competency,
    "case": Stimulus,
    "term": GlossaryTerm,
    "language": LanguageEntry,
    "organisation": Organisation,
    "printable": Worksheet,
    "": Question,
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


def load_rows(values, rows, locale):
    """Put `values`, by name such as `source:S42` or `M1-Q5`, into the CMS, and the rows that are made into `rows`.

    `rows` has everything that they may refer to, but for those that come before them in `values`.
    """
    for kind, names in groupby(values, key=_kind_of):
        of_kind = {name: rows.get(name) or _new_row(name, locale) for name in names}
        for name, row in of_kind.items():
            if kind in _DRAFTED:
                _DRAFTED[kind](row, values[name], rows)
            else:
                _load_row(row, kind, values[name], rows)
            rows[name] = row
        if kind in _DRAFTED:
            publish_all(list(of_kind.values()))


def _kind_of(name):
    return name.rpartition(":")[0]


def _new_row(name, locale):
    kind, _colon, identifier = name.rpartition(":")
    model = _MODELS[kind]
    if model is Quiz:
        identifier = identifier.lower()
    return model(locale=locale, translation_key=stable_key(name), identifier=identifier)


def _load_row(row, kind, value, rows):
    if kind == "scale":
        return load_scale(row, value)
    if kind == "theme":
        return load_theme(row, value, rows)
    if kind == "statement":
        return load_statement(row, value, rows)
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
    if row.sort_order == position:
        return
    row.sort_order = position
    row.save(update_fields=["sort_order"])
    if revision := getattr(row, "latest_revision", None):
        revision.content["sort_order"] = position
        revision.save(update_fields=["content"])


def _fill_printable(printable, value, _rows):
    for field in ("title", "purpose", "orientation", "pages"):
        setattr(printable, field, value[field])
    printable.intro = value.get("intro", "")
    # A block has one id in all languages: what translates what can be told by it.
    seed = f"{settings.LANGUAGE_CODE}/printable:{printable.identifier}"
    printable.body = streams.printable_stream(value["body"], seed)


# What has drafts is filled, and published when all of its kind are.
_DRAFTED = {"": fill_question, "case": fill_case, "quiz": fill_quiz, "printable": _fill_printable}
