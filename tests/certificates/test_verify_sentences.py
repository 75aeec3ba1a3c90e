"""What whoever verifies reads first: one sentence in both languages, and how the certificate stands."""

import re
from datetime import date

import pytest
from django.conf import settings
from django.test import Client
from lxml import html

from certificates.badges.keys import make_key
from certificates.issuing.annulling import annul_certificate
from certificates.issuing.correcting import correct_certificate
from certificates.issuing.standing import Standing, standing_of
from certificates.models import Certificate
from certificates.verifying.sentences import sentences_of
from certificates.verifying.verification import facts_in_words, rows_of_facts
from certificates.wording.sharing import linkedin_address, whatsapp_address
from tests.factories import NOW, make_trainer

from .factories import edited, issue, issued_otherwise, make_design, make_graduate, make_small_course, unsigned
from .test_verify_file import send

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("one_minute")]
TODAY = date(2026, 11, 26)
UNCONFIRMED = "Este sitio no puede confirmar que emitió este certificado: no está firmado con la llave del sitio."


@pytest.fixture
def certificate():
    make_small_course()
    make_design()
    return issue(make_graduate())


def page_of(certificate, language="es"):
    client = Client()
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = language
    return client.get(f"/v/{certificate.serial}/").content.decode()


def lead_of(page):
    """Return the words of what stands first below the heading, without the glyphs."""
    [lead] = html.fromstring(page).find_class("how-it-stands")[:1]
    return [" ".join(part.text_content().split()) for part in lead.iter("p")]


def test_a_valid_one_leads_with_who_completed_what_and_when(certificate):
    assert sentences_of(certificate, Standing.VALID) == [
        (
            "es",
            "Ana Lucía Coj de la Cruz completó el curso «Trato digno» el 25 de noviembre de 2026. El certificado es"
            " válido.",
        ),
        (
            "en",
            "Ana Lucía Coj de la Cruz completed the course “Trato digno” on 25 November 2026. The certificate is"
            " valid.",
        ),
    ]
    for language, word in (("es", "Válido"), ("en", "Valid")):
        lead = lead_of(page_of(certificate, language))
        assert lead[0] == word
        # Both languages stand there, whichever the page speaks.
        assert [line.split(".")[0] for line in lead[1:]] == [
            "Ana Lucía Coj de la Cruz completó el curso «Trato digno» el 25 de noviembre de 2026",
            "Ana Lucía Coj de la Cruz completed the course “Trato digno” on 25 November 2026",
        ]


def test_each_standing_has_its_own_word_shape_and_sentence(certificate):
    seen = {Standing.VALID: page_of(certificate)}
    issued_otherwise(Certificate.objects.all(), expires_on=date(2026, 1, 1))
    seen[Standing.EXPIRED] = page_of(certificate)
    issued_otherwise(Certificate.objects.all(), expires_on=None)
    trainer = make_trainer()
    corrected = correct_certificate(
        certificate, printed_name="Ana Lucia Coj de la Cruz", by=trainer, reason="Un acento", now=NOW
    )
    seen[Standing.REPLACED] = page_of(certificate)
    annul_certificate(corrected, reason="Se emitió por error", by=trainer, now=NOW)
    seen[Standing.ANNULLED] = page_of(corrected)
    shapes = {standing: re.search(r'(?s)<svg class="shape".*?</svg>', page)[0] for standing, page in seen.items()}
    assert len(set(shapes.values())) == len(Standing)
    assert {standing: lead_of(page)[:2] for standing, page in seen.items()} == {
        Standing.VALID: [
            "Válido",
            "Ana Lucía Coj de la Cruz completó el curso «Trato digno» el 25 de noviembre de 2026."
            " El certificado es válido.",
        ],
        Standing.EXPIRED: [
            "Vencido",
            "Ana Lucía Coj de la Cruz completó el curso «Trato digno» el 25 de noviembre de 2026."
            " El certificado está vencido: fue válido hasta el 1 de enero de 2026.",
        ],
        Standing.REPLACED: [
            "Reemplazado",
            "Este certificado de Ana Lucía Coj de la Cruz no es válido: el 25 de noviembre de 2026 otro tomó su lugar.",
        ],
        Standing.ANNULLED: [
            "Anulado",
            "Este certificado de Ana Lucia Coj de la Cruz no es válido: fue anulado el 25 de noviembre de 2026.",
        ],
    }


def test_one_of_the_first_version_says_when_it_was_certified(certificate):
    # As the first version printed it.
    for field in ("finished", "finished_in_words", "modules", "edition", "text", "border"):
        certificate.printed.pop(field, None)
    [(_language, spanish), _english] = sentences_of(certificate, standing_of(certificate, today=TODAY))
    assert spanish.startswith(
        "Ana Lucía Coj de la Cruz completó el curso «Trato digno», certificado el 25 de noviembre de 2026."
    )
    assert facts_in_words(certificate)["finished_in_words"] == ""


def test_in_english_the_facts_are_english_wherever_there_is_a_word(certificate):
    page = html.fromstring(page_of(certificate, "en"))
    [facts] = page.find_class("verify-facts")
    told = {row.find("dt").text_content(): row.find("dd").text_content() for row in facts.iter("div")}
    assert told["Post"] == "Front desk, records and cashier"
    assert told["Date of issue"] == "25 November 2026"
    assert told["Length"] == "two hours of study"
    assert told["Code"] == certificate.grouped_serial
    # What has no other language says in which it was printed.
    assert {dd.get("lang") for dd in facts.iter("dd") if dd.text_content() == "Dirección de Área de Salud"} == {"es"}


def test_what_matters_less_is_folded(certificate):
    page = html.fromstring(page_of(certificate))
    [folds] = page.find_class("folds")
    folded = [one.find("summary").text_content() for one in folds.iter("details")]
    assert folded[:2] == ["Todo lo que se imprimió, palabra por palabra", "Comparar el PDF con el que se emitió"]
    assert not any(one.get("open") for one in folds.iter("details"))
    open_rows = [row.label for row in rows_of_facts(certificate)]
    assert {"Borde", "Papel", "Dirección en el QR"}.isdisjoint(open_rows)
    assert len(open_rows) <= 9


def test_of_a_changed_file_the_verdict_leads_and_what_was_issued_comes_after(client, certificate):
    page = send(client, bytes(certificate.pdf) + b"x", code=certificate.serial).content.decode()
    assert lead_of(page)[:3] == [
        "Archivo alterado",
        "Este archivo no es el que se emitió: pudo ser alterado.",
        "This file is not the one that was issued: it may have been altered.",
    ]
    outcomes = [one.get("class") for one in html.fromstring(page).find_class("how-it-stands")]
    assert [kind.split()[1] for kind in outcomes[:2]] == ["how-it-stands-altered", "how-it-stands-valid"]
    assert page.index("Archivo alterado") < page.index("Lo que sí se emitió con el código") < page.index(">Válido<")
    # A real one shows no such heading: the style hides it.
    assert 'class="after-other-file" id="what-stands"' in page
    assert "after-other-file" not in page_of(certificate)


def test_that_a_file_is_the_same_is_said_below_how_it_stands(client, certificate):
    annul_certificate(certificate, reason="Se emitió por error", by=make_trainer(), now=NOW)
    page = send(client, certificate.pdf, code=certificate.serial).content.decode()
    assert lead_of(page)[0] == "Anulado"
    assert page.index(">Anulado<") < page.index("Es el mismo archivo que se emitió.")


def test_facts_that_somebody_edited_lead_with_that_and_nothing_says_valid(certificate):
    edited([certificate], printed=certificate.printed | {"name": "Berta Alterada"})
    for language in ("es", "en"):
        page = page_of(certificate, language)
        assert lead_of(page)[1:3] == [
            "Los datos guardados de este certificado no son los que se emitieron: no se fíe de él.",
            "The facts kept of this certificate are not those that were issued: do not trust it.",
        ]
        assert "state-valid" not in without_templates(page)


def test_of_facts_that_somebody_edited_neither_the_file_nor_a_link_to_share_says_that_all_is_well(client, certificate):
    edited([certificate], printed=certificate.printed | {"name": "Berta Alterada"})
    page = send(client, certificate.pdf, code=certificate.serial).content.decode()
    assert "Es el mismo archivo que se emitió." not in page
    client.force_login(certificate.learner)
    own = client.get("/es/certificado/").content.decode()
    assert "linkedin.com" not in own
    assert "insignia.png" not in own


def test_where_a_link_is_shared_nothing_of_anybody_is_shown(certificate):
    page = html.fromstring(page_of(certificate))
    told = {one.get("property"): one.get("content") for one in page.iter("meta") if one.get("property")}
    assert told == {
        "og:type": "website",
        "og:site_name": "Trato digno",
        "og:title": "Verificar un certificado · Trato digno",
        "og:description": "Aquí cualquiera ve si un certificado fue emitido por este sitio y cómo está.",
        "og:image": "http://localhost:8000/v/insignia.png",
        "og:image:alt": "Insignia del curso: sus ocho motivos tejidos alrededor de una marca de visto.",
    }
    everything = " ".join(str(one.get("content")) for one in page.iter("meta"))
    for secret in ("Coj", certificate.serial, certificate.grouped_serial):
        assert secret not in everything


def test_it_is_shared_by_plain_links_that_hold_what_is_printed(certificate):
    certificate.expires_on = date(2028, 11, 25)
    assert linkedin_address(certificate) == (
        "https://www.linkedin.com/profile/add?startTask=CERTIFICATION_NAME&name=Trato+digno"
        "&organizationName=Direcci%C3%B3n+de+%C3%81rea+de+Salud&issueYear=2026&issueMonth=11"
        f"&certUrl=http%3A%2F%2Flocalhost%3A8000%2Fv%2F{certificate.serial}%2F&certId={certificate.grouped_serial}"
        "&expirationYear=2028&expirationMonth=11"
    )
    message = whatsapp_address(certificate)
    assert message.startswith("https://wa.me/?text=Mi+certificado+del+curso+%C2%ABTrato+digno%C2%BB")
    assert "Coj" not in message
    client = Client()
    client.force_login(certificate.learner)
    page = html.fromstring(client.get("/es/certificado/").content.decode())
    shared = [one for one in page.iter("a") if one.get("rel") == "noopener noreferrer"]
    assert [one.get("href").split("/")[2] for one in shared] == ["www.linkedin.com", "wa.me"]


def without_templates(page):
    """Return a page without what only JavaScript shows."""
    return re.sub(r"(?s)<template.*?</template>", "", page)


def test_certificate_that_was_forged_without_the_key_is_not_confirmed(key, certificate, client):
    unsigned(certificate, printed=certificate.printed | {"name": "Otra Persona"})
    page = page_of(certificate)
    assert lead_of(page)[:3] == [
        "Sin confirmar",
        UNCONFIRMED,
        "This site cannot confirm that it issued this certificate: it is not signed with the key of the site.",
    ]
    assert "Válido" not in page
    assert "state-valid" not in without_templates(page)
    same_file = send(client, certificate.pdf, code=certificate.serial).text
    assert "Es el mismo archivo que se emitió." not in without_templates(same_file)
    client.force_login(certificate.learner)
    own = client.get("/es/certificado/").text
    assert (UNCONFIRMED in own, "linkedin.com" in own) == (True, False)


def test_certificate_whose_signing_key_is_gone_is_not_confirmed(key, certificate):
    assert lead_of(page_of(certificate))[0] == "Válido"
    key.unlink()
    assert lead_of(page_of(certificate))[:2] == ["Sin confirmar", UNCONFIRMED]
    make_key()
    assert lead_of(page_of(certificate))[0] == "Sin confirmar"


def test_that_one_without_the_signature_of_the_site_was_annulled_is_still_said(key, certificate):
    annul_certificate(certificate, reason="Robaron la llave", by=make_trainer(), now=NOW)
    key.unlink()
    page = page_of(certificate)
    assert (lead_of(page)[0], "Robaron la llave" in page) == ("Anulado", True)


def test_without_any_key_one_that_nobody_signed_is_valid(certificate):
    assert lead_of(page_of(certificate))[0] == "Válido"
