"""A trainer who sends the keys of people of others in every form, and people who call themselves anything."""

import random

import pytest
from django.contrib.sessions.backends.db import SessionStore
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse
from django.urls import reverse
from django.utils import timezone

from certificates.models import CertificateBatch
from course.models import Attendance, CardPrint, Enrolment, PaperSheet, Session, StartingPin, User
from course.people.joining import allow_joining
from course.sessions.turns import COOKIE, begin_round, keep_round
from modules.models import ModulePage
from quizzes.models import Attempt
from tests.factories import NOW, finish_course, make_cohort, make_course, make_learner, make_quiz, make_trainer

pytestmark = pytest.mark.django_db


@pytest.fixture
def own(client):
    make_course(modules=1, lessons=1, questions=1)
    trainer = make_trainer()
    client.force_login(trainer)
    return make_cohort("Propio", trainers=[trainer], learners=[make_learner()])


@pytest.fixture
def stranger():
    """Somebody in a group of another trainer, who may have everything that could be asked for."""
    learner = make_learner("XYZ222", "Ajena", "De Otro")
    make_cohort("Ajeno", trainers=[make_trainer("otra")], learners=[learner])
    finish_course(learner)
    return learner


def test_a_nul_in_what_is_typed_on_the_desk_is_no_error(client, own):
    session = Session.objects.create(cohort=own, held_on=NOW.date(), minutes=60, made_by=own.trainers.get())
    names = {"given_names": "Lu\0z", "surnames": "\0", "job_title": "a\0b", "misma": "\0", "q": "a\0b"}
    place = {"held_on": "2026-11-25", "place": "Pa\0tio", "minutes": "60", "modules": "\0", "counts": "\0"}
    typed = [
        (reverse("desk_find_people"), {"q": "an\0a"}),
        (reverse("desk_add_person"), {**names, "cohort": own.pk}),
        (reverse("desk_add_person"), {**names, "given_names": "Luz", "surnames": "Paz", "cohort": "\0"}),
        (reverse("desk_add_to_session", args=[own.pk, session.pk]), names),
        (reverse("desk_hand_over", args=[own.pk]), {"code": "o\0tra", "note": "Falta\0 el módulo 4."}),
        (reverse("desk_sessions", args=[own.pk]), place),
        (reverse("desk_session_change", args=[own.pk, session.pk]), place),
        (reverse("desk_merge", args=[own.pk, own.learners.get().pk]), {"code": "AN\0A234"}),
        (reverse("desk_roster", args=[own.pk]), {"pasted": "Nombres\tApellidos\nLu\0z\tPaz"}),
        (reverse("desk_roster", args=[own.pk]), {"file": SimpleUploadedFile("a\0.csv", b"Nombres,Apellidos\nLuz,Paz")}),
    ]
    assert [client.post(*form, follow=True).status_code in (200, 404, 422) for form in typed] == [True] * len(typed)


def told_about(learner):
    """Return all that a form of the desk could have made or changed about somebody."""
    row = User.objects.filter(pk=learner.pk).values_list("username", "first_name", "password", "is_active", "clinic")
    return (
        list(row),
        list(Enrolment.objects.filter(learner=learner).values_list("cohort__name", "left_at")),
        Attendance.objects.filter(learner=learner).count(),
        StartingPin.objects.filter(user=learner).count(),
        PaperSheet.objects.filter(attempt__learner=learner).count(),
        Attempt.objects.filter(learner=learner).count(),
        learner.certificates.count(),
        learner.calls.count(),
        [one.pk for model in (CardPrint, CertificateBatch) for one in model.objects.all() if mentions(one, learner)],
    )


def mentions(asked, learner):
    return learner.pk in [pair[0] if isinstance(pair, list) else pair for pair in asked.learners]


def forms(own, stranger):
    """Return [(address, fields)] of every form of an own group in which people are named."""
    quiz = ModulePage.objects.get().quiz
    session = Session.objects.create(cohort=own, made_by=own.trainers.get())
    foreign, person = stranger.enrolments.get().cohort, own.learners.get()
    many = [str(stranger.pk)] * 500
    return [
        (reverse("desk_session", args=[own.pk, session.pk]), {"persona": many, "estaba": many}),
        (reverse("desk_cards", args=[own.pk]), {"persona": many, "ending_pins": "1"}),
        (reverse("desk_cohort_certificates", args=[own.pk]), {"cuales": "elegidos", "persona": many}),
        (reverse("desk_paper", args=[own.pk, quiz.translation_key]), {"persona": many}),
        (reverse("desk_archive", args=[own.pk]), {"persona": str(stranger.pk)}),
        (reverse("desk_leave", args=[own.pk, person.pk]), {"action": "move", "group": str(foreign.pk)}),
        (reverse("desk_merge", args=[own.pk, person.pk]), {"code": stranger.username}),
        (reverse("desk_call", args=[own.pk, stranger.pk]), {}),
        (reverse("desk_new_pin", args=[own.pk, stranger.pk]), {}),
        (reverse("desk_change_person", args=[own.pk, stranger.pk]), {"first_name": "X", "last_name": "Y"}),
        (reverse("desk_delete_person", args=[own.pk, stranger.pk]), {"code": stranger.username}),
        (reverse("desk_issue_certificate", args=[own.pk, stranger.pk]), {"action": "issue"}),
        (reverse("desk_allow", args=[own.pk, stranger.pk, quiz.translation_key]), {"extra_minutes": "9"}),
        (reverse("desk_round", args=[own.pk, session.pk]), {"quiz": str(make_quiz("ajeno", 1).translation_key)}),
    ]


def test_no_form_of_an_own_group_reaches_somebody_of_another(client, own, stranger):
    before = told_about(stranger)
    for address, fields in forms(own, stranger):
        answer = client.post(address, fields)
        assert answer.status_code in (302, 404, 422), address
        assert "De Otro" not in answer.content.decode(), address
        assert told_about(stranger) == before, address
    assert set(Enrolment.objects.values_list("learner__username", "cohort__name")) == {
        ("ANA234", "Propio"),
        ("XYZ222", "Ajeno"),
    }


def test_who_was_deleted_between_the_list_and_the_click_is_not_found(client, own):
    gone = make_learner("IDO222", cohort=own)
    names = ["desk_person", "desk_leave", "desk_merge", "desk_new_pin", "desk_change_person", "desk_delete_person"]
    addresses = [reverse(name, args=[own.pk, gone.pk]) for name in names]
    session = Session.objects.create(cohort=own, made_by=own.trainers.get())
    gone.delete()
    assert {client.get(address).status_code for address in addresses} == {404}
    assert {client.post(address).status_code for address in addresses[1:]} == {404}
    ticked = client.post(reverse("desk_session", args=[own.pk, session.pk]), {"persona": [str(gone.pk)]})
    assert (ticked.status_code, Attendance.objects.count()) == (302, 0)


@pytest.mark.postgres
@pytest.mark.parametrize(
    "name", ["<b>Ana</b>", "\u202eanA", "🙂", "=1+1", "Ana\x00", "9" * 30, "a" * 151, "ανα\u0645\u0631", "%_", "​"]
)
def test_whoever_joins_by_code_has_a_name_that_a_page_and_a_paper_can_show(client, own, name):
    code = allow_joining(own, by=own.trainers.get(), now=timezone.now(), chance=random.Random(1))
    client.logout()
    for field in ("given_names", "surnames"):
        given = {"code": code, "given_names": "Luz", "surnames": "Tum"} | {field: name}
        assert client.post(reverse("join_group"), given).status_code == 422
    assert User.objects.count() == 2


def test_the_round_of_a_big_group_fits_into_a_cookie(rf):
    learners = [User(pk=100_000 + number * 7) for number in range(500)]
    request, response = rf.get("/"), HttpResponse()
    request.session = SessionStore()
    keep_round(request, response, begin_round(make_quiz("m9", 1), learners, back="/es/grupos/1/", now=timezone.now()))
    assert len(response.cookies[COOKIE].value) < 3_800
