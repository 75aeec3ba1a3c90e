"""/v/archivo/: a PDF is compared by its SHA-256; it is read as it arrives, and no byte of it is kept."""

import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from certificates.verifying.uploads import LARGEST, LONGEST_LISTENED
from tests.factories import NOW

from .factories import issue, make_graduate, make_small_course

pytestmark = pytest.mark.django_db
ADDRESS = "/v/archivo/"
SAME = "Es el mismo archivo que se emitió."
DIFFERENT = "Este archivo no es el que se emitió: pudo ser alterado."


@pytest.fixture
def certificate():
    make_small_course()
    return issue(make_graduate())


def pdf_of(content, name="certificado.pdf"):
    return SimpleUploadedFile(name, bytes(content), content_type="application/pdf")


def send(client, content=None, **fields):
    file = {} if content is None else {"pdf": pdf_of(content)}
    return client.post(ADDRESS, file | fields)


def result_on(response):
    """Return what the page says of the file, outside of the templates for the browser's own comparison."""
    page = re.sub(r"(?s)<template.*?</template>", "", response.content.decode())
    return [words for words in (SAME, DIFFERENT) if words in page]


def errors_on(response):
    return re.findall(r'<span class="field-error" id="pdf-error">([^<]+)</span>', response.content.decode())


def test_the_file_that_was_issued_is_said_to_be_the_same(client, certificate):
    response = send(client, certificate.pdf, code=certificate.serial)
    assert (response.status_code, result_on(response)) == (200, [SAME])
    assert f'<code class="digest">{certificate.sha256}</code>' in response.content.decode()
    assert response["X-Robots-Tag"] == "noindex, nofollow"
    # The other language leads to the certificate, not to an address that only takes files.
    assert f'name="next" value="/v/{certificate.serial}/"' in response.content.decode()


def test_a_file_with_one_byte_more_is_not(client, certificate):
    response = send(client, bytes(certificate.pdf) + b"\n", code=certificate.serial)
    assert (response.status_code, result_on(response)) == (200, [DIFFERENT])


def test_the_file_of_another_certificate_is_named(client, certificate):
    other = issue(make_graduate("BER234", first_name="Berta"))
    response = send(client, other.pdf, code=certificate.serial)
    assert result_on(response) == [DIFFERENT]
    assert f"Es el archivo de otro certificado, {other.grouped_serial}." in response.content.decode()


def test_a_file_alone_finds_its_certificate(client, certificate):
    response = send(client, certificate.pdf)
    assert (response.status_code, result_on(response)) == (200, [SAME])
    assert certificate.grouped_serial in response.content.decode()


def test_its_sha_256_is_enough(client, certificate):
    response = send(client, sha256=certificate.sha256.upper())
    assert (response.status_code, result_on(response)) == (200, [SAME])


def test_a_file_that_was_never_issued_is_explained(client):
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
        (b"%PDF-" + b"0" * LARGEST, "El archivo pesa más de 5 MB, y ningún certificado pesa tanto. Elija el PDF que"),
    ],
    ids=["none", "empty", "not a PDF", "too large"],
)
def test_what_cannot_be_a_certificate_is_refused_with_a_sentence(client, certificate, content, sentence):
    response = send(client, content)
    assert response.status_code == 400
    [error] = errors_on(response)
    assert error.startswith(sentence)
    assert '<a href="#id_pdf">' in response.content.decode()


@pytest.mark.parametrize("digest", ["abc", "z" * 64, "a" * 65, "' OR 1=1"])
def test_what_is_no_sha_256_is_none(client, digest):
    assert errors_on(send(client, sha256=digest)) == ["Elija el PDF del certificado."]


def test_what_is_huge_is_not_even_read(client):
    class Unreadable:
        def read(self, *size):
            raise AssertionError("The body was read.")

        readline = read

    response = client.generic(
        "POST",
        ADDRESS,
        CONTENT_LENGTH=str(LONGEST_LISTENED + 1),
        CONTENT_TYPE="multipart/form-data; boundary=x",
        **{"wsgi.input": Unreadable()},
    )
    assert response.status_code == 413
    assert errors_on(response)[0].startswith("El archivo pesa más de 5 MB")


def test_nothing_is_written_to_disk_nor_held_in_memory(client, certificate, settings, tmp_path, monkeypatch):
    settings.FILE_UPLOAD_TEMP_DIR = str(tmp_path)
    monkeypatch.setattr("tempfile.NamedTemporaryFile", None)
    seen = []
    monkeypatch.setattr("certificates.pages.verifying.certificate_with_file", lambda digest: seen.append(digest))
    response = send(client, b"%PDF-" + b"7" * (LARGEST - 100))
    [file] = response.wsgi_request.FILES.values()
    assert file.file is None
    assert (len(seen), list(tmp_path.iterdir())) == (1, [])


def test_a_page_that_lay_open_for_days_still_sends(certificate):
    strict = Client(enforce_csrf_checks=True)
    assert result_on(send(strict, certificate.pdf)) == [SAME]


def test_guessing_with_files_is_slowed_down_and_the_right_file_never(client, certificate):
    for guess in range(60):
        # With a code or without one: neither tells quickly which codes exist.
        fields = {"code": certificate.serial} if guess % 2 else {}
        assert send(client, sha256=f"{guess:064x}", **fields).status_code in (200, 400)
    assert send(client, sha256="1" * 64).status_code == 429
    assert send(client, sha256="1" * 64, code=certificate.serial).status_code == 429
    assert client.get("/v/0000000000000/").status_code == 429
    assert send(client, certificate.pdf, code=certificate.serial).status_code == 200


def test_looking_at_the_address_leads_to_the_form(client):
    assert client.get(ADDRESS)["Location"] == "/v/"


def test_it_takes_one_query_more_at_most(client, certificate, django_assert_max_num_queries):
    issue(make_graduate("BER234", first_name="Berta"), now=NOW)
    with django_assert_max_num_queries(2):
        send(client, certificate.pdf)
