"""Who leaves: moved to another group, archived, brought back, or deleted for good."""

from django.db import transaction
from django.db.models import ProtectedError
from django.utils.translation import gettext as _

from course.models import CentreHead, Enrolment, PaperSheet, User
from modules.progress.events import delete_reading_of
from quizzes.attempts.deletion import delete_attempts_of

from .audit import note
from .cohorts import cohorts_of
from .enrolling import enrol_people
from .erasing import forget_work_with


class CannotLeave(ValueError):
    """The person cannot be moved or deleted; the message says why."""


def groups_to_move_to(user, cohort, learner):
    """Return the other groups of this person's in which the learner is not now."""
    there = Enrolment.objects.current().filter(learner=learner).values("cohort")
    return cohorts_of(user).exclude(pk=cohort.pk).exclude(pk__in=there)


@transaction.atomic
def move_person(learner, cohort, target, *, by, now):
    """Take a person out of a group and put them into another; what they did goes along. Twice is once."""
    _end(learner, cohort, now=now)
    enrol_people(target, [learner], now=now)
    for group in (cohort, target):
        note("person_moved", by=by, cohort=group, about=[learner], subject=f"{cohort} → {target}", people=1, now=now)


@transaction.atomic
def archive_person(learner, cohort, *, by, now):
    """Take a person out of a group; without another group the account is closed.

    What they did is kept; whoever is in no group heads no centre.
    """
    if not _end(learner, cohort, now=now):
        return
    if not Enrolment.objects.current().filter(learner=learner).exists():
        CentreHead.objects.filter(person=learner).delete()
        User.objects.filter(pk=learner.pk).update(is_active=False)
    note("person_archived", by=by, cohort=cohort, about=[learner], people=1, now=now)


def archived_of(cohort):
    """Return the people who left the group and are in none now, in Spanish order."""
    once = Enrolment.objects.filter(cohort=cohort).exclude(left_at=None)
    now = Enrolment.objects.current()
    return User.objects.filter(pk__in=once.values("learner")).exclude(pk__in=now.values("learner")).in_spanish_order()


def check_can_delete(learner, *, by):
    """Raise `CannotLeave` while somebody else's group has the person in it."""
    current = Enrolment.objects.current().filter(learner=learner)
    if current.exclude(cohort__in=cohorts_of(by).values("pk")).exists():
        raise CannotLeave(_("The person is in a group of somebody else too. Archive them here instead."))


@transaction.atomic
def delete_person(learner, *, by, cohort, now):
    """Delete the account and what the person did. Issued certificates stay, with their name. Raises `CannotLeave`."""
    check_can_delete(learner, by=by)
    # As long as the sheets are there that say which print holds them; the rest goes with the account.
    forget_work_with(learner, now=now)
    PaperSheet.objects.filter(attempt__learner=learner).delete()
    delete_attempts_of(learner)
    delete_reading_of(learner)
    note("person_deleted", by=by, cohort=cohort, about=[learner], people=1, now=now)
    try:
        learner.delete()
    except ProtectedError as error:
        # Somebody who had a role in the site once: marks and sessions tell about others.
        raise CannotLeave(_("What the person did for others is kept, and the account with it. Archive it.")) from error


def _end(learner, cohort, *, now):
    return Enrolment.objects.current().filter(learner=learner, cohort=cohort).update(left_at=now)
