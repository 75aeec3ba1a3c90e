import re
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from lxml import html

from certificates.badges.keys import make_key
from certificates.issuing.corrections import correct_certificate, revoke_certificate
from certificates.issuing.field_values import PRINTED_FIELDS
from certificates.issuing.status import CertificateStatus, get_status
from certificates.models import Certificate
from certificates.text.codes import linkedin_url, whatsapp_url
from certificates.verifying.verification import (
    MAX_FILE_SIZE,
    MAX_REQUEST_SIZE,
    fact_rows,
    printed_rows,
    status_sentences,
    translated_facts,
)
from tests.factories import NOW

from .factories import CLINIC, edited, issue, issued_otherwise, make_design, make_graduate, unsigned

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("one_minute")]


@pytest.fixture
def certificate(course):
    make_design([("Dra. Julia Tzoc", "Directora"), ("Lic. Pedro Ixcoy", "Facilitador")])
    return issue(make_graduate(email="ana@ejemplo.gt"))


def test_page_shows_every_printed_field(client, certificate):
    response = client.get(f"/v/{certificate.serial}/")
    page = response.text
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


def test_page_shows_nothing_else_and_is_not_indexed(client, certificate):
    response = client.get(f"/v/{certificate.serial}/")
    page = response.text
    assert "ana@ejemplo.gt" not in page
    assert certificate.learner.username not in page
    assert '<meta name="robots" content="noindex">' in page
    assert response["X-Robots-Tag"] == "noindex, nofollow"
    assert "no-store" in response["Cache-Control"]


def test_certificate_stays_valid_without_account(client, certificate):
    Certificate.objects.update(learner=None)
    assert "Válido" in client.get(f"/v/{certificate.serial}/").text


def state_on(page):
    return re.search(r'<strong class="state state-(\w+)">(.+?)</strong>', page).groups()


def test_replaced_certificate_links_its_successor(client, certificate, trainer):
    successor = correct_certificate(
        certificate, printed_name="Ana Lucía Coj", by=trainer, reason="Le sobraba un apellido", now=NOW
    )
    page = client.get(f"/v/{certificate.serial}/").text
    assert state_on(page) == ("replaced", "Reemplazado")
    assert f'href="/v/{successor.serial}/">Ver el certificado {successor.grouped_serial}</a>' in page
    assert "el 25 de noviembre de 2026 otro tomó su lugar" in page
    assert ">Ana Lucía Coj de la Cruz</dd>" in page
    assert "Le sobraba" not in page
    assert "Marta" not in page
    successor_page = client.get(f"/v/{successor.serial}/").text
    assert state_on(successor_page) == ("valid", "Válido")
    assert '<dt>Corregido el</dt><dd lang="es">25 de noviembre de 2026</dd>' in successor_page


def test_revoked_certificate_shows_date_and_reason(client, certificate, trainer):
    revoke_certificate(certificate, reason="Se emitió a <otra> persona.", by=trainer, now=NOW)
    page = client.get(f"/v/{certificate.serial}/").text
    assert state_on(page) == ("revoked", "Anulado")
    assert "anulado el 25 de noviembre de 2026" in page
    assert 'Motivo: <span lang="es">Se emitió a &lt;otra&gt; persona.</span>' in page
    assert ">Ana Lucía Coj de la Cruz</dd>" in page


def test_certificate_is_valid_to_the_end_of_its_last_day(client, certificate, monkeypatch):
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
        page = client.get(f"/v/{certificate.serial}/").text
        assert state_on(page) == state
        assert sentence in page


def test_every_printable_field_has_a_label(certificate):
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


def test_other_spellings_redirect_to_the_canonical_url(client, certificate):
    typed = certificate.grouped_serial.lower().replace("-", " - ")
    response = client.get(f"/v/{typed}/")
    assert (response.status_code, response["Location"]) == (302, f"/v/{certificate.serial}/")
    assert client.get(f"/v/{certificate.grouped_serial}", follow=True).status_code == 200


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("7QK4M2XD9WTR", "El código está incompleto: tiene 12 caracteres y deben ser 13."),
        ("0000000000001", "Un carácter del código está equivocado, o dos cambiaron de lugar."),
        ("0000000000000", "Aquí no se emitió ningún certificado con este código. Compárelo con el papel."),
    ],
)
def test_unknown_code_page_says_what_to_check(client, typed, sentence):
    response = client.get(f"/v/{typed}/")
    page = response.text
    assert response.status_code == 404
    for words in ("Ningún certificado tiene este código", sentence, f'value="{typed}"'):
        assert words in page
    assert response["X-Robots-Tag"] == "noindex, nofollow"


def test_form_redirects_to_the_canonical_url(client, certificate):
    whole = [f"https://curso.example.gt/v/{certificate.serial}{end}" for end in ("/", "", "/?x=1", "/#arriba")]
    for typed in (certificate.grouped_serial.lower(), *whole):
        response = client.post("/v/", {"code": f" {typed} "})
        assert (response.status_code, response["Location"]) == (302, f"/v/{certificate.serial}/")


def test_wrong_code_is_explained_and_kept_in_the_form(client):
    page = client.post("/v/", {"code": "7qk4 m2xd"}).text
    sentence = "El código está incompleto: tiene 8 caracteres y deben ser 13."
    assert f'<a href="#id_code">{sentence}</a>' in page
    assert f'<span class="field-error" id="code-error">{sentence}</span>' in page
    assert 'value="7qk4 m2xd"' in page


def test_form_ignores_query_string(client, certificate):
    assert certificate.serial not in client.get("/v/", {"code": certificate.serial}).text


def test_sixty_unknown_codes_a_minute_are_the_limit(client, certificate):
    for _guess in range(60):
        assert client.get("/v/0000000000000/").status_code == 404
    refused = client.get("/v/0000000000000/")
    assert (refused.status_code, refused["Retry-After"]) == (429, "60")
    assert "Espere un minuto, por favor" in refused.text
    assert client.get("/v/0000000000000/", REMOTE_ADDR="10.0.0.7").status_code == 404
    assert client.get(f"/v/{certificate.serial}/").status_code == 200


def test_clients_behind_a_proxy_are_counted_separately(client, certificate, settings):
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 1
    for _guess in range(60):
        client.get("/v/0000000000000/", headers={"X-Forwarded-For": "10.0.0.8"})
    address = "/v/0000000000000/"
    assert client.get(address, headers={"X-Forwarded-For": "10.0.0.8"}).status_code == 429
    assert client.get(address, headers={"X-Forwarded-For": "10.0.0.9"}).status_code == 404


def test_guesses_by_head_and_form_count(client, certificate):
    for _guess in range(30):
        assert client.head("/v/0000000000000/").status_code == 404
        assert client.post("/v/", {"code": "0000-0000-0000-0"}, follow=True).status_code == 404
    assert client.head("/v/0000000000000/").status_code == 429
    assert client.post("/v/", {"code": "0000-0000-0000-0"}, follow=True).status_code == 429
    assert client.post("/v/", {"code": certificate.serial}, follow=True).status_code == 200


TODAY = date(2026, 11, 26)
UNCONFIRMED = "Este sitio no puede confirmar que emitió este certificado: no está firmado con la llave del sitio."


def page_of(certificate, language="es"):
    client = Client()
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = language
    return client.get(f"/v/{certificate.serial}/").text


def lead_of(page):
    [lead] = html.fromstring(page).find_class("certificate-status")[:1]
    return [" ".join(part.text_content().split()) for part in lead.iter("p")]


def test_valid_page_starts_with_name_course_and_date(certificate):
    assert status_sentences(certificate, CertificateStatus.VALID) == [
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
    sentences = [sentence for _language, sentence in status_sentences(certificate, CertificateStatus.VALID)]
    for language, word in (("es", "Válido"), ("en", "Valid")):
        assert lead_of(page_of(certificate, language)) == [word, *sentences]


def test_each_status_has_its_own_word_shape_and_sentence(certificate, trainer):
    seen = {CertificateStatus.VALID: page_of(certificate)}
    issued_otherwise(Certificate.objects.all(), expires_on=date(2026, 1, 1))
    seen[CertificateStatus.EXPIRED] = page_of(certificate)
    issued_otherwise(Certificate.objects.all(), expires_on=None)
    corrected = correct_certificate(
        certificate, printed_name="Ana Lucia Coj de la Cruz", by=trainer, reason="Un acento", now=NOW
    )
    seen[CertificateStatus.REPLACED] = page_of(certificate)
    revoke_certificate(corrected, reason="Se emitió por error", by=trainer, now=NOW)
    seen[CertificateStatus.REVOKED] = page_of(corrected)
    shapes = {standing: re.search(r'(?s)<svg class="shape".*?</svg>', page)[0] for standing, page in seen.items()}
    assert len(set(shapes.values())) == len(CertificateStatus)
    assert {standing: lead_of(page)[:2] for standing, page in seen.items()} == {
        CertificateStatus.VALID: [
            "Válido",
            "Ana Lucía Coj de la Cruz completó el curso «Trato digno» el 25 de noviembre de 2026."
            " El certificado es válido.",
        ],
        CertificateStatus.EXPIRED: [
            "Vencido",
            "Ana Lucía Coj de la Cruz completó el curso «Trato digno» el 25 de noviembre de 2026."
            " El certificado está vencido: fue válido hasta el 1 de enero de 2026.",
        ],
        CertificateStatus.REPLACED: [
            "Reemplazado",
            "Este certificado de Ana Lucía Coj de la Cruz no es válido: el 25 de noviembre de 2026 otro tomó su lugar.",
        ],
        CertificateStatus.REVOKED: [
            "Anulado",
            "Este certificado de Ana Lucia Coj de la Cruz no es válido: fue anulado el 25 de noviembre de 2026.",
        ],
    }


def test_certificate_without_finish_date_shows_issue_date(certificate):
    for field in ("finished", "finished_in_words", "modules", "edition", "text", "border"):
        certificate.printed.pop(field, None)
    [(_language, spanish), _english] = status_sentences(certificate, get_status(certificate, today=TODAY))
    assert spanish.startswith(
        "Ana Lucía Coj de la Cruz completó el curso «Trato digno», certificado el 25 de noviembre de 2026."
    )
    assert translated_facts(certificate)["finished_in_words"] == ""


def test_english_page_translates_the_facts(certificate):
    [facts] = html.fromstring(page_of(certificate, "en")).find_class("verify-facts")
    told = {row.find("dt").text_content(): row.find("dd").text_content() for row in facts.iter("div")}
    assert told["Post"] == "Front desk, records and cashier"
    assert told["Date of issue"] == "25 November 2026"
    assert told["Length"] == "two hours of study"
    assert told["Code"] == certificate.grouped_serial
    # What has no other language says in which it was printed.
    assert {dd.get("lang") for dd in facts.iter("dd") if dd.text_content() == "Dirección de Área de Salud"} == {"es"}


def test_details_are_folded(certificate):
    [folds] = html.fromstring(page_of(certificate)).find_class("folds")
    folded = [one.find("summary").text_content() for one in folds.iter("details")]
    assert folded[:2] == ["Todo lo que se imprimió, palabra por palabra", "Comparar el PDF con el que se emitió"]
    assert not any(one.get("open") for one in folds.iter("details"))
    open_rows = [row.label for row in fact_rows(certificate)]
    assert {"Borde", "Papel", "Dirección en el QR"}.isdisjoint(open_rows)
    assert len(open_rows) <= 9


def test_changed_file_verdict_comes_before_the_facts(client, certificate):
    page = send(client, bytes(certificate.pdf) + b"x", code=certificate.serial).text
    assert lead_of(page)[:3] == [
        "Archivo alterado",
        "Este archivo no es el que se emitió: pudo ser alterado.",
        "This file is not the one that was issued: it may have been altered.",
    ]
    outcomes = [one.get("class") for one in html.fromstring(page).find_class("certificate-status")]
    assert [kind.split()[1] for kind in outcomes[:2]] == ["certificate-status-altered", "certificate-status-valid"]
    assert page.index("Archivo alterado") < page.index("Lo que sí se emitió con el código") < page.index(">Válido<")
    # A real one shows no such heading: the style hides it.
    assert 'class="after-other-file" id="what-stands"' in page
    assert "after-other-file" not in page_of(certificate)


def test_same_file_verdict_comes_after_the_status(client, certificate, trainer):
    revoke_certificate(certificate, reason="Se emitió por error", by=trainer, now=NOW)
    page = send(client, certificate.pdf, code=certificate.serial).text
    assert lead_of(page)[0] == "Anulado"
    assert page.index(">Anulado<") < page.index("Es el mismo archivo que se emitió.")


def test_altered_facts_never_show_as_valid(client, certificate):
    edited([certificate], printed=certificate.printed | {"name": "Berta Alterada"})
    page = page_of(certificate)
    assert lead_of(page)[1:3] == [
        "Los datos guardados de este certificado no son los que se emitieron: no se fíe de él.",
        "The stored facts of this certificate have been altered: do not trust it.",
    ]
    assert "state-valid" not in without_templates(page)
    page = send(client, certificate.pdf, code=certificate.serial).text
    assert "Es el mismo archivo que se emitió." not in page
    client.force_login(certificate.learner)
    own = client.get("/es/certificado/").text
    assert "linkedin.com" not in own
    assert "insignia.png" not in own


def test_link_preview_has_no_personal_data(certificate):
    page = html.fromstring(page_of(certificate))
    assert {one.get("property"): one.get("content") for one in page.iter("meta") if one.get("property")} == {
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


def test_share_links_contain_the_printed_fields(certificate):
    certificate.expires_on = date(2028, 11, 25)
    assert linkedin_url(certificate) == (
        "https://www.linkedin.com/profile/add?startTask=CERTIFICATION_NAME&name=Trato+digno"
        "&organizationName=Direcci%C3%B3n+de+%C3%81rea+de+Salud&issueYear=2026&issueMonth=11"
        f"&certUrl=http%3A%2F%2Flocalhost%3A8000%2Fv%2F{certificate.serial}%2F&certId={certificate.grouped_serial}"
        "&expirationYear=2028&expirationMonth=11"
    )
    message = whatsapp_url(certificate)
    assert message.startswith("https://wa.me/?text=Mi+certificado+del+curso+%C2%ABTrato+digno%C2%BB")
    assert "Coj" not in message
    client = Client()
    client.force_login(certificate.learner)
    page = html.fromstring(client.get("/es/certificado/").text)
    shared = [one for one in page.iter("a") if one.get("rel") == "noopener noreferrer"]
    assert [one.get("href").split("/")[2] for one in shared] == ["www.linkedin.com", "wa.me"]


def without_templates(page):
    return re.sub(r"(?s)<template.*?</template>", "", page)


def test_certificate_forged_without_the_key_is_not_confirmed(key, certificate, client):
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


def test_certificate_of_a_replaced_key_is_not_confirmed(key, certificate):
    assert lead_of(page_of(certificate))[0] == "Válido"
    key.unlink()
    assert lead_of(page_of(certificate))[:2] == ["Sin confirmar", UNCONFIRMED]
    make_key()
    assert lead_of(page_of(certificate))[0] == "Sin confirmar"


def test_unconfirmed_revoked_certificate_shows_as_revoked(key, certificate, trainer):
    revoke_certificate(certificate, reason="Robaron la llave", by=trainer, now=NOW)
    key.unlink()
    page = page_of(certificate)
    assert (lead_of(page)[0], "Robaron la llave" in page) == ("Anulado", True)


def test_unsigned_certificate_is_valid_on_a_site_without_key(certificate):
    assert lead_of(page_of(certificate))[0] == "Válido"


OF_FILE = "/v/archivo/"
SAME = "Es el mismo archivo que se emitió."
DIFFERENT = "Este archivo no es el que se emitió: pudo ser alterado."


def pdf_of(content, name="certificado.pdf"):
    return SimpleUploadedFile(name, bytes(content), content_type="application/pdf")


def send(client, content=None, **fields):
    file = {} if content is None else {"pdf": pdf_of(content)}
    return client.post(OF_FILE, file | fields)


def result_on(response):
    page = re.sub(r"(?s)<template.*?</template>", "", response.text)
    return [words for words in (SAME, DIFFERENT) if words in page]


def errors_on(response):
    return re.findall(r'<span class="field-error" id="pdf-error">([^<]+)</span>', response.text)


def test_issued_file_is_the_same(client, certificate):
    response = send(client, certificate.pdf, code=certificate.serial)
    assert (response.status_code, result_on(response)) == (200, [SAME])
    assert f'<code class="digest">{certificate.sha256}</code>' in response.text
    assert response["X-Robots-Tag"] == "noindex, nofollow"
    # The other language leads to the certificate, not to an address that only takes files.
    assert f'name="next" value="/v/{certificate.serial}/"' in response.text


def test_file_with_another_byte_is_not_the_same(client, certificate):
    response = send(client, bytes(certificate.pdf) + b"\n", code=certificate.serial)
    assert (response.status_code, result_on(response)) == (200, [DIFFERENT])


def test_file_of_another_certificate_links_it(client, certificate):
    other = issue(make_graduate("BER234", first_name="Berta"))
    response = send(client, other.pdf, code=certificate.serial)
    assert result_on(response) == [DIFFERENT]
    assert f"Es el archivo de otro certificado, {other.grouped_serial}." in response.text


def test_file_without_code_finds_its_certificate(client, certificate):
    response = send(client, certificate.pdf)
    assert (response.status_code, result_on(response)) == (200, [SAME])
    assert certificate.grouped_serial in response.text


def test_sha_256_without_file_is_enough(client, certificate):
    response = send(client, sha256=certificate.sha256.upper())
    assert (response.status_code, result_on(response)) == (200, [SAME])


def test_unknown_file_is_explained(client):
    response = send(client, b"%PDF-1.7 something else")
    assert response.status_code == 400
    assert errors_on(response) == [
        "Este archivo no es ninguno de los que se emitieron aquí. Un certificado impreso y escaneado, o guardado de "
        "nuevo, es otro archivo: escriba mejor su código."
    ]


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (None, "Elija el PDF del certificado."),
        (b"", "El archivo está vacío. Descargue el certificado otra vez."),
        (b"PK\x03\x04 a text document", "Este archivo no es un PDF. Elija el que se descargó aquí."),
        (
            b"%PDF-" + b"0" * MAX_FILE_SIZE,
            "El archivo pesa más de 5 MB, y ningún certificado pesa tanto. Elija el PDF que",
        ),
    ],
    ids=["none", "empty", "not a PDF", "too large"],
)
def test_other_files_are_refused(client, certificate, content, sentence):
    response = send(client, content)
    assert response.status_code == 400
    [error] = errors_on(response)
    assert error.startswith(sentence)
    assert '<a href="#id_pdf">' in response.text


@pytest.mark.parametrize("digest", ["abc", "z" * 64, "a" * 65, "' OR 1=1"])
def test_invalid_sha_256_is_refused(client, digest):
    assert errors_on(send(client, sha256=digest)) == ["Elija el PDF del certificado."]


def test_huge_upload_is_not_read(client):
    class Unreadable:
        def read(self, *size):
            raise AssertionError("The body was read.")

        readline = read

    response = client.generic(
        "POST",
        OF_FILE,
        CONTENT_LENGTH=str(MAX_REQUEST_SIZE + 1),
        CONTENT_TYPE="multipart/form-data; boundary=x",
        **{"wsgi.input": Unreadable()},
    )
    assert response.status_code == 413
    assert errors_on(response)[0].startswith("El archivo pesa más de 5 MB")


def test_upload_is_stored_neither_on_disk_nor_in_memory(client, certificate, settings, tmp_path, monkeypatch):
    settings.FILE_UPLOAD_TEMP_DIR = str(tmp_path)
    monkeypatch.setattr("tempfile.NamedTemporaryFile", None)
    seen = []
    monkeypatch.setattr("certificates.views.verify.find_by_pdf_digest", lambda digest: seen.append(digest))
    [file] = send(client, b"%PDF-" + b"7" * (MAX_FILE_SIZE - 100)).wsgi_request.FILES.values()
    assert file.file is None
    assert (len(seen), list(tmp_path.iterdir())) == (1, [])


def test_upload_needs_no_csrf_token(certificate):
    assert result_on(send(Client(enforce_csrf_checks=True), certificate.pdf)) == [SAME]


def test_unknown_files_are_limited_and_the_right_one_never(client, certificate):
    for guess in range(60):
        # With a code or without one: neither tells quickly which codes exist.
        fields = {"code": certificate.serial} if guess % 2 else {}
        assert send(client, sha256=f"{guess:064x}", **fields).status_code in (200, 400)
    assert send(client, sha256="1" * 64).status_code == 429
    assert send(client, sha256="1" * 64, code=certificate.serial).status_code == 429
    assert client.get("/v/0000000000000/").status_code == 429
    assert send(client, certificate.pdf, code=certificate.serial).status_code == 200


def test_get_redirects_to_the_form(client):
    assert client.get(OF_FILE)["Location"] == "/v/"
