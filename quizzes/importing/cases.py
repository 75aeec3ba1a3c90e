"""Cases that a file offers: which of them come into the bank, with which questions, and why others don't."""

import re
import unicodedata
from dataclasses import dataclass, field

from django.utils.translation import gettext as _

from quizzes.identity import stable_key
from quizzes.models import Case
from quizzes.wording.cases import FEWEST, MOST

from .library import store_image
from .parts.images import find_image_problem
from .parts.reading import ReadCase

# As the admin and the content files take it.
_IDENTIFIER = re.compile(r"(?=.{1,40}$)[A-Za-z0-9]+(?:[-_.][A-Za-z0-9]+)*")
# Instead of the places of cases: none of the file's is wanted.
ALL = "all"


@dataclass
class PlannedCase:
    """A case of the file with its rows, and what becomes of it: `new`, `present` or `left out`."""

    read: ReadCase
    rows: list = field(default_factory=list)
    identifier: str = ""
    present: Case | None = None
    is_left_out: bool = False
    made: Case | None = None

    @property
    def state(self):
        return "left out" if self.is_left_out else "present" if self.present else "new"

    @property
    def case(self):
        return self.present or self.made

    @property
    def is_draft(self):
        """Whether it will wait for an editor: nobody has described its image."""
        return bool(self.read.image and not self.read.image_text)


def plan_cases(rows, locale, without, warnings):
    """Return the PlannedCases of rows that have their state by now; `without` are the places of those not wanted.

    A question that the bank has already stays as it is, and so outside: only new questions come with a case.
    """
    planned = {}
    for row in rows:
        if row.read.case:
            planned.setdefault(id(row.read.case), PlannedCase(row.read.case)).rows.append(row)
    bank = _Cases(locale) if planned else None
    for case in planned.values():
        bank.place(case)
        if sentence := _find_obstacle(case, without):
            case.is_left_out = True
            warnings.append(case.read.problem(sentence))
        else:
            bank.take(case)
    return list(planned.values())


def _find_obstacle(planned, without):
    """Return why a case stays out, or nothing."""
    new = [row for row in planned.rows if row.state == "new"]
    if without == ALL or planned.read.place in without:
        return _("This text was left out, as you chose: its questions come without it.")
    if planned.read.image and (problem := find_image_problem(planned.read.image)):
        return _("It was left out, and its questions come without it: %(problem)s") % {"problem": problem}
    if planned.present and len(new) + planned.present.questions.count() > MOST:
        return _("The bank has it, and it can't take so many questions more: they come without it.")
    if not planned.present and len(new) < FEWEST:
        return _("Fewer than two of its questions are new, so this text was left out as a case.")
    return ""


class _Cases:
    """The cases of the bank, read in two queries, and what the plan has given away of them."""

    def __init__(self, locale):
        cases = list(Case.objects.select_related("locale").prefetch_related("questions"))
        self.taken = {case.identifier.casefold() for case in cases}
        ours = [case for case in cases if case.locale_id == locale.pk]
        self.by_identifier = {case.identifier.casefold(): case for case in ours}
        self.by_signature = {_signature_of(case): case for case in ours}

    def place(self, planned):
        """Find the case in the bank, or give it an identifier of its own."""
        read = planned.read
        planned.present = self.by_identifier.get(read.identifier.casefold()) or self.by_signature.get(
            _signature_of(read)
        )
        planned.identifier = planned.present.identifier if planned.present else self._identify(read)

    def take(self, planned):
        self.taken.add(planned.identifier.casefold())

    def _identify(self, read):
        for wish in (read.identifier, read.title):
            if _IDENTIFIER.fullmatch(wish) and wish.casefold() not in self.taken:
                return wish
        stem, number = _("CASE"), 1
        while f"{stem}-{number:03}".casefold() in self.taken:
            number += 1
        return f"{stem}-{number:03}"


def _signature_of(case):
    parts = (case.title, case.text, case.dialogue)
    return tuple(unicodedata.normalize("NFC", " ".join(part.split())) for part in parts)


def make_case(planned, locale, **fields):
    """Return an unsaved case of the bank as it was read; its image is not in it."""
    read = planned.read
    return Case(
        identifier=planned.identifier,
        locale=locale,
        title=read.title,
        text=read.text,
        dialogue=read.dialogue,
        image_text=read.image_text,
        **fields,
    )


def write_cases(plan, *, by, publish, stored):
    """Put the new cases of a plan into the bank; return {id of a row: (case, place)} of the rows that come with one.

    Images that were stored are added to `stored`.
    """
    places = {}
    for planned in plan.cases:
        if planned.is_left_out:
            continue
        new = [row for row in planned.rows if row.state == "new"]
        if not planned.present:
            planned.made = _create(planned, plan.locale, by, publish, stored)
        taken = [question.case_place or 0 for question in planned.case.questions.all()]
        first = max(taken, default=0) + 1
        places |= {id(row): (planned.case, first + n) for n, row in enumerate(new)}
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
