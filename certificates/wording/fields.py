"""Fields in the words of a design: «{curso}» becomes the name of the course. Spanish and English names both hold."""

import re
import unicodedata

from django.core.exceptions import ValidationError
from django.utils.translation import get_language
from django.utils.translation import gettext as _

# Spanish name, English name, the printed field that stands for it.
FIELDS = (
    ("nombre", "name", "name"),
    ("puesto", "role", "role"),
    ("centro", "clinic", "clinic"),
    ("curso", "course", "course"),
    ("modulos", "modules", "modules_count"),
    ("horas", "hours", "hours"),
    ("edicion", "edition", "edition"),
    ("finalizo", "finished", "finished_in_words"),
    ("fecha", "date", "date_in_words"),
    ("nota", "grade", "grade"),
    ("vence", "expires", "expires_in_words"),
)
_PRINTED_FIELD = {name: printed for *names, printed in FIELDS for name in names}
# What some people do not have: a sentence that needs one of them is left out.
_MAY_BE_EMPTY = {"role", "clinic", "grade", "expires_in_words"}
_FIELD = re.compile(r"\{([^{}\n]*)\}")
LONGEST_TEXT = 5


def fields_in(text):
    """Return the printed fields that a text asks for, as a set; unknown names count for nothing."""
    return {_PRINTED_FIELD[name] for name in _names_in(text) if name in _PRINTED_FIELD}


def fill_line(text, printed):
    """Return a line with its fields filled in, or nothing when one of them has nothing to say for this person."""
    if any(not printed[field] for field in fields_in(text)):
        return ""
    return _FIELD.sub(lambda found: printed.get(_PRINTED_FIELD.get(_plain(found[1])), found[0]), text)


def fill_lines(text, printed):
    """Return the lines of a text that have something to say, filled in."""
    return [filled for line in text.splitlines() if (filled := fill_line(" ".join(line.split()), printed))]


def says_date(design, printed=None):
    """Say whether the words of a design hold the day of issue; with `printed`, whether they do for this person.

    A line is left out for whoever lacks one of its fields, with the day in it.
    """
    lines = [design.statement, design.subject, *design.text.splitlines()]
    dated = [line for line in lines if "date_in_words" in fields_in(line)]
    return any(printed is None or fill_line(line, printed) for line in dated)


def check_fields(design):
    """Raise `ValidationError`, by field of the design, for names of fields that do not exist or have no place there."""
    problems = {field: _why_not_here(getattr(design, field)) for field in ("heading", "issuer")}
    problems["statement"] = _why_wrong(design.statement) or _why_not_in_statement(design.statement)
    problems |= {field: _why_wrong(getattr(design, field)) for field in ("subject", "text")}
    if not problems["text"] and len(design.text.splitlines()) > LONGEST_TEXT:
        problems["text"] = _("There is room for %(count)d lines. Join some or leave some out.") % {
            "count": LONGEST_TEXT
        }
    if not problems["text"] and design.text.strip() and not says_date(design):
        problems["text"] = _("Nothing here says when it is issued. Write {%(field)s} in one of these lines.") % {
            "field": _shown("date_in_words")
        }
    for field in ("subject", "text"):
        if (
            not problems[field]
            and not design.validity_months
            and "expires_in_words" in fields_in(getattr(design, field))
        ):
            problems[field] = _(
                "Nothing expires here: say how many months it is valid for, or leave {%(field)s} out."
            ) % {"field": _shown("expires_in_words")}
    if problems := {field: sentence for field, sentence in problems.items() if sentence}:
        raise ValidationError(problems)


def _why_not_here(text):
    return (
        _("Fields in braces are filled in below: in what is certified, in the subject and in the further lines.")
        if ("{" in text or "}" in text)
        else ""
    )


def _why_wrong(text):
    unknown = [name for name in _names_in(text) if name not in _PRINTED_FIELD]
    if unknown:
        return _("There is no field {%(unknown)s}. These exist: %(known)s.") % {
            "unknown": unknown[0],
            "known": ", ".join(f"{{{_shown(printed)}}}" for *_names, printed in FIELDS),
        }
    rest = _FIELD.sub("", text)
    if "{" in rest or "}" in rest:
        return _("A field stands between two braces, such as {%(field)s}.") % {"field": _shown("course")}
    return ""


def _why_not_in_statement(text):
    for field in sorted(fields_in(text) & _MAY_BE_EMPTY):
        return _(
            "Not everybody has {%(field)s}, and this sentence is always printed. Write it in the further lines."
        ) % {"field": _shown(field)}
    return ""


def _shown(printed_field):
    """Return the name of a field for an editor who uses the site in Spanish or English."""
    spanish, english = next(names for *names, printed in FIELDS if printed == printed_field)
    return english if (get_language() or "").startswith("en") else spanish


def _names_in(text):
    return [_plain(name) for name in _FIELD.findall(text)]


def _plain(name):
    """Return a name as it is looked up: {Módulos} is {modulos}."""
    decomposed = unicodedata.normalize("NFD", name.strip().casefold())
    return "".join(c for c in decomposed if not unicodedata.combining(c))
