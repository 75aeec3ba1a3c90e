import io
import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from openpyxl import Workbook, load_workbook

from course.desk.roster_words import unread_words
from course.models import RosterUpload, User
from course.roster.reading import LARGEST
from tests.course.roster.factories import MESSY, bring
from tests.factories import make_clinic, make_cohort, make_trainer

pytestmark = pytest.mark.django_db


@pytest.fixture
def group(trainer):
    return make_cohort(trainers=[trainer], clinic=make_clinic())


def page(group):
    return reverse("desk_roster", args=[group.pk])


def file(content, name="lista.csv"):
    return {"file": SimpleUploadedFile(name, content)}


def shown_of(html):
    return re.search(r'name="shown" value="([^"]+)"', html)[1]


def test_a_list_goes_in_after_it_was_looked_at_and_twice_is_once(desk, group):
    answer = desk.post(page(group), file(MESSY.read_bytes()))
    plan = desk.get(answer.url).text
    assert "47 personas son nuevas, 0 cambian, 0 quedan igual." in plan
    assert "8 filas tienen un problema y no entran." in plan
    assert "5 filas por decidir" in plan
    problems = desk.get(f"{answer.url}?ver=problemas").text
    assert problems.count("fate-problem") == 8
    assert "fate-create" not in problems
    assert "Puesto de Salud El Tizate" in plan
    assert User.objects.count() == 1
    for _again in range(2):
        assert "47 personas son nuevas." in desk.post(answer.url, {"action": "confirm", "shown": shown_of(plan)}).text
        assert User.objects.count() == 48
    assert "47 personas son nuevas." in desk.get(answer.url).text


def test_columns_that_are_not_recognised_are_named_by_the_trainer(desk, group):
    answer = desk.post(page(group), {"pasted": "Quién\tQué\nCoj de la Cruz\tAna\nPaz\tLuz"})
    plan = desk.get(answer.url).text
    assert "No se reconocieron los encabezados" in plan
    assert 'value="confirm"' not in plan
    wrong = desk.post(answer.url, {"action": "columns", "column-0": "surnames", "column-1": "surnames", "first": "2"})
    assert (wrong.status_code, "Dos columnas son" in wrong.text) == (422, True)
    desk.post(answer.url, {"action": "columns", "column-0": "surnames", "column-1": "given", "first": "2"})
    plan = desk.get(answer.url).text
    assert "2 personas son nuevas" in plan
    desk.post(answer.url, {"action": "confirm", "shown": shown_of(plan)})
    assert set(group.learners.values_list("last_name", flat=True)) == {"Coj de la Cruz", "Paz"}


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
def test_what_is_no_list_is_refused_with_a_sentence(desk, group, sent, words):
    answer = desk.post(page(group), sent)
    assert answer.status_code == 422
    assert words in answer.text
    assert not RosterUpload.objects.exists()


def of_sheets(numbers, *, filled):
    book, stream = Workbook(), io.BytesIO()
    book.remove(book.active)
    for number in numbers:
        sheet = book.create_sheet(f"H{number}")
        for row in [["Nombres", "Apellidos"], ["Luz", "Paz"]] if number in filled else []:
            sheet.append(row)
    book.save(stream)
    return file(stream.getvalue(), "lista.xlsx")


def test_of_a_workbook_of_many_sheets_those_that_are_not_read_are_named(desk, group):
    answer = desk.post(page(group), of_sheets(range(50), filled=range(1, 50)), follow=True)
    assert [f">H{number} ·" in answer.text for number in (1, 29, 30)] == [True, True, False]
    paragraphs = [" ".join(one.split()) for one in re.findall(r"<p[^>]*>([^<]*)</p>", answer.text)]
    some = "», «".join(f"H{number}" for number in range(30, 42))
    assert [one for one in paragraphs if "hoja" in one] == [
        "lista.xlsx · hoja «H1» de 50 · Todavía no se ha escrito nada.",
        f"Se leyeron solo las primeras 30 hojas, y no «{some}» ni otras 8. Si la lista está en una de ellas, copie esa"
        " hoja a un libro nuevo y tráigalo.",
    ]
    assert unread_words(["H30", "H31"]) == "Se leyeron solo las primeras 30 hojas, y no «H30», «H31»."
    desk.post(answer.redirect_chain[-1][0], {"action": "sheet", "sheet": "29"})
    assert RosterUpload.objects.latest("brought_at").chosen["sheet"] == 0
    empty = desk.post(page(group), of_sheets(range(31), filled=[30]))
    assert (empty.status_code, "Las primeras 30 hojas están vacías" in empty.text) == (422, True)


def test_the_empty_list_has_headings_that_are_recognised(desk, group):
    content = desk.get(reverse("desk_roster_template", args=[group.pk])).content
    assert load_workbook(io.BytesIO(content)).active["A1"].value == "Nombres"
    answer = desk.post(page(group), file(content, "lista.xlsx"))
    assert "1 fila espera su centro de salud" in desk.get(answer.url).text


def test_a_list_is_put_away_and_of_the_trainer_who_brought_it_alone(desk, group):
    upload = bring(group, [["Apellidos", "Nombres"], ["Paz", "Luz"]])
    address = reverse("desk_roster_plan", args=[group.pk, upload.pk])
    other = make_trainer("otra")
    group.trainers.add(other)
    desk.force_login(other)
    assert desk.get(address).status_code == 404
    desk.force_login(upload.brought_by)
    desk.post(address, {"action": "cancel"})
    assert not RosterUpload.objects.exists()
    assert not group.learners.exists()


def test_a_file_of_200_mb_is_refused_before_a_byte_is_read(desk, group):
    multipart = {"content_type": "multipart/form-data; boundary=x", "CONTENT_LENGTH": str(200 * 1024**2)}
    answer = desk.generic("POST", page(group), b"", **multipart)
    assert answer.status_code == 413
    assert "El archivo pesa más de 5 MB" in answer.text
