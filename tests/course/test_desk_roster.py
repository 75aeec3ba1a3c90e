"""On the desk a list of staff is brought, looked at, put right and confirmed."""

import io
import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from openpyxl import Workbook, load_workbook

from course.desk.roster_words import unread_words
from course.models import RosterUpload, User
from course.roster.reading import LARGEST
from tests.course.roster.factories import MESSY, bring
from tests.factories import make_clinic, make_cohort, make_trainer

pytestmark = pytest.mark.django_db


@pytest.fixture
def cohort():
    return make_cohort(trainers=[make_trainer()], clinic=make_clinic())


@pytest.fixture
def desk(client, cohort):
    client.force_login(cohort.trainers.get())
    return client


def page(cohort):
    return reverse("desk_roster", args=[cohort.pk])


def file(content, name="lista.csv"):
    return {"file": SimpleUploadedFile(name, content)}


def shown_of(html):
    return re.search(r'name="shown" value="([^"]+)"', html)[1]


def test_a_list_goes_in_after_it_was_looked_at_and_twice_is_once(desk, cohort):
    answer = desk.post(page(cohort), file(MESSY.read_bytes()))
    plan = desk.get(answer.url).content.decode()
    assert "47 personas son nuevas, 0 cambian, 0 quedan igual." in plan
    assert "8 filas tienen un problema y no entran." in plan
    assert "5 filas por decidir" in plan
    assert "Puesto de Salud El Tizate" in plan
    assert User.objects.count() == 1
    for _again in range(2):
        done = desk.post(answer.url, {"action": "confirm", "shown": shown_of(plan)})
        assert "47 personas son nuevas." in done.content.decode()
        assert User.objects.count() == 48
    assert "47 personas son nuevas." in desk.get(answer.url).content.decode()


def test_rows_are_shown_by_what_happens_to_them(desk, cohort):
    answer = desk.post(page(cohort), file(MESSY.read_bytes()))
    problems = desk.get(f"{answer.url}?ver=problemas").content.decode()
    assert problems.count("fate-problem") == 8
    assert "fate-create" not in problems


def test_columns_that_are_not_recognised_are_named_by_the_trainer(desk, cohort):
    answer = desk.post(page(cohort), {"pasted": "Quién\tQué\nCoj de la Cruz\tAna\nPaz\tLuz"})
    plan = desk.get(answer.url).content.decode()
    assert "No se reconocieron los encabezados" in plan
    assert 'value="confirm"' not in plan
    wrong = desk.post(answer.url, {"action": "columns", "column-0": "surnames", "column-1": "surnames", "first": "2"})
    assert (wrong.status_code, "Dos columnas son" in wrong.content.decode()) == (422, True)
    desk.post(answer.url, {"action": "columns", "column-0": "surnames", "column-1": "given", "first": "2"})
    plan = desk.get(answer.url).content.decode()
    assert "2 personas son nuevas" in plan
    desk.post(answer.url, {"action": "confirm", "shown": shown_of(plan)})
    assert set(cohort.learners.values_list("last_name", flat=True)) == {"Coj de la Cruz", "Paz"}


def test_a_list_is_put_away(desk, cohort):
    answer = desk.post(page(cohort), file(MESSY.read_bytes()))
    desk.post(answer.url, {"action": "cancel"})
    assert not RosterUpload.objects.exists()
    assert User.objects.count() == 1


@pytest.mark.parametrize(
    ("sent", "words"),
    [
        ({}, "Elija un archivo o pegue las celdas"),
        ({"pasted": "a;b", **file(b"a;b")}, "Elija un archivo o pegue las celdas"),
        (file(b""), "La lista está vacía."),
        (file(b"x" * (LARGEST + 1)), "5 MB"),
        (file(b"\x89PNG\r\n\x1a\n\0"), "no es una lista"),
    ],
)
def test_what_is_no_list_is_refused_with_a_sentence(desk, cohort, sent, words):
    answer = desk.post(page(cohort), sent)
    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert not RosterUpload.objects.exists()


def of_sheets(numbers, *, filled):
    """Return a workbook of sheets «H0», «H1»…, with a person on those in `filled`."""
    book, stream = Workbook(), io.BytesIO()
    book.remove(book.active)
    for number in numbers:
        sheet = book.create_sheet(f"H{number}")
        for row in [["Nombres", "Apellidos"], ["Luz", "Paz"]] if number in filled else []:
            sheet.append(row)
    book.save(stream)
    return file(stream.getvalue(), "lista.xlsx")


def test_of_a_workbook_of_many_sheets_those_that_are_not_read_are_named(desk, cohort):
    answer = desk.post(page(cohort), of_sheets(range(50), filled=range(1, 50)), follow=True)
    assert [sheet.name for sheet in answer.context["sheets"]] == [f"H{number}" for number in range(1, 30)]
    paragraphs = [" ".join(one.split()) for one in re.findall(r"<p[^>]*>([^<]*)</p>", answer.content.decode())]
    some = "», «".join(f"H{number}" for number in range(30, 42))
    assert [one for one in paragraphs if "hoja" in one] == [
        "lista.xlsx · hoja «H1» de 50 · Todavía no se ha escrito nada.",
        f"Se leyeron solo las primeras 30 hojas, y no «{some}» ni otras 8. Si la lista está en una de ellas, copie esa"
        " hoja a un libro nuevo y tráigalo.",
    ]
    assert unread_words(["H30", "H31"]) == "Se leyeron solo las primeras 30 hojas, y no «H30», «H31»."
    assert unread_words([]) == ""
    # It is no sheet to choose by hand either.
    desk.post(answer.redirect_chain[-1][0], {"action": "sheet", "sheet": "29"})
    assert RosterUpload.objects.latest("brought_at").chosen["sheet"] == 0
    empty = desk.post(page(cohort), of_sheets(range(31), filled=[30]))
    assert (empty.status_code, "Las primeras 30 hojas están vacías" in empty.content.decode()) == (422, True)


def test_another_trainer_does_not_see_the_list(desk, cohort, client):
    upload = bring(cohort, [["Apellidos", "Nombres"], ["Paz", "Luz"]])
    other = make_trainer("otra")
    address = reverse("desk_roster_plan", args=[cohort.pk, upload.pk])
    client.force_login(other)
    assert client.get(address).status_code == 404
    cohort.trainers.add(other)
    assert client.get(address).status_code == 404


def test_the_empty_list_has_headings_that_are_recognised(desk, cohort):
    content = desk.get(reverse("desk_roster_template", args=[cohort.pk])).content
    assert load_workbook(io.BytesIO(content)).active["A1"].value == "Nombres"
    answer = desk.post(page(cohort), file(content, "lista.xlsx"))
    assert "1 fila espera su centro de salud" in desk.get(answer.url).content.decode()


@pytest.mark.nightly
@pytest.mark.parametrize("people", [3, 60])
def test_the_plan_costs_the_same_for_any_list(desk, cohort, people, django_assert_num_queries):
    rows = [["Apellidos", "Nombres"], *(["Paz", f"Luz {'A' * number}"] for number in range(people))]
    address = reverse("desk_roster_plan", args=[cohort.pk, bring(cohort, rows).pk])
    desk.get(address)
    with django_assert_num_queries(16):
        desk.get(address)


def test_a_file_of_200_mb_is_refused_before_a_byte_is_read(client):
    cohort = make_cohort(trainers=[make_trainer()])
    client.force_login(cohort.trainers.get())
    answer = client.generic(
        "POST",
        reverse("desk_roster", args=[cohort.pk]),
        b"",
        content_type="multipart/form-data; boundary=x",
        CONTENT_LENGTH=str(200 * 1024**2),
    )
    assert answer.status_code == 413
    assert "El archivo pesa más de 5 MB" in answer.content.decode()
    assert not hasattr(answer.wsgi_request, "_files")


def test_a_list_without_its_token_is_refused():
    cohort = make_cohort(trainers=[make_trainer()])
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(cohort.trainers.get())
    assert strict.post(reverse("desk_roster", args=[cohort.pk]), {"pasted": "Nombres\tApellidos"}).status_code == 403
