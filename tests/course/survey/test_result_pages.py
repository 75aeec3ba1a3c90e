import csv
import io
import re

import pytest
from django.urls import reverse
from django.utils import timezone
from lxml import html
from openpyxl import load_workbook

from course.models import Area, AuditEntry, SurveyEnvelope, SurveyRound
from course.people.roles import ADMINISTRATORS
from course.survey.overview import rounds_of_clinics
from course.survey.results import Standing, editions_asked, results_of
from tests.factories import make_clinic, make_cohort, make_staff, make_trainer
from tests.survey_factories import CLOSED, contents, make_lot, make_wording, some_edition

pytestmark = pytest.mark.django_db
PAGE = "desk_survey_results"


def counts_of(people, agreeing):
    items = {"A1": {"2": agreeing, "4": people - agreeing}}
    return {"items": items, "blocks": {"B": {"n": people, "mean": 60, "sd": 20}}, "groups": {}}


def make_waves(clinic, chance, *waves):
    for wave, people, agreeing in waves:
        make_lot(wave, people, clinic=clinic, chance=chance, figures=counts_of(people, agreeing))


def make_round(clinic, wave="pre", *, closed=False, lot=None):
    return SurveyRound.objects.create(
        clinic=clinic,
        edition=some_edition(),
        wave=wave,
        wording=make_wording(),
        public_key=b"k" * 32,
        closed_on=CLOSED if closed or lot else None,
        lot=lot,
    )


def words_of(client, **asked):
    answer = client.get(reverse(PAGE), asked)
    assert answer.status_code == 200
    return " ".join(html.fromstring(answer.text).get_element_by_id("contenido").text_content().split())


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
    [(False, "Abierta: se cuenta cuando se cierra."), (True, "aquí contestaron menos de diez personas")],
)
def test_without_a_lot_it_says_why_and_no_number(admin, clinic, closed, words):
    SurveyEnvelope.objects.create(round=make_round(clinic, closed=closed), sealed=b"x")
    shown = words_of(admin, centro=clinic.key)
    for sentence in (words, "Todavía no hay nada que mostrar", "Sin empezar: nadie ha llegado todavía a su página."):
        assert sentence in shown
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
    found, widest = {}, {}
    for who in (trainer, lead, make_staff("adm", ADMINISTRATORS)):
        client.force_login(who)
        seen = {page: shown_by(client, page, asked) for page in (PAGE, f"{PAGE}_xlsx", f"{PAGE}_csv")}
        found[who.username] = seen[PAGE]
        page = html.fromstring(client.get(reverse(PAGE)).text)
        widest[who.username] = page.find_class("lead")[0].text_content()
        assert set(map(tuple, seen.values())) == {tuple(seen[PAGE])}
    assert found == {
        "facilitadora": ["nothing", "own clinic"],
        "jefa": ["nothing", "own clinic", "own area"],
        "adm": ["nothing", "own clinic", "foreign clinic", "own area", "foreign area"],
    }
    for who, place in (("facilitadora", "Palencia"), ("jefa", "Nororiente"), ("adm", "Todo el país")):
        assert place in widest[who]


def test_figures_of_a_place_are_not_told_apart_by_clinic(admin, area, clinic, chance):
    for one in (clinic, make_clinic("Centro de Salud de Chinautla", area=area)):
        make_lot("pre", 30, clinic=one, chance=chance)
    for asked in ({}, {"area": area.key}):
        page = html.fromstring(admin.get(reverse(PAGE), asked).text).get_element_by_id("contenido")
        for choice in page.xpath(".//select"):
            choice.drop_tree()
        table = admin.get(reverse(f"{PAGE}_csv"), asked).content.decode("utf-8-sig")
        book = load_workbook(io.BytesIO(admin.get(reverse(f"{PAGE}_xlsx"), asked).content))
        cells = [str(cell.value) for sheet in book for row in sheet.iter_rows() for cell in row]
        told = " ".join([page.text_content(), table, *cells])
        assert "60 personas" in told
        assert [name for name in ("Palencia", "Chinautla") if name in told] == []


def test_another_area_leaves_the_clinic_behind(admin, area, clinic, chance):
    elsewhere = Area.objects.create(name="Sololá")
    make_lot("pre", 30, clinic=clinic, chance=chance)
    page = html.fromstring(admin.get(reverse(PAGE), {"area": elsewhere.key, "centro": clinic.key}).text)
    assert "Sololá" in page.find_class("lead")[0].text_content()


def test_whoever_has_no_clinic_reads_what_is_seen_here(client, chance):
    make_lot("pre", 30, chance=chance)
    trainer = make_trainer()
    make_cohort(trainers=[trainer])
    client.force_login(trainer)
    assert "Ninguno de ellos tiene centro." in words_of(client)


def test_drawings_have_the_words_that_stand_beside_them_also_those_of_kinds_of_work(admin, clinic, chance):
    make_lot("pre", 80, clinic=clinic, chance=chance)
    make_lot("seg", 80, clinic=clinic, chance=chance)
    page = html.fromstring(admin.get(reverse(PAGE)).text)
    drawings = page.xpath("//svg")
    drawings = [one for one in drawings if one.get("role") == "img" and "labelledby" in str(one.attrib)]
    assert len(drawings) == 10
    ids = page.xpath("//@id")
    assert len(ids) == len(set(ids))
    for one in drawings:
        assert all(name in ids for name in one.get("aria-labelledby").split())
    assert not page.xpath("//*[@style]")
    words = page.get_element_by_id("contenido").text_content()
    for kind in ("Por tipo de trabajo", "Atención clínica, laboratorio o farmacia", "Otra función"):
        assert kind in words


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
    assert next(row for row in book["Cifras"].iter_rows(min_row=2) if row[1].value == "A1")[5].number_format == "0.0%"
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


def test_long_tables_are_folded_and_say_what_is_inside(admin, clinic, chance):
    make_lot(people=80, clinic=clinic, chance=chance)
    page = html.fromstring(admin.get(reverse(PAGE), {"centro": clinic.key}).content)
    folds = page.xpath("//details[contains(@class, 'by-statement') and not(@open)][.//table]/summary")
    said = [" ".join(one.text_content().split()) for one in folds]
    assert (len(said), said[0]) == (6, "Disposición · 4 frases")


def test_the_lots_of_a_place_are_those_counted_there(area, chance):
    elsewhere = Area.objects.create(name="Sololá")
    here, there = make_clinic("Uno", area=area), make_clinic("Dos", area=elsewhere)
    make_lot(people=20, clinic=here, chance=chance)
    make_lot(people=11, area=area, chance=chance)
    make_lot(people=30, clinic=there, chance=chance)
    make_lot(people=12, chance=chance)
    people = {
        place: results_of(place, some_edition()).figures.waves["pre"].people for place in (here, area, elsewhere, None)
    }
    assert people == {here: 20, area: 31, elsewhere: 30, None: 73}
    other = some_edition()
    other.pk, other.key, other.number = None, "0b1f1c1e-1111-4b5e-8f0e-1d3c0a7b9e11", 2
    other.save()
    assert not results_of(None, other).has_any
    assert [one.number for one in editions_asked()] == [1]


def test_each_wave_says_where_it_is(area, chance):
    clinic, small = make_clinic("Uno", area=area), make_clinic("Dos", area=area)
    make_round(clinic, lot=make_lot(people=20, clinic=clinic, chance=chance))
    make_round(clinic, "post")
    make_round(small, lot=make_lot(people=12, area=area, chance=chance))
    SurveyEnvelope.objects.create(round=make_round(small, "post", closed=True), sealed=b"x")
    own, less, both = (results_of(place, some_edition()) for place in (clinic, small, area))
    assert own.standings == {"pre": Standing.COUNTED, "post": Standing.OPEN, "seg": Standing.NOT_BEGUN}
    assert less.standings == {"pre": Standing.WITH_OTHERS, "post": Standing.WAITS, "seg": Standing.NOT_BEGUN}
    assert +both.rounds["pre"] == {"counted": 1, "with_others": 1}
    assert +both.rounds["post"] == {"open": 1, "waits": 1}
    assert (own.is_pooled, both.is_pooled) == (False, True)


def test_what_went_on_to_the_country_waits_no_more(area, chance):
    clinic, unasked = make_clinic("Uno", area=area), make_clinic("Dos", area=area)
    make_round(clinic, closed=True)
    make_round(clinic, "post", lot=make_lot("post", people=14, chance=chance))
    SurveyRound.objects.filter(pk=make_round(unasked, closed=True).pk).update(public_key=b"")
    standings = {"pre": Standing.PASSED_ON, "post": Standing.PASSED_ON, "seg": Standing.NOT_BEGUN}
    assert results_of(clinic, some_edition()).standings == standings
    assert results_of(area, some_edition()).standings == standings
    assert results_of(unasked, some_edition()).standings["pre"] == Standing.NOBODY
    [here, there] = rounds_of_clinics([clinic, unasked], some_edition())
    assert [state.standing.value for state in here.states] == ["passed_on", "country", "not_begun"]
    assert there.states[0].standing.value == "nobody"


def test_a_clinic_that_moves_leaves_its_lots_and_rounds_where_they_were_counted(area, chance):
    elsewhere = Area.objects.create(name="Sololá")
    small = make_clinic("Uno", area=area)
    make_round(small, lot=make_lot(people=12, area=area, chance=chance))
    make_round(small, "post", closed=True)
    make_lot("seg", people=20, clinic=small, chance=chance)
    small.area = elsewhere
    small.save()
    before, after, own = (results_of(place, some_edition()) for place in (area, elsewhere, small))
    assert (+before.rounds["pre"], +after.rounds["pre"]) == ({"with_others": 1}, {})
    assert (before.standings["pre"], after.standings["pre"]) == (Standing.COUNTED, Standing.NOT_BEGUN)
    assert after.standings["post"] == Standing.PASSED_ON
    assert (before.has_any, after.has_any, own.has_any) == (True, False, True)


def test_waves_of_other_places_are_named(area, chance):
    one, other = make_clinic("Uno", area=area), make_clinic("Dos", area=area)
    make_lot(people=20, clinic=one, chance=chance)
    make_lot("post", people=20, clinic=one, chance=chance)
    assert results_of(area, some_edition()).unlike == []
    make_lot("post", people=20, clinic=other, chance=chance)
    assert results_of(area, some_edition()).unlike == [("pre", "post")]
