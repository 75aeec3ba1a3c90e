"""/v/<code>/correccion/: anybody who has the paper asks for a correction, without an account and without a name."""

from datetime import timedelta

import pytest
import time_machine
from django.conf import settings
from django.contrib.sessions.models import Session
from django.test import Client
from django.utils import timezone

from certificates.issuing.annulling import annul_certificate
from certificates.issuing.correcting import correct_certificate
from certificates.issuing.requesting import MOST_OF_HOLDERS
from certificates.models import Certificate, CorrectionRequest
from certificates.verifying.verification import UNKNOWN_PER_MINUTE, count_unknown
from tests.factories import NOW, make_trainer

from .factories import CLINIC, edited, issue, make_graduate, make_small_course

pytestmark = pytest.mark.django_db
RIGHT = {"name": "Ana Lucía Coc de la Cruz", "role": "Archivo", "clinic": CLINIC, "note": "Es Coc, con c."}


@pytest.fixture
def certificate():
    make_small_course()
    return issue(make_graduate(), role="Recepción")


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


def test_whoever_is_signed_in_reads_the_same(client, certificate, address):
    answers = []
    for person in (None, certificate.learner, make_trainer()):
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


def test_an_address_asks_as_often_as_for_unknown_codes(client, address):
    client.post(address, RIGHT)
    # A minute may begin meanwhile.
    for minute in (timezone.now(), timezone.now() + timedelta(minutes=1)):
        for _time in range(UNKNOWN_PER_MINUTE - 1):
            count_unknown("127.0.0.1", now=minute)
    first, second = (client.post(address, RIGHT | {"role": role}) for role in ("Caja", "Farmacia"))
    assert {first.status_code, second.status_code} <= {302, 429}
    third = client.post(address, RIGHT | {"role": "Medicina"})
    assert (third.status_code, third["Retry-After"]) == (429, "60")
    assert all(words["role"] != "Medicina" for words, _was, _note in asked())
    assert client.get(address).status_code == 200


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"name": "Ana 😀 Coj"}, "Un nombre no puede llevar «😀»"),
        ({"name": "Ana \u202eCoj"}, "carácter invisible (U+202E)"),
        ({"name": "Ana\x00"}, "nulo"),
        ({"name": "a" * 61}, "61 caracteres"),
        ({"name": "a" * 100_000}, "300"),
        ({"name": ""}, "Escriba el nombre con letras"),
        ({"name": "Ana Libre de Estigma"}, "Escriba solo el nombre, como está en el DPI."),
        ({"role": "Promotora libre de estigma"}, "Escriba solo el puesto"),
        ({"role": "P" * 121}, "Escriba solo el puesto"),
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


def test_of_one_that_does_not_hold_nothing_is_asked(client, certificate, address):
    trainer = make_trainer()
    successor = correct_certificate(
        certificate, printed_name="Ana Lucía Coj Cruz", by=trainer, reason="Así", now=NOW, then=None
    )
    for ask in (client.get, client.post):
        assert ask(address, RIGHT)["Location"] == f"/v/{certificate.serial}/"
    assert client.post(f"/v/{successor.serial}/correccion/", RIGHT).status_code == 302
    annul_certificate(successor, reason="Falta una firma.", by=trainer, now=NOW)
    assert client.get(f"/v/{successor.serial}/correccion/")["Location"] == f"/v/{successor.serial}/"
    assert f"/v/{successor.serial}/correccion/" not in client.get(f"/v/{successor.serial}/").text
    assert len(asked()) == 1


@pytest.fixture
def still():
    """No minute begins meanwhile."""
    with time_machine.travel(timezone.now(), tick=False):
        yield


def test_unknown_codes_are_counted_as_on_the_other_pages(client, address, still):
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


def test_it_is_there_in_english(client, address):
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = "en"
    assert "Ask for a correction" in client.get(address).text


def test_of_an_account_that_is_gone_it_is_kept_with_the_certificate_alone(client, certificate, address):
    Certificate.objects.update(learner=None)
    client.post(address, RIGHT)
    assert CorrectionRequest.objects.get().learner is None


@pytest.mark.nightly
@pytest.mark.parametrize("waiting", [0, 2])
def test_it_takes_as_many_queries_for_any_number_that_waits(client, address, waiting, django_assert_num_queries):
    for number in range(waiting):
        client.post(address, RIGHT | {"role": f"Puesto {'x' * number}"})
    with django_assert_num_queries(1):
        client.get(address)
