"""Preview of a list of staff as an editable table."""

from dataclasses import dataclass, field

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from course.groups.activity import activity_by_learner
from course.models import Enrolment, PersonIdentifier, Role
from course.people.cohorts import cohorts_of
from course.roster.clinic_names import NEW, NONE
from course.roster.matching import Alike
from course.roster.mending import row_field, what_was_shown
from course.roster.rows import Fate

from .roster_words import OPEN_CLINIC, line_words

# Limits of the page: names to correct, and clinics to choose from.
MOST_MENDED, MOST_TO_CHOOSE = 80, 80


@dataclass
class Side:
    """One of two records that may be the same person, as [(label, words)]; without `value` it cannot be chosen."""

    title: str
    facts: list
    value: str = ""
    picked: bool = False
    advice: str = ""


@dataclass
class ShownRow:
    line: object
    words: str
    listed: Side | None = None
    candidates: list = field(default_factory=list)
    may_be_another: bool = False


@dataclass
class Choice:
    name: str
    words: str
    rows: int
    options: list
    value: str
    over_people: bool = False
    problem: str = ""


class Shown:
    """Values of the controls of a page, by name; the page sends them back: see `mending.changed_fields`."""

    def __init__(self):
        self.fields = {}

    @property
    def text(self):
        return what_was_shown(self.fields)

    def rows(self, lines, *, by, now):
        compared = _Compared([one.person for line in lines for one in line.candidates], by=by, now=now)
        return [self._row(line, compared) for line in lines]

    def _row(self, line, compared):
        shown = ShownRow(line, line_words(line))
        values = {
            "given": line.given_names, "surnames": line.surnames, "role": line.role, "clinic": line.clinic_words,
            "out": "1" if line.out else "",
        }  # fmt: skip
        if line.is_compared and not line.out:
            values["same"] = line.answer
            shown.listed = Side(_("In the list"), _facts_of_row(line))
            shown.candidates = [*(compared.side(one, line) for one in line.candidates), *_who_cannot_be_chosen(line)]
        elif line.person and not line.code and not line.identifiers and not line.out:
            values["same"], shown.may_be_another = "", True
        self.fields |= {row_field(name, line.number): str(value) for name, value in values.items()}
        return shown

    def titles(self, titles):
        roles = [("", _("The person says it")), *Role.choices]
        titles = sorted(titles, key=lambda title: (_certainty(title), -title.rows))[:MOST_MENDED]
        self.fields |= {title.field_name: title.role for title in titles}
        shown = [], [], []
        for one in titles:
            shown[_certainty(one)].append(Choice(one.field_name, one.words, one.rows, roles, one.role))
        return shown

    def clinics(self, named, clinics):
        """Return [Choice] of the names that match no clinic exactly; `clinics` are the options."""
        choices = []
        for one in sorted(named, key=lambda one: (bool(one.choice), -one.rows))[:MOST_MENDED]:
            options = [("", _("Choose"))] if not one.choice else []
            options += [(str(clinic.pk), _place(clinic)) for clinic in one.proposed]
            if not one.problem:
                options.append((NEW, _("Make “%(clinic)s”") % {"clinic": one.words}))
            options.append((NONE, _("No clinic")))
            there = {value for value, _words in options}
            others = [clinic for clinic in clinics if str(clinic.pk) not in there]
            others = [clinic for clinic in others if str(clinic.pk) == one.choice] + others[:MOST_TO_CHOOSE]
            options += dict.fromkeys((str(clinic.pk), _place(clinic)) for clinic in others)
            name = f"clinic:{one.key}"
            self.fields[name] = one.choice
            choices.append(Choice(name, one.words, one.rows, options, one.choice, one.over_people, one.problem))
        return choices


def _certainty(title):
    if title.chosen or not title.role:
        return 0
    return 1 if title.guessed else 2


def others_to_mend(others, shown):
    others = others[: 2 * MOST_MENDED]
    shown.fields |= {row_field("person", other.number): "" for other in others}
    return others


def _place(clinic):
    return f"{clinic} ({clinic.municipality})" if clinic.municipality else str(clinic)


def _who_cannot_be_chosen(line):
    advice = _(
        "They were in a group of yours. If it is this person, leave the row out: they come in themselves with the code"
        " to join, or an administrator adds them."
    )
    sides = [Side(_("In a group of somebody else"), [(_("Name"), name)], advice=advice) for name in line.went_on]
    if line.like_row:
        title = _("Row %(row)d of the list") % {"row": line.like_row.number}
        advice = _("If it is the same person, leave one of the two rows out.")
        sides.append(Side(title, _facts_of_row(line.like_row), advice=advice))
    return sides


def _facts_of_row(line):
    numbers = [(_number_words(kind), f"••{number[-2:]}") for kind, number in line.identifiers.items()]
    facts = [
        (_("Name"), f"{line.surnames}, {line.given_names}"),
        (_("Post"), line.role_text),
        (_("Clinic"), line.clinic_words),
        (_("E-mail address"), line.email),
        *numbers,
    ]
    return [fact for fact in facts if fact[1]]


def _number_words(kind):
    return str(PersonIdentifier.Kind(kind).label)


class _Compared:
    def __init__(self, people, *, by, now):
        self.activity = activity_by_learner(people, now=now) if people else {}
        self.groups = {}
        if people:
            enrolled = Enrolment.objects.filter(learner__in=people, cohort__in=cohorts_of(by).order_by().values("pk"))
            for one in enrolled.select_related("cohort").order_by("left_at", "-pk"):
                words = str(one.cohort)
                if one.left_at:
                    words = _("%(group)s (until %(day)s)") % {"group": words, "day": _day(one.left_at)}
                self.groups.setdefault(one.learner_id, []).append(words)

    def side(self, candidate, line):
        person = candidate.person
        facts = [
            (_("Name"), person.surnames_first),
            (_("Post"), person.job_title or person.get_role_display()),
            (_("Clinic"), str(person.clinic or "")),
            (_("Group"), "; ".join(self.groups.get(person.pk, [])[:2])),
            (_("E-mail address"), person.email if line.email else ""),
            *((_number_words(one.kind), f"••{one.ends_with}") for one in person.identifiers.all()),
            (_("Last active"), self._last(person)),
            (_("Alike"), ", ".join(str(Alike(what).label) for what in candidate.alike)),
        ]
        key = str(person.key)
        return Side(person.username, [fact for fact in facts if fact[1]], key, line.answer == key)

    def _last(self, person):
        days = [day for day in (self.activity[person.pk].last, person.last_login) if day]
        return _day(max(days)) if days else _("never")


def _day(moment):
    return date_format(timezone.localtime(moment), "DATE_FORMAT")


def filters_of(plan):
    """Return [(value in the address, words, number of rows)]."""
    fates = [(fate.value, fate.label, count) for fate, count in plan.counts.items() if count]
    more = [
        (OPEN_CLINIC, _("Clinic to decide"), len(plan.with_open_clinic)),
        ("sin-puesto", _("Without a role"), len(plan.without_role)),
    ]
    return [*fates, *(one for one in more if one[2])]


def lines_of(plan, only):
    """Return (rows that a value of `filters_of` selects, whether it is such a value); by default all rows."""
    if only == "sin-puesto":
        return plan.without_role, only
    if only == OPEN_CLINIC:
        return plan.with_open_clinic, only
    fate = next((fate for fate in Fate if fate == only), None)
    return (plan.of(fate), only) if fate else (plan.lines, "")
