"""On the desk a list of staff is brought, looked at, put right and confirmed."""

import io
import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from openpyxl import load_workbook

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
    assert "52 personas son nuevas, 0 cambian, 0 quedan igual." in plan
    assert "8 filas tienen un problema y no entran." in plan
    assert "Puesto de Salud El Tizate" in plan
    assert User.objects.count() == 1
    for _again in range(2):
        done = desk.post(answer.url, {"action": "confirm", "shown": shown_of(plan)})
        assert "52 personas son nuevas." in done.content.decode()
        assert User.objects.count() == 53
    assert "52 personas son nuevas." in desk.get(answer.url).content.decode()


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


@pytest.mark.parametrize("people", [3, 60])
def test_the_plan_costs_the_same_for_any_list(desk, cohort, people, django_assert_num_queries):
    rows = [["Apellidos", "Nombres"], *(["Paz", f"Luz {'A' * number}"] for number in range(people))]
    address = reverse("desk_roster_plan", args=[cohort.pk, bring(cohort, rows).pk])
    desk.get(address)
    with django_assert_num_queries(15):
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
