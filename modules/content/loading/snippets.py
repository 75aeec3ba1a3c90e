"""Loads snippets, questions, quizzes and the survey."""

from itertools import groupby

from django.conf import settings

from modules.content.declarations.surveys import as_options
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
    SurveyOption,
    SurveyScale,
    SurveyStatement,
    Topic,
)

from .bank import fill_case, fill_question, fill_quiz, sources_of
from .publishing import publish_all


def load_scale(scale, value):
    scale.name = value["name"]
    present = {option.code: option for option in scale.options.all()} if scale.pk else {}
    scale.options = [
        _filled_option(present.get(option["code"]), position, option, scale)
        for position, option in enumerate(as_options(value))
    ]
    scale.save()
    return scale


def _filled_option(option, position, value, scale):
    if option is None:
        key = stable_key(f"scale:{scale.identifier}/{value['code']}")
        option = SurveyOption(locale=scale.locale, translation_key=key, code=value["code"])
    option.sort_order, option.kind, option.label = position, value["kind"], value["label"]
    return option


def load_theme(theme, value, rows):
    for name in ("title", "scoring", "waves"):
        setattr(theme, name, value[name])
    theme.scale = rows[f"scale:{value['scale']}"]
    theme.save()
    return theme


def load_statement(statement, value, rows):
    """Fill a statement; who confirmed its wording belongs to the site, not to the file."""
    statement.text = value["text"]
    statement.direction, statement.source = value.get("direction", ""), value.get("source", "")
    statement.block = rows[f"theme:{value['theme']}"]
    statement.scale = rows.get(f"scale:{value.get('scale')}")
    if not statement.is_verified:
        statement.unverify()
    statement.save()
    return statement


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
    """Load {name: value}, names such as `source:S42`, in order; add the new rows to `rows`."""
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
    seed = f"{settings.LANGUAGE_CODE}/printable:{printable.identifier}"
    printable.body = streams.printable_stream(value["body"], seed)


_DRAFTED = {"": fill_question, "case": fill_case, "quiz": fill_quiz, "printable": _fill_printable}
