import random
import re
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils.html import strip_tags

from course.models import Call, Session
from course.paper.entering import enter_sheet
from course.paper.lettering import on_sheet
from course.paper.sheets import hand_out
from course.sessions.attendance import keep_attendance
from modules.models import ModulePage
from modules.progress.events import restart_course
from modules.progress.training_record import record_finished
from tests.factories import (
    NOW,
    attempt_quiz,
    enrol,
    finish_lessons,
    make_cohort,
    make_course,
    make_learner,
    make_trainer,
    pass_quiz,
)

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


@pytest.fixture
def group(trainer, ana):
    make_course(modules=2, lessons=2, questions=1)
    return make_cohort(trainers=[trainer], learners=[ana, make_learner("EVA222", "Eva", "Tum")])


def page_of(number):
    return ModulePage.objects.get(number=number)


def lines_of(client, group, learner, **asked):
    client.force_login(group.trainers.get())
    page = client.get(reverse("desk_person", args=[group.pk, learner.pk]), asked).text
    shown = re.search(r'id="timeline">.*?<p class="muted small">', page, re.DOTALL)[0]
    days = re.findall(r'<li><span class="muted">(.*?)</span><div>(.*?)</div></li>', shown, re.DOTALL)
    return [(day, [strip_tags(words) for words in re.findall(r"<p>(.*?)</p>", events)]) for day, events in days]


def hold(group, day, *learners):
    by = group.trainers.get()
    session = Session.objects.create(cohort=group, held_on=day, made_by=by, counts_for=[])
    keep_attendance(session, {one.pk for one in learners}, shown=set(), by=by, now=NOW + 6 * DAY)
    return session


def test_screen_paper_and_sessions_stand_in_one_line_the_newest_first(client, group):
    ana, eva = group.learners.order_by("username")
    by, day = group.trainers.get(), NOW.date()
    finish_lessons(ana, page_of(1), now=NOW)
    attempt_quiz(ana, page_of(1).quiz, right=False, now=NOW + DAY)
    hold(group, day + 2 * DAY, ana)
    hold(group, day + 3 * DAY, eva)
    hold(group, day + 3 * DAY)
    [sheet] = hand_out(page_of(2).quiz, [ana], cohort=group, by=by, now=NOW, chance=random.Random(1)).sheets
    typed = {
        one.number: next(letter for letter, o in one.options if o["right"]) for one in on_sheet(sheet.attempt.snapshot)
    }
    enter_sheet(sheet, typed, by=by, now=NOW + 4 * DAY)
    Call.objects.create(cohort=group, learner=ana, made_by=by, made_at=NOW + 5 * DAY, reason="9 días sin actividad")
    ana.enrolments.update(left_at=NOW + 5 * DAY + timedelta(hours=1))
    enrol(ana, make_cohort("Otro grupo", trainers=[by]))
    ana.enrolments.filter(left_at=None).update(enrolled_at=NOW + 5 * DAY + timedelta(hours=2))
    assert lines_of(client, ana.enrolments.get(left_at=None).cohort, ana) == [
        (
            "lun 30",
            [
                "Entró al grupo Otro grupo",
                "Salió del grupo Grupo de la mañana",
                "Llamada de Marta Ajú Ñáñez: 9 días sin actividad",
            ],
        ),
        ("dom 29", ["Módulo 2: intento 1 en papel, aprobado"]),
        ("sáb 28", ["Sesión del grupo Grupo de la mañana: no asistió"]),
        ("vie 27", ["Sesión del grupo Grupo de la mañana: asistió"]),
        ("jue 26", ["Módulo 1: intento 1 en pantalla, por repasar"]),
        ("mié 25", ["Leyó 2 lecciones del módulo 1", "Entró al grupo Grupo de la mañana"]),
    ]


def test_what_was_finished_and_begun_anew_is_told(client, group):
    ana = group.learners.order_by("username")[0]
    for number in (1, 2):
        finish_lessons(ana, page_of(number), now=NOW)
        pass_quiz(ana, page_of(number).quiz, now=NOW)
    record_finished([ana], now=NOW)
    since = (NOW + 2 * DAY).date()
    restart_course([ana], [page_of(1).translation_key], since=since, name="Repaso 2027", now=NOW + 2 * DAY)
    told = [sentence for _day, sentences in lines_of(client, group, ana) for sentence in sentences]
    assert told[0] == "Empezó el curso de nuevo: Repaso 2027"
    assert {"Finalizó: 1. Módulo de prueba 1", "Finalizó: 2. Módulo de prueba 2"} <= {*told}


def test_calls_and_missed_sessions_of_groups_of_others_are_not_told(client, group):
    ana = group.learners.order_by("username")[0]
    stranger = make_trainer("otra")
    other = make_cohort("Ajeno", trainers=[stranger], learners=[ana])
    eva = make_learner("LUZ777", "Luz", "Ba", cohort=other)
    Call.objects.create(cohort=other, learner=ana, made_by=stranger, made_at=NOW, reason="secreto")
    hold(other, NOW.date(), eva)
    told = [sentence for _day, sentences in lines_of(client, group, ana) for sentence in sentences]
    assert sorted(told) == ["Entró al grupo Ajeno", "Entró al grupo Grupo de la mañana"]


def test_a_long_line_has_pages(client, group):
    ana = group.learners.order_by("username")[0]
    for days in range(64):
        session = Session.objects.create(cohort=group, held_on=NOW.date() - days * DAY, made_by=group.trainers.get())
        session.attendances.create(learner=ana, how="tapped", noted_at=NOW)
    first, second = (sum(len(s) for _d, s in lines_of(client, group, ana, pagina=number)) for number in (1, 2))
    assert (first, second > 0) == (60, True)
