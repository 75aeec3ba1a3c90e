"""/v/…: anyone may check a paper, in two languages, without signing in; nobody can list or guess."""

import re
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.conf import settings

from certificates.issuing.annulling import annul_certificate
from certificates.issuing.composing import PRINTED_FIELDS
from certificates.issuing.correcting import correct_certificate
from certificates.models import Certificate
from certificates.verifying.verification import printed_rows
from tests.factories import NOW, make_trainer

from .factories import CLINIC, issue, issued_otherwise, make_design, make_graduate, make_small_course

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("one_minute")]
UNKNOWN = "7QK4M2XD9WTR"


@pytest.fixture
def certificate():
    make_small_course()
    make_design([("Dra. Julia Tzoc", "Directora"), ("Lic. Pedro Ixcoy", "Facilitador")])
    return issue(make_graduate(email="ana@ejemplo.gt"))


def in_english(client):
    """Return the client of who chose English."""
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = "en"
    return client


def page_of(response):
    return response.content.decode()


def test_the_page_shows_every_printed_field(client, certificate):
    response = client.get(f"/v/{certificate.serial}/")
    page = page_of(response)
    assert response.status_code == 200
    assert '<strong class="state state-valid">Válido</strong>' in page
    for expected in [
        "Constancia de finalización",
        "Ana Lucía Coj de la Cruz",
        "Recepción, archivo y caja",
        CLINIC,
        "terminó el curso",
        "Trato digno",
        "sobre el buen trato",
        "un módulo",
        "dos horas de estudio",
        "25 de noviembre de 2026",
        "2026-11-25",
        "Dirección de Área de Salud",
        "Dra. Julia Tzoc, Directora",
        "Lic. Pedro Ixcoy, Facilitador",
        "Español",
        "Carta",
        certificate.grouped_serial,
        f"http://localhost:8000/v/{certificate.serial}/",
    ]:
        assert f">{expected}</dd>" in page
    assert certificate.sha256 in page
    shown = [field for field in PRINTED_FIELDS if certificate.printed[field] and field != "minutes"]
    assert len(printed_rows(certificate)) == len(shown)


def test_the_page_is_english_for_whoever_reads_english(client, certificate):
    page = page_of(in_english(client).get(f"/v/{certificate.serial}/"))
    assert '<html lang="en"' in page
    assert '<strong class="state state-valid">Valid</strong>' in page
    assert '<dt>Issued by</dt><dd lang="es">Dirección de Área de Salud</dd>' in page
    assert "<dt>Language</dt><dd>Spanish</dd>" in page


def test_nothing_else_about_the_person_is_shown_nor_kept_by_search_engines(client, certificate):
    response = client.get(f"/v/{certificate.serial}/")
    page = page_of(response)
    assert "ana@ejemplo.gt" not in page
    assert certificate.learner.username not in page
    assert '<meta name="robots" content="noindex">' in page
    assert response["X-Robots-Tag"] == "noindex, nofollow"
    assert "no-store" in response["Cache-Control"]


def test_it_stays_valid_when_the_account_is_gone(client, certificate):
    Certificate.objects.update(learner=None)
    assert "Válido" in page_of(client.get(f"/v/{certificate.serial}/"))


def state_on(page):
    return re.search(r'<strong class="state state-(\w+)">(.+?)</strong>', page).groups()


def replace(certificate):
    return correct_certificate(
        certificate, printed_name="Ana Lucía Coj", by=make_trainer(), reason="Le sobraba un apellido", now=NOW
    )


def test_one_that_was_replaced_leads_to_the_one_that_holds(client, certificate):
    successor = replace(certificate)
    page = page_of(client.get(f"/v/{certificate.serial}/"))
    assert state_on(page) == ("replaced", "Reemplazado")
    assert f'href="/v/{successor.serial}/">Ver el certificado {successor.grouped_serial}</a>' in page
    assert "el 25 de noviembre de 2026 otro tomó su lugar" in page
    # What its paper says, and nothing of why it was corrected or by whom.
    assert ">Ana Lucía Coj de la Cruz</dd>" in page
    assert "Le sobraba" not in page
    assert "Marta" not in page
    holds = page_of(client.get(f"/v/{successor.serial}/"))
    assert state_on(holds) == ("valid", "Válido")
    assert '<dt>Corregido el</dt><dd lang="es">25 de noviembre de 2026</dd>' in holds
    english = page_of(in_english(client).get(f"/v/{certificate.serial}/"))
    assert state_on(english) == ("replaced", "Replaced")


def test_one_that_was_annulled_says_when_and_why(client, certificate):
    annul_certificate(certificate, reason="Se emitió a <otra> persona.", by=make_trainer(), now=NOW)
    page = page_of(client.get(f"/v/{certificate.serial}/"))
    assert state_on(page) == ("annulled", "Anulado")
    assert "anulado el 25 de noviembre de 2026" in page
    assert 'Motivo: <span lang="es">Se emitió a &lt;otra&gt; persona.</span>' in page
    assert ">Ana Lucía Coj de la Cruz</dd>" in page
    english = page_of(in_english(client).get(f"/v/{certificate.serial}/"))
    assert state_on(english) == ("annulled", "Annulled")


def test_one_holds_to_the_end_of_its_last_day_and_then_says_until_when_it_did(client, certificate, monkeypatch):
    issued_otherwise(Certificate.objects.all(), expires_on=date(2027, 3, 14))
    midnight = datetime(2027, 3, 15, tzinfo=ZoneInfo("America/Guatemala"))
    for now, state, sentence in [
        (
            midnight - timedelta(seconds=1),
            ("valid", "Válido"),
            "El certificado es válido hasta el 14 de marzo de 2027.",
        ),
        (midnight, ("expired", "Vencido"), "El certificado está vencido: fue válido hasta el 14 de marzo de 2027."),
    ]:
        monkeypatch.setattr("django.utils.timezone.now", lambda now=now: now)
        page = page_of(client.get(f"/v/{certificate.serial}/"))
        assert state_on(page) == state
        assert sentence in page


def test_whatever_a_design_may_print_is_told_in_words(certificate):
    certificate.printed |= {
        "text": ["Una línea", "y otra"],
        "logos": [{"image": "ab" * 32, "institution": "Ministerio"}],
        "border": "3",
        "palette": "jade",
        "grade": "",
    }
    told = {row.label: row.values for row in printed_rows(certificate)}
    assert (told["Más líneas"], told["Logos de"]) == (["Una línea", "y otra"], ["Ministerio"])
    assert (told["Borde"], told["Colores del borde"]) == (["Secreto"], ["Jade"])
    assert "Calificación" not in told


@pytest.mark.parametrize("replaced", [False, True])
def test_looking_at_a_certificate_takes_one_query(client, certificate, replaced, django_assert_num_queries):
    if replaced:
        replace(certificate)
    with django_assert_num_queries(1):
        client.get(f"/v/{certificate.serial}/")


def test_spaces_dashes_and_lower_case_lead_to_the_one_address(client, certificate):
    typed = certificate.grouped_serial.lower().replace("-", " - ")
    response = client.get(f"/v/{typed}/")
    assert (response.status_code, response["Location"]) == (302, f"/v/{certificate.serial}/")
    assert client.get(f"/v/{certificate.grouped_serial}", follow=True).status_code == 200


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        (UNKNOWN, "El código está incompleto: tiene 12 caracteres y deben ser 13."),
        (UNKNOWN + "00", "El código es demasiado largo: tiene 14 caracteres y deben ser 13."),
        ("U000000000000", "El código trae «U», y ningún código usa ese carácter."),
        ("0000000000001", "Un carácter del código está equivocado, o dos cambiaron de lugar."),
        ("0000000000000", "Aquí no se emitió ningún certificado con este código. Compárelo con el papel."),
    ],
)
def test_an_unknown_code_gets_a_page_that_says_what_to_check(client, typed, sentence):
    response = client.get(f"/v/{typed}/")
    page = page_of(response)
    assert response.status_code == 404
    assert "Ningún certificado tiene este código" in page
    assert sentence in page
    assert f'value="{typed}"' in page
    assert response["X-Robots-Tag"] == "noindex, nofollow"


def test_the_form_leads_to_the_one_address_without_a_query_string(client, certificate):
    assert client.get("/v/").status_code == 200
    response = client.post("/v/", {"code": f" {certificate.grouped_serial.lower()} "})
    assert (response.status_code, response["Location"]) == (302, f"/v/{certificate.serial}/")


@pytest.mark.parametrize("end", ["/", "", "/?x=1", "/#arriba"])
def test_the_address_in_the_square_may_be_pasted_whole(client, certificate, end):
    response = client.post("/v/", {"code": f" https://curso.example.gt/v/{certificate.serial}{end} "})
    assert (response.status_code, response["Location"]) == (302, f"/v/{certificate.serial}/")


def test_a_slip_in_the_form_is_explained_and_kept(client):
    page = page_of(client.post("/v/", {"code": "7qk4 m2xd"}))
    sentence = "El código está incompleto: tiene 8 caracteres y deben ser 13."
    assert f'<a href="#id_code">{sentence}</a>' in page
    assert f'<span class="field-error" id="code-error">{sentence}</span>' in page
    assert 'value="7qk4 m2xd"' in page


def test_the_form_never_reads_the_code_from_the_address(client, certificate):
    page = page_of(client.get("/v/", {"code": certificate.serial}))
    assert certificate.serial not in page


def test_whoever_guesses_sixty_times_in_a_minute_has_to_wait(client, certificate):
    for _guess in range(60):
        assert client.get("/v/0000000000000/").status_code == 404
    refused = client.get("/v/0000000000000/")
    assert (refused.status_code, refused["Retry-After"]) == (429, "60")
    assert "Espere un minuto, por favor" in page_of(refused)
    elsewhere = client.get("/v/0000000000000/", REMOTE_ADDR="10.0.0.7")
    assert elsewhere.status_code == 404
    # Whoever holds a certificate behind the same address is still answered.
    assert client.get(f"/v/{certificate.serial}/").status_code == 200


def test_behind_a_proxy_people_are_counted_apart(client, certificate, settings):
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 1
    for _guess in range(60):
        client.get("/v/0000000000000/", headers={"X-Forwarded-For": "10.0.0.8"})
    address = "/v/0000000000000/"
    assert client.get(address, headers={"X-Forwarded-For": "10.0.0.8"}).status_code == 429
    assert client.get(address, headers={"X-Forwarded-For": "10.0.0.9"}).status_code == 404


def test_guesses_by_head_and_through_the_form_are_counted_too(client, certificate):
    for _guess in range(30):
        assert client.head("/v/0000000000000/").status_code == 404
        assert client.post("/v/", {"code": "0000-0000-0000-0"}, follow=True).status_code == 404
    assert client.head("/v/0000000000000/").status_code == 429
    assert client.post("/v/", {"code": "0000-0000-0000-0"}, follow=True).status_code == 429
    assert client.post("/v/", {"code": certificate.serial}, follow=True).status_code == 200


def test_looking_at_real_certificates_is_never_counted(client, certificate):
    for _look in range(61):
        assert client.get(f"/v/{certificate.serial}/").status_code == 200
