"""Who may see and change the plan of a centre, and its heads."""

from django.db import transaction
from django.db.models import Exists, OuterRef, Q

from course.models import CentreHead, Clinic, Enrolment, User
from course.people.audit import audit_log
from course.people.cohorts import cohorts_of, cohorts_trained_by, unclosed_cohorts


def clinics_reminded_of(user, *, today):
    """Return the clinics of open groups and areas: administrators are reminded of no others."""
    groups = unclosed_cohorts(cohorts_trained_by(user), today=today).order_by().values("clinic")
    return Clinic.objects.filter(Q(pk__in=groups) | Q(area__leads=user)).distinct()


def clinic_headed_by(person):
    """Return the clinic whose plan this learner keeps, or None; the role, chosen by oneself, gives no right."""
    if person.clinic_id is None:
        return None
    there = Exists(Enrolment.objects.current().filter(learner=OuterRef("person")))
    named = CentreHead.objects.filter(there, person=person, clinic=person.clinic_id).select_related("clinic").first()
    return named.clinic if named else None


def group_of_plan(clinic, *, by):
    if by is None:
        return None
    enrolment = Enrolment.objects.current().filter(learner=by).select_related("cohort").order_by("pk").first()
    return enrolment.cohort if enrolment else cohorts_of(by).filter(clinic=clinic).order_by("-opens_on", "pk").first()


def heads_of(clinic):
    """Return the `CentreHead`s of a clinic in Spanish order, with `in_force`: others open no plan."""
    there = Enrolment.objects.current().filter(learner=OuterRef("person"), learner__clinic=clinic)
    heads = CentreHead.objects.filter(clinic=clinic).annotate(in_force=Exists(there))
    return list(heads.select_related("person", "named_by").order_by("person__sort_key", "pk"))


def people_to_name(clinic, *, by):
    mine = Enrolment.objects.current().filter(cohort__in=cohorts_of(by).order_by().values("pk"))
    there = User.objects.filter(clinic=clinic, is_active=True, pk__in=mine.order_by().values("learner"))
    return there.exclude(centres_headed__clinic=clinic).in_spanish_order()


@transaction.atomic
def name_head(clinic, person, *, by, now):
    said = {"named_by": by, "named_at": now}
    _head, is_new = CentreHead.objects.get_or_create(clinic=clinic, person=person, defaults=said)
    if is_new:
        _note("plan_head_named", clinic, person, by=by, now=now)


@transaction.atomic
def remove_head(head, *, by, now):
    gone, _by_table = CentreHead.objects.filter(pk=head.pk).delete()
    if gone:
        _note("plan_head_removed", head.clinic, head.person, by=by, now=now)


def _note(action, clinic, person, *, by, now):
    audit_log(action, by=by, cohort=group_of_plan(clinic, by=by), about=[person], subject=clinic, now=now)
