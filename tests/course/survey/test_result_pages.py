"""The pages of results: who sees which, what they say, and the files."""

import csv
import io
import random
import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from lxml import html
from openpyxl import load_workbook

from course.models import Area, AuditEntry, SurveyEnvelope, SurveyRound
from course.people.roles import ADMINISTRATORS
from tests.factories import make_clinic, make_cohort, make_staff, make_trainer
from tests.survey_factories import CLOSED, contents, make_lot, make_wording, some_edition

pytestmark = pytest.mark.django_db
PAGE = "desk_survey_results"


@pytest.fixture
def chance():
    return random.Random(20)


@pytest.fixture
def area(db):
    return Area.objects.create(name="Guatemala Nororiente")


@pytest.fixture
def clinic(area):
    return make_clinic("Centro de Salud de Palencia", area=area)


@pytest.fixture
def admin(client):
    client.force_login(make_staff("adm", ADMINISTRATORS))
    return client


def counts_of(people, agreeing):
    """Return the figures of a lot in which so many agreed with A1, and the block B has a mean of 60."""
    items = {"A1": {"2": agreeing, "4": people - agreeing}}
    return {"items": items, "blocks": {"B": {"n": people, "mean": 60, "sd": 20}}, "groups": {}}


def make_waves(clinic, chance, *waves):
    """Make a lot of each (wave, people, how many agreed)."""
    for wave, people, agreeing in waves:
        make_lot(wave, people, clinic=clinic, chance=chance, figures=counts_of(people, agreeing))


def words_of(client, **asked):
    """Return the words of the main part of the page, with single spaces."""
    answer = client.get(reverse(PAGE), asked)
    assert answer.status_code == 200
    return " ".join(html.fromstring(answer.content.decode()).get_element_by_id("contenido").text_content().split())


def test_a_figure_is_read_in_plain_words_with_its_change(admin, clinic, chance):
    make_waves(clinic, chance, ("pre", 40, 16), ("post", 40, 8))
    words = words_of(admin, centro=clinic.key)
    assert (
        "Indicador oficial: redacción por confirmar De cada 10 personas que contestaron, están de acuerdo: "
        "antes del curso, unas 4; al terminar, unas 2." in words
    )
    assert "Al terminar: no se puede decir que haya cambiado: pudo bajar hasta 38 puntos o quedar igual." in words
    assert "40 % de 26 % a 55 % · 40 personas" in words
    assert "De 0 a 100, donde 100 es lo más respetuoso y mejor preparado: antes del curso, alrededor de 60" in words
    assert "Son grupos anónimos. En parte contestaron dos veces las mismas personas" in words
    assert "No es seguro que un cambio se deba al curso" in words
    # Of one clinic alone nothing is pooled.
    assert "Las personas de un mismo centro se parecen entre sí" not in words


@pytest.mark.parametrize(
    ("people", "agreeing", "words"),
    [
        (40, 0, "casi nadie"),
        (40, 1, "casi nadie"),
        (40, 4, "más o menos 1"),
        (40, 39, "casi todas"),
        (12, 1, "casi nadie"),
        (12, 12, "casi todas"),
        (120, 0, "nadie"),
        (120, 120, "todas"),
        (120, 1, "casi nadie"),
    ],
)
def test_the_ends_of_the_scale_have_words_of_their_own(admin, clinic, chance, people, agreeing, words):
    make_waves(clinic, chance, ("pre", people, agreeing))
    assert f"están de acuerdo: antes del curso, {words}." in words_of(admin)


def test_a_sure_change_says_by_how_much(admin, clinic, chance):
    make_waves(clinic, chance, ("pre", 60, 40), ("post", 60, 12), ("seg", 60, 0))
    words = words_of(admin)
    assert "Al terminar: bajó entre 29 y 60 puntos." in words
    assert re.search(r"A los tres meses: bajó al menos \d\d puntos\.", words)


def test_a_wording_that_was_confirmed_is_not_called_unconfirmed(admin, clinic, chance):
    make_lot("pre", 30, clinic=clinic, chance=chance, wording=make_wording("e" * 64, verified=True))
    assert "por confirmar" not in words_of(admin)


def test_a_statement_worded_otherwise_is_not_compared(admin, clinic, chance):
    other = make_wording("f" * 64)
    other.contents = contents()
    other.contents["blocks"][1]["items"][0]["text"]["es"] = "No quisiera atender a personas trabajadoras sexuales."
    other.save()
    make_waves(clinic, chance, ("pre", 40, 16))
    make_lot("post", 40, clinic=clinic, chance=chance, figures=counts_of(40, 8), wording=other)
    words = words_of(admin)
    assert "Al terminar: cambió la redacción." in words
    assert "No quisiera atender" in words


@pytest.mark.parametrize(
    ("closed", "words"),
    [(None, "Abierta: se cuenta cuando se cierra."), (CLOSED, "aquí contestaron menos de diez personas")],
)
def test_without_a_lot_it_says_why_and_no_number(admin, clinic, closed, words):
    round_ = SurveyRound.objects.create(
        clinic=clinic,
        edition=some_edition(),
        wave="pre",
        wording=make_wording(),
        public_key=b"k" * 32,
        closed_on=closed,
    )
    SurveyEnvelope.objects.create(round=round_, sealed=b"x")
    shown = words_of(admin, centro=clinic.key)
    assert words in shown
    assert "Todavía no hay nada que mostrar" in shown
    assert "Sin empezar: nadie ha llegado todavía a su página." in shown
    assert not re.search(r"\d", shown.split("Resultados de la encuesta")[-1].replace("Edición 1", ""))


def test_before_anybody_is_asked_it_says_so(admin):
    assert "Todavía no se ha preguntado a nadie." in words_of(admin)
    assert admin.get(reverse(f"{PAGE}_csv")).status_code == 404


def shown_by(client, page, asked):
    return [name for name, given in asked.items() if client.get(reverse(page), given).status_code == 200]


def test_everybody_sees_the_own_places_and_nobody_anothers(client, area, clinic, chance):
    elsewhere = Area.objects.create(name="Sololá")
    foreign = make_clinic("Centro de Salud de Nahualá", area=elsewhere)
    for one in (clinic, foreign):
        make_lot("pre", 30, clinic=one, chance=chance)
    trainer, lead = make_trainer(), make_staff("jefa", is_staff=True)
    make_cohort(trainers=[trainer], clinic=clinic)
    area.leads.add(lead)
    asked = {
        "nothing": {},
        "own clinic": {"centro": clinic.key},
        "foreign clinic": {"centro": foreign.key},
        "own area": {"area": area.key},
        "foreign area": {"area": elsewhere.key},
        "no key": {"centro": "x"},
        "no edition": {"edicion": "x"},
    }
    found = {}
    for who in (trainer, lead, make_staff("adm", ADMINISTRATORS)):
        client.force_login(who)
        seen = {page: shown_by(client, page, asked) for page in (PAGE, f"{PAGE}_xlsx", f"{PAGE}_csv")}
        found[who.username] = seen[PAGE]
        assert set(map(tuple, seen.values())) == {tuple(seen[PAGE])}
    assert found == {
        "facilitadora": ["nothing", "own clinic"],
        "jefa": ["nothing", "own clinic", "own area"],
        "adm": ["nothing", "own clinic", "foreign clinic", "own area", "foreign area"],
    }


def test_figures_of_a_place_are_not_told_apart_by_clinic(admin, area, clinic, chance):
    for one in (clinic, make_clinic("Centro de Salud de Chinautla", area=area)):
        make_lot("pre", 30, clinic=one, chance=chance)
    for asked in ({}, {"area": area.key}):
        page = html.fromstring(admin.get(reverse(PAGE), asked).content.decode()).get_element_by_id("contenido")
        for choice in page.xpath(".//select"):
            choice.drop_tree()
        table = admin.get(reverse(f"{PAGE}_csv"), asked).content.decode("utf-8-sig")
        book = load_workbook(io.BytesIO(admin.get(reverse(f"{PAGE}_xlsx"), asked).content))
        cells = [str(cell.value) for sheet in book for row in sheet.iter_rows() for cell in row]
        told = " ".join([page.text_content(), table, *cells])
        assert "60 personas" in told
        assert [name for name in ("Palencia", "Chinautla") if name in told] == []


@pytest.mark.parametrize(("who", "place"), [("trainer", "Palencia"), ("lead", "Nororiente"), ("admin", "Todo el país")])
def test_at_first_one_sees_the_widest_place(client, area, clinic, chance, who, place):
    make_lot("pre", 30, clinic=clinic, chance=chance)
    people = {"trainer": make_trainer(), "lead": make_staff("jefa", is_staff=True)}
    make_cohort(trainers=[people["trainer"]], clinic=clinic)
    area.leads.add(people["lead"])
    people["admin"] = make_staff("adm", ADMINISTRATORS)
    client.force_login(people[who])
    page = html.fromstring(client.get(reverse(PAGE)).content.decode())
    assert place in page.find_class("lead")[0].text_content()


def test_another_area_leaves_the_clinic_behind(admin, area, clinic, chance):
    elsewhere = Area.objects.create(name="Sololá")
    make_lot("pre", 30, clinic=clinic, chance=chance)
    page = html.fromstring(admin.get(reverse(PAGE), {"area": elsewhere.key, "centro": clinic.key}).content.decode())
    assert "Sololá" in page.find_class("lead")[0].text_content()


def test_whoever_has_no_clinic_reads_what_is_seen_here(client, chance):
    make_lot("pre", 30, chance=chance)
    trainer = make_trainer()
    make_cohort(trainers=[trainer])
    client.force_login(trainer)
    assert "Ninguno de ellos tiene centro." in words_of(client)


def test_the_drawing_has_the_words_that_stand_beside_it(admin, clinic, chance):
    make_lot("pre", 80, clinic=clinic, chance=chance)
    make_lot("seg", 80, clinic=clinic, chance=chance)
    page = html.fromstring(admin.get(reverse(PAGE)).content.decode())
    drawings = page.xpath("//svg")
    drawings = [one for one in drawings if one.get("role") == "img" and "labelledby" in str(one.attrib)]
    assert len(drawings) == 10
    ids = page.xpath("//@id")
    assert len(ids) == len(set(ids))
    for one in drawings:
        assert all(name in ids for name in one.get("aria-labelledby").split())
    assert not page.xpath("//*[@style]")


def test_the_kinds_of_work_stand_beside_each_other(admin, clinic, chance):
    make_lot("pre", 80, clinic=clinic, chance=chance)
    words = words_of(admin)
    assert "Por tipo de trabajo" in words
    assert "Atención clínica, laboratorio o farmacia" in words
    assert "Otra función" in words


@pytest.mark.nightly
def test_the_same_queries_for_one_clinic_and_for_many(admin, area, clinic, chance):
    def queries():
        with CaptureQueriesContext(connection) as captured:
            admin.get(reverse(PAGE))
        return len(captured)

    make_lot("pre", 12, clinic=clinic, chance=chance)
    queries()
    few = queries()
    for number in range(8):
        one = make_clinic(f"C{number}", area=Area.objects.create(name=f"Á{number}"))
        for wave in ("pre", "post", "seg"):
            make_lot(wave, 12, clinic=one, chance=chance)
    assert queries() == few


def test_the_workbook_holds_numbers_changes_and_both_codebooks(admin, clinic, chance):
    make_waves(clinic, chance, ("pre", 40, 16), ("post", 12, 0))
    answer = admin.get(reverse(f"{PAGE}_xlsx"), {"centro": clinic.key})
    day = f"{timezone.localdate():%Y-%m-%d}"
    name = f'filename="resultados-de-la-encuesta-centro-de-salud-de-palencia-{day}.xlsx"'
    assert name in answer["Content-Disposition"]
    book = load_workbook(io.BytesIO(answer.content))
    assert book.sheetnames == [
        "Rondas",
        "Cifras",
        "Cambios",
        "Libro de códigos (español)",
        "Libro de códigos (inglés)",
        "Cómo leerlo",
    ]
    rows = {(row[0], row[1], row[4]): row[5:] for row in book["Cifras"].iter_rows(min_row=2, values_only=True)}
    everybody = "Todas las personas"
    assert rows["Antes del curso", "A1", everybody] == (0.4, None, 0.26, 0.55, "40 personas", None)
    assert rows["Al terminar", "A1", everybody] == (0.1, "eso o menos", 0.1, 0.4, "10 personas o más", None)
    assert rows["Antes del curso", "B", everybody][0] == 60
    assert rows["Al terminar", "F3", everybody] == (None, None, None, None, None, "no se pregunta en esta ronda")
    figure = next(row for row in book["Cifras"].iter_rows(min_row=2) if row[1].value == "A1")
    assert figure[5].number_format == "0.0%"
    (change,) = [row for row in book["Cambios"].iter_rows(min_row=2, values_only=True) if row[0] == "A1" and row[5]]
    # From 40 % to 10 % or less: 30 points or more, and limits for all that «or less» may be.
    assert change[3:8] == ("Antes del curso", "Al terminar", -30, -60, 5)
    en = {row[3]: row for row in book["Libro de códigos (inglés)"].iter_rows(min_row=2, values_only=True)}
    assert en["A1"][4] == "I would prefer not to provide services to sex workers."
    assert en["A1"][6] == "Less is better (-)"
    assert len(en) == 27
    entry = AuditEntry.objects.get()
    assert (entry.action, entry.subject) == ("survey_results_exported", str(clinic))


def test_the_csv_holds_every_figure_in_the_language_of_the_page(admin, clinic, chance):
    make_waves(clinic, chance, ("pre", 40, 16))
    text = admin.get(reverse(f"{PAGE}_csv").replace("/es/", "/en/")).content.decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(text, newline="")))
    (one,) = [row for row in rows if row["Figure"] == "A1" and row["Wave"] == "Before the course"]
    assert (one["Value"], one["Lower limit"], one["Answered"]) == ("40.0%", "26.0%", "40 people")
    assert one["Text"] == "I would prefer not to provide services to sex workers."
    assert len(rows) == 3 * (25 + 5)


def test_in_english_the_page_says_the_same(admin, clinic, chance):
    make_waves(clinic, chance, ("pre", 40, 16), ("post", 40, 2))
    text = admin.get(reverse(PAGE).replace("/es/", "/en/")).content.decode()
    words = "so many agree: before the course, about 4 people; on finishing, almost nobody."
    assert f"Of every 10 people who answered, {words}" in text


def test_long_tables_are_folded_and_say_what_is_inside(admin, clinic, chance):
    make_lot(people=80, clinic=clinic, chance=chance)
    page = html.fromstring(admin.get(reverse(PAGE), {"centro": clinic.key}).content)
    folds = page.xpath("//details[contains(@class, 'by-statement') and not(@open)]")
    said = [" ".join(one.find("summary").text_content().split()) for one in folds]
    assert said == [
        "Disposición · 4 frases",
        "Creencias y culpa · 4 frases",
        "Confidencialidad y consentimiento · 4 frases",
        "Confianza para actuar · 4 frases",
        "Nuestro centro · 4 frases",
        "La frase oficial y el puntaje de cada tema, de los dos grupos",
    ]
    assert all(one.xpath(".//table") for one in folds)
