"""Training record of a person, and of groups in a period."""

from dataclasses import dataclass
from datetime import datetime, time
from uuid import UUID

from django.conf import settings
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from certificates.models import DELETED_ACCOUNT
from course.models import Enrolment, Role
from modules.labels import lang_attribute
from modules.models import TrainingRecord
from modules.progress.outline import course_outline, get_course_structure


@dataclass(frozen=True)
class TrainingLine:
    record: TrainingRecord
    what: str
    lang: str = ""

    @property
    def day(self):
        return timezone.localdate(self.record.finished_at) if self.record.learner_id else None

    @property
    def month(self):
        return f"{timezone.localdate(self.record.finished_at):%Y-%m}"

    @property
    def role(self):
        return str(dict(Role.choices).get(self.record.role, ""))

    @property
    def circumstances(self):
        record, role = self.record, self.role or _("No role")
        if record.job_title:
            role = f"{role} ({record.job_title})"
        return " · ".join(filter(None, (role, record.clinic, record.area, record.cohort)))

    @property
    def revoked_on(self):
        return self.record.revoked_at and timezone.localdate(self.record.revoked_at)

    @property
    def revoked_by(self):
        return str(self.record.revoked_by or DELETED_ACCOUNT) if self.record.revoked_at else ""


def training_of(learner):
    """Return the `TrainingLine`s of a person, revoked ones too, oldest first; one query."""
    lines = training_lines(_with_names(TrainingRecord.objects.filter(learner=learner)))
    return sorted(lines, key=lambda line: (line.record.finished_at, line.record.module_key is None, line.record.pk))


def records_of_groups(cohorts, *, everything, since, until, modules):
    """Return the records (a QuerySet) of a period, oldest first, revoked ones too.

    They are of these groups (a QuerySet) or of their present members; `everything` takes every record. Without
    `modules` only the whole course counts. Records of deleted accounts count for their whole month.
    """
    records = TrainingRecord.objects.all() if modules else TrainingRecord.objects.of_the_course()
    if not everything:
        members = Enrolment.objects.current().filter(cohort__in=cohorts.values("pk")).values("learner")
        records = records.filter(Q(cohort_key__in=cohorts.values("key")) | Q(learner__in=members))
    first, month, last = (
        timezone.make_aware(datetime.combine(day, moment))
        for day, moment in ((since, time.min), (since.replace(day=1), time.min), (until, time.max))
    )
    records = records.filter(Q(finished_at__gte=first) | Q(finished_at__gte=month, learner=None), finished_at__lte=last)
    return _with_names(records).order_by("finished_at", "learner__sort_key", "pk")


def training_lines(records):
    outlines = course_outline()
    titles, usual = module_titles(outlines), lang_attribute(settings.LANGUAGE_CODE)
    marks = {outline.key: outline.lang for outline in outlines} | {None: ""}
    return [
        TrainingLine(record, titles.get(record.module_key, ""), marks.get(record.module_key, usual))
        for record in records
    ]


def module_titles(outlines):
    """Return {module key: number and title; None: the whole course}; a deleted module has its last title."""
    titles = {outline.key: f"{outline.number}. {outline.title}" for outline in outlines}
    for edition in reversed(get_course_structure().editions.values()):
        for module in edition.contents:
            titles.setdefault(UUID(module["key"]), f"{module['number']}. {module['title']}")
    return titles | {None: _("The whole course")}


def _with_names(records):
    return records.select_related("learner", "edition", "revoked_by")
