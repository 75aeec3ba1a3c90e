import hashlib
from datetime import date

import pytest
from django.urls import reverse

from certificates.issuing.corrections import correct_certificate, revoke_certificate
from certificates.issuing.status import get_events
from certificates.models import Certificate, CertificateEvent
from tests.factories import NOW, make_clinic, make_cohort, make_learner, make_trainer

from .factories import CLINIC, edited, issue, issued_otherwise, make_graduate, make_small_course

pytestmark = pytest.mark.django_db
PAGE = "/es/certificado/"


@pytest.fixture
def ana(client, course):
    learner = make_graduate(clinic=make_clinic(CLINIC), job_title="Recepción, archivo y caja")
    client.force_login(learner)
    return learner


def confirm(client, **fields):
    named = {"given_names": "Ana Lucía", "surnames": "Coj de la Cruz"}
    return client.post(PAGE, named | {"action": "issue"} | fields)


def test_page_links_missing_items_before_finish(client):
    make_small_course(modules=2)
    client.force_login(make_learner())
    response = client.get(PAGE)
    page = response.text
    assert response.status_code == 200
    assert "Lo que falta para su certificado" in page
    for number in (1, 2):
        assert f'<a href="/es/m{number}/">{number}. Módulo de prueba {number}</a>' in page
        assert f'<a href="/es/m{number}/1/">Leer: <span>Lección 1</span></a>' in page
        assert f'<a href="/es/cuestionario/m{number}/">Aprobar: <span>Cuestionario m{number}</span></a>' in page
    assert client.post(PAGE, {"given_names": "Ana"}).status_code == 200
    assert not Certificate.objects.exists()


def test_untranslated_titles_are_marked_as_spanish(client, course):
    client.force_login(make_learner())
    page = client.get("/en/certificado/").text
    assert '<a href="/en/m1/" lang="es">1. Módulo de prueba 1</a>' in page
    assert '<a href="/en/m1/1/">Read: <span lang="es">Lección 1</span></a>' in page
    assert '<a href="/en/cuestionario/m1/">Pass: <span lang="es">Cuestionario m1</span></a>' in page


def test_page_explains_course_without_modules(client):
    make_small_course(modules=0)
    client.force_login(make_learner())
    assert "El curso todavía no tiene módulos publicados" in client.get(PAGE).text


def test_confirmation_shows_the_printed_fields(client, ana):
    page = client.get(PAGE).text
    assert 'value="Ana Lucía"' in page
    assert 'value="Coj de la Cruz"' in page
    assert '<p class="paper-name">Ana Lucía Coj de la Cruz</p>' in page
    assert f"Recepción, archivo y caja · {CLINIC}" in page
    assert "completó el curso «Trato digno»" in page
    assert not Certificate.objects.exists()


def test_preview_follows_changes_without_issuing(client, ana):
    changes = {"given_names": "ana lucía ", "surnames": " Coj  De La Cruz", "without_post": "on"}
    page = confirm(client, **changes, action="preview").text
    assert '<p class="paper-name">ana lucía Coj De La Cruz</p>' in page
    assert f'<p class="muted">{CLINIC}</p>' in page
    assert not Certificate.objects.exists()


def test_confirmation_issues_the_confirmed_fields(client, ana):
    response = confirm(client, given_names=" Ana  Lucía", surnames="COJ de la Cruz ", post="", clinic="")
    assert (response.status_code, response["Location"]) == (302, PAGE)
    certificate = Certificate.objects.get()
    assert certificate.learner == ana
    assert [certificate.printed[field] for field in ("name", "role", "clinic")] == [
        "Ana Lucía COJ de la Cruz",
        "Recepción, archivo y caja",
        CLINIC,
    ]


def test_certificate_is_in_the_page_language(client, ana):
    client.post("/en/certificado/", {"given_names": "Ana Lucía", "surnames": "Coj de la Cruz", "action": "issue"})
    printed = Certificate.objects.get().printed
    assert (printed["language"], printed["role"], printed["statement"]) == (
        "en",
        "Front desk, records and cashier",
        "completed the course",
    )


def test_refused_name_keeps_the_form_values(client, ana):
    page = confirm(client, given_names="Ana 😀", post="Archivo").text
    sentence = "Un nombre no puede llevar «😀». Use letras, espacios, guiones, apóstrofos y puntos."
    for words in (f'<a href="#id_given_names">{sentence}</a>', 'value="Ana 😀"', 'value="Archivo"'):
        assert words in page
    assert 'aria-invalid="true"' in page
    assert not Certificate.objects.exists()


def test_issued_page_links_pdf_and_verification(client, ana):
    serial = issue(ana).serial
    page = client.get(PAGE).text
    assert f'<a class="button" href="/es/certificado/{serial}.pdf">Descargar e imprimir (PDF)</a>' in page
    assert f'<a href="/v/{serial}/">http://localhost:8000/v/{serial}/</a>' in page
    assert f"{serial[:4]}-{serial[4:8]}-{serial[8:12]}-{serial[12]}" in page


def test_download_is_the_issued_pdf(client, certificate):
    response = client.get(reverse("certificate_pdf", args=[certificate.serial]))
    assert response.status_code == 200
    assert hashlib.sha256(response.content).hexdigest() == certificate.sha256
    grouped = certificate.grouped_serial
    assert {name: response[name] for name in ("Content-Type", "Content-Disposition", "Cache-Control", "ETag")} == {
        "Content-Type": "application/pdf",
        "Content-Disposition": f'inline; filename="trato-digno-{grouped}.pdf"',
        "Cache-Control": "private, no-store",
        "ETag": f'"{certificate.sha256}"',
    }
    again = client.get(
        reverse("certificate_pdf", args=[certificate.serial]), headers={"If-None-Match": response["ETag"]}
    )
    assert (again.status_code, again.content) == (304, b"")


def test_download_is_an_event_but_not_a_conditional_request(client, ana, certificate):
    address = reverse("certificate_pdf", args=[certificate.serial])
    client.head(address)
    client.get(address, headers={"If-None-Match": f'"{certificate.sha256}"'})
    assert [event.kind for event in get_events(certificate)] == ["issued"]
    client.get(address)
    client.get(address)
    assert [(event.kind, event.by) for event in get_events(certificate)] == [("issued", ana), ("printed", ana)]


def test_page_shows_the_corrected_certificate(client, ana, trainer):
    first = issue(ana, printed_name="ANA LUCIA Coj de la Cruz")
    name = "Ana Lucía Coj de la Cruz"
    second = correct_certificate(first, printed_name=name, by=trainer, reason="Un error", now=NOW)
    page = client.get(PAGE).text
    assert "Fue corregido. Imprima este" in page
    assert '<p class="paper-name">Ana Lucía Coj de la Cruz</p>' in page
    assert second.grouped_serial in page
    old = client.get(reverse("certificate_pdf", args=[first.serial]))
    assert (old.status_code, old["Location"]) == (302, PAGE)


def test_page_shows_revocation_reason_and_no_form(client, ana):
    certificate = revoke_certificate(issue(ana), reason="Falta una firma.", by=make_trainer(), now=NOW)
    page = client.get(PAGE).text
    assert '<strong class="state state-revoked">Anulado</strong>' in page
    assert "Falta una firma." in page
    assert "Hable con quien facilita su grupo: puede emitirle otro." in page
    assert ".pdf" not in page
    assert confirm(client)["Location"] == PAGE
    assert Certificate.objects.get() == certificate
    assert client.get(reverse("certificate_pdf", args=[certificate.serial]))["Location"] == PAGE
    assert '<span class="state state-revoked">Anulado</span>' in client.get("/es/").text


def test_page_shows_since_when_it_has_expired(client, ana):
    issue(ana)
    issued_otherwise(Certificate.objects.all(), expires_on=date(2026, 3, 14))
    page = client.get(PAGE).text
    assert "Vencido desde el 15 de marzo de 2026" in page
    assert "el curso se lleva de nuevo" in page
    assert "lista para imprimir" not in page
    assert '<span class="state state-expired">Vencido</span>' in client.get("/es/").text


def test_other_people_get_404_for_the_pdf(client, ana, trainer):
    address = reverse("certificate_pdf", args=[issue(ana).serial])
    for other in (make_learner("BER234"), trainer):
        client.force_login(other)
        assert client.get(address).status_code == 404
    make_cohort(trainers=[trainer], learners=[ana])
    assert client.get(address).status_code == 200


def test_altered_pdf_is_never_returned(client, certificate, caplog):
    address = reverse("certificate_pdf", args=[certificate.serial])
    pdf = bytes(certificate.pdf)
    forged = pdf.replace(b"%PDF-1.7", b"%PDF-1.6")
    for altered in ({"pdf": forged}, {"pdf": forged, "sha256": hashlib.sha256(forged).hexdigest()}, {"edition": 9}):
        edited([certificate], **altered)
        refused = client.get(address)
        assert refused.status_code == 409
        page = refused.text
        assert "Este certificado no está como se emitió: su PDF no se entrega." in page
        assert f'href="/v/{certificate.serial}/"' in page
        edited([certificate], pdf=pdf, sha256=certificate.sha256, edition=certificate.edition)
    assert not CertificateEvent.objects.filter(kind=CertificateEvent.Kind.PRINTED).exists()
    assert client.get(address).content == pdf
    assert caplog.text.count(certificate.serial) >= 3


def test_pdf_of_earlier_version_stays_unchanged(client, ana):
    pdf = b"%PDF-1.4 as an earlier version wrote it"
    issue(ana)
    issued_otherwise(Certificate.objects.all(), pdf=pdf, sha256=hashlib.sha256(pdf).hexdigest())
    before = Certificate.objects.values().get()
    assert client.get(reverse("certificate_pdf", args=[before["serial"]])).content == pdf
    client.get(PAGE)
    issue(ana)
    assert Certificate.objects.values().get() == before
