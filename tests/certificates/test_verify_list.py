import io
from datetime import date

import pytest
from django.contrib.sessions.models import Session
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from openpyxl import load_workbook

from certificates.issuing.corrections import correct_certificate, revoke_certificate
from certificates.issuing.integrity import compute_digest
from certificates.models import Certificate
from certificates.text.codes import new_serial
from certificates.verifying.lists import MAX_CODES, parse_codes
from tests.factories import NOW

from .factories import edited, issue, make_graduate, unsigned
from .test_verify import UNCONFIRMED

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("one_minute")]
NOBODYS = "0000000000000"


def certificates(count):
    codes = [f"A{letter}A234" for letter in "BCDEFGHJ"][:count]
    return [issue(make_graduate(code, first_name=f"Ana {code[1]}")) for code in codes]


def ask(client, text="", **more):
    return client.post("/v/lista/", {"text": text} | more)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("", []),
        ("\n \n", []),
        ("7QK4-M2XD-9WTR-C", [(1, "7QK4-M2XD-9WTR-C")]),
        ("Nombre;Código\nAna Coj;0000-0000-0000-0\n", [(2, "0000-0000-0000-0")]),
        ('"Ana, Coj",0000000000000\n', [(1, "0000000000000")]),
        ("https://curso.example/v/0000000000000/\t2026", [(1, "0000000000000")]),
        ("Ana;0000-0000-0000-1;2026-11-25", [(1, "0000-0000-0000-1")]),
        ("0000000000000\nno sé\n", [(1, "0000000000000"), (2, "no sé")]),
    ],
)
def test_code_of_each_line_is_found(text, found):
    assert parse_codes(text) == found


def test_each_code_of_the_list_has_its_status(client, course, trainer):
    valid, revoked, corrected = certificates(3)
    revoke_certificate(revoked, reason="Se emitió por error", by=trainer, now=NOW)
    successor = correct_certificate(corrected, printed_name="Aná D Coj de la Cruz", by=trainer, reason="x", now=NOW)
    text = f"{valid.grouped_serial.lower()}\n{revoked.serial}\n{corrected.serial}\n{NOBODYS}\n0000-0000-0000-1"
    response = ask(client, text)
    page = response.text
    assert response.status_code == 200
    assert "5 líneas verificadas." in page
    for words in ("Válido", "Anulado", "Reemplazado", "Ana B Coj de la Cruz"):
        assert words in page
    assert page.count("Sin confirmar") == 2
    assert "no-store" in response["Cache-Control"]
    assert response["X-Robots-Tag"] == "noindex, nofollow"
    book = load_workbook(io.BytesIO(ask(client, text, **{"as": "xlsx"}).content)).active
    assert [cell.value for cell in book[1]] == [
        "Línea",
        "Código",
        "Estado",
        "Nombre en el certificado",
        "Puesto",
        "Centro de salud",
        "Curso",
        "Curso finalizado el",
        "Fecha de emisión",
        "Válido hasta",
        "Duración",
        "Reemplazado por",
    ]
    rows = [[cell.value for cell in row] for row in book.iter_rows(min_row=2)]
    assert [row[:4] for row in rows[:3]] == [
        [1, valid.grouped_serial, "Válido", "Ana B Coj de la Cruz"],
        [2, revoked.grouped_serial, "Anulado", "Ana C Coj de la Cruz"],
        [3, corrected.grouped_serial, "Reemplazado", "Ana D Coj de la Cruz"],
    ]
    assert rows[2][-1] == successor.grouped_serial
    assert rows[0][7].date() == rows[0][8].date() == date(2026, 11, 25)
    assert rows[3][2] == "Aquí no se emitió ningún certificado con este código."
    assert rows[4][2].startswith("Un carácter del código está equivocado")
    csv = ask(client, text, **{"as": "csv"}).content.decode("utf-8-sig").splitlines()
    assert csv[1].startswith(f"1,{valid.grouped_serial},Válido,")


def test_list_shows_no_altered_facts(client, course):
    [one] = certificates(1)
    edited([one], expires_on=date(2040, 1, 1))
    page = ask(client, one.serial).text
    assert "Los datos guardados de este certificado no son los que se emitieron" in page
    assert "state-altered" in page
    assert ">Válido<" not in page


def test_list_confirms_no_unsigned_certificate(key, client, course, trainer):
    forged, whole, revoked = certificates(3)
    revoke_certificate(revoked, reason="Por error", by=trainer, now=NOW)
    unsigned(forged, printed=forged.printed | {"name": "Otra Persona"})
    unsigned(revoked)
    codes = f"{forged.serial}\n{whole.serial}\n{revoked.serial}"
    page = ask(client, codes).text
    assert [page.count(f">{word}<") for word in ("Válido", "Sin confirmar", "Anulado")] == [1, 1, 1]
    assert (page.count(UNCONFIRMED), "Otra Persona" in page) == (1, False)
    file = ask(client, codes, **{"as": "csv"}).content.decode("utf-8-sig").splitlines()
    assert file[1].startswith(f"1,{forged.grouped_serial},{UNCONFIRMED},")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_file_is_decoded_as_spreadsheets_write_it(client, course, encoding):
    [one] = certificates(1)
    file = SimpleUploadedFile("lista.csv", f"Código;Año\r\n{one.grouped_serial};2026\r\n".encode(encoding))
    assert "Ana B Coj de la Cruz" in ask(client, file=file).text


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"PK\x03\x04 xlsx", "Es un libro de Excel."),
        (b"\xd0\xcf\x11\xe0 xls", "Es un libro de Excel."),
        (b"a\x00b\x00", "Este archivo no es de texto."),
        (b"", "Pegue los códigos de los certificados"),
        (b"1\n" * 200_000, "El archivo es demasiado grande para una lista de códigos."),
        (b"0000000000000\n" * (MAX_CODES + 1), f"La lista tiene {MAX_CODES + 1} líneas y se verifican {MAX_CODES}"),
    ],
)
def test_other_files_and_long_lists_are_refused(client, content, sentence):
    response = ask(client, "7QK4\n", file=SimpleUploadedFile("lista.csv", content))
    assert response.status_code == 400
    assert sentence in response.text
    assert ">7QK4\n</textarea>" in response.text


def test_300_codes_take_as_many_queries_as_3(client, certificate, django_assert_num_queries):
    copies = []
    for serial in new_codes(300):
        copy = Certificate.objects.get(pk=certificate.pk)
        copy.pk, copy.serial, copy.learner = None, serial, None
        copy.digest = compute_digest(copy)
        copies.append(copy)
    Certificate.objects.bulk_create(copies)
    for count in (3, 300):
        with django_assert_num_queries(1):
            page = ask(client, "\n".join(copy.serial for copy in copies[:count])).text
        assert f"{count} líneas verificadas." in page
        assert page.count(">Válido<") == count


def test_unknown_codes_of_a_list_count_once(client, course):
    [one] = certificates(1)
    unknown = "\n".join(new_codes(40))
    for _again in range(3):
        assert ask(client, unknown).text.count("Aquí no se emitió ningún certificado") == 40
    more = ask(client, "\n".join([*new_codes(40, begin=40), one.serial])).text
    assert more.count("Aquí no se emitió ningún certificado") == 20
    assert more.count("Sin buscar: demasiados códigos desconocidos") == 20
    assert client.get(f"/v/{NOBODYS}/").status_code == 429


def new_codes(count, begin=0):
    return [new_serial(lambda _bits, number=number: number) for number in range(begin + 1, begin + count + 1)]


def test_name_like_a_formula_stays_text(client, course):
    [one] = certificates(1)
    written = ask(client, f"{one.serial}\n=1+1", **{"as": "xlsx"}).content
    cells = [cell for row in load_workbook(io.BytesIO(written)).active.iter_rows() for cell in row]
    assert all(cell.data_type != "f" for cell in cells)


@pytest.mark.parametrize("ending", ["", "csv", "xlsx"])
def test_list_is_not_stored(client, course, ending):
    [one] = certificates(1)
    content = f"Mi lista;{one.serial}\nOtra;{NOBODYS}\n".encode()
    with CaptureQueriesContext(connection) as asked:
        answer = ask(client, file=SimpleUploadedFile("lista.csv", content), **{"as": ending})
    assert answer.status_code == 200
    assert [query["sql"] for query in asked if not query["sql"].startswith("SELECT")] == []
    assert ("sessionid" in answer.cookies, Session.objects.count()) == (False, 0)
