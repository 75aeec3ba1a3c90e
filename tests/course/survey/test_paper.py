import io
import re
import uuid
from datetime import date, timedelta

import pikepdf
import pymupdf
import pytest
import time_machine
from django.urls import reverse
from django.utils import timezone
from lxml import html

from course.models import AuditEntry, Session, SurveyEnvelope, SurveyPaperBatch, SurveyPassed, SurveyRound
from course.paper.surveys import survey_sheet_pdf
from modules.progress.editions import edition_in_force
from modules.progress.outline import get_course_structure
from quizzes.models import SurveyStatement
from quizzes.surveys.wording import wording_in_force
from tests.factories import enrol, make_cohort, make_course, make_learner, make_trainer
from tests.quizzes.surveys.rows import make_survey

from .factories import make_area, make_centre, make_wording, opened, read_opening

pytestmark = pytest.mark.django_db

SEALED = "quedaron cerradas con llave. Ya no se pueden ver ni corregir. Destruya las hojas."


@pytest.fixture
def centre():
    make_course(modules=1, lessons=1)
    make_survey()
    return make_centre(1, area=make_area())


@pytest.fixture
def collector():
    return make_trainer("recoge", first_name="Rita", last_name="Xol")


@pytest.fixture
def cohort(centre, trainer, collector):
    people = [make_learner(f"P{at}", f"Persona{at}", clinic=centre) for at in range(3)]
    return make_cohort(trainers=[trainer, collector], learners=people, clinic=centre)


@pytest.fixture
def desk(client, cohort, trainer):
    client.force_login(trainer)
    return client


def key_page(centre, wave="pre"):
    return reverse("desk_survey_key", args=[centre.pk, edition_in_force(get_course_structure()).pk, wave])


def batch(collector, *sheets, **fields):
    if "given_to" not in fields:
        fields = {"everybody": "on"} | fields
    typed = {
        f"h{at}-{block}": figures
        for at, sheet in enumerate(sheets, 1)
        for block, figures in zip("ABQ", sheet, strict=True)
    }
    return {"hojas": len(sheets), "collected_by": collector.pk, "clave": str(uuid.uuid4())} | typed | fields


def said(response):
    page = html.fromstring(response.text)
    return [" ".join(line.text_content().split()) for line in page.xpath("//*[contains(@class, 'error-summary')]//li")]


def words_of(pdf):
    with pymupdf.open(stream=pdf) as document:
        return " ".join(" ".join(page.get_text(sort=True) for page in document).split()), len(document)


class TestTheSheet:
    def words(self, wave="pre", language="es", wording=None):
        return words_of(survey_sheet_pdf(wording or wording_in_force(), wave, paper_size="letter", language=language))

    def test_it_has_the_questions_with_their_figures_and_asks_for_no_name(self, centre):
        text, pages = self.words()
        assert pages == 1
        assert "¿Cómo atendemos en nuestro centro? Encuesta anónima · Antes del curso" in text
        assert "No escriba su nombre." in text
        assert "A1 Preferiría no atender. 1 2 3 4 0" in text
        assert "B2 Busco a otra persona. 1 2 3 4 0" in text
        assert "Doble la hoja y métala en la caja, contestada o en blanco." in text
        assert not re.search(r"Nombre:|Código|Fecha|Firma|20\d\d", text)

    def test_it_asks_what_the_wave_asks_in_the_language_that_is_wanted(self, centre):
        text, _pages = self.words("post", "en")
        assert "Do not write your name." in text
        assert "I would prefer not to." in text
        assert "I look for someone else." not in text

    def test_items_with_scales_of_their_own_have_their_figures_in_the_line(self, centre):
        text, _pages = self.words(wording=make_wording())
        assert "F3 Frase F3 1 2 3 9 0" in text

    def test_it_is_the_same_sheet_on_any_day(self, centre):
        wording, sheets = wording_in_force(), set()
        for day in (date(2026, 3, 2), date(2027, 11, 30)):
            with time_machine.travel(day):
                sheets.add(survey_sheet_pdf(wording, "pre", paper_size="letter", language="es"))
        assert len(sheets) == 1

    def test_it_is_tagged_and_on_letter(self, desk, centre, cohort):
        address = reverse("desk_survey_sheet", args=[centre.pk, edition_in_force(get_course_structure()).pk, "pre"])
        answer = desk.get(address)
        assert (answer["Content-Type"], answer.status_code) == ("application/pdf", 200)
        assert 'filename="encuesta-antes-del-curso.pdf"' in answer["Content-Disposition"]
        with pikepdf.open(io.BytesIO(answer.getvalue())) as pdf:
            assert pdf.Root.MarkInfo.Marked
            assert [round(float(side)) for side in pdf.pages[0].mediabox[2:]] == [612, 792]
        assert "I would prefer not to." in words_of(desk.get(f"{address}?idioma=en&hoja=a4").getvalue())[0]
        assert not AuditEntry.objects.exists()


class TestWhoMayOpenIt:
    def pages(self, client, centre):
        edition = edition_in_force(get_course_structure()).pk
        addresses = [
            reverse("desk_survey_paper", args=[centre.pk]),
            reverse("desk_survey_sheet", args=[centre.pk, edition, "pre"]),
            reverse("desk_survey_key", args=[centre.pk, edition, "pre"]),
        ]
        return [client.get(address).status_code for address in addresses]

    def test_a_group_that_is_closed_opens_none(self, desk, centre, cohort):
        cohort.opens_on, cohort.closes_on = date(2020, 1, 1), timezone.localdate() - timedelta(days=1)
        cohort.save()
        assert self.pages(desk, centre) == [404] * 3
        assert "centro, en papel" not in desk.get(reverse("desk_papers", args=[cohort.pk])).text

    def test_a_wave_or_an_edition_that_is_none_is_not_there(self, desk, centre, cohort):
        edition = edition_in_force(get_course_structure()).pk
        for args in ([centre.pk, edition, "nunca"], [centre.pk, 10**15, "pre"], [10**15, edition, "pre"]):
            assert desk.get(reverse("desk_survey_key", args=args)).status_code == 404

    def test_it_is_reached_from_the_group_its_sessions_and_the_survey(self, desk, cohort, centre, trainer):
        session = Session.objects.create(cohort=cohort, made_by=trainer)
        paper = reverse("desk_survey_paper", args=[centre.pk])
        of_session = [cohort.pk, session.pk]
        for name, args in (("desk_papers", [cohort.pk]), ("desk_session", of_session), ("desk_survey", [])):
            assert f'href="{paper}' in desk.get(reverse(name, args=args)).text
        page = desk.get(f"{paper}?sesion={session.pk}").text
        assert f'href="{key_page(centre)}?sesion={session.pk}"' in page


class TestKeyingIn:
    def test_how_many_sheets_is_asked_first(self, desk, centre, cohort):
        assert "Cuántas hojas salieron de la caja" in desk.get(key_page(centre)).text
        for wrong in ("0", "61", "muchas", "9" * 400, ""):
            answer = desk.get(key_page(centre), {"hojas": wrong})
            assert (answer.status_code, said(answer)) == (422, ["Escriba un número de 1 a 60."])

    def test_a_small_field_a_theme_and_a_row_a_sheet(self, desk, centre, cohort):
        rows = html.fromstring(desk.get(key_page(centre), {"hojas": "3"}).text).find_class("survey-sheet")
        assert [row.findtext("legend") for row in rows] == ["Hoja 1", "Hoja 2", "Hoja 3"]
        boxes = [(box.get("name"), box.get("inputmode"), box.get("value")) for box in rows[1].iterfind(".//input")]
        assert boxes == [("h2-A", "numeric", ""), ("h2-B", "numeric", ""), ("h2-Q", "numeric", "")]
        labels = [" ".join(one.text_content().split()) for one in rows[0].iterfind(".//label")]
        assert labels == ["A 1 número", "B 2 números", "Q 1 número"]

    def test_the_page_says_how_to_and_warns_where_there_are_few(self, desk, centre, cohort):
        few, many = (desk.get(key_page(centre), {"hojas": count}).text for count in (9, 10))
        for page in (few, many):
            assert "Primero mezcle las hojas. Quien las recogió no las digita." in page
        warning = "Con menos de diez hojas usted puede adivinar de quién son"
        assert (warning in few, warning in many) == (True, False)

    def test_one_post_seals_the_whole_batch_and_says_what_to_do(self, desk, centre, cohort, collector, trainer):
        people = list(cohort.learners.order_by("pk"))
        fields = batch(
            collector, ("4", "14", "1"), ("-", "", ""), ("0", "2-", "2"), given_to=[one.pk for one in people]
        )
        answer = desk.post(key_page(centre), fields, follow=True)
        page = html.fromstring(answer.text)
        assert page.xpath("//*[@data-said]")[0].text_content().split() == f"3 hojas {SEALED}".split()
        assert answer.redirect_chain == [(reverse("desk_survey_paper", args=[centre.pk]), 302)]
        assert opened() == ["A02.2", "A4141", "D...."]
        made = SurveyPaperBatch.objects.get()
        assert (made.sheets, made.keyed_by, made.collected_by) == (3, trainer, collector)
        assert str(made.key) == fields["clave"]
        assert set(SurveyPassed.objects.values_list("person", flat=True)) == {one.pk for one in people}
        desk.force_login(read_opening(people[0]))
        assert "Ya pasó por esta página" in desk.get(reverse("survey")).text

    def test_more_sheets_than_people_who_were_still_to_be_asked_are_refused(self, desk, centre, cohort, collector):
        people = list(cohort.learners.order_by("pk"))
        desk.post(key_page(centre), batch(collector, ("4", "14", "1"), given_to=[people[0].pk]))
        again = batch(collector, ("4", "14", "1"), ("3", "13", "2"), given_to=[one.pk for one in people[:2]])

        answer = desk.post(key_page(centre), again)

        assert answer.status_code == 409
        assert "Hay más hojas que personas marcadas" in answer.text
        assert 'value="13"' in answer.text
        assert SurveyEnvelope.objects.count() == SurveyPassed.objects.count() == 1

    def test_everybody_of_the_list_is_ticked_with_one_box_and_the_same_post_again_is_once(
        self, desk, centre, cohort, collector
    ):
        enrol(make_learner("IDO234", clinic=centre), make_cohort("Otro grupo", clinic=centre))
        fields = batch(collector, ("4", "14", "1"), ("1", "41", "2"), everybody="on")
        for _time in range(2):
            assert SEALED in desk.post(key_page(centre), fields, follow=True).text
        everybody = set(cohort.learners.values_list("pk", flat=True))
        assert set(SurveyPassed.objects.values_list("person", flat=True)) == everybody
        # As many envelopes as people: nobody's blank sheet shows.
        assert SurveyEnvelope.objects.count() == 3

    def test_who_was_at_the_session_is_ticked_at_first(self, desk, centre, cohort, trainer):
        session = Session.objects.create(cohort=cohort, made_by=trainer)
        there = cohort.learners.order_by("pk")[1]
        session.attendances.create(learner=there, noted_at=timezone.now())
        page = html.fromstring(desk.get(key_page(centre), {"hojas": "2", "sesion": session.pk}).text)
        ticked = page.xpath("//input[@name='given_to'][@checked]")
        assert [one.get("value") for one in ticked] == [str(there.pk)]

    def test_each_mistake_is_said_at_its_field_and_nothing_typed_is_lost(self, desk, centre, cohort, collector):
        fields = batch(
            collector, ("4", "14", "1"), ("5", "1", ""), ("1", "22", "1"), given_to=[cohort.learners.first().pk]
        )
        answer = desk.post(key_page(centre), fields)
        assert answer.status_code == 422
        assert said(answer) == [
            "Hoja 2, A: «5» no es un número de la línea A1: tiene 1, 2, 3, 4, 0; "
            "si no hay ninguno encerrado, 0 o un guion (-).",
            "Hoja 2, B: Escriba 2 números, uno por línea de la hoja. Hay 1.",
            "Hoja 2, Q: No hay nada escrito. Si todo el tema está en blanco en la hoja, escriba 0 o un guion (-).",
        ]
        page = html.fromstring(answer.text)
        links = [link.get("href") for link in page.xpath("//*[contains(@class, 'error-summary')]//a")]
        assert links == ["#h2-A", "#h2-B", "#h2-Q"]
        shown = {box.get("name"): box.get("value") for box in page.xpath("//*[@class='sheet-box']/input")}
        assert shown == {name: value for name, value in fields.items() if name.startswith("h") and "-" in name}
        assert len(page.xpath("//input[@name='given_to'][@checked]")) == 1
        assert page.xpath("//input[@name='clave']")[0].get("value") == fields["clave"]
        assert not SurveyEnvelope.objects.exists()
        assert not SurveyPassed.objects.exists()

    def test_enter_in_a_field_seals_nothing_and_loses_nothing(self, desk, centre, cohort, collector):
        first = html.fromstring(desk.get(key_page(centre), {"hojas": "1"}).text)
        assert first.xpath("//form[.//input[@name='clave']]//button")[0].get("name") == "mirar"
        answer = desk.post(key_page(centre), batch(collector, ("4", "14", "1"), mirar="1"))
        page = html.fromstring(answer.text)
        assert (answer.status_code, said(answer), page.get_element_by_id("h1-B").get("value")) == (200, [], "14")
        assert not SurveyEnvelope.objects.exists()

    def test_whoever_collected_them_is_refused_in_words(self, desk, centre, cohort, trainer):
        assert said(desk.post(key_page(centre), batch(trainer, ("4", "14", "1")))) == [
            "Quien recogió las hojas no las digita. Pida que lo haga otra persona, mejor si es de otro centro."
        ]
        nobody = desk.post(key_page(centre), batch(trainer, ("4", "14", "1"), collected_by=""))
        assert said(nobody) == ["Elija quién sacó las hojas de la caja."]
        stranger = desk.post(key_page(centre), batch(make_trainer("ajena"), ("4", "14", "1")))
        assert said(stranger) == ["Elija quién sacó las hojas de la caja."]
        assert not SurveyEnvelope.objects.exists()

    def test_a_wave_that_is_closed_takes_none_and_one_closed_meanwhile_keeps_what_was_typed(
        self, desk, centre, cohort, collector
    ):
        desk.post(key_page(centre), batch(collector, ("4", "14", "1")))
        SurveyRound.objects.update(closed_on=timezone.localdate())
        answer = desk.post(key_page(centre), batch(collector, ("4", "14", "1")))
        assert answer.status_code == 409
        assert said(answer) == ["Esta ronda se cerró mientras tanto: ya no recibe hojas. No se guardó nada."]
        assert 'value="14"' in answer.text
        assert "Esta ronda está cerrada: ya no recibe hojas." in desk.get(key_page(centre)).text
        assert SurveyEnvelope.objects.count() == 3

    def test_words_that_changed_meanwhile_keep_what_was_typed(self, desk, centre, cohort, collector):
        before = wording_in_force()
        SurveyStatement.objects.filter(identifier="A1").update(text="Otra frase.")
        desk.post(key_page(centre), batch(collector, ("4", "14", "1")))
        answer = desk.post(key_page(centre), batch(collector, ("3", "13", "1"), texto=before.digest))
        assert answer.status_code == 409
        assert "Las preguntas de este centro son otras que las de esta página." in said(answer)[0]
        page = html.fromstring(answer.text)
        assert page.xpath("//input[@name='texto']")[0].get("value") == wording_in_force().digest
        assert page.get_element_by_id("h1-B").get("value") == "13"
        assert SurveyEnvelope.objects.count() == 3

    def test_where_no_key_can_be_kept_nothing_is_kept_and_nothing_typed_is_lost(
        self, desk, centre, cohort, collector, no_keys
    ):
        answer = desk.post(key_page(centre), batch(collector, ("4", "14", "1")))
        assert answer.status_code == 503
        assert "Ahora no se pueden cerrar las hojas con llave" in said(answer)[0]
        assert 'value="14"' in answer.text
        assert not SurveyPaperBatch.objects.exists()

    @pytest.mark.postgres
    @pytest.mark.parametrize(
        "nonsense",
        [
            {"clave": "x" * 5000},
            {"collected_by": "9" * 400},
            {"given_to": ["9" * 400, "-1", "x"]},
            {"hojas": "61"},
            {"texto": "\0" * 80},
            {"h1-A": "¿" * 5000},
            {"sesion": "9" * 400},
        ],
    )
    def test_a_hostile_post_breaks_nothing(self, desk, centre, cohort, collector, nonsense):
        assert desk.post(key_page(centre), batch(collector, ("4", "14", "1"), **nonsense)).status_code in (302, 422)

    def test_no_page_shows_what_was_keyed(self, desk, centre, cohort, collector):
        desk.post(key_page(centre), batch(collector, ("4", "14", "1")))
        for address in (key_page(centre), reverse("desk_survey_paper", args=[centre.pk]), reverse("desk_all_audit")):
            assert "14" not in re.findall(r'value="([^"]*)"', desk.get(address).text)
        entry = AuditEntry.objects.get(action="survey_keyed")
        assert (entry.people, entry.subject) == (1, str(centre))


def test_no_title_of_a_theme_stands_alone_at_the_foot_of_a_page(centre):
    words = "Una frase de dos líneas, que hace que el tema no quepa entero al pie de la primera página de la hoja."
    theme = next(block for block in make_wording().contents["blocks"] if block["id"] == "B")
    for length in (3, 4):
        items = [theme["items"][0] | {"id": f"B{at}", "text": {"es": words}} for at in range(length)]
        blocks = [theme | {"id": letter, "title": {"es": f"Tema {letter}"}, "items": items} for letter in "RSTUVW"]
        wording = make_wording(make_wording().contents | {"blocks": blocks})
        with pymupdf.open(stream=survey_sheet_pdf(wording, "pre", paper_size="letter", language="es")) as document:
            pages = [page.get_text(sort=True) for page in document]
        for page in pages:
            lines = [line.strip() for line in page.splitlines() if line.strip()][:-1]
            assert not re.fullmatch(r"\w\s+Tema \w", lines[-1]), (length, lines[-3:])
