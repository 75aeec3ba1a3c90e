"""What is asked for while confirming: nothing is printed that only somebody who knows the person can say is right."""

import threading
from datetime import timedelta
from functools import partial

import pytest
from django.db import connection
from django.urls import reverse

from certificates.badges.keys import make_key
from certificates.issuing.annulling import annul_certificate
from certificates.issuing.issue import certificate_of
from certificates.issuing.requesting import ask_as_holder, ask_for_correction, open_request_of, settle_requests
from certificates.models import Certificate, CorrectionRequest
from tests.factories import NOW, finish_course, make_clinic, make_learner, make_trainer

from .factories import CLINIC, begin_again, issue, issued_otherwise, make_graduate, make_small_course

pytestmark = pytest.mark.django_db
PAGE, CORRECTION = "/es/certificado/", "/es/certificado/correccion/"


@pytest.fixture
def juan(client):
    make_small_course()
    names = {"first_name": "Juan José", "last_name": "Núñez Chávez"}
    learner = make_graduate("JUA234", **names, role="labfar", job_title="Laboratorio", clinic=make_clinic(CLINIC))
    client.force_login(learner)
    return learner


def confirm(client, **fields):
    named = {"given_names": "Juan José", "surnames": "Núñez Chávez", "action": "issue"}
    return client.post(PAGE, named | fields, follow=True)


def waiting():
    return [(one.origin, one.asked, one.was, one.passed) for one in CorrectionRequest.objects.open()]


def test_another_name_waits_for_the_trainer_and_both_are_shown(client, juan):
    page = confirm(client, given_names="José", surnames="Chávez Ixcoy de Morales", note="Así me llaman").text
    assert not Certificate.objects.exists()
    asked = {"given_names": "José", "surnames": "Chávez Ixcoy de Morales"}
    assert waiting() == [("confirming", asked, {"given_names": "Juan José", "surnames": "Núñez Chávez"}, False)]
    assert CorrectionRequest.objects.get().note == "Así me llaman"
    for words in ("Pendiente de su facilitador/a", "Núñez Chávez", "<strong>Chávez Ixcoy de Morales</strong>"):
        assert words in page
    # What would be printed is what is registered.
    assert '<p class="paper-name">Juan José Núñez Chávez</p>' in page


@pytest.mark.parametrize(
    ("fields", "asked", "was"),
    [
        ({"post": "Medicina"}, {"role": "Medicina"}, {"role": "Laboratorio"}),
        ({"clinic": "Hospital Roosevelt"}, {"clinic": "Hospital Roosevelt"}, {"clinic": CLINIC}),
        (
            {"given_names": "Juan Jose", "post": "Medicina"},
            {"given_names": "Juan Jose", "surnames": "Núñez Chávez", "role": "Medicina"},
            {"given_names": "Juan José", "surnames": "Núñez Chávez", "role": "Laboratorio"},
        ),
    ],
)
def test_another_post_or_clinic_waits_too(client, juan, fields, asked, was):
    confirm(client, **fields)
    assert (waiting(), Certificate.objects.count()) == ([("confirming", asked, was, False)], 0)


def test_a_role_that_the_person_chose_alone_is_no_post_and_the_page_says_how_to_ask_for_one(client, juan):
    juan.job_title = ""
    juan.save()
    client.force_login(juan)
    page = client.get("/es/certificado/").text
    assert "Usted no tiene un puesto registrado, y por eso no se imprime ninguno." in page
    assert "No imprimir mi puesto" not in page
    client.post("/es/certificado/", {"given_names": juan.first_name, "surnames": juan.last_name, "action": "issue"})
    assert Certificate.objects.get().printed["role"] == ""


def test_whatever_a_form_says_only_the_registered_post_and_clinic_are_printed(client, juan):
    forged = {"role": "medicina", "printed_name": "Otro", "registered_post": "Medicina", "post": " Laboratorio "}
    confirm(client, **forged, clinic=CLINIC)
    printed = Certificate.objects.get().printed
    assert [printed[field] for field in ("name", "role", "clinic")] == ["Juan José Núñez Chávez", "Laboratorio", CLINIC]
    assert waiting() == []


def test_the_post_is_left_out_by_who_wants_it_so(client, juan):
    confirm(client, without_post="on")
    assert Certificate.objects.get().printed["role"] == ""


def test_a_small_change_is_printed_at_once_and_waits_for_the_registry(client, juan):
    page = confirm(client, given_names="Juan Jose", surnames="Nuñez Chavez").text
    certificate = Certificate.objects.get()
    assert certificate.printed["name"] == "Juan Jose Nuñez Chavez"
    request = CorrectionRequest.objects.get()
    assert (request.certificate, request.passed, request.learner) == (certificate, True, juan)
    assert request.asked == {"given_names": "Juan Jose", "surnames": "Nuñez Chavez"}
    assert request.was == {"given_names": "Juan José", "surnames": "Núñez Chávez"}
    assert "pendiente" not in page
    juan.refresh_from_db()
    assert juan.first_name == "Juan José"


def test_the_order_of_the_surnames_is_printed_at_once(client, juan):
    confirm(client, surnames="Chávez Núñez")
    assert Certificate.objects.get().printed["name"] == "Juan José Chávez Núñez"


@pytest.mark.parametrize("surnames", ["Chávez Núñez", "Nuñez Chavez"])
def test_a_change_to_the_name_of_somebody_else_waits(client, juan, surnames):
    make_learner("OTR234", first_name="JUAN JOSÉ", last_name=surnames.upper())
    page = confirm(client, surnames=surnames).text
    assert not Certificate.objects.exists()
    assert [asked["surnames"] for _origin, asked, *_rest in waiting()] == [surnames]
    assert '<p class="paper-name">Juan José Núñez Chávez</p>' in page


def test_a_name_too_long_for_paper_waits_with_initials(client, juan):
    juan.first_name, juan.last_name = "María de los Ángeles Guadalupe", "Chuquiej Sacalxot de Villavicencio Barrientos"
    juan.save()
    short = {"given_names": "María Á. G.", "surnames": "Chuquiej Sacalxot de V. Barrientos"}
    confirm(client, **short)
    assert ([asked for _origin, asked, *_rest in waiting()], Certificate.objects.count()) == ([short], 0)


def test_asking_again_replaces_what_was_asked(client, juan):
    confirm(client, post="Medicina")
    confirm(client, clinic="Hospital Roosevelt")
    assert [asked for _origin, asked, *_rest in waiting()] == [{"clinic": "Hospital Roosevelt"}]


@pytest.mark.postgres
@pytest.mark.usefixtures("database_on_disk")
@pytest.mark.django_db(transaction=True)
def test_two_tabs_at_once_ask_once(client):
    make_small_course()
    juan = make_graduate("JUA234", first_name="Juan José", last_name="Núñez Chávez")
    client.force_login(juan)
    cookies, together, wrong = client.cookies, threading.Barrier(2), []

    def press(post):
        try:
            tab = type(client)()
            tab.cookies = cookies
            together.wait()
            tab.post(PAGE, {"given_names": "Juan José", "surnames": "Núñez Chávez", "post": post})
        except Exception as error:
            wrong.append(error)
        finally:
            connection.close()

    presses = [threading.Thread(target=press, args=[post]) for post in ("Medicina", "Enfermería")]
    for one in presses:
        one.start()
    for one in presses:
        one.join()
    assert (wrong, CorrectionRequest.objects.count()) == ([], 1)


def test_what_was_asked_is_taken_back(client, juan):
    confirm(client, post="Medicina")
    page = client.post(PAGE, {"action": "withdraw"}, follow=True).text
    assert "Retirado: ya no hay nada pendiente de su facilitador/a." in page
    assert not CorrectionRequest.objects.exists()
    # Twice is once.
    assert client.post(PAGE, {"action": "withdraw"}).status_code == 302


def test_while_it_waits_the_registered_words_can_be_issued_and_it_goes_on_about_the_certificate(client, juan):
    confirm(client, post="Medicina")
    page = confirm(client).text
    certificate = certificate_of(juan)
    assert certificate.printed["role"] == "Laboratorio"
    assert open_request_of(juan, certificate).asked == {"role": "Medicina"}
    assert "Usted pidió una corrección y está pendiente de su facilitador/a." in page


def test_a_small_change_that_is_printed_waits_beside_what_else_is_asked_and_outlasts_it(client, juan):
    confirm(client, post="Medicina")
    confirm(client, surnames="Nunez Chavez")
    printed = CorrectionRequest.objects.get(passed=True)
    assert printed.asked == {"given_names": "Juan José", "surnames": "Nunez Chavez"}
    assert open_request_of(juan, certificate_of(juan)).asked == {"role": "Medicina"}
    # The page has the one that can be taken back.
    assert "<strong>Medicina</strong>" in client.get(CORRECTION).text
    client.post(CORRECTION, {"action": "withdraw"})
    assert list(CorrectionRequest.objects.all()) == [printed]
    page = client.get(CORRECTION).text
    assert "<strong>Nunez Chavez</strong>" in page
    assert 'value="withdraw"' not in page


def test_asking_for_another_name_and_taking_it_back_leaves_what_is_printed_for_the_look(client, juan):
    confirm(client, surnames="Nunez Chavez")
    printed = CorrectionRequest.objects.values().get()
    client.post(CORRECTION, {"given_names": "Juan José", "surnames": "Ixcoy Tum"})
    assert CorrectionRequest.objects.values().get(pk=printed["id"]) == printed
    assert [(asked["surnames"], passed) for _origin, asked, _was, passed in waiting()] == [
        ("Nunez Chavez", True),
        ("Ixcoy Tum", False),
    ]
    for _twice in range(2):
        client.post(CORRECTION, {"action": "withdraw"})
        assert CorrectionRequest.objects.values().get() == printed


def test_the_answer_of_the_trainer_is_read_before_issuing(client, juan):
    confirm(client, post="Medicina")
    CorrectionRequest.objects.update(
        decision="declined", decided_at=NOW, decided_by=make_trainer(), answer="Su nombramiento dice laboratorio."
    )
    page = client.get(PAGE).text
    assert "Su facilitador/a no aceptó la corrección que usted pidió." in page
    assert "«Su nombramiento dice laboratorio.»" in page
    confirm(client)
    # It belongs to that certificate: the next one begins without it.
    assert CorrectionRequest.objects.get().certificate == certificate_of(juan)


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"given_names": "Juan 😀"}, "Un nombre no puede llevar «😀»"),
        ({"surnames": ""}, "Escriba sus apellidos con letras"),
        ({"given_names": ""}, "Escriba su nombre con letras"),
        ({"surnames": "Libre de estigma"}, "Escriba solo el nombre, como está en el DPI."),
        ({"given_names": "J" * 40, "surnames": "N" * 40}, "El nombre tiene 81 caracteres y caben 60"),
        ({"post": "Médico libre de estigma"}, "Escriba solo el puesto"),
        ({"post": "x" * 121}, "Escriba solo el puesto"),
        ({"clinic": "Centro libre de discriminación"}, "Escriba solo el nombre del centro de salud"),
        ({"clinic": "Centro 🏥"}, "Escriba solo el nombre del centro de salud"),
        ({"clinic": "C" * 201}, "200"),
        ({"post": "Medicina", "note": "n" * 301}, "300"),
        ({"post": "Medicina", "note": "a\u202eb"}, "El texto tiene un carácter invisible"),
        ({"post": "Medicina\x00"}, "nulo"),
    ],
)
def test_what_paper_cannot_carry_is_not_even_asked(client, juan, fields, sentence):
    assert sentence in confirm(client, **fields).text
    assert (CorrectionRequest.objects.count(), Certificate.objects.count()) == (0, 0)


def test_the_badge_carries_the_name_only_where_there_is_one_and_the_person_wants_it(client, juan, settings, tmp_path):
    assert 'name="names_holder"' not in client.get(PAGE).text
    settings.CREDENTIAL_KEYS_DIR = tmp_path / "keys"
    make_key()
    assert 'name="names_holder"' in client.get(PAGE).text
    confirm(client, names_holder="on")
    assert Certificate.objects.get().names_holder


def test_without_it_the_badge_names_nobody(client, juan, settings, tmp_path):
    settings.CREDENTIAL_KEYS_DIR = tmp_path / "keys"
    make_key()
    confirm(client)
    certificate = Certificate.objects.get()
    assert certificate.has_credential
    assert not certificate.names_holder


def test_of_an_issued_certificate_a_correction_is_asked_for(client, juan):
    certificate = issue(juan, role="Laboratorio")
    assert reverse("my_correction") in client.get(PAGE).text
    named = {"given_names": "Juan José", "surnames": "Núñez Chávez", "action": "ask"}
    same = client.post(CORRECTION, named | {"post": "Laboratorio"})
    assert (same.status_code, "esto es lo que ya está impreso" in same.text) == (400, True)
    page = client.post(CORRECTION, named | {"surnames": "Núñez Ixcoy", "post": "Medicina"}, follow=True).text
    assert "Pedido: su facilitador/a lo revisará." in page
    asked = {"given_names": "Juan José", "surnames": "Núñez Ixcoy", "role": "Medicina"}
    was = {
        "given_names": "Juan José",
        "surnames": "Núñez Chávez",
        "name": "Juan José Núñez Chávez",
        "role": "Laboratorio",
    }
    assert waiting() == [("own", asked, was, False)]
    assert "<strong>Núñez Ixcoy</strong>" in client.get(CORRECTION).text
    client.post(CORRECTION, named | {"clinic": "Hospital Roosevelt"})
    assert [asked for _origin, asked, *_rest in waiting()] == [{"clinic": "Hospital Roosevelt"}]
    client.post(CORRECTION, {"action": "withdraw"})
    assert waiting() == []
    assert Certificate.objects.get() == certificate


def test_even_a_small_change_of_an_issued_one_waits(client, juan):
    issue(juan)
    client.post(CORRECTION, {"given_names": "Juan Jose", "surnames": "Nunez Chavez"})
    assert [passed for *_asked, passed in waiting()] == [False]
    assert Certificate.objects.count() == 1


def test_whoever_has_no_valid_certificate_asks_for_no_correction_of_one(client, juan):
    assert client.get(CORRECTION)["Location"] == PAGE
    issue(juan)
    issued_otherwise(Certificate.objects.all(), expires_on=NOW.date().replace(year=2020))
    assert client.get(CORRECTION)["Location"] == PAGE
    assert client.post(CORRECTION, {"given_names": "X", "surnames": "Y"})["Location"] == PAGE
    assert not CorrectionRequest.objects.exists()


def asked_about(certificate, **fields):
    """Let the person who is signed in ask for another post, and return the request."""
    person = certificate.learner
    about = {"origin": "own", "asked": {"role": "Medicina"}, "was": {"role": "Laboratorio"}, "certificate": certificate}
    return ask_for_correction(person, **about | fields, now=NOW)


@pytest.mark.parametrize("over", ["expired", "annulled"])
def test_what_waits_about_one_that_does_not_hold_any_more_is_seen_and_taken_back(client, juan, over):
    asked_about(issue(juan))
    if over == "expired":
        issued_otherwise(Certificate.objects.all(), expires_on=NOW.date().replace(year=2020))
    else:
        annul_certificate(Certificate.objects.get(), reason="Falta una firma.", by=make_trainer(), now=NOW)
    assert CORRECTION in client.get(PAGE).text
    page = client.get(CORRECTION).text
    assert "<strong>Medicina</strong>" in page
    assert ("está vencido" if over == "expired" else "fue anulado") in page
    assert 'name="given_names"' not in page
    client.post(CORRECTION, {"given_names": "X", "surnames": "Y"})
    assert [asked for _origin, asked, *_rest in waiting()] == [{"role": "Medicina"}]
    client.post(CORRECTION, {"action": "withdraw"})
    assert waiting() == []
    assert client.get(CORRECTION)["Location"] == PAGE


@pytest.mark.parametrize("over", ["renewed", "annulled"])
def test_what_waits_is_about_the_certificate_that_is_issued_since(client, juan, over):
    first, later, trainer = issue(juan), NOW + timedelta(days=300), make_trainer()
    passed = asked_about(first)
    CorrectionRequest.objects.filter(pk=passed.pk).update(passed=True)
    own = asked_about(first)
    of_holder = ask_as_holder(first, asked={"role": "Caja"}, was={"role": "Laboratorio"}, note="", now=NOW)
    if over == "renewed":
        begin_again(juan, now=later)
        finish_course(juan, now=later)
    else:
        annul_certificate(first, reason="Falta una firma.", by=trainer, now=NOW)
    second = issue(juan, by=trainer, now=later)
    assert second != first
    # What is printed on the first waits for the registry alone.
    assert {one.pk: one.certificate for one in CorrectionRequest.objects.all()} == {
        own.pk: second, of_holder.pk: second, passed.pk: first,
    }  # fmt: skip
    assert "<strong>Medicina</strong>" in client.get(CORRECTION).text


def test_what_was_asked_about_the_last_and_before_the_next_waits_as_one_and_no_word_is_lost(client, juan):
    first, later, trainer = issue(juan), NOW + timedelta(days=300), make_trainer()
    named = {"given_names": "Juan José", "surnames": "Núñez Ixcoy"}
    was = {"given_names": "Juan José", "surnames": "Núñez Chávez", "role": "Laboratorio"}
    asked_about(first, asked=named | {"role": "Medicina"}, was=was, note="Así está en el DPI.")
    annul_certificate(first, reason="Falta una firma.", by=trainer, now=NOW)
    before = {"origin": "confirming", "asked": {"role": "Caja"}, "was": {"role": "Archivo"}}
    next_one = ask_for_correction(juan, **before, now=later)
    second = issue(juan, by=trainer, now=later, then=partial(settle_requests, asked={}, was={}, now=later))
    [waits] = CorrectionRequest.objects.all()
    assert (waits, waits.certificate, waits.note) == (next_one, second, "Así está en el DPI.")
    assert (waits.asked, waits.was) == (named | {"role": "Caja"}, was | {"role": "Archivo"})


@pytest.mark.nightly
@pytest.mark.parametrize("times", [1, 4])
def test_both_pages_take_as_many_queries_for_anything_asked(client, juan, times, django_assert_max_num_queries):
    for number in range(times):
        CorrectionRequest.objects.create(
            learner=juan, origin="confirming", asked={"role": f"P{number}"}, was={}, decision="declined", decided_at=NOW
        )
    confirm(client, post="Medicina")
    with django_assert_max_num_queries(17):
        client.get(PAGE)
    confirm(client)
    with django_assert_max_num_queries(15):
        client.get(CORRECTION)
