"""Job titles with a known role: those of the course, and those taught by trainers."""

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
_GRADE = re.compile(r"\b(i{1,3}|iv|v|vi{0,3}|[0-9]+|renglon|contrato)\b")
_SINGLE_LETTERS = re.compile(r"\b[a-z](?: [a-z]\b)+")
_SMALL = {"de", "del", "la", "las", "el", "los", "en", "y", "al", "para", "con"}
_IN_BRACKETS = re.compile(r"\(.*?\)|/[ao]s?\b")
LONGEST_KEY = JobTitle._meta.get_field("key").max_length


class BrokenTitles(ValueError):
    pass


@dataclass
class NamedTitle:
    """A job title in a list, and its role ("" for none), `chosen` by the trainer or `guessed` from similar titles."""

    key: str
    words: str
    role: str
    chosen: bool
    guessed: bool = False
    rows: int = 0

    @property
    def field_name(self):
        return f"title:{self.key}"


def title_key(title):
    return spanish_key(title)[:LONGEST_KEY]


def titles_file():
    return settings.BASE_DIR / "content" / "job-titles.csv"


class Titles(NamedTuple):
    """{key: Role}, {loose key: Role} for other spellings, and {words: Role} of the beginnings of titles."""

    exact: dict
    loose: dict
    heads: dict

    def role_of(self, title):
        """Return the `Role` of a title, also in the other gender, with a grade or brackets; or None."""
        return self.exact.get(title_key(title)) or self.loose.get(loose_key(title))


def titles_of_the_course():
    """Return the `Titles` of `content/job-titles.csv`, read again when it changes. Raises `BrokenTitles`."""
    path = titles_file()
    try:
        return _read(path, path.stat().st_mtime_ns)
    except FileNotFoundError:
        return Titles({}, {}, {})


def learned_roles():
    return dict(JobTitle.objects.values_list("key", "role"))


def teach_titles(titles, *, by, cohort, now):
    """Keep the roles that a trainer chose for `NamedTitle`s, and log it; known ones are skipped."""
    known = learned_roles() if titles else {}
    taught = [title for title in titles if title.role and known.get(title.key) != title.role]
    for title in taught:
        kept = {"title": title.words[:LONGEST_KEY], "role": title.role, "learned_by": by, "learned_at": now}
        JobTitle.objects.update_or_create(key=title.key, defaults=kept)
    if taught:
        words = ", ".join(title.words for title in taught)
        audit_log("titles_taught", by=by, cohort=cohort, subject=f"{len(taught)}: {words}", now=now)


def taught_titles():
    return JobTitle.objects.order_by("-learned_at", "pk")


@transaction.atomic
def forget_title(pk, *, by, now):
    title = JobTitle.objects.select_for_update().filter(pk=pk).first()
    if title is None:
        return ""
    title.delete()
    audit_log("title_forgotten", by=by, subject=title.title, now=now)
    return title.title


def loose_key(title):
    words = _GRADE.sub(" ", spanish_key(_IN_BRACKETS.sub(" ", title))).split()
    return " ".join(neuter(word) for word in words)


def head_words(title):
    """Return the significant words of a title: no grade, brackets or «de la»; «T.S.R.» is «tsr»."""
    plain = spanish_key(_IN_BRACKETS.sub(" ", title)).replace("~", "")
    # Before grades are removed: the last letter of «E.T.V.» is no grade.
    together = _SINGLE_LETTERS.sub(lambda letters: letters[0].replace(" ", ""), plain)
    return [word for word in _GRADE.sub(" ", together).split() if word not in _SMALL]


def neuter(word):
    if word.endswith("ora"):
        return word[:-1]
    return word[:-1] if len(word) > 3 and word[-1] in "ao" else word


def read_titles(lines):
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
