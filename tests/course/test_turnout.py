"""How many came, of how many: counted once, the same on the page of a session, in the list and in the files."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from course.models import Session
from course.sessions.attendance import keep_attendance
from course.sessions.counting import Turnout, attendance_of
from tests.factories import NOW, enrol, make_cohort, make_learner, make_trainer

pytestmark = pytest.mark.django_db


def make_session(group, day):
    return Session.objects.create(cohort=group, held_on=day, made_by=group.trainers.get(), made_at=NOW)


@pytest.fixture
def group():
    """Ana and Eva are in the group from the first day, Luz left after two days, Mar came after four."""
    people = [make_learner(f"ALL{number}", name, "Coj") for number, name in enumerate(["Ana", "Eva", "Luz", "Mar"])]
    group = make_cohort(trainers=[make_trainer()], learners=people)
    group.enrolments.filter(learner=people[2]).update(left_at=NOW + timedelta(days=2))
    group.enrolments.filter(learner=people[3]).update(enrolled_at=NOW + timedelta(days=4))
    return group


def test_those_are_counted_who_were_in_the_group_that_day_or_came(client, group):
    trainer = group.trainers.get()
    ana, _eva, _luz, mar = in_order(group)
    first, later = (make_session(group, NOW.date() + timedelta(days=days)) for days in (1, 3))
    keep_attendance(first, {ana.pk, mar.pk}, shown=set(), by=trainer, now=NOW + timedelta(days=1))
    keep_attendance(later, {ana.pk}, shown=set(), by=trainer, now=NOW + timedelta(days=3))
    # Mar came to the first session though she was not in the group yet; Luz had left before the other.
    assert attendance_of([first, later]) == {first.pk: Turnout(2, 4), later.pk: Turnout(1, 2)}
    client.force_login(trainer)
    listed = client.get(reverse("desk_sessions", args=[group.pk])).content.decode()
    rows = client.get(reverse("desk_sessions_csv", args=[group.pk])).content.decode("utf-8-sig").splitlines()
    assert [row.split(",")[-2:] for row in rows[1:]] == [["1", "2"], ["2", "4"]]
    for session, words in ((first, "2/4 asistieron"), (later, "1/2 asistieron")):
        assert words in listed
        page = client.get(reverse("desk_session", args=[group.pk, session.pk])).content.decode()
        assert words in page
        lines = client.get(reverse("desk_attendance_csv", args=[group.pk, session.pk])).content.decode()
        assert lines.count("Presente") + lines.count("Ausente") == int(words[2])
    # Whoever is in the group by now can be ticked, and is told apart.
    assert (page.count("no estaba en el grupo ese día"), lines.count("No estaba en el grupo ese día")) == (1, 1)


def test_where_nobody_was_noted_there_is_no_list(client, group):
    empty = make_session(group, NOW.date())
    client.force_login(group.trainers.get())
    row = client.get(reverse("desk_sessions_csv", args=[group.pk])).content.decode("utf-8-sig").splitlines()[1]
    assert row.endswith(",,")
    for page in (reverse("desk_sessions", args=[group.pk]), reverse("desk_session", args=[group.pk, empty.pk])):
        shown = client.get(page).content.decode()
        assert ("sin lista" in shown, "0/3" in shown) == (True, False)


def in_order(group):
    return [one.learner for one in group.enrolments.select_related("learner").order_by("learner__username")]


@pytest.mark.nightly
def test_many_sessions_are_counted_in_as_many_queries_as_one(group):
    def counted(sessions):
        with CaptureQueriesContext(connection) as queries:
            attendance_of(sessions)
        return len(queries)

    one = [make_session(group, NOW.date())]
    few = counted(one)
    enrol(make_learner("MAS1", "Más", "Gente"), group)
    assert counted(one + [make_session(group, NOW.date() + timedelta(days=days)) for days in range(5)]) == few == 2
