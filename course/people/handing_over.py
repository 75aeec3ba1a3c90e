"""A group goes from some trainers to others: with a note, and with all that hangs on the group."""

from datetime import timedelta
from typing import NamedTuple

from django.db import transaction
from django.db.models import Q

from certificates.jobs import ONE_CLICK
from course.models import TRAINERS, Call, Cohort, Enrolment, Handover, PaperSheet, Session, User

from .audit import note
from .grouping import name_trainers

# So long whoever got a group is told so on the desk.
NEW = timedelta(days=30)


class Along(NamedTuple):
    """What goes with a group: how many people, sessions, calls, and sheets on paper that nobody has keyed in."""

    people: int
    sessions: int
    calls: int
    sheets: int


def what_goes_along(cohort):
    """Return the `Along` of a group."""
    return Along(
        people=Enrolment.objects.current().filter(cohort=cohort).count(),
        sessions=Session.objects.filter(cohort=cohort).count(),
        calls=Call.objects.filter(cohort=cohort).count(),
        sheets=PaperSheet.objects.filter(cohort=cohort, keyed_at=None).count(),
    )


def trainer_called(code):
    """Return the person with this user code to whom a group may be given, or None: staff who trains or leads."""
    may_train = Q(groups__name=TRAINERS) | Q(cohorts_trained__isnull=False) | Q(areas_led__isnull=False)
    may_train |= Q(is_superuser=True)
    return User.objects.filter(may_train, username__iexact=code.strip(), is_staff=True, is_active=True).first()


@transaction.atomic
def hand_over(cohort, *, leaving, taking, words, by, now):
    """Let `taking` train the group and `leaving` no more, and keep the `Handover`; of two clicks one is kept."""
    Cohort.objects.select_for_update().get(pk=cohort.pk)
    if just_now := handed_over_just_now(cohort.pk, by=by, now=now):
        return just_now
    trainers = (set(cohort.trainers.all()) - set(leaving)) | set(taking)
    name_trainers(cohort, trainers, by=by, now=now)
    handover = Handover.objects.create(cohort=cohort, given_by=by, given_at=now, note=words.strip())
    handover.taken_by.set(taking)
    note("group_handed_over", by=by, cohort=cohort, about=sorted(taking, key=str), now=now)
    return handover


def handed_over_just_now(cohort_pk, *, by, now):
    """Return the handover of a click before, by the same person, or None."""
    return Handover.objects.filter(cohort=cohort_pk, given_by=by, given_at__gt=now - ONE_CLICK).first()


def handovers_of(cohort):
    """Return the handovers of a group, the latest first, with who gave and who took it."""
    return cohort.handovers.select_related("given_by").prefetch_related("taken_by")


def new_to(person, *, now):
    """Return the handovers of the last month by which groups came to this person, who trains them still."""
    taken = Handover.objects.filter(taken_by=person, given_at__gt=now - NEW, cohort__trainers=person)
    return taken.select_related("given_by", "cohort")
