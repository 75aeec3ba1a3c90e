"""Who heads a centre and keeps its plan on a telephone, as those say who look after the centre."""

from django.db import transaction
from django.db.models import Exists, OuterRef

from course.models import CentreHead, Enrolment, User
from course.people.audit import audit_log
from course.people.cohorts import cohorts_of

from .access import group_of_plan


def heads_of(clinic):
    """Return the `CentreHead`s of a clinic in Spanish order, each with whether it is `in_force`; one query.

    Whoever went to another clinic, or is in no group now, is named still and opens no plan.
    """
    there = Enrolment.objects.current().filter(learner=OuterRef("person"), learner__clinic=clinic)
    heads = CentreHead.objects.filter(clinic=clinic).annotate(in_force=Exists(there))
    return list(heads.select_related("person", "named_by").order_by("person__sort_key", "pk"))


def people_to_name(clinic, *, by):
    """Return whom `by` may name: people of the clinic who are now in a group that `by` may open, and not named yet."""
    mine = Enrolment.objects.current().filter(cohort__in=cohorts_of(by).order_by().values("pk"))
    there = User.objects.filter(clinic=clinic, is_active=True, pk__in=mine.order_by().values("learner"))
    return there.exclude(centres_headed__clinic=clinic).in_spanish_order()


@transaction.atomic
def name_head(clinic, person, *, by, now):
    """Let a person of the clinic keep its plan; twice is once."""
    said = {"named_by": by, "named_at": now}
    _head, is_new = CentreHead.objects.get_or_create(clinic=clinic, person=person, defaults=said)
    if is_new:
        _note("plan_head_named", clinic, person, by=by, now=now)


@transaction.atomic
def remove_head(head, *, by, now):
    """Let a `CentreHead` keep the plan no more; twice is once."""
    gone, _by_table = CentreHead.objects.filter(pk=head.pk).delete()
    if gone:
        _note("plan_head_removed", head.clinic, head.person, by=by, now=now)


def _note(action, clinic, person, *, by, now):
    audit_log(action, by=by, cohort=group_of_plan(clinic, by=by), about=[person], subject=clinic, now=now)
