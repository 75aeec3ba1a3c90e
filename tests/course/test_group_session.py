from datetime import timedelta

import lxml.html
import pytest
import time_machine
from django.contrib.sessions.backends.db import SessionStore
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.http import urlencode

from course.models import HandsCount, Session, User
from course.sessions.scenes import scenes_for
from course.sessions.turns import COOKIE, begin_round, keep_round
from modules.models import ModulePage
from quizzes.models import Attempt, Quiz
from tests.factories import NOW, PIN, make_cohort, make_course, make_learner, make_lesson, make_quiz, pass_quiz

pytestmark = pytest.mark.django_db


def choice(text, following=""):
    return {
        "text": text,
        "rating": "best",
        "consequence": f"Después de {text}",
        "feedback": f"Porque {text}",
        "next": following,
    }


STEPS = [
    {"name": "inicio", "text": "Llega una persona.", "choices": [choice("Saludar", "luego"), choice("Callar")]},
    {"name": "luego", "text": "Ella responde.", "choices": [choice("Escuchar"), choice("Interrumpir")]},
]


@pytest.fixture
def session(trainer):
    make_course(modules=2, lessons=0)
    for module in ModulePage.objects.order_by("number"):
        scene = {
            "identifier": f"M{module.number}-E1",
            "title": f"En el portón {module.number}",
            "role": "all",
            "warning": "",
            "steps": STEPS,
        }
        make_lesson(module, 1, body=[("scenario", scene)])
    group = make_cohort(trainers=[trainer], learners=[make_learner(), make_learner("EVA222", "Eva", "Tum")])
    keys = [str(ModulePage.objects.get(number=1).translation_key)]
    return Session.objects.create(cohort=group, modules=keys, made_by=group.trainers.get())


@pytest.fixture
def desk(client, session):
    client.force_login(session.cohort.trainers.get())
    return client


def scene_page(session, identifier="M1-E1"):
    return reverse("desk_scene", args=[session.cohort_id, session.pk, identifier])


def test_the_scenes_are_those_of_the_modules_of_the_session(session):
    assert [scene.identifier for scene in scenes_for(session)] == ["M1-E1"]
    session.modules = []
    assert [scene.identifier for scene in scenes_for(session)] == ["M1-E1", "M2-E1"]


def test_ten_hands_are_kept_and_counting_again_takes_their_place(desk, session):
    shown = desk.get(scene_page(session)).text
    assert "Llega una persona." in shown
    assert "Después de" not in shown
    shown = desk.post(scene_page(session), {"A": "7", "B": "3"}).text
    for words in ("Después de Saludar", "7/10", "10 manos: el conteo se guarda"):
        assert words in shown
    for _time in range(2):
        desk.post(scene_page(session), {"A": "8", "B": "4"})
    count = HandsCount.objects.get()
    assert (count.hands, count.total, count.scenario, count.step) == ({"A": 8, "B": 4}, 12, "M1-E1", "")


@pytest.mark.parametrize("typed", [{"A": "5", "B": "4"}, {"A": "", "B": ""}, {"A": "-20", "B": "diez"}, {"C": "40"}])
def test_fewer_than_ten_are_shown_and_forgotten(desk, session, typed):
    desk.post(scene_page(session), {"A": "10"})
    assert "Menos de 10 manos" in desk.post(scene_page(session), typed).text
    assert not HandsCount.objects.exists()


def test_the_scene_goes_on_along_the_options(desk, session):
    letter = "A" if "camino=A" in desk.post(scene_page(session), {"A": "1"}).text else "B"
    assert "Ella responde." in desk.get(scene_page(session), {"camino": letter}).text
    desk.post(f"{scene_page(session)}?camino={letter}", {"A": "6", "B": "6"})
    assert HandsCount.objects.get().step == letter
    assert desk.get(scene_page(session), {"camino": "ZZ"}).status_code == 404
    assert desk.get(scene_page(session, "M9-E9")).status_code == 404


def test_in_another_language_the_scene_is_marked_as_what_it_is(desk, session):
    assert "<h1>En el portón 1</h1>" in desk.get(scene_page(session)).text
    with translation.override("en"):
        page = scene_page(session)
    shown = desk.post(page, {"A": "1"}).text
    assert '<h1 lang="es">En el portón 1</h1>' in shown
    assert '<p lang="es">Después de Saludar</p>' in shown


def test_what_an_option_did_is_told_where_the_path_ends_of_the_whole_path(desk, session):
    after = desk.post(scene_page(session), {"A": "1"}).text
    # Of the two, one leads on: what it did is said later, with what follows it.
    assert after.count('class="path-end"') == 1
    assert "Porque Callar" in after
    assert "Porque Saludar" not in after
    letter = "A" if "camino=A" in after else "B"
    last = desk.post(f"{scene_page(session)}?camino={letter}", {"A": "1"}).text
    assert last.count("Porque Saludar") == 2
    assert "Qué hizo A" in last
    assert '<div class="scene-place">' not in last, "a role that is none of ours stands nowhere"


def begin(client, session):
    client.force_login(session.cohort.trainers.get())
    quiz = Quiz.objects.get(identifier="m1")
    page = reverse("desk_round", args=[session.cohort_id, session.pk])
    return quiz, client.post(page, {"quiz": str(quiz.translation_key)})


def test_the_device_goes_round_and_nobody_is_signed_in_between(client, session):
    quiz, begun = begin(client, session)
    turn = reverse("turn")
    assert begun.url == turn
    assert "_auth_user_id" not in client.session
    shown = client.get(turn).text
    assert "Ana Lucía Coj de la Cruz" in shown
    assert "Eva Tum" not in shown
    assert client.get(reverse("desk_session", args=[session.cohort_id, session.pk])).status_code == 302
    [sign_in] = lxml.html.fromstring(shown).xpath("//main//a[@class='button']/@href")
    page = client.get(sign_in).text
    assert 'value="ANA234"' in page
    assert f'href="{turn}"' in page
    entry = reverse("quiz_entry", args=["m1"])
    assert client.post(sign_in, {"login": "ANA234", "password": PIN, "next": entry}).url == entry
    assert "cierre su sesión" in client.get(turn).text
    pass_quiz(session.cohort.learners.get(username="ANA234"), quiz, now=timezone.now())
    assert client.post(reverse("account_logout")).url == turn
    assert "_auth_user_id" not in client.session
    shown = client.get(turn).text
    assert "Eva Tum" in shown
    assert "1/2 ya lo enviaron" in shown
    assert "Ana" not in shown
    client.post(turn, {"falta": str(session.cohort.learners.get(username="EVA222").pk)})
    assert "Ya pasaron todas las personas" in client.get(turn).text
    after = client.post(turn, {"terminar": "1"}).url
    session_page = reverse("desk_session", args=[session.cohort_id, session.pk])
    assert after == f"{reverse('account_login')}?{urlencode({'next': session_page})}"
    assert client.get(turn).url == reverse("account_login")


def test_only_who_attends_takes_a_turn_once_somebody_is_noted(client, session):
    session.attendances.create(learner=session.cohort.learners.get(username="EVA222"), how="tapped")
    begin(client, session)
    assert "Eva Tum" in client.get(reverse("turn")).text


def test_a_quiz_sent_before_the_round_began_does_not_count_as_a_turn(client, session):
    pass_quiz(session.cohort.learners.get(username="ANA234"), Quiz.objects.get(identifier="m1"), now=NOW - timedelta(1))
    begin(client, session)
    assert Attempt.objects.count() == 1
    assert "Ana Lucía" in client.get(reverse("turn")).text


def test_the_cookie_of_a_round_names_nobody_on_another_device(client, session):
    begin(client, session)
    thief = Client()
    thief.cookies[COOKIE] = "nadie"
    assert thief.get(reverse("turn")).url == reverse("account_login")
    thief.cookies[COOKIE] = client.cookies[COOKIE].value
    assert thief.get(reverse("turn")).url == reverse("account_login")
    begin(thief, session)
    thief.cookies[COOKIE] = client.cookies[COOKIE].value
    assert thief.get(reverse("turn")).url == reverse("account_login"), "nor on one with a round of its own"
    client.post(reverse("turn"), {"terminar": "1"})
    client.cookies[COOKIE] = thief.cookies[COOKIE].value
    assert client.get(reverse("turn")).url == reverse("account_login"), "nor after the round has ended here"


def test_the_round_goes_on_when_somebody_stays_away_from_the_device(client, session, settings):
    begin(client, session)
    client.post(reverse("account_login"), {"login": "ANA234", "password": PIN, "shared": "on"})
    away = timezone.now() + timedelta(seconds=settings.IDLE_SECONDS * 2)
    client.get(reverse("my_course"))
    with time_machine.travel(away):
        client.get(reverse("my_course"))
        assert "_auth_user_id" not in client.session
        assert "Ana Lucía" in client.get(reverse("turn")).text


def test_a_round_without_a_quiz_of_the_course_does_not_begin(desk, session):
    page = reverse("desk_round", args=[session.cohort_id, session.pk])
    assert desk.post(page, {"quiz": "otra"}).url == reverse("desk_stage", args=[session.cohort_id, session.pk])
    assert "_auth_user_id" in desk.session


def test_the_round_of_a_big_group_fits_into_a_cookie(rf):
    learners = [User(pk=100_000 + number * 7) for number in range(500)]
    request, response = rf.get("/"), HttpResponse()
    request.session = SessionStore()
    keep_round(request, response, begin_round(make_quiz("m9", 1), learners, back="/es/grupos/1/", now=timezone.now()))
    assert len(response.cookies[COOKIE].value) < 3_800
