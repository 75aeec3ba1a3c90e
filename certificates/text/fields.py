"""Template fields of a design and the text they become."""

import re
import unicodedata

from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils import dateformat, translation
from django.utils.translation import get_language, gettext, ngettext, pgettext
from django.utils.translation import gettext_lazy as _

from quizzes.base.job_roles import JOBS, find_job, get_audience, job_label

from .names import normalise_text

_SPANISH_TOO = {"director"}
_NUMBERS = [
    *(_("two"), _("three"), _("four"), _("five"), _("six"), _("seven"), _("eight")),
    *(_("nine"), _("ten"), _("eleven"), _("twelve"), _("thirteen"), _("fourteen")),
    *(_("fifteen"), _("sixteen"), _("seventeen"), _("eighteen"), _("nineteen"), _("twenty")),
]


def number_in_words(number):
    """Return two to twenty in words, other numbers in digits; "one" depends on its noun."""
    return str(_NUMBERS[number - 2]) if 2 <= number <= 20 else str(number)


def study_time_in_words(minutes):
    hours, rest = divmod(minutes, 60)
    if not hours:
        return ngettext("%(minutes)d minute of study", "%(minutes)d minutes of study", rest) % {"minutes": rest}
    number = {"hours": number_in_words(hours), "minutes": rest}
    if not rest:
        return ngettext("one hour of study", "%(hours)s hours of study", hours) % number
    if rest == 30:
        return ngettext("one and a half hours of study", "%(hours)s and a half hours of study", hours) % number
    return gettext("%(hours)s and %(minutes)s of study") % {
        "hours": ngettext("one hour", "%(hours)s hours", hours) % number,
        "minutes": ngettext("%(minutes)d minute", "%(minutes)d minutes", rest) % number,
    }


def modules_in_words(count):
    return ngettext("one module", "%(modules)s modules", count) % {"modules": number_in_words(count)}


def date_in_words(day):
    return dateformat.format(day, pgettext("how a date is printed, in Django’s letters", "j F Y"))


def content_in_words(printed):
    return f"{printed['modules_count']}, {printed['hours']}"


def grade_in_words(grade):
    return f"{int(grade)}/100"


def statement_with_course(printed):
    if printed["course"] in printed["statement"]:
        return printed["statement"]
    with translation.override(printed["language"]):
        return gettext("%(statement)s “%(course)s”") % printed


def further_lines(printed):
    lines = list(printed.get("text", [content_in_words(printed), printed["date_in_words"]]))
    if day := printed.get("corrected_in_words"):
        with translation.override(printed["language"]):
            lines[-1] += " · " + corrected_in_words(printed, day)
    return lines


def corrected_in_words(printed, day):
    if printed.get("corrected_fields", ["name"]) == ["name"]:
        return gettext("name corrected on %(day)s") % {"day": day}
    return gettext("details corrected on %(day)s") % {"day": day}


def is_date_line(line, printed):
    day = printed.get("date_in_words")
    return bool(day) and day in line and len(line) <= 2 * len(day) + 24


def post_in_words(role):
    """Return the label of a role such as `recepcion` or of a known job; other text unchanged."""
    if role.casefold() in _SPANISH_TOO:
        return role
    return job_label(role if get_audience(role) else find_job(role) or role)


def post_in_certificate_language(post, printed):
    """Return a post in the language of the certificate with these `printed` fields; its own post unchanged."""
    if post == printed["role"]:
        return post
    with translation.override(printed["language"]):
        return normalise_text(post_in_words(post))


def post_in_site_language(post):
    """Return the label of a known job in the site's language, other text unchanged."""
    with translation.override(settings.LANGUAGE_CODE):
        return post_in_words(post)


def job_labels():
    return [job_label(job) for jobs in JOBS.values() for job in jobs]


# Spanish name, English name, printed field.
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
# Fields that may be empty: a line that needs one is left out.
_MAY_BE_EMPTY = {"role", "clinic", "grade", "expires_in_words"}
_FIELD = re.compile(r"\{([^{}\n]*)\}")
MAX_TEXT_LINES = 5


def fields_in(text):
    return {_PRINTED_FIELD[name] for name in _names_in(text) if name in _PRINTED_FIELD}


def fill_line(text, printed):
    """Return a line with its fields filled in, or "" when one of them is empty."""
    if any(not printed[field] for field in fields_in(text)):
        return ""
    return _FIELD.sub(lambda found: printed.get(_PRINTED_FIELD.get(_fold(found[1])), found[0]), text)


def fill_lines(text, printed):
    return [filled for line in text.splitlines() if (filled := fill_line(" ".join(line.split()), printed))]


def includes_issue_date(design, printed=None):
    """Return whether the design prints the day of issue; with `printed`, whether it does for that person."""
    lines = [design.statement, design.subject, *design.text.splitlines()]
    dated = [line for line in lines if "date_in_words" in fields_in(line)]
    return any(printed is None or fill_line(line, printed) for line in dated)


def check_fields(design):
    """Raise `ValidationError` by design field for unknown or misplaced fields in braces."""
    problems = {field: _no_braces_error(getattr(design, field)) for field in ("heading", "issuer")}
    problems["statement"] = _fields_error(design.statement) or _optional_field_error(design.statement)
    problems |= {field: _fields_error(getattr(design, field)) for field in ("subject", "text")}
    if not problems["text"] and len(design.text.splitlines()) > MAX_TEXT_LINES:
        problems["text"] = gettext("There is room for %(count)d lines. Join some or leave some out.") % {
            "count": MAX_TEXT_LINES
        }
    if not problems["text"] and design.text.strip() and not includes_issue_date(design):
        problems["text"] = gettext("The date of issue is missing. Write {%(field)s} in one of these lines.") % {
            "field": _field_label("date_in_words")
        }
    for field in ("subject", "text"):
        if (
            not problems[field]
            and not design.validity_months
            and "expires_in_words" in fields_in(getattr(design, field))
        ):
            problems[field] = gettext(
                "This design does not expire: set the months of validity, or remove {%(field)s}."
            ) % {"field": _field_label("expires_in_words")}
    if problems := {field: sentence for field, sentence in problems.items() if sentence}:
        raise ValidationError(problems)


def _no_braces_error(text):
    return (
        gettext("Fields in braces are filled in below: in what is certified, in the subject and in the further lines.")
        if ("{" in text or "}" in text)
        else ""
    )


def _fields_error(text):
    unknown = [name for name in _names_in(text) if name not in _PRINTED_FIELD]
    if unknown:
        return gettext("There is no field {%(unknown)s}. These exist: %(known)s.") % {
            "unknown": unknown[0],
            "known": ", ".join(f"{{{_field_label(printed)}}}" for *_names, printed in FIELDS),
        }
    rest = _FIELD.sub("", text)
    if "{" in rest or "}" in rest:
        return gettext("Write a field between two braces, such as {%(field)s}.") % {"field": _field_label("course")}
    return ""


def _optional_field_error(text):
    for field in sorted(fields_in(text) & _MAY_BE_EMPTY):
        return gettext(
            "{%(field)s} may be empty, and this sentence is always printed. Move it to the further lines."
        ) % {"field": _field_label(field)}
    return ""


def _field_label(printed_field):
    spanish, english = next(names for *names, printed in FIELDS if printed == printed_field)
    return english if (get_language() or "").startswith("en") else spanish


def _names_in(text):
    return [_fold(name) for name in _FIELD.findall(text)]


def _fold(name):
    decomposed = unicodedata.normalize("NFD", name.strip().casefold())
    return "".join(c for c in decomposed if not unicodedata.combining(c))
