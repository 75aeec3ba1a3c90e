"""Grid of a group: people down, modules across. Completion only, no answers."""

from collections import Counter
from dataclasses import dataclass, field, replace
from datetime import date
from enum import StrEnum
from uuid import UUID

from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from certificates.issuing.eligibility import certifies, is_still_valid
from certificates.issuing.field_values import active_design, certificate_language
from certificates.issuing.issue import get_last_certificates
from certificates.issuing.status import CertificateStatus, get_status, is_expiring_soon
from certificates.models import Certificate
from course.models import Role, User
from course.people.cohorts import help_rule
from modules.progress.deriving import progress_by_learner
from modules.progress.outline import ModuleOutline
from modules.progress.states import USUAL_HELP_RULE, CourseProgress, State
from modules.weave import CELLS, merged_paths, motif_of


def rows_woven(done, people):
    return CELLS * done // people if people else 0


def draw_band(columns):
    label = "; ".join(
        ngettext(
            "module %(number)s: finished by %(done)s of %(people)s person",
            "module %(number)s: finished by %(done)s of %(people)s people",
            column.people,
        )
        % {"number": column.outline.number, "done": column.done, "people": column.people}
        for column in columns
    )
    step = CELLS + 1
    paths = format_html_join(
        "", "{}", ((_motif_paths(column, x=1 + place * step, y=1),) for place, column in enumerate(columns))
    )
    return format_html(
        '<svg class="weave" viewBox="0 0 {} {}" role="img" aria-label="{}">{}</svg>',
        1 + step * len(columns),
        CELLS + 2,
        _("Weave of the group, %(figures)s") % {"figures": label},
        paths,
    )


def _motif_paths(column, x=0, y=0):
    motif = motif_of(column.outline.number)
    bare = CELLS - rows_woven(column.done, column.people)
    blank = ("." * CELLS,)
    unwoven = merged_paths(motif.cells[:bare] + blank * (CELLS - bare), x, y)
    woven = merged_paths(blank * bare + motif.cells[bare:], x, y)
    drawn = [
        (f"c-{motif.first_colour}", woven["a"]),
        (f"c-{motif.second_colour}", woven["b"]),
        ("unwoven", unwoven["a"] + unwoven["b"]),
    ]
    return format_html_join("", '<path class="{}" d="{}"/>', ((name, d) for name, d in drawn if d))


BY_URGENCY = (State.NEEDS_HELP, State.PENDING, State.IN_PROGRESS, State.NOT_STARTED, State.FINISHED)
WIDEST_ON_A_PHONE = 9
CELLS_A_PAGE, FEWEST_ROWS, WIDEST_WEAVE = 1600, 12, 24


class Order(StrEnum):
    SURNAMES = "apellidos"
    CLINIC = "centro"
    STATE = "estado"


@dataclass(frozen=True)
class Row:
    learner: User
    progress: CourseProgress
    last_certificate: Certificate | None
    today: date
    # Modules of the grid if the people take different editions, else None.
    places: tuple[UUID, ...] | None = None
    # Whether a certificate issued today would be valid.
    would_hold: bool = True

    @property
    def cells(self):
        if self.places is None:
            return self.progress.modules
        modules = {module.outline.key: module for module in self.progress.modules}
        return [modules.get(key) for key in self.places]

    @property
    def state(self):
        return state_of_course(self.progress)

    @property
    def standing(self):
        return self.last_certificate and get_status(self.last_certificate, today=self.today)

    @property
    def certificate(self):
        return self.last_certificate if self.standing is CertificateStatus.VALID else None

    @property
    def is_certified(self):
        last = self.last_certificate
        return bool(last) and self.standing is not CertificateStatus.REVOKED and certifies(last, self.progress)

    @property
    def is_over(self):
        return self.progress.finished and not self.is_certified and not self.would_hold

    @property
    def certificate_words(self):
        if self.standing and (self.is_certified or not self.progress.finished):
            return _("Issued") if self.standing is CertificateStatus.VALID else str(self.standing.label)
        if self.standing is CertificateStatus.REVOKED:
            return str(self.standing.label)
        if self.is_over:
            return _("To be taken again")
        return _("To be issued") if self.progress.finished else _("Not yet")

    @property
    def ends_on(self):
        """The last day of a certificate that expires soon or has expired, else None."""
        last = self.last_certificate
        return last.expires_on if last and is_expiring_soon(last, today=self.today) else None

    @property
    def reasons(self):
        return [(module.outline, module.help_reason) for module in self.progress.modules if module.help_reason]


@dataclass(frozen=True)
class Column:
    outline: ModuleOutline
    done: int
    people: int

    @property
    def motif(self):
        return format_html(
            '<svg class="motif" viewBox="0 0 {} {}" aria-hidden="true" focusable="false">{}</svg>',
            CELLS,
            CELLS,
            _motif_paths(self),
        )


@dataclass(frozen=True)
class Grid:
    rows: list[Row]
    columns: list[Column]
    people: int
    by_state: Counter
    certificates: list[Certificate]
    order: Order = Order.SURNAMES
    only: State | None = None
    clinic: str = ""
    role: str = ""
    everyone: list[Row] = field(default_factory=list)

    @property
    def done(self):
        return self.by_state[State.FINISHED]

    @property
    def needing_help(self):
        return self.by_state[State.NEEDS_HELP]

    @property
    def states_to_show(self):
        shown = [state for state in BY_URGENCY if self.by_state[state] or state is not State.PENDING]
        return [(state, self.by_state[state]) for state in shown]

    @property
    def clinics(self):
        """Return [(value in the address, clinic or None, people)] of the whole group, by name; None comes last."""
        people = Counter(row.learner.clinic for row in self.everyone)
        known = sorted((clinic for clinic in people if clinic), key=lambda clinic: (clinic.sort_key, clinic.pk))
        shown = [*known, None] if None in people else known
        return [(_in_address(clinic and clinic.pk), clinic, people[clinic]) for clinic in shown]

    @property
    def roles(self):
        """Return [(value in the address, words, people)] of the whole group; without a role comes last."""
        people = Counter(row.learner.role for row in self.everyone)
        named = [*Role.choices, ("", _("No role"))]
        return [(_in_address(role), words, people[role]) for role, words in named if people[role]]

    @property
    def is_mixed(self):
        return len({id(row.progress.edition) for row in self.everyone}) > 1

    @property
    def ending(self):
        rows = [row for row in self.everyone if row.ends_on]
        return sorted(rows, key=lambda row: (row.ends_on, *_by_surnames(row)))

    @property
    def finished_before(self):
        """How many finished the course before they began it again, and have not finished it since."""
        return sum(bool(row.progress.previously_finished_at) and not row.progress.finished for row in self.everyone)

    @property
    def begins_anew(self):
        return any(row.progress.is_restart for row in self.everyone)

    @property
    def leaves_out(self):
        return any(None in row.cells for row in self.rows)

    @property
    def is_narrowed(self):
        return bool(self.only or self.clinic or self.role)

    @property
    def rows_a_page(self):
        return max(FEWEST_ROWS, CELLS_A_PAGE // (len(self.columns) + 5))

    @property
    def draws_motifs(self):
        return len(self.columns) <= WIDEST_WEAVE

    @property
    def fits_a_phone(self):
        return len(self.columns) <= WIDEST_ON_A_PHONE

    @property
    def weave(self):
        return draw_band(self.columns) if self.draws_motifs else ""


def state_of_course(progress):
    if progress.finished:
        return State.FINISHED
    states = {module.state for module in progress.modules}
    if State.NEEDS_HELP in states:
        return State.NEEDS_HELP
    if states - {State.FINISHED} == {State.PENDING}:
        return State.PENDING
    return State.IN_PROGRESS if states - {State.NOT_STARTED} or progress.active_at else State.NOT_STARTED


def by_state(rows):
    groups = [(state, [row for row in rows if row.state is state]) for state in BY_URGENCY]
    return [(state, rows) for state, rows in groups if rows]


def cohort_grid(learners, *, rule, now, order=Order.SURNAMES, only=None, clinic="", role=""):
    """Return the grid of these people in a constant number of queries; filters with unknown values are ignored."""
    learners = list(learners)
    everyone = _rows_by_learner(learners, now=now)
    rows = [_by_rule(everyone[learner.pk], rule, now=now) for learner in learners]
    return _grid(rows, order=order, only=only, clinic=clinic, role=role)


def grids_by_cohort(learners_by_cohort, *, now):
    learners = {learner.pk: learner for group in learners_by_cohort.values() for learner in group}
    everyone = _rows_by_learner(learners.values(), now=now)
    return {
        cohort.pk: _grid([_by_rule(everyone[learner.pk], help_rule(cohort), now=now) for learner in group])
        for cohort, group in learners_by_cohort.items()
    }


def row_of(learner, *, rule, now):
    return _by_rule(_rows_by_learner([learner], now=now)[learner.pk], rule, now=now)


def _rows_by_learner(learners, *, now):
    progress = progress_by_learner(learners, now=now)
    certificates, today = get_last_certificates(learners), timezone.localdate(now)
    rows = [Row(learner, progress[learner.pk], certificates.get(learner.pk), today) for learner in learners]
    if any(_may_be_over(row) for row in rows):
        design = active_design(certificate_language(get_language()))
        rows = [
            replace(row, would_hold=is_still_valid(row.progress, today=today, design=design))
            if _may_be_over(row)
            else row
            for row in rows
        ]
    return {row.learner.pk: row for row in rows}


def _may_be_over(row):
    return row.progress.finished and not row.is_certified


def _by_rule(row, rule, *, now):
    return row if rule == USUAL_HELP_RULE else replace(row, progress=row.progress.with_rule(rule, now=now))


def _grid(everyone, *, order=Order.SURNAMES, only=None, clinic="", role=""):
    columns = _columns(everyone)
    if any(len(row.progress.modules) != len(columns) for row in everyone):
        places = tuple(column.outline.key for column in columns)
        everyone = [replace(row, places=places) for row in everyone]
    clinic = clinic if any(clinic == _clinic_of(row) for row in everyone) else ""
    role = role if any(role == _role_of(row) for row in everyone) else ""
    rows = [
        row
        for row in everyone
        if only in (None, row.state) and clinic in ("", _clinic_of(row)) and role in ("", _role_of(row))
    ]
    return Grid(
        rows=sorted(rows, key=_SORT_KEYS[order]),
        columns=columns,
        people=len(everyone),
        by_state=Counter(row.state for row in everyone),
        certificates=[row.certificate for row in everyone if row.certificate],
        order=order,
        only=only,
        clinic=clinic,
        role=role,
        everyone=everyone,
    )


def _in_address(value):
    return str(value or "sin")


def _clinic_of(row):
    return _in_address(row.learner.clinic_id)


def _role_of(row):
    return _in_address(row.learner.role)


def _columns(everyone):
    if not everyone:
        return []
    asked, done, outlines = Counter(), Counter(), {}
    # One round for each edition; nearly always there is one.
    for modules in {id(row.progress.edition): row.progress.modules for row in everyone}.values():
        for module in modules:
            outlines[module.outline.key] = _wider(outlines.get(module.outline.key), module.outline)
    for row in everyone:
        for module in row.progress.modules:
            asked[module.outline.key] += 1
            done[module.outline.key] += module.state is State.FINISHED
    in_order = sorted(outlines.values(), key=lambda outline: outline.number)
    return [Column(outline, done[outline.key], asked[outline.key]) for outline in in_order]


def _wider(known, outline):
    if known is None or known == outline:
        return outline
    lessons = {lesson.key: lesson for lesson in [*known.lessons, *outline.lessons]}
    lessons = [replace(lesson, number=number) for number, lesson in enumerate(lessons.values(), start=1)]
    return replace(outline if outline.quiz_key else known, lessons=lessons)


def _by_surnames(row):
    return row.learner.sort_key, row.learner.pk


def _by_clinic(row):
    clinic = row.learner.clinic
    return clinic is None, clinic.sort_key if clinic else "", _by_surnames(row)


def _by_state(row):
    return BY_URGENCY.index(row.state), _by_surnames(row)


_SORT_KEYS = {Order.SURNAMES: _by_surnames, Order.CLINIC: _by_clinic, Order.STATE: _by_state}
