"""Cases of an imported file: which are created, with which questions."""

import hashlib
import re
import unicodedata
from collections import Counter
from dataclasses import dataclass, field

from django.utils.translation import gettext as _

from quizzes.base.identifiers import stable_key
from quizzes.base.markup import MAX_CASE_QUESTIONS, MIN_CASE_QUESTIONS
from quizzes.importing.parts.images import find_image_problem
from quizzes.importing.parts.reading import ReadCase, ReadImage
from quizzes.models import Stimulus

from .library import store_image

IDENTIFIER = re.compile(r"(?=.{1,40}$)[A-Za-z0-9]+(?:[-_.][A-Za-z0-9]+)*")
ALL = "all"


@dataclass
class PlannedCase:
    """The state is `new`, `present` or `left out`."""

    read: ReadCase
    rows: list = field(default_factory=list)
    identifier: str = ""
    present: Stimulus | None = None
    is_left_out: bool = False
    made: Stimulus | None = None

    @property
    def state(self):
        return "left out" if self.is_left_out else "present" if self.present else "new"

    @property
    def case(self):
        return self.present or self.made

    @property
    def new_rows(self):
        return [row for row in self.rows if row.state == "new"]

    @property
    def is_draft(self):
        return bool(self.read.image and not self.read.image_text)


def plan_cases(rows, locale, without, warnings):
    """Return the PlannedCases of rows with a state; questions already in the bank join no case."""
    planned = {}
    for row in rows:
        if row.read.case:
            planned.setdefault(id(row.read.case), PlannedCase(row.read.case)).rows.append(row)
    bank = _Cases(locale) if planned else None
    for case in planned.values():
        bank.place(case, warnings)
        if sentence := _find_obstacle(case, without, bank.count(case)):
            case.is_left_out = True
            warnings.append(case.read.problem(sentence))
        else:
            bank.take(case)
    return list(planned.values())


def _find_obstacle(planned, without, present):
    new = planned.new_rows
    if without == ALL or planned.read.place in without:
        return _("This text was left out, as you chose: its questions come without it.")
    if planned.read.image and (problem := find_image_problem(planned.read.image)):
        return _("It was left out, and its questions come without it: %(problem)s") % {"problem": problem}
    if planned.present and new and len(new) + present > MAX_CASE_QUESTIONS:
        return _("The bank has it, and it can’t take so many questions more: they come without it.")
    if not planned.present and len(new) < MIN_CASE_QUESTIONS:
        return _("Fewer than two of its questions are new, so this text was left out as a case.")
    return ""


class _Cases:
    def __init__(self, locale):
        cases = list(Stimulus.objects.select_related("locale", "image").prefetch_related("questions"))
        self.taken = {case.identifier.casefold() for case in cases}
        ours = [case for case in cases if case.locale_id == locale.pk]
        self.by_identifier = {case.identifier.casefold(): case for case in ours}
        self.by_signature = {_signature_of(case): case for case in ours}
        self.added = Counter()

    def count(self, planned):
        return len(planned.present.questions.all()) + self.added[planned.present.pk] if planned.present else 0

    def place(self, planned, warnings):
        read = planned.read
        planned.present = self.by_identifier.get(read.identifier.casefold()) or self.by_signature.get(
            _signature_of(read)
        )
        planned.identifier = planned.present.identifier if planned.present else self._identify(read)
        if planned.present and _words_of(planned.present) != _words_of(read):
            warnings.append(read.problem(_("It is in the bank with another text, which stays as it is.")))

    def take(self, planned):
        if planned.present:
            self.added[planned.present.pk] += len(planned.new_rows)
        self.taken.add(planned.identifier.casefold())

    def _identify(self, read):
        for wish in (read.identifier, read.title):
            if IDENTIFIER.fullmatch(wish) and wish.casefold() not in self.taken:
                return wish
        stem, number = _("CASE"), 1
        while f"{stem}-{number:03}".casefold() in self.taken:
            number += 1
        return f"{stem}-{number:03}"


def _signature_of(case):
    return (*_words_of(case), _digest_of(case.image))


def _words_of(case):
    parts = (case.title, case.text, case.dialogue)
    return tuple(unicodedata.normalize("NFC", " ".join(part.split())) for part in parts)


def _digest_of(image):
    if isinstance(image, ReadImage):
        return hashlib.sha1(image.content, usedforsecurity=False).hexdigest()
    return image.file_hash if image else ""


def make_case(planned, locale, **fields):
    read = planned.read
    return Stimulus(
        identifier=planned.identifier,
        locale=locale,
        title=read.title,
        text=read.text,
        dialogue=read.dialogue,
        image_text=read.image_text,
        **fields,
    )


def write_cases(plan, *, by, publish, stored):
    """Save the new cases; return {id of a row: (case, place)} and add stored images to `stored`."""
    places, last = {}, {}
    for planned in plan.cases:
        if planned.is_left_out:
            continue
        if not planned.present:
            planned.made = _create(planned, plan.locale, by, publish, stored)
        case = planned.case
        taken = max((question.case_place or 0 for question in case.questions.all()), default=0)
        for row in planned.new_rows:
            last[case.pk] = last.get(case.pk, taken) + 1
            places[id(row)] = (case, last[case.pk])
    return places


def _create(planned, locale, by, publish, stored):
    key = stable_key(f"case:{planned.identifier}")
    case = make_case(planned, locale, translation_key=key, live=False)
    if planned.read.image:
        case.image, made = store_image(planned.read.image, text=planned.read.image_text, by=by)
        stored += [case.image] if made else []
    case.save()
    revision = case.save_revision(user=by)
    if publish and not planned.is_draft:
        revision.publish(user=by)
        case.refresh_from_db()
    return case
