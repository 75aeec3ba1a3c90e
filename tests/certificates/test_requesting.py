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
    MAX_OPEN_HOLDER_REQUESTS,
    attach_requests,
    get_open_request,
    request_correction,
    request_correction_as_holder,
)
from certificates.issuing.corrections import correct_certificate, revoke_certificate
from certificates.issuing.issue import get_certificate
from certificates.models import Certificate, CorrectionRequest
from certificates.verifying.verification import MAX_UNKNOWN_PER_MINUTE, count_unknown
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
    return [(one.origin, one.requested, one.previous, one.already_printed) for one in CorrectionRequest.objects.open()]


def test_different_name_needs_review_and_shows_both(client, juan):
    page = confirm(client, given_names="José", surnames="Chávez Ixcoy de Morales", note="Así me llaman").text
    assert not Certificate.objects.exists()
    asked = {"given_names": "José", "surnames": "Chávez Ixcoy de Morales"}
    assert waiting() == [("confirming", asked, {"given_names": "Juan José", "surnames": "Núñez Chávez"}, False)]
    assert CorrectionRequest.objects.get().note == "Así me llaman"
    for words in ("Pendiente de su facilitador/a", "Núñez Chávez", "<strong>Chávez Ixcoy de Morales</strong>"):
        assert words in page
    assert '<p class="paper-name">Juan José Núñez Chávez</p>' in page


@pytest.mark.parametrize(
    ("fields", "requested", "previous"),
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
def test_different_post_or_clinic_needs_review(client, juan, fields, requested, previous):
    confirm(client, **fields)
    assert (waiting(), Certificate.objects.count()) == ([("confirming", requested, previous, False)], 0)


def test_chosen_role_is_not_printed_as_post(client, juan):
    juan.job_title = ""
    juan.save()
    client.force_login(juan)
    page = client.get(PAGE).text
    assert "Usted no tiene un puesto registrado, y por eso no se imprime ninguno." in page
    assert "No imprimir mi puesto" not in page
    confirm(client)
    assert Certificate.objects.get().printed["role"] == ""


def test_only_registered_post_and_clinic_are_printed(client, juan):
    forged = {"role": "medicina", "printed_name": "Otro", "registered_post": "Medicina", "post": " Laboratorio "}
    confirm(client, **forged, clinic=CLINIC)
    printed = Certificate.objects.get().printed
    assert [printed[field] for field in ("name", "role", "clinic")] == ["Juan José Núñez Chávez", "Laboratorio", CLINIC]
    assert waiting() == []


def test_learner_may_leave_out_the_post(client, juan):
    confirm(client, without_post="on")
    assert Certificate.objects.get().printed["role"] == ""


def test_small_name_change_is_printed_and_reviewed_later(client, juan):
    page = confirm(client, given_names="Juan Jose", surnames="Nuñez Chavez").text
    certificate = Certificate.objects.get()
    assert certificate.printed["name"] == "Juan Jose Nuñez Chavez"
    request = CorrectionRequest.objects.get()
    assert (request.certificate, request.already_printed, request.learner) == (certificate, True, juan)
    assert request.requested == {"given_names": "Juan Jose", "surnames": "Nuñez Chavez"}
    assert request.previous == {"given_names": "Juan José", "surnames": "Núñez Chávez"}
    assert "pendiente" not in page
    juan.refresh_from_db()
    assert juan.first_name == "Juan José"


@pytest.mark.parametrize("surnames", ["Chávez Núñez", "Nuñez Chavez"])
def test_name_of_another_user_needs_review(client, juan, surnames):
    make_learner("OTR234", first_name="JUAN JOSÉ", last_name=surnames.upper())
    page = confirm(client, surnames=surnames).text
    assert not Certificate.objects.exists()
    assert [asked["surnames"] for _origin, asked, *_rest in waiting()] == [surnames]
    assert '<p class="paper-name">Juan José Núñez Chávez</p>' in page


@pytest.mark.postgres
@pytest.mark.usefixtures("database_on_disk")
@pytest.mark.django_db(transaction=True)
def test_two_tabs_make_one_request(client, juan):
    def press(post):
        tab = Client()
        tab.cookies = client.cookies
        return tab.post(PAGE, {"given_names": "Juan José", "surnames": "Núñez Chávez", "post": post}).status_code

    assert at_once(partial(press, "Medicina"), partial(press, "Enfermería")) == [302, 302]
    assert CorrectionRequest.objects.count() == 1


def test_request_can_be_withdrawn(client, juan):
    confirm(client, post="Medicina")
    page = client.post(PAGE, {"action": "withdraw"}, follow=True).text
    assert "Retirado: ya no hay nada pendiente de su facilitador/a." in page
    assert not CorrectionRequest.objects.exists()
    assert client.post(PAGE, {"action": "withdraw"}).status_code == 302


def test_pending_request_moves_to_the_issued_certificate(client, juan):
    confirm(client, post="Medicina")
    page = confirm(client).text
    certificate = get_certificate(juan)
    assert certificate.printed["role"] == "Laboratorio"
    assert get_open_request(juan, certificate).requested == {"role": "Medicina"}
    assert "Usted pidió una corrección y está pendiente de su facilitador/a." in page


def test_printed_change_stays_open_beside_other_requests(client, juan):
    confirm(client, post="Medicina")
    confirm(client, surnames="Nunez Chavez")
    printed = CorrectionRequest.objects.get(already_printed=True)
    assert printed.requested == {"given_names": "Juan José", "surnames": "Nunez Chavez"}
    assert get_open_request(juan, get_certificate(juan)).requested == {"role": "Medicina"}
    assert "<strong>Medicina</strong>" in client.get(CORRECTION).text
    client.post(CORRECTION, {"action": "withdraw"})
    assert list(CorrectionRequest.objects.all()) == [printed]
    page = client.get(CORRECTION).text
    assert "<strong>Nunez Chavez</strong>" in page
    assert 'value="withdraw"' not in page


def test_withdrawal_keeps_the_request_about_the_printed_name(client, juan):
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


def test_trainer_answer_is_shown_before_issue(client, juan, trainer):
    confirm(client, post="Medicina")
    CorrectionRequest.objects.update(
        decision="declined", decided_at=NOW, decided_by=trainer, answer="Su nombramiento dice laboratorio."
    )
    page = client.get(PAGE).text
    assert "Su facilitador/a no aceptó la corrección que usted pidió." in page
    assert "«Su nombramiento dice laboratorio.»" in page
    confirm(client)
    assert CorrectionRequest.objects.get().certificate == get_certificate(juan)


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
def test_unprintable_request_is_refused(client, juan, fields, sentence):
    assert sentence in confirm(client, **fields).text
    assert (CorrectionRequest.objects.count(), Certificate.objects.count()) == (0, 0)


@pytest.mark.parametrize("wants", [True, False])
def test_name_in_badge_needs_key_and_consent(client, juan, settings, tmp_path, wants):
    assert 'name="names_holder"' not in client.get(PAGE).text
    settings.CREDENTIAL_KEYS_DIR = tmp_path / "keys"
    make_key()
    assert 'name="names_holder"' in client.get(PAGE).text
    confirm(client, **({"names_holder": "on"} if wants else {}))
    assert Certificate.objects.get().names_holder is wants


def test_correction_of_issued_certificate_can_be_requested(client, juan):
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


def test_small_change_of_issued_certificate_needs_review(client, juan):
    issue(juan)
    client.post(CORRECTION, {"given_names": "Juan Jose", "surnames": "Nunez Chavez"})
    assert [passed for *_asked, passed in waiting()] == [False]
    assert Certificate.objects.count() == 1


def test_correction_request_needs_valid_certificate(client, juan):
    assert client.get(CORRECTION)["Location"] == PAGE
    issue(juan)
    issued_otherwise(Certificate.objects.all(), expires_on=NOW.date().replace(year=2020))
    assert client.get(CORRECTION)["Location"] == PAGE
    assert client.post(CORRECTION, {"given_names": "X", "surnames": "Y"})["Location"] == PAGE
    assert not CorrectionRequest.objects.exists()


def asked_about(certificate, **fields):
    person = certificate.learner
    about = {
        "origin": "own",
        "requested": {"role": "Medicina"},
        "previous": {"role": "Laboratorio"},
        "certificate": certificate,
    }
    return request_correction(person, **about | fields, now=NOW)


@pytest.mark.parametrize("over", ["expired", "revoked"])
def test_request_about_ended_certificate_can_be_withdrawn(client, juan, trainer, over):
    asked_about(issue(juan))
    if over == "expired":
        issued_otherwise(Certificate.objects.all(), expires_on=NOW.date().replace(year=2020))
    else:
        revoke_certificate(Certificate.objects.get(), reason="Falta una firma.", by=trainer, now=NOW)
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


@pytest.mark.parametrize("over", ["renewed", "revoked"])
def test_open_request_moves_to_the_newest_certificate(client, juan, trainer, over):
    first, later = issue(juan), NOW + timedelta(days=300)
    passed = asked_about(first)
    CorrectionRequest.objects.filter(pk=passed.pk).update(already_printed=True)
    own = asked_about(first)
    of_holder = request_correction_as_holder(
        first, requested={"role": "Caja"}, previous={"role": "Laboratorio"}, note="", now=NOW
    )
    if over == "renewed":
        begin_again(juan, now=later)
        finish_course(juan, now=later)
    else:
        revoke_certificate(first, reason="Falta una firma.", by=trainer, now=NOW)
    second = issue(juan, by=trainer, now=later)
    assert second != first
    assert {one.pk: one.certificate for one in CorrectionRequest.objects.all()} == {
        own.pk: second, of_holder.pk: second, passed.pk: first,
    }  # fmt: skip
    assert "<strong>Medicina</strong>" in client.get(CORRECTION).text


def test_requests_about_two_certificates_are_merged(juan, trainer):
    first, later = issue(juan), NOW + timedelta(days=300)
    named = {"given_names": "Juan José", "surnames": "Núñez Ixcoy"}
    was = {"given_names": "Juan José", "surnames": "Núñez Chávez", "role": "Laboratorio"}
    asked_about(first, requested=named | {"role": "Medicina"}, previous=was, note="Así está en el DPI.")
    revoke_certificate(first, reason="Falta una firma.", by=trainer, now=NOW)
    before = {"origin": "confirming", "requested": {"role": "Caja"}, "previous": {"role": "Archivo"}}
    next_one = request_correction(juan, **before, now=later)
    second = issue(juan, by=trainer, now=later, then=partial(attach_requests, requested={}, previous={}, now=later))
    [waits] = CorrectionRequest.objects.all()
    assert (waits, waits.certificate, waits.note) == (next_one, second, "Así está en el DPI.")
    assert (waits.requested, waits.previous) == (named | {"role": "Caja"}, was | {"role": "Archivo"})


RIGHT = {"name": "Ana Lucía Coc de la Cruz", "role": "Archivo", "clinic": CLINIC, "note": "Es Coc, con c."}


@pytest.fixture
def certificate(ana):
    return issue(ana, role="Recepción")


@pytest.fixture
def address(certificate):
    return f"/v/{certificate.serial}/correccion/"


def asked():
    return [(one.requested, one.previous, one.note) for one in CorrectionRequest.objects.order_by("pk")]


def test_verification_page_links_prefilled_correction_form(client, certificate, address):
    assert f'href="{address}"' in client.get(f"/v/{certificate.serial}/").text
    page = client.get(address)
    for words in ('value="Ana Lucía Coj de la Cruz"', 'value="Recepción"', f'value="{CLINIC}"'):
        assert words in page.text
    assert "Nada sobre la salud ni la vida privada de nadie, ni números de teléfono" in page.text
    assert (page["X-Robots-Tag"], page["Cache-Control"]) == ("noindex, nofollow", "private, no-store")


def test_anonymous_request_stores_values_and_no_identity(certificate, address):
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


def test_signed_in_user_sees_the_same_form(client, certificate, address, trainer):
    answers = []
    for person in (None, certificate.learner, trainer):
        if person:
            client.force_login(person)
        answers.append(client.post(address, RIGHT)["Location"])
    assert answers == [f"{address}?recibida"] * 3
    assert len(asked()) == 1


def test_equal_anonymous_requests_are_one_and_their_number_is_limited(client, address):
    for number in range(MAX_OPEN_HOLDER_REQUESTS):
        for _twice in range(2):
            client.post(address, RIGHT | {"role": f"Puesto {'x' * number}"})
    assert len(asked()) == MAX_OPEN_HOLDER_REQUESTS
    answer = client.post(address, RIGHT | {"role": "Otro"})
    assert (answer.status_code, len(asked())) == (400, MAX_OPEN_HOLDER_REQUESTS)
    assert "Ya hay varias solicitudes sobre este certificado en espera." in answer.text
    CorrectionRequest.objects.update(decision="declined", decided_at=NOW)
    assert client.post(address, RIGHT | {"role": "Otro"}).status_code == 302


def test_anonymous_requests_share_the_rate_limit(client, address, one_minute):
    for _time in range(MAX_UNKNOWN_PER_MINUTE - 1):
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
def test_hostile_or_empty_request_is_refused(client, address, fields, sentence):
    answer = client.post(address, RIGHT | fields)
    assert (answer.status_code, asked()) == (400, [])
    assert sentence in answer.text


def test_no_request_about_invalid_certificate(client, certificate, address, trainer):
    successor = correct_certificate(certificate, printed_name="Ana Lucía Coj Cruz", by=trainer, reason="Así", now=NOW)
    for ask in (client.get, client.post):
        assert ask(address, RIGHT)["Location"] == f"/v/{certificate.serial}/"
    assert client.post(f"/v/{successor.serial}/correccion/", RIGHT).status_code == 302
    revoke_certificate(successor, reason="Falta una firma.", by=trainer, now=NOW)
    assert client.get(f"/v/{successor.serial}/correccion/")["Location"] == f"/v/{successor.serial}/"
    assert f"/v/{successor.serial}/correccion/" not in client.get(f"/v/{successor.serial}/").text
    assert len(asked()) == 1


def test_unknown_codes_count_on_correction_page(client, address, one_minute):
    unknown = "/v/0000000000000/correccion/"
    for ask in (client.get, client.post):
        page = ask(unknown, RIGHT)
        assert (page.status_code, page["X-Robots-Tag"]) == (404, "noindex, nofollow")
        assert 'value="0000000000000"' in page.text
    for _time in range(MAX_UNKNOWN_PER_MINUTE):
        page = client.get(unknown)
    assert (page.status_code, page["Retry-After"]) == (429, "60")
    assert {client.get("/v/0000000000000/").status_code, client.post(unknown).status_code} == {429}
    assert client.get(address).status_code == 200


def test_no_request_about_altered_certificate(client, certificate, address):
    edited([certificate], printed=certificate.printed | {"name": "Otra Persona"})
    for ask in (client.get, client.post):
        assert ask(address, RIGHT)["Location"] == f"/v/{certificate.serial}/"
    client.force_login(certificate.learner)
    assert client.post("/es/certificado/correccion/", {"surnames": "Tum"})["Location"] == "/es/certificado/"
    assert asked() == []


def test_typed_code_leads_to_correction_form(client, certificate):
    typed = certificate.grouped_serial.lower()
    assert client.get(f"/v/{typed}/correccion/").status_code == 200


def test_request_without_account_belongs_to_the_certificate(client, certificate, address):
    Certificate.objects.update(learner=None)
    client.post(address, RIGHT)
    assert CorrectionRequest.objects.get().learner is None
