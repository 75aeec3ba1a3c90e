"""Figures of a period: began, finished, certified, sessions."""

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from statistics import median
from typing import NamedTuple
from uuid import UUID

from django.db.models import (
    CharField,
    Count,
    DateTimeField,
    Exists,
    ExpressionWrapper,
    F,
    FilteredRelation,
    Func,
    IntegerField,
    Max,
    OuterRef,
    Q,
    StringAgg,
    Subquery,
    Value,
)
from django.db.models.functions import Cast, TruncDate
from django.utils.translation import gettext as _

from certificates.models import Certificate, CertificateEvent
from course.groups.summary import roles_shown
from course.models import Area, Clinic, User
from course.models.people import spanish_key
from course.sessions.counting import Turnout, counted_attendance, with_list
from modules.models import Edition, ModuleStart, Registration

from .periods import Period
from .scope import Scope

MOST_CLINICS = 60
COUNTED = ("people", "finishers", "began", "finished", "issued", "renewed", "revoked", "sessions")
COUNTED += ("unlisted", "attended", "expected")


class DaysSince(Func):
    template, arg_joiner, arity = "(%(expressions)s)", " - ", 2
    output_field = IntegerField()

    def as_sqlite(self, compiler, connection, **extra):
        days = self.copy()
        days.set_source_expressions([Func(one, function="julianday") for one in self.get_source_expressions()])
        return days.as_sql(compiler, connection, template="CAST(%(expressions)s AS integer)", **extra)


@dataclass
class Figures:
    people: int = 0
    finishers: int = 0
    began: int = 0
    finished: int = 0
    issued: int = 0
    renewed: int = 0
    revoked: int = 0
    sessions: int = 0
    unlisted: int = 0
    attended: int = 0
    expected: int = 0
    # {whole days from the first to the last step: people}
    days: Counter = field(default_factory=Counter)

    @property
    def median_days(self):
        if not self.days:
            return None
        middle = median(self.days.elements())
        return int(middle) if middle == int(middle) else middle

    @property
    def days_known(self):
        return self.days.total()

    @property
    def turnout(self):
        return Turnout(self.attended, self.expected)

    def add(self, name, count):
        setattr(self, name, getattr(self, name) + count)


class Line(NamedTuple):
    name: str
    figures: Figures
    area: str = ""


@dataclass(frozen=True)
class Report:
    scope: Scope
    period: Period
    total: Figures
    roles: list[Line]
    posts: list[Line]
    areas: list[Line]
    clinics: list[Line]
    editions: list[Line]

    @property
    def has_too_many_clinics(self):
        return len(self.areas) > 1 and len(self.clinics) > MOST_CLINICS

    @property
    def clinics_by_area(self):
        tables = defaultdict(list)
        for line in self.clinics:
            tables[line.area].append(line)
        return list(tables.items())


class Place(NamedTuple):
    clinic: UUID | None
    area: UUID | None


def report_of(scope, period, *, today):
    """Return the `Report` of a Scope and a Period, in a constant number of queries; sessions count until today."""
    counting = Counting()
    counting.count_beginnings(scope.beginnings().filter(**period.holds("started_at")))
    counting.count_finished(scope.records().filter(**period.holds("finished_at")))
    issued = Certificate.objects.filter(**period.holds("awarded_at"))
    # A corrected certificate keeps the date of award; a renewed one does not.
    corrected = issued.filter(replaces__isnull=False, replaces__awarded_at=F("awarded_at"))
    issued = issued.exclude(pk__in=corrected.values("pk"))
    # After a merge of accounts, the second certificate is no renewal.
    merged = CertificateEvent.objects.filter(certificate=OuterRef("replaces"), kind=CertificateEvent.Kind.MERGED)
    renewed = issued.filter(~Exists(merged), replaces__isnull=False)
    revoked = Certificate.objects.filter(**period.holds("revoked_at"))
    for name, certificates in (("issued", issued), ("renewed", renewed), ("revoked", revoked)):
        counting.count_certificates(name, certificates, scope.certified())
        counting.count_unplaced(name, scope.of_deleted_accounts(certificates).count())
    last = min(period.until, today)
    if period.since <= today:
        counting.count_people(scope, period)
    counting.count_sessions(scope.sessions().filter(held_on__gte=period.since, held_on__lte=last))
    return counting.report(scope, period)


class Counting:
    def __init__(self):
        self.places, self.roles, self.editions = (defaultdict(Figures) for _table in range(3))
        self.posts, self.spellings = defaultdict(Figures), defaultdict(Counter)
        self.title_keys, self.names = {}, {}

    def count_beginnings(self, beginnings):
        found = beginnings.order_by().values_list("clinic_key", "area_key", "role", "job_title")
        for *of_whom, title, count, clinic, area in found.annotate(Count("pk"), Max("clinic"), Max("area")):
            for figures in (*self._lines(*of_whom), self._post(title, count)):
                figures.began += count
            self._name(of_whom, clinic, area)

    def count_certificates(self, name, certificates, records):
        certificates = certificates.order_by()
        of_records = records.filter(key__in=certificates.values("record_key")).order_by()
        fields = ("clinic_key", "area_key", "role", "edition", "job_title")
        found = of_records.values_list(*fields).annotate(Count("pk"), Max("clinic"), Max("area"))
        for *of_whom, title, count, clinic, area in found:
            self._count_certified(name, of_whom, title, count)
            self._name(of_whom, clinic, area)
        # Few records have several: the certificate was revoked and issued again.
        several = dict(certificates.values_list("record_key").annotate(count=Count("pk")).filter(count__gt=1))
        for key, *of_whom, title in records.filter(key__in=several).order_by().values_list("key", *fields):
            self._count_certified(name, of_whom, title, several[key] - 1)

    def _count_certified(self, name, of_whom, title, count):
        for figures in (*self._lines(*of_whom), self._post(title, count)):
            figures.add(name, count)

    def count_finished(self, records):
        anew = Registration.objects.filter(counts_from__isnull=False).values("pk")
        self._count_finished(records.exclude(registration__in=anew), F("first_time__started_at"))
        again = ModuleStart.objects.filter(
            learner=OuterRef("learner"), counts_from=OuterRef("registration__counts_from")
        )
        self._count_finished(records.filter(registration__in=anew), Subquery(again.values("started_at")[:1]))

    def _count_finished(self, records, began):
        # A join is faster than a subquery per row.
        first = FilteredRelation("learner__module_starts", condition=Q(learner__module_starts__counts_from=None))
        took = DaysSince(TruncDate("finished_at"), TruncDate(ExpressionWrapper(began, DateTimeField())))
        fields = ("clinic_key", "area_key", "role", "edition", "job_title")
        found = records.order_by().annotate(first_time=first).values_list(*fields)
        # One text with all days: grouping by days would return nearly a row per person.
        days = StringAgg(Cast(took, CharField()), Value(","))
        found = found.annotate(Count("pk"), Max("clinic"), Max("area"), days=days)
        for *of_whom, title, count, clinic, area, days in found:
            days = Counter(max(int(one), 0) for one in days.split(",")) if days else Counter()
            for figures in (*self._lines(*of_whom), self._post(title, count)):
                figures.finished += count
                figures.days.update(days)
            self._name(of_whom, clinic, area)

    def count_people(self, scope, period):
        """Count who finished or was in a group, once: where they last finished in the period, else where they are.

        Each completion of a deleted account counts as one person. A narrowed scope leaves others out, but moves nobody.
        """
        finished = scope.whole.records().filter(**period.holds("finished_at"))
        of_same = finished.filter(learner=OuterRef("learner"))
        later = of_same.filter(
            Q(finished_at__gt=OuterRef("finished_at")) | Q(finished_at=OuterRef("finished_at"), pk__gt=OuterRef("pk"))
        )
        last = scope.records().filter(~Exists(later), **period.holds("finished_at"))
        others = User.objects.filter(pk__in=scope.enrolments(period).order_by().values("learner"))
        others = others.filter(~Exists(finished.filter(learner=OuterRef("pk"))))
        found = last.order_by().values_list("clinic_key", "area_key", "role").annotate(Count("pk"))
        for *of_whom, count in found:
            for figures in self._lines(*of_whom):
                figures.people += count
                figures.finishers += count
        # Grouped by primary key; the clinics' stable keys are looked up afterwards.
        found = list(others.order_by().values_list("clinic", "role").annotate(Count("pk")))
        clinics = Clinic.objects.filter(pk__in={clinic for clinic, _role, _count in found})
        keys = {pk: of_place for pk, *of_place in clinics.order_by().values_list("pk", "key", "area__key")}
        for clinic, role, count in found:
            for figures in self._lines(*keys.get(clinic, (None, None)), role):
                figures.people += count

    def count_sessions(self, sessions):
        places = sessions.order_by().values_list("pk", "cohort__clinic__key", "cohort__clinic__area__key")
        turnout = counted_attendance(with_list(sessions))
        for pk, clinic_key, area_key in places:
            figures = self.places[Place(clinic_key, area_key)]
            figures.sessions += 1
            if pk in turnout:
                figures.add("attended", turnout[pk].attended)
                figures.add("expected", turnout[pk].expected)
            else:
                figures.unlisted += 1

    def count_unplaced(self, name, count):
        if count:
            for figures in (*self._lines(None, None, "", None), self._post("", count)):
                figures.add(name, count)

    def _lines(self, clinic_key, area_key, role, *edition):
        yield self.places[Place(clinic_key, area_key)]
        yield self.roles[role]
        yield from (self.editions[pk] for pk in edition)

    def _name(self, of_whom, clinic, area):
        for key, name in zip(of_whom, (clinic, area), strict=False):
            self.names.setdefault(key, name)

    def _post(self, title, count):
        if title not in self.title_keys:
            self.title_keys[title] = spanish_key(title)
        key = self.title_keys[title]
        self.spellings[key][title.strip()] += count
        return self.posts[key]

    def report(self, scope, period):
        names = self._names_today()
        clinics = [
            Line(names(place.clinic) or _("No clinic"), figures, names(place.area) or _("No health area"))
            for place, figures in self.places.items()
        ]
        clinics = _in_order(zip(self.places, clinics, strict=True))
        areas = defaultdict(list)
        for line in clinics:
            areas[line.area].append(line.figures)
        editions = Edition.objects.in_bulk(self.editions)
        return Report(
            scope,
            period,
            total=_sum(self.places.values()),
            roles=[Line(str(words), self.roles[role]) for role, words in roles_shown()],
            posts=[
                Line(self.spellings[key].most_common(1)[0][0] or _("No job title"), self.posts[key])
                for key in sorted(self.posts, key=lambda key: (not key, key))
            ],
            areas=[Line(name, _sum(figures)) for name, figures in areas.items()],
            clinics=clinics,
            editions=[
                Line(str(editions[pk]) if pk else _("Not known"), self.editions[pk])
                for pk in sorted(self.editions, key=lambda pk: (pk is None, pk and editions[pk].number))
            ],
        )

    def _names_today(self):
        keys = {key for place in self.places for key in place if key}
        names = self.names | dict(Area.objects.filter(key__in=keys).values_list("key", "name"))
        names |= dict(Clinic.objects.filter(key__in=keys).values_list("key", "name"))
        return names.get


def _in_order(clinics):
    ordered = sorted(
        clinics,
        key=lambda one: (
            one[0].area is None,
            spanish_key(one[1].area),
            str(one[0].area),
            one[0].clinic is None,
            spanish_key(one[1].name),
            str(one[0].clinic),
        ),
    )
    return [line for _place, line in ordered]


def _sum(several):
    total = Figures()
    for figures in several:
        for name in COUNTED:
            total.add(name, getattr(figures, name))
        total.days.update(figures.days)
    return total
