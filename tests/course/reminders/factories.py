"""People who are to be reminded, and who asks for it."""

from datetime import date, timedelta

from django.utils import timezone

from course.groups.calling import call_list
from course.groups.grid import cohort_grid
from course.models import Enrolment
from course.people.cohorts import help_rule, learners_of
from course.reminders.asking import request_reminders
from course.reminders.sending import send_waiting
from modules.models import CoursePage
from tests.factories import enrol, make_cohort, make_course, make_learner, make_trainer

NOW = timezone.now()


def make_group(name="Grupo de la mañana", trainer=None, **fields):
    if not CoursePage.objects.exists():
        make_course(modules=1, lessons=1, questions=1)
    return make_cohort(name, trainers=[trainer or make_trainer()], opens_on=date(2020, 1, 1), **fields)


def put(code, *groups, email="{}@ejemplo.gt", **fields):
    learner = make_learner(code, first_name=code.title(), last_name="", email=email.format(code.lower()), **fields)
    for group in groups:
        enrol(learner, group)
    Enrolment.objects.filter(learner=learner).update(enrolled_at=NOW - timedelta(days=30))
    return learner


def due_in(group, *, now=NOW):
    return call_list({group: cohort_grid(learners_of(group), now=now, rule=help_rule(group))}, by=None, now=now).due


def ask(group, *, now=NOW):
    asked = request_reminders(due_in(group, now=now), by=group.trainers.first(), now=now)
    return [one.learner.username for one in asked]


def send(*, now=NOW):
    return send_waiting(clock=lambda: now)
