"""What the person or a holder asks for: nothing is printed that only somebody who knows the person can say is right."""

from datetime import timedelta
from functools import partial

import pytest
from django.conf import settings
from django.contrib.sessions.models import Session
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from certificates.badges.keys import make_key
from certificates.issuing.correction_requests import (
    MOST_OF_HOLDERS,
    ask_as_holder,
    ask_for_correction,
    open_request_of,
    settle_requests,
)
from certificates.issuing.corrections import annul_certificate, correct_certificate
from certificates.issuing.issue import certificate_of
from certificates.models import Certificate, CorrectionRequest
from certificates.verifying.verification import UNKNOWN_PER_MINUTE, count_unknown
from tests.factories import NOW, finish_course, make_clinic, make_learner
from tests.races import at_once

from .factories import CLINIC, begin_again, edited, issue, issued_otherwise, make_graduate

pytestmark = pytest.mark.django_db
PAGE, CORRECTION = "/es/certificado/", "/es/certificado/correccion/"


@pytest.fixture
def juan(client, course):
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
    page = client.get(PAGE).text
    assert "Usted no tiene un puesto registrado, y por eso no se imprime ninguno." in page
    assert "No imprimir mi puesto" not in page
    confirm(client)
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


@pytest.mark.parametrize("surnames", ["Chávez Núñez", "Nuñez Chavez"])
def test_a_change_to_the_name_of_somebody_else_waits(client, juan, surnames):
    make_learner("OTR234", first_name="JUAN JOSÉ", last_name=surnames.upper())
    page = confirm(client, surnames=surnames).text
    assert not Certificate.objects.exists()
    assert [asked["surnames"] for _origin, asked, *_rest in waiting()] == [surnames]
    assert '<p class="paper-name">Juan José Núñez Chávez</p>' in page


@pytest.mark.postgres
@pytest.mark.usefixtures("database_on_disk")
@pytest.mark.django_db(transaction=True)
def test_two_tabs_at_once_ask_once(client, juan):
    def press(post):
        tab = Client()
        tab.cookies = client.cookies
        return tab.post(PAGE, {"given_names": "Juan José", "surnames": "Núñez Chávez", "post": post}).status_code

    assert at_once(partial(press, "Medicina"), partial(press, "Enfermería")) == [302, 302]
    assert CorrectionRequest.objects.count() == 1


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


def test_the_answer_of_the_trainer_is_read_before_issuing(client, juan, trainer):
    confirm(client, post="Medicina")
    CorrectionRequest.objects.update(
        decision="declined", decided_at=NOW, decided_by=trainer, answer="Su nombramiento dice laboratorio."
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


@pytest.mark.parametrize("wants", [True, False])
def test_badge_carries_the_name_only_where_there_is_one_and_the_person_wants_it(
    client, juan, settings, tmp_path, wants
):
    assert 'name="names_holder"' not in client.get(PAGE).text
    settings.CREDENTIAL_KEYS_DIR = tmp_path / "keys"
    make_key()
    assert 'name="names_holder"' in client.get(PAGE).text
    confirm(client, **({"names_holder": "on"} if wants else {}))
    assert Certificate.objects.get().names_holder is wants


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
def test_what_waits_about_one_that_does_not_hold_any_more_is_seen_and_taken_back(client, juan, trainer, over):
    asked_about(issue(juan))
    if over == "expired":
        issued_otherwise(Certificate.objects.all(), expires_on=NOW.date().replace(year=2020))
    else:
        annul_certificate(Certificate.objects.get(), reason="Falta una firma.", by=trainer, now=NOW)
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
def test_what_waits_is_about_the_certificate_that_is_issued_since(client, juan, trainer, over):
    first, later = issue(juan), NOW + timedelta(days=300)
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


def test_what_was_asked_about_the_last_and_before_the_next_waits_as_one_and_no_word_is_lost(juan, trainer):
    first, later = issue(juan), NOW + timedelta(days=300)
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


RIGHT = {"name": "Ana Lucía Coc de la Cruz", "role": "Archivo", "clinic": CLINIC, "note": "Es Coc, con c."}


@pytest.fixture
def certificate(ana):
    return issue(ana, role="Recepción")


@pytest.fixture
def address(certificate):
    return f"/v/{certificate.serial}/correccion/"


def asked():
    return [(one.asked, one.was, one.note) for one in CorrectionRequest.objects.order_by("pk")]


def test_the_page_that_verifies_leads_there_and_the_form_has_what_is_printed(client, certificate, address):
    assert f'href="{address}"' in client.get(f"/v/{certificate.serial}/").text
    page = client.get(address)
    for words in ('value="Ana Lucía Coj de la Cruz"', 'value="Recepción"', f'value="{CLINIC}"'):
        assert words in page.text
    assert "Nada sobre la salud ni la vida privada de nadie, ni números de teléfono" in page.text
    assert (page["X-Robots-Tag"], page["Cache-Control"]) == ("noindex, nofollow", "private, no-store")


def test_what_is_asked_reaches_the_list_with_both_values_and_nothing_of_who_asks(certificate, address):
    stranger = Client(enforce_csrf_checks=True)
    stranger.get(address)
    token = stranger.cookies[settings.CSRF_COOKIE_NAME].value
    answer = stranger.post(address, RIGHT | {"csrfmiddlewaretoken": token}, follow=True)
    assert answer.redirect_chain == [(f"{address}?recibida", 302)]
    assert "La corrección quedó pedida" in answer.text
    assert asked() == [
        (
            {"name": "Ana Lucía Coc de la Cruz", "role": "Archivo"},
            {"name": "Ana Lucía Coj de la Cruz", "role": "Recepción"},
            "Es Coc, con c.",
        )
    ]
    request = CorrectionRequest.objects.get()
    assert (request.origin, request.certificate, request.learner) == ("holder", certificate, certificate.learner)
    assert set(stranger.cookies) == {settings.CSRF_COOKIE_NAME}
    assert not Session.objects.exists()
    assert stranger.post(address, RIGHT).status_code == 403


def test_whoever_is_signed_in_reads_the_same(client, certificate, address, trainer):
    answers = []
    for person in (None, certificate.learner, trainer):
        if person:
            client.force_login(person)
        answers.append(client.post(address, RIGHT)["Location"])
    assert answers == [f"{address}?recibida"] * 3
    assert len(asked()) == 1


def test_asking_twice_is_asking_once_and_few_wait_at_a_time(client, address):
    for number in range(MOST_OF_HOLDERS):
        for _twice in range(2):
            client.post(address, RIGHT | {"role": f"Puesto {'x' * number}"})
    assert len(asked()) == MOST_OF_HOLDERS
    answer = client.post(address, RIGHT | {"role": "Otro"})
    assert (answer.status_code, len(asked())) == (400, MOST_OF_HOLDERS)
    assert "Ya hay varias solicitudes sobre este certificado en espera." in answer.text
    CorrectionRequest.objects.update(decision="declined", decided_at=NOW)
    assert client.post(address, RIGHT | {"role": "Otro"}).status_code == 302


def test_an_address_asks_as_often_as_for_unknown_codes(client, address, one_minute):
    for _time in range(UNKNOWN_PER_MINUTE - 1):
        count_unknown("127.0.0.1", now=timezone.now())
    last, refused = (client.post(address, RIGHT | {"role": role}) for role in ("Caja", "Medicina"))
    assert (last.status_code, refused.status_code, refused["Retry-After"]) == (302, 429, "60")
    assert [words["role"] for words, _was, _note in asked()] == ["Caja"]
    assert client.get(address).status_code == 200


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"name": "Ana 😀 Coj"}, "Un nombre no puede llevar «😀»"),
        ({"name": "Ana \u202eCoj"}, "carácter invisible (U+202E)"),
        ({"name": "Ana\x00"}, "nulo"),
        ({"name": "a" * 100_000}, "300"),
        ({"name": ""}, "Escriba el nombre con letras"),
        ({"name": "Ana Libre de Estigma"}, "Escriba solo el nombre, como está en el DPI."),
        ({"role": "Promotora libre de estigma"}, "Escriba solo el puesto"),
        ({"clinic": "Centro libre de discriminación"}, "Escriba solo el nombre del centro de salud"),
        ({"clinic": "C" * 100_000}, "200"),
        ({"note": "n" * 301}, "300"),
        ({"note": "a\u202eb"}, "carácter invisible"),
        ({"name": "Ana Lucía Coj de la Cruz", "role": "", "clinic": ""}, "esto es lo que ya está impreso"),
        ({"name": "<script>alert(1)</script>"}, "Un nombre no puede llevar «&lt;»"),
    ],
)
def test_what_is_hostile_or_says_nothing_is_refused_with_a_sentence(client, address, fields, sentence):
    answer = client.post(address, RIGHT | fields)
    assert (answer.status_code, asked()) == (400, [])
    assert sentence in answer.text


def test_of_one_that_does_not_hold_nothing_is_asked(client, certificate, address, trainer):
    successor = correct_certificate(certificate, printed_name="Ana Lucía Coj Cruz", by=trainer, reason="Así", now=NOW)
    for ask in (client.get, client.post):
        assert ask(address, RIGHT)["Location"] == f"/v/{certificate.serial}/"
    assert client.post(f"/v/{successor.serial}/correccion/", RIGHT).status_code == 302
    annul_certificate(successor, reason="Falta una firma.", by=trainer, now=NOW)
    assert client.get(f"/v/{successor.serial}/correccion/")["Location"] == f"/v/{successor.serial}/"
    assert f"/v/{successor.serial}/correccion/" not in client.get(f"/v/{successor.serial}/").text
    assert len(asked()) == 1


def test_unknown_codes_are_counted_as_on_the_other_pages(client, address, one_minute):
    unknown = "/v/0000000000000/correccion/"
    for ask in (client.get, client.post):
        page = ask(unknown, RIGHT)
        assert (page.status_code, page["X-Robots-Tag"]) == (404, "noindex, nofollow")
        assert 'value="0000000000000"' in page.text
    for _time in range(UNKNOWN_PER_MINUTE):
        page = client.get(unknown)
    assert (page.status_code, page["Retry-After"]) == (429, "60")
    assert {client.get("/v/0000000000000/").status_code, client.post(unknown).status_code} == {429}
    # One that exists is answered.
    assert client.get(address).status_code == 200


def test_of_one_that_was_altered_nothing_is_asked(client, certificate, address):
    edited([certificate], printed=certificate.printed | {"name": "Otra Persona"})
    for ask in (client.get, client.post):
        assert ask(address, RIGHT)["Location"] == f"/v/{certificate.serial}/"
    client.force_login(certificate.learner)
    assert client.post("/es/certificado/correccion/", {"surnames": "Tum"})["Location"] == "/es/certificado/"
    assert asked() == []


def test_a_code_as_people_type_it_leads_to_the_form(client, certificate):
    typed = certificate.grouped_serial.lower()
    assert client.get(f"/v/{typed}/correccion/").status_code == 200


def test_of_an_account_that_is_gone_it_is_kept_with_the_certificate_alone(client, certificate, address):
    Certificate.objects.update(learner=None)
    client.post(address, RIGHT)
    assert CorrectionRequest.objects.get().learner is None
