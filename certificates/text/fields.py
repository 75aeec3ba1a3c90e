"""Fields of a design and their text."""

import re
import unicodedata

from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils import dateformat, translation
from django.utils.translation import get_language, gettext, ngettext, pgettext
from django.utils.translation import gettext_lazy as _

from quizzes.base.job_roles import JOBS, audience_of, job_called, job_in_words

from .names import tidy

# An English word of the course for a job that is a man's post in Spanish: nobody means the other language by it.
_SPANISH_TOO = {"director"}
_NUMBERS = [
    _("two"),
    _("three"),
    _("four"),
    _("five"),
    _("six"),
    _("seven"),
    _("eight"),
    _("nine"),
    _("ten"),
    _("eleven"),
    _("twelve"),
    _("thirteen"),
    _("fourteen"),
    _("fifteen"),
    _("sixteen"),
    _("seventeen"),
    _("eighteen"),
    _("nineteen"),
    _("twenty"),
]


def number_in_words(number):
    """Return two to twenty in words, other numbers in digits. One depends on its noun: see the plural forms below."""
    return str(_NUMBERS[number - 2]) if 2 <= number <= 20 else str(number)


def study_time_in_words(minutes):
    """Return the length of the course, such as «two hours of study»."""
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
    """Return the number of modules, such as «eight modules»."""
    return ngettext("one module", "%(modules)s modules", count) % {"modules": number_in_words(count)}


def date_in_words(day):
    """Return a date as it is printed: 14 March 2026."""
    return dateformat.format(day, pgettext("how a date is printed, in Django’s letters", "j F Y"))


def content_in_words(printed):
    """Return the content and the length, from the printed fields, in one line: eight modules, two hours of study."""
    return f"{printed['modules_count']}, {printed['hours']}"


def grade_in_words(grade):
    """Return a grade, per cent, as it is printed: never more than was earned."""
    return f"{int(grade)}/100"


def finished_in_words(day):
    """Return when the course was finished; `day` is in words."""
    return gettext("Finished on %(date)s") % {"date": day}


def issued_in_words(day):
    """Return when a certificate was issued; `day` is in words."""
    return gettext("Issued on %(date)s") % {"date": day}


def validity_in_words(last_day):
    """Return until when a certificate holds; `last_day` is in words."""
    return gettext("Valid until %(date)s") % {"date": last_day}


def sentence_of(printed):
    """Return what is certified with the name of the course, which is added where the words do not hold it."""
    if printed["course"] in printed["statement"]:
        return printed["statement"]
    with translation.override(printed["language"]):
        return gettext("%(statement)s “%(course)s”") % printed


def text_of(printed):
    """Return the further lines; certificates of the first version had no others than these two."""
    lines = list(printed.get("text", [content_in_words(printed), printed["date_in_words"]]))
    if day := printed.get("corrected_in_words"):
        with translation.override(printed["language"]):
            lines[-1] += " · " + corrected_in_words(printed, day)
    return lines


def corrected_in_words(printed, day):
    """Return what was corrected and when; `day` is in words. Before anything else was, it was the name."""
    if printed.get("corrected_fields", ["name"]) == ["name"]:
        return gettext("name corrected on %(day)s") % {"day": day}
    return gettext("details corrected on %(day)s") % {"day": day}


def says_the_day(line, printed):
    """Whether a further line is there to say when: it holds the day of issue, and hardly more than that."""
    day = printed.get("date_in_words")
    return bool(day) and day in line and len(line) <= 2 * len(day) + 24


def post_in_words(role):
    """Return what is printed for a role such as `recepcion`, or for a job that the course knows; words stay."""
    if role.casefold() in _SPANISH_TOO:
        return role
    return job_in_words(role if audience_of(role) else job_called(role) or role)


def post_on_paper(post, printed):
    """Return a post in the words in which a certificate with these `printed` fields has it: in its own language.

    What it says already stays, letter by letter.
    """
    if post == printed["role"]:
        return post
    with translation.override(printed["language"]):
        return tidy(post_in_words(post))


def post_to_register(post):
    """Return a post in the words in which it is registered, whatever the language of the page it comes from.

    Of a job that the course knows this is the course's word in the language of the site, which each page and each
    certificate says in its own; other words stay as they are.
    """
    with translation.override(settings.LANGUAGE_CODE):
        return post_in_words(post)


def jobs_in_words():
    """Return the words for the jobs that the course knows, to be proposed."""
    return [job_in_words(job) for jobs in JOBS.values() for job in jobs]


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
        problems["text"] = gettext("There is room for %(count)d lines. Join some or leave some out.") % {
            "count": LONGEST_TEXT
        }
    if not problems["text"] and design.text.strip() and not says_date(design):
        problems["text"] = gettext("Nothing here says when it is issued. Write {%(field)s} in one of these lines.") % {
            "field": _shown("date_in_words")
        }
    for field in ("subject", "text"):
        if (
            not problems[field]
            and not design.validity_months
            and "expires_in_words" in fields_in(getattr(design, field))
        ):
            problems[field] = gettext(
                "Nothing expires here: say how many months it is valid for, or leave {%(field)s} out."
            ) % {"field": _shown("expires_in_words")}
    if problems := {field: sentence for field, sentence in problems.items() if sentence}:
        raise ValidationError(problems)


def _why_not_here(text):
    return (
        gettext("Fields in braces are filled in below: in what is certified, in the subject and in the further lines.")
        if ("{" in text or "}" in text)
        else ""
    )


def _why_wrong(text):
    unknown = [name for name in _names_in(text) if name not in _PRINTED_FIELD]
    if unknown:
        return gettext("There is no field {%(unknown)s}. These exist: %(known)s.") % {
            "unknown": unknown[0],
            "known": ", ".join(f"{{{_shown(printed)}}}" for *_names, printed in FIELDS),
        }
    rest = _FIELD.sub("", text)
    if "{" in rest or "}" in rest:
        return gettext("A field stands between two braces, such as {%(field)s}.") % {"field": _shown("course")}
    return ""


def _why_not_in_statement(text):
    for field in sorted(fields_in(text) & _MAY_BE_EMPTY):
        return gettext(
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
