"""Import a staff list: all of it or nothing, once; a long list in the background."""

import contextlib
import secrets
from dataclasses import asdict, dataclass, field
from datetime import timedelta

from django.contrib.auth.hashers import make_password
from django.db import IntegrityError, transaction
from django.db.models import Q
from django.db.models.functions import Upper
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from course.jobs import job, request_job, send_heartbeat
from course.models import Change, Clinic, RosterUpload, User
from course.models.people import name_sort_key
from course.people.audit import audit_log
from course.people.clinics import clinic_name_key
from course.people.devices import log_account_changes
from course.people.enrolment import enrol_people
from course.people.identifiers import new_codes, save_identifiers
from course.reminders.tasks import ask_soon

from .job_titles import teach_titles
from .known import facts_behind
from .rows import LEFT_OUT, Fate, PlannedRow
from .staff_roles import role_for_certain
from .uploads import plan_of

CHANGED = [
    *("first_name", "last_name", "sort_key", "role", "job_title", "clinic", "email", "phone", "sex", "is_active")
]
# A list of at most so many rows is imported while the browser waits.
SHORT = 500
# So often a list is planned anew when people change while it is being planned.
ATTEMPTS = 3


class PlanChanged(Exception):
    pass


@dataclass(frozen=True)
class Outcome:
    """Numbers of people, and the rows left out as [[number, value of its `Fate`]], without names."""

    created: int
    updated: int
    unchanged: int
    left_out: int
    joined: int = 0
    no_people: int = 0
    rows: list = field(default_factory=list)

    @classmethod
    def of(cls, plan):
        counts = plan.counts
        rows = [[line.number, line.fate.value] for line in plan.lines if line.fate in LEFT_OUT]
        return cls(
            *(counts[Fate.CREATE], counts[Fate.UPDATE], counts[Fate.UNCHANGED], len(rows), counts[Fate.JOIN]),
            *(len(plan.others), rows),
        )


def plan_fingerprint(plan):
    return plan.fingerprint


def outcome_of(upload):
    return Outcome(**upload.outcome)


def confirm_list(upload, *, shown, by, now, chance=None, tell=None):
    """Write a list to its group and return the `Outcome`; idempotent.

    `shown` is the `fingerprint` of the confirmed plan; raises `PlanChanged` when it differs by now. `tell(rows)`
    reports progress. New people have no PIN: see course/cards.

    The slow part comes before the transaction, which blocks all writers on SQLite; inside it, the facts behind the
    plan are only compared.
    """
    for _attempt in range(ATTEMPTS):
        if upload.finished_at:
            return outcome_of(upload)
        facts = facts_behind(by)
        plan = plan_of(upload, tell=tell)
        if plan is None or plan.fingerprint != shown:
            break
        people = _people_to_write(plan, chance=chance or secrets.SystemRandom())
        with contextlib.suppress(IntegrityError), transaction.atomic():
            locked = RosterUpload.objects.select_for_update().defer("rows", "sheets").get(pk=upload.pk)
            if locked.finished_at:
                return outcome_of(locked)
            same_list = (locked.chosen, locked.columns) == (upload.chosen, upload.columns)
            if same_list and facts_behind(by) == facts and not plan.known.have_changed():
                return _write(locked, plan, people, by=by, now=now)
        upload.refresh_from_db()
    raise PlanChanged(_("Your people, or the way lists are read, changed in the meantime. Look at the list again."))


def _write(upload, plan, people, *, by, now):
    _fill_in_clinics(people, _make_clinics(plan, upload.cohort))
    created = User.objects.bulk_create(people.created)
    # Seven times as fast as `bulk_update`, which builds one long statement.
    for person in people.changed:
        User.objects.filter(pk=person.pk).update(**{name: getattr(person, name) for name in CHANGED})
    readdressed = [line.person for line in people.lines_of_changed if "email" in line.changes]
    log_account_changes(readdressed, Change.ADDRESS_CHANGED, by=by, now=now)
    if readdressed or any(person.email for person in created):
        ask_soon()
    save_identifiers(people.numbers())
    enrolled = [*created, *(line.person for line in people.lines_of_changed if line.enrols)]
    enrol_people(upload.cohort, enrolled, now=now)
    new_words = [title for title in plan.titles if title.chosen and not role_for_certain(title.words)]
    teach_titles(new_words, by=by, cohort=upload.cohort, now=now)
    outcome = Outcome.of(plan)
    # The rows are personal data: delete them as soon as possible.
    upload.finished_at, upload.outcome = now, asdict(outcome)
    upload.rows, upload.sheets, upload.chosen = [], [], {}
    upload.save(update_fields=["finished_at", "outcome", "rows", "sheets", "chosen"])
    written = outcome.created + outcome.joined + outcome.updated
    audit_log("roster_imported", by=by, cohort=upload.cohort, subject=upload.name, people=written, now=now)
    return outcome


def _make_clinics(plan, cohort):
    area = cohort.clinic.area if cohort.clinic else None
    made = {}
    for name in plan.new_clinics:
        made[clinic_name_key(name)] = Clinic.objects.create(name=name, area=area)
    return made


@dataclass(frozen=True)
class PeopleToWrite:
    lines_of_created: list[PlannedRow]
    created: list[User]
    lines_of_changed: list[PlannedRow]
    changed: list[User]

    def pairs(self):
        created = zip(self.lines_of_created, self.created, strict=True)
        return [*created, *zip(self.lines_of_changed, self.changed, strict=True)]

    def numbers(self):
        return [
            (person, kind, line.identifiers[kind]) for line, person in self.pairs() for kind in line.new_identifiers
        ]


def _people_to_write(plan, *, chance):
    lines, known = plan.of(Fate.CREATE), [*plan.of(Fate.JOIN), *plan.of(Fate.UPDATE)]
    taken = set(User.objects.annotate(code=Upper("username")).values_list("code", flat=True))
    codes = new_codes(len(lines), taken=taken, chance=chance)
    created = [_new_person(line, code) for line, code in zip(lines, codes, strict=True)]
    return PeopleToWrite(lines, created, known, [_changed_person(line) for line in known])


def _new_person(line, code):
    return User(
        username=code,
        password=make_password(None),
        first_name=line.given_names,
        last_name=line.surnames,
        sort_key=name_sort_key(line.given_names, line.surnames),
        role=line.role,
        job_title=line.job_title,
        clinic=line.clinic,
        email=line.email,
        phone=line.phone,
        sex=line.sex,
        must_choose_pin=True,
    )


def _changed_person(line):
    person = line.person
    for name, value in line.changes.items():
        setattr(person, name, line.clinic if name == "clinic" else value)
    person.sort_key = name_sort_key(person.first_name, person.last_name)
    person.is_active = True
    return person


def _fill_in_clinics(people, clinics):
    for line, person in people.pairs():
        if line.makes_clinic and (line.person is None or "clinic" in line.changes):
            person.clinic = clinics[clinic_name_key(line.clinic_name)]


def is_long(upload):
    return len(upload.rows) > SHORT


@transaction.atomic
def request_import(upload, *, shown, language, now):
    """Have a long list imported by a Job; a second request changes nothing."""
    locked = RosterUpload.objects.select_for_update().get(pk=upload.pk)
    if locked.finished_at or locked.is_being_imported:
        return
    locked.job = request_job(
        "list",
        locked.cohort,
        asked=[str(locked.pk)],
        reuse=Q(finished_at=None),
        new=lambda: ({"upload": str(locked.pk), "shown": shown[:64]}, len(locked.rows)),
        by=locked.brought_by,
        language=language,
        now=now,
    )
    locked.save(update_fields=["job"])


@job(
    "list",
    failed=gettext_lazy("The list could not be written. Nothing was changed. Try again."),
    keeps=timedelta(days=1),
    is_private=True,
)
def import_list(job):
    upload = RosterUpload.objects.get(pk=job.params["upload"])

    def tell(rows):
        send_heartbeat(job, done=rows)

    try:
        confirm_list(upload, shown=job.params["shown"], by=upload.brought_by, now=timezone.now(), tell=tell)
    except PlanChanged as changed:
        return {"problem": str(changed)}
    return {"done": job.total}
