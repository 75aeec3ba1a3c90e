"""Closing while people answer, and two who close at once: nothing is lost or counted twice, nobody waits for ever."""

import threading

import pytest
from django.db import OperationalError, connection, connections

from course.models import SurveyEnvelope, SurveyLot, SurveyPassed, SurveyRound
from course.survey.closing import NothingToClose, close_area, close_clinic
from course.survey.passing import Passed, pass_page
from tests.course.survey.factories import (
    answers,
    let_answer,
    make_area,
    make_centre,
    make_contents,
    make_edition,
    make_people,
    make_wording,
)
from tests.factories import NOW, make_trainer

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("database_on_disk"),
    pytest.mark.postgres,
]


def _at_once(*jobs):
    """Run all jobs at the same moment, each on a connection of its own; return what they return or raise."""
    start, came = threading.Barrier(len(jobs)), [None] * len(jobs)

    def run(place, job):
        start.wait()
        try:
            came[place] = job()
        except Exception as error:
            came[place] = error
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=one) for one in enumerate(jobs)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return came


def test_people_who_answer_while_the_wave_is_closed_are_counted_or_told():
    edition, wording, clinic = make_edition(), make_wording(), make_centre(1, make_area())
    people, lead = make_people(clinic, 16), make_trainer("encargada")
    let_answer(people[:10], [answers()] * 10, edition=edition)

    def answer(person):
        return lambda: pass_page(person, edition, "pre", answers(), wording=wording)

    def close():
        return close_clinic(clinic, edition, "pre", by=lead, now=NOW)

    came = _at_once(*map(answer, people[10:]), close, close)

    passed = came[:6].count(Passed.NOW)
    assert came[:6].count(Passed.CLOSED) == 6 - passed
    assert sorted(type(one).__name__ for one in came[6:]) == ["Closing", "NothingToClose"]
    assert SurveyLot.objects.get().people == 10 + passed == SurveyPassed.objects.count()
    assert not SurveyEnvelope.objects.exists()


def test_two_areas_with_leftovers_in_two_wordings_close_at_once():
    edition, lead = make_edition(), make_trainer("encargada")
    other = make_contents()
    other["blocks"][1]["items"][0]["text"]["es"] = "Otra frase"
    areas = [make_area(f"Área {number}") for number in range(2)]
    for number, area in enumerate(areas):
        for wording in (make_wording(), make_wording(other)) if number else (make_wording(other), make_wording()):
            clinic = make_centre(f"{number}-{wording.pk}", area)
            let_answer(make_people(clinic, 4), [answers()] * 4, edition=edition, wording=wording)

    came = _at_once(*(lambda area=area: close_area(area, edition, "pre", by=lead, now=NOW) for area in areas))

    assert [one for one in came if isinstance(one, OperationalError | NothingToClose)] == []
    assert SurveyEnvelope.objects.count() == 16
    assert SurveyRound.objects.filter(clinic=None).count() == 2
    assert not SurveyLot.objects.exists()
    assert connection.in_atomic_block is False
