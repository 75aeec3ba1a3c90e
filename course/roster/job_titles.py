"""Job titles whose role is known: those of the course's file, and those that trainers taught the site."""

import csv
import re
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

from django.conf import settings
from django.db import transaction

from course.models import JobTitle, Role
from course.models.people import spanish_key
from course.people.audit import audit_log

COLUMNS = ["title", "role", "source"]
# What lists add to a title: a grade, the kind of contract, the other gender.
_GRADE = re.compile(r"\b(i{1,3}|iv|v|vi{0,3}|[0-9]+|renglon|contrato)\b")
_SINGLE_LETTERS = re.compile(r"\b[a-z](?: [a-z]\b)+")
_SMALL = {"de", "del", "la", "las", "el", "los", "en", "y", "al", "para", "con"}
_IN_BRACKETS = re.compile(r"\(.*?\)|/[ao]s?\b")
LONGEST_KEY = JobTitle._meta.get_field("key").max_length


class BrokenTitles(ValueError):
    """The file of job titles cannot be read; the message names the line and what is wrong with it."""


@dataclass
class NamedTitle:
    """A job title in a list: its `words` as first written, in how many rows, and its role, "" for none.

    `chosen` says whether the trainer chose the role in this list, `guessed` that it is only that of titles like it.
    """

    key: str
    words: str
    role: str
    chosen: bool
    guessed: bool = False
    rows: int = 0

    @property
    def field_name(self):
        """The name of its control in the form."""
        return f"title:{self.key}"


def title_key(title):
    """Return what is the same for every way of writing a job title."""
    return spanish_key(title)[:LONGEST_KEY]


def titles_file():
    """Return where the file of job titles is."""
    return settings.BASE_DIR / "content" / "job-titles.csv"


class Titles(NamedTuple):
    """The titles of the file: {key: Role}, {loose key: Role} for other ways of writing one, and {words: Role} of each
    as other titles may begin (`head_words`, without gender)."""

    exact: dict
    loose: dict
    heads: dict

    def role_of(self, title):
        """Return the `Role` of a title, also in the other gender, with a grade or with words in brackets; or None."""
        return self.exact.get(title_key(title)) or self.loose.get(loose_key(title))


def titles_of_the_course():
    """Return the `Titles` of `content/job-titles.csv`, read anew when it changes. Raises `BrokenTitles`."""
    path = titles_file()
    try:
        return _read(path, path.stat().st_mtime_ns)
    except FileNotFoundError:
        return Titles({}, {}, {})


def learned_roles():
    """Return {key: role} of the titles that trainers taught the site; one query."""
    return dict(JobTitle.objects.values_list("key", "role"))


def teach_titles(titles, *, by, cohort, now):
    """Keep the role that a trainer chose for each `NamedTitle` of a list for a group, and that they did.

    Nothing is kept of one without a role, or that is known with this role already.
    """
    known = learned_roles() if titles else {}
    taught = [title for title in titles if title.role and known.get(title.key) != title.role]
    for title in taught:
        kept = {"title": title.words[:LONGEST_KEY], "role": title.role, "learned_by": by, "learned_at": now}
        JobTitle.objects.update_or_create(key=title.key, defaults=kept)
    if taught:
        words = ", ".join(title.words for title in taught)
        audit_log("titles_taught", by=by, cohort=cohort, subject=f"{len(taught)}: {words}", now=now)


def taught_titles():
    """Return the `JobTitle`s (a QuerySet) that trainers taught, the newest first."""
    return JobTitle.objects.order_by("-learned_at", "pk")


@transaction.atomic
def forget_title(pk, *, by, now):
    """Forget the role of a title and keep who did; return its words, or "" when it is forgotten already."""
    title = JobTitle.objects.select_for_update().filter(pk=pk).first()
    if title is None:
        return ""
    title.delete()
    audit_log("title_forgotten", by=by, subject=title.title, now=now)
    return title.title


def loose_key(title):
    """Return the key of a title without its grade, what stands in brackets, and the gender of its words."""
    words = _GRADE.sub(" ", spanish_key(_IN_BRACKETS.sub(" ", title))).split()
    return " ".join(neuter(word) for word in words)


def head_words(title):
    """Return the words of a title that say something: neither grade nor brackets nor «de la»; «T.S.R.» is «tsr»."""
    plain = spanish_key(_IN_BRACKETS.sub(" ", title)).replace("~", "")
    # Before grades go: the last letter of «E.T.V.» is none.
    together = _SINGLE_LETTERS.sub(lambda letters: letters[0].replace(" ", ""), plain)
    return [word for word in _GRADE.sub(" ", together).split() if word not in _SMALL]


def neuter(word):
    """Return a word without the ending that tells the gender."""
    if word.endswith("ora"):
        return word[:-1]
    return word[:-1] if len(word) > 3 and word[-1] in "ao" else word


def read_titles(lines):
    """Return the `Titles` of lines of CSV with the `COLUMNS`. Raises `BrokenTitles`."""
    rows = csv.DictReader(lines)
    if rows.fieldnames != COLUMNS:
        raise BrokenTitles(f"job-titles.csv, line 1: the columns are {','.join(COLUMNS)}, in this order.")
    titles, places = Titles({}, {}, {}), {}
    for row in rows:
        where, key = f"job-titles.csv, line {rows.line_num}", title_key(row["title"] or "")
        if not key:
            raise BrokenTitles(f"{where}: there is no title.")
        if row["role"] not in Role.values:
            raise BrokenTitles(f"{where}: the role is one of {', '.join(Role.values)}, and not «{row['role']}».")
        if not (row["source"] or "").strip() or None in row:
            raise BrokenTitles(f"{where}: there are three cells, and the last says the source, or «sin fuente».")
        if key in places:
            raise BrokenTitles(f"{where}: the same title as in line {places[key]}.")
        titles.exact[key], places[key] = Role(row["role"]), rows.line_num
        titles.loose.setdefault(loose_key(row["title"]), Role(row["role"]))
        titles.heads.setdefault(tuple(map(neuter, head_words(row["title"]))), Role(row["role"]))
    return titles


@lru_cache(maxsize=1)
def _read(path, _changed):
    try:
        with path.open(encoding="utf-8-sig", newline="") as lines:
            return read_titles(lines)
    except (UnicodeDecodeError, csv.Error) as error:
        raise BrokenTitles(f"job-titles.csv: it is no CSV in UTF-8 ({error}).") from error
