"""On a person's page their trainer gives more time or attempts in a quiz, with a reason; who and when are kept."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from course.groups.allowances import limited_quizzes
from quizzes.attempts.allowances import give_allowance
from quizzes.models import Allowance, Attempt
from tests.factories import (
    NOW,
    make_cohort,
    make_course,
    make_learner,
    make_quiz,
    make_staff,
    make_trainer,
)

pytestmark = pytest.mark.django_db

MINUTE = timedelta(minutes=1)


@pytest.fixture
def group():
    make_course(modules=1, lessons=1)
    return make_cohort(trainers=[make_trainer()], learners=[make_learner()])


@pytest.fixture
def trainer_client(client, group):
    client.force_login(group.trainers.get())
    return client


def page_of(group, quiz, learner=None):
    return reverse("desk_allow", args=[group.pk, (learner or group.learners.get()).pk, quiz.translation_key])


def person_page(group):
    return reverse("desk_person", args=[group.pk, group.learners.get().pk])


def test_more_is_given_and_who_when_and_why_are_kept(trainer_client, group):
    quiz = make_quiz("examen", 2, title="Examen final", time_limit=20, attempts_allowed=1)
    assert "Valen las reglas del cuestionario." in trainer_client.get(person_page(group)).text
    form = trainer_client.get(page_of(group, quiz)).text
    for words in ("Además de lo que da el cuestionario: 20 minutos.", "Además de los que da el cuestionario: 1."):
        assert words in form
    # Without a closing there is nothing to put off.
    assert 'name="closes_at"' not in form
    given = {"extra_minutes": "10", "extra_attempts": "1", "reason": "Se fue la luz."}
    reply = trainer_client.post(page_of(group, quiz), given, follow=True)
    assert reply.request["PATH_INFO"] == person_page(group)
    assert "10 minutos más, 1 intento más" in reply.text
    allowance = Allowance.objects.get()
    assert (allowance.learner, allowance.quiz_key) == (group.learners.get(), quiz.translation_key)
    assert (allowance.extra_minutes, allowance.extra_attempts, allowance.closes_at) == (10, 1, None)
    assert (allowance.reason, allowance.given_by) == ("Se fue la luz.", group.trainers.get())
    assert timezone.now() - allowance.given_at < MINUTE
    # The next starts from what holds; taking all of it back is a line of the history too.
    form = trainer_client.get(page_of(group, quiz))
    assert form.context["form"].initial["extra_minutes"] == 10
    assert "Se fue la luz." in form.text
    trainer_client.post(page_of(group, quiz), {"extra_minutes": "0", "extra_attempts": "", "reason": "Fue un error."})
    assert "nada más que las reglas" in trainer_client.get(person_page(group)).text
    assert Allowance.objects.count() == 2


def test_an_attempt_in_progress_gets_the_time_at_once(trainer_client, group):
    quiz = make_quiz("examen", 2, time_limit=20)
    learner, now = group.learners.get(), timezone.now()
    attempt = Attempt.objects.create(
        learner=learner,
        quiz_key=quiz.translation_key,
        paper={"rules": {"time_limit": 20, "grace_seconds": 60}},
        language="es",
        started_at=now,
        due_at=now + 20 * MINUTE,
    )
    trainer_client.post(page_of(group, quiz), {"extra_minutes": "15", "reason": "Lee con lupa."})
    attempt.refresh_from_db()
    assert attempt.due_at == now + 35 * MINUTE


@pytest.mark.parametrize(
    ("given", "field", "sentence"),
    [
        ({"extra_minutes": "5", "reason": "  "}, "reason", "Escriba el motivo: queda en el historial."),
        ({"reason": "Porque sí."}, "__all__", "No dio nada: escriba minutos, intentos o un cierre."),
        (
            {"extra_minutes": "-1", "reason": "x"},
            "extra_minutes",
            "Asegúrese de que este valor es mayor o igual a 0.",
        ),
        (
            {"extra_minutes": "1441", "reason": "x"},
            "extra_minutes",
            "Asegúrese de que este valor es menor o igual a 1440.",
        ),
        (
            {"closes_at": "2020-01-01T10:00", "reason": "x"},
            "closes_at",
            "Elija un momento que aún no haya llegado, después de que el cuestionario cierre para todas las personas.",
        ),
    ],
)
def test_what_makes_no_sense_is_refused_and_nothing_is_kept(trainer_client, group, given, field, sentence):
    quiz = make_quiz("examen", 2, time_limit=20, closes_at=timezone.now() - 60 * MINUTE)
    reply = trainer_client.post(page_of(group, quiz), given)
    assert (reply.status_code, reply.context["form"].errors[field]) == (400, [sentence])
    assert sentence in reply.text
    assert not Allowance.objects.exists()


def test_a_closed_quiz_is_opened_for_one_person(trainer_client, group):
    quiz = make_quiz("examen", 2, closes_at=timezone.now() - 60 * MINUTE)
    later = timezone.localtime(timezone.now() + timedelta(days=2)).replace(second=0, microsecond=0)
    given = {"closes_at": later.strftime("%Y-%m-%dT%H:%M"), "reason": "Estuvo de turno."}
    assert trainer_client.post(page_of(group, quiz), given).status_code == 302
    assert Allowance.objects.get().closes_at == later
    assert later.strftime("%Y-%m-%dT%H:%M") in trainer_client.get(page_of(group, quiz)).text


def test_only_quizzes_with_a_limit_are_there(trainer_client, group):
    free, draft = make_quiz("libre", 1), make_quiz("borrador", 1, time_limit=5, live=False)
    assert "Tiempo e intentos" not in trainer_client.get(person_page(group)).text
    for quiz in (free, draft):
        assert trainer_client.get(page_of(group, quiz)).status_code == 404


def test_nobody_but_the_trainer_of_the_group_gives_anything(client, group):
    quiz, learner = make_quiz("examen", 2, time_limit=20), group.learners.get()
    stranger = make_learner("BEA234")
    other = make_trainer("otra")
    make_cohort("Otro grupo", trainers=[other], learners=[stranger])
    given = {"extra_minutes": "5", "reason": "x"}
    assert client.post(page_of(group, quiz), given).url.startswith(reverse("account_login"))
    for person in (learner, other, make_staff("editora", is_staff=True)):
        client.force_login(person)
        assert client.get(page_of(group, quiz)).status_code == 404
        assert client.post(page_of(group, quiz), given).status_code == 404
    client.force_login(group.trainers.get())
    assert client.post(page_of(group, quiz, stranger), given).status_code == 404
    assert not Allowance.objects.exists()


def test_nobody_gives_anything_to_oneself(client, group):
    quiz, trainer = make_quiz("examen", 2, time_limit=20), make_trainer("doble")
    own = make_cohort("Grupo propio", trainers=[trainer], learners=[trainer])
    client.force_login(trainer)
    assert client.post(page_of(own, quiz), {"extra_minutes": "5", "reason": "x"}).status_code == 404
    page = client.get(person_page(own)).text
    assert "Tiempo e intentos" in page
    assert "Dar más tiempo o intentos" not in page


@pytest.mark.nightly
@pytest.mark.parametrize("size", [1, 8])
def test_what_was_given_takes_the_same_queries_for_any_number(group, size, django_assert_num_queries):
    learner, trainer = group.learners.get(), group.trainers.get()
    for number in range(size):
        quiz = make_quiz(f"x{number}", 1, time_limit=20)
        for _time in range(size):
            give_allowance(learner, quiz.translation_key, extra_minutes=5, reason="x", by=trainer, now=NOW)
    with django_assert_num_queries(2):
        limited = limited_quizzes(learner)
        assert {(len(line.given), line.in_force.given_by.username) for line in limited} == {(size, "facilitadora")}
    assert len(limited) == size
