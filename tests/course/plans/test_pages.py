import csv
import io
import subprocess
from datetime import timedelta

import pikepdf
import pytest
import time_machine
from django.urls import reverse
from django.utils import timezone
from openpyxl import load_workbook

from course.models import LONGEST_POST, LONGEST_WORDS, Area, CentreHead, PlanAction, PlanReview
from course.plans.access import name_head
from course.plans.actions import let_action_go
from course.plans.printing import wall_sheet_pdf
from course.plans.reading import plan_of
from tests.factories import NOW, finish_course, make_clinic, make_cohort, make_course, make_learner, make_trainer

from .factories import agree, review

pytestmark = pytest.mark.django_db
BOTH = pytest.mark.parametrize("whose", ["desk", "head"])


class Pages:
    def __init__(self, client, clinic, person, *, on_desk):
        self.client, self.person = client, person
        self.name, self.args = ("desk_plan", [clinic.pk]) if on_desk else ("my_plan", [])
        client.force_login(person)

    def address(self, page="", *args):
        return reverse(f"{self.name}_{page}" if page else self.name, args=[*self.args, *args])

    def get(self, page="", *args, **asked):
        return self.client.get(self.address(page, *args), asked).text

    def post(self, page, *args, **fields):
        return self.client.post(self.address(page, *args), fields)


@pytest.fixture
def pages(client, clinic, cohort, trainer, head, whose):
    return Pages(client, clinic, trainer if whose == "desk" else head, on_desk=whose == "desk")


def days_from_now(days):
    return (timezone.localdate() + timedelta(days=days)).isoformat()


def an_action(**fields):
    return {"words": "Rótulo en la entrada", "post": "Ventanilla"} | {
        "agreed_on": days_from_now(0),
        "due_on": days_from_now(60),
        **fields,
    }


def agreed_now(clinic, words="Bajar la voz", **fields):
    return agree(clinic, words, now=timezone.now(), **fields)


def said_of(action, answer, *, days=30, seen=0, **fields):
    prefix = f"{action.key}-{days}-"
    said = {"seen": seen, "answer": answer} | ({} if answer == "done" else {"obstacles": ["time"]}) | fields
    return {f"{prefix}{name}": value for name, value in said.items()}


@BOTH
def test_a_point_of_the_checklist_is_copied_with_its_number(pages, clinic, checklist):
    form = pages.get("new")
    assert '<optgroup label="Datos">' in form
    assert ">3. Nadie pregunta la libreta.</option>" in form
    assert form.count("Nunca escriba el nombre de una persona") == 1
    assert pages.post("new", **an_action(words="", point="Nadie pregunta la libreta.")).url == pages.address()
    action = PlanAction.objects.get()
    assert (action.words, action.point, action.made_by) == ("Nadie pregunta la libreta.", 3, pages.person)
    checklist.delete()
    shown = pages.get()
    assert "Punto 3 de la lista" in shown
    assert "Responde: Ventanilla" in shown


@BOTH
def test_a_fourth_action_of_a_page_that_was_open_is_refused_and_keeps_what_was_typed(pages, clinic):
    for words in ("Una", "Dos", "Tres"):
        agreed_now(clinic, words)
    assert pages.address("new") not in pages.get()
    answer = pages.post("new", **an_action())
    assert answer.status_code == 422
    assert "ya tiene tres acciones en marcha" in answer.text
    assert "Rótulo en la entrada</textarea>" in answer.text
    assert PlanAction.objects.count() == 3


@BOTH
@pytest.mark.parametrize(
    ("fields", "refused"),
    [
        ({"words": ""}, "escriba qué cambiará"),
        ({"post": ""}, "Escriba el cargo"),
        ({"post": "Irma Noriega"}, "nombra a alguien del centro"),
        ({"words": "Llamar al 5555 1234"}, "un teléfono o un número de DPI"),
        ({"words": "Avisar a ana@ejemplo.gt"}, "Un correo electrónico"),
        ({"words": "a\x00b"}, "nul"),
        ({"words": "ñ" * 10_000}, "300"),
        ({"due_on": "0001-01-01"}, "Ese día ya pasó"),
        ({"due_on": "9999-12-31"}, "demasiado lejos"),
        ({"due_on": "mañana"}, "válida"),
        ({"due_on": ""}, "Elija el día"),
        ({"agreed_on": "9999-12-31"}, "todavía no llega"),
        ({"agreed_on": "1999-01-01"}, "hace demasiado tiempo"),
    ],
)
def test_what_cannot_be_is_refused_in_words(pages, clinic, fields, refused):
    answer = pages.post("new", **an_action(**fields))
    assert answer.status_code == 422
    assert refused in answer.text
    assert not PlanAction.objects.exists()


@BOTH
def test_a_point_that_is_not_on_the_sheet_any_more_or_both_ways_at_once_are_refused(pages, clinic, checklist):
    gone = pages.post("new", **an_action(words="", point="Un punto de antes."))
    assert "La lista de verificación cambió" in gone.text
    assert "no las dos cosas" in pages.post("new", **an_action(point="Un solo saludo.")).text


@BOTH
def test_whatever_is_written_is_shown_as_it_was_written(pages, clinic):
    assert pages.post("new", **an_action(words='<script>alert("1")</script> {{ 7 }} 🙂 =SUMA(1)')).status_code == 302
    shown = pages.get()
    assert "&lt;script&gt;alert(&quot;1&quot;)&lt;/script&gt; {{ 7 }} 🙂 =SUMA(1)" in shown
    assert "<script>alert" not in shown


@BOTH
def test_the_reviews_that_are_due_are_asked_for_and_done_makes_room(pages, clinic):
    due, later = agreed_now(clinic, "Una", days_ago=31), agreed_now(clinic, "Dos")
    assert "Toca revisar 1 acción." in pages.get()
    form = pages.get("review")
    assert (f"{due.key}-30-answer" in form, str(later.key) in form) == (True, False)
    assert pages.post("review", **said_of(due, "done")).url == pages.address()
    shown = pages.get()
    assert "Lo logrado" in shown
    assert "Toca revisar" not in shown
    assert "Hay lugar para 2 acciones más." in shown
    kept = PlanReview.objects.get()
    assert (kept.answer, kept.obstacles, kept.noted_by) == ("done", [], pages.person)


@BOTH
def test_a_review_may_be_early_and_says_what_was_in_the_way(pages, clinic):
    action = agreed_now(clinic)
    assert "Revisar el plan antes de tiempo" in pages.get()
    answer = pages.post(
        "review", **said_of(action, "not", obstacles=["supplies", "supplies", "time"], words=" Falta\npapel ")
    )
    assert answer.status_code == 302
    kept = PlanReview.objects.get()
    assert (kept.days, kept.answer, kept.obstacles, kept.words) == (30, "not", ["supplies", "time"], "Falta papel")
    shown = pages.get()
    assert "Faltó tiempo o personal; Faltó material o dinero; «Falta papel»" in shown
    assert "La próxima revisión toca el" in shown


@BOTH
@pytest.mark.parametrize(
    ("answer", "fields", "refused"),
    [
        ("", {"obstacles": []}, "Elija cómo va por lo menos una acción."),
        ("", {"obstacles": ["time"]}, "Elija cómo va."),
        ("partly", {"obstacles": []}, "Diga qué lo impidió."),
        ("not", {"words": "dice Irma Noriega"}, "nombra a alguien del centro"),
        ("maybe", {}, "no es una de las opciones"),
        ("not", {"obstacles": ["weather"]}, "no es una de las opciones"),
        ("not", {"words": "x" * 10_000}, "300"),
        ("not", {"seen": "-1"}, "mayor"),
    ],
)
def test_a_review_that_says_too_little_or_too_much_is_refused(pages, clinic, answer, fields, refused):
    got = pages.post("review", **said_of(agreed_now(clinic), answer, **fields))
    assert (got.status_code, refused in got.text) == (422, True)
    assert not PlanReview.objects.exists()


@BOTH
def test_the_second_of_two_browsers_reads_what_was_noted_and_may_correct_it(pages, clinic, trainer):
    action = agreed_now(clinic, days_ago=31)
    review(action, "partly", words="Falta papel", by=trainer, now=timezone.now())
    late = pages.post("review", **said_of(action, "done"))
    page = late.text
    assert late.status_code == 422
    assert "Mientras tanto alguien anotó esta revisión." in page
    assert "«Falta papel»" in page
    assert f'name="{action.key}-30-seen" value="1"' in page
    assert PlanReview.objects.count() == 1
    assert pages.post("review", **said_of(action, "done", seen=1)).status_code == 302
    history = pages.get()
    assert "<del>En parte</del>" in history
    assert str(trainer) in history
    assert "Lo que usted envíe lo corrige." in pages.get("correct", action.key, 30)
    assert pages.post("correct", action.key, 30, **said_of(action, "not", seen=2)).status_code == 302
    assert list(PlanReview.objects.order_by("number").values_list("answer", flat=True)) == ["partly", "done", "not"]
    action.refresh_from_db()
    assert action.outcome == ""


@BOTH
def test_an_action_is_let_go_with_its_reason_and_can_be_agreed_again(pages, clinic):
    action = agreed_now(clinic, "Bajar la voz", post="Caja")
    assert "Escriba el motivo" in pages.post("let_go", action.key, why=" ").text
    for _twice in range(2):
        assert pages.post("let_go", action.key, why="El edificio es alquilado.").status_code == 302
    shown = pages.get()
    assert "El edificio es alquilado." in shown
    again = f"{pages.address('new')}?otra={action.key}"
    assert again in shown
    form = pages.client.get(again).text
    assert "Bajar la voz</textarea>" in form
    assert 'value="Caja"' in form
    for nonsense in ("x", "00000000-0000-4000-8000-000000000000"):
        assert pages.client.get(pages.address("new"), {"otra": nonsense}).status_code == 200
    assert pages.client.get(pages.address("correct", action.key, 30)).status_code == 404


@BOTH
def test_what_is_not_there_is_not_found(pages, clinic):
    action = agreed_now(clinic)
    foreign = agreed_now(make_clinic("Otro"))
    for page, *args in (
        ("correct", action.key, 45),
        ("correct", foreign.key, 30),
        ("let_go", foreign.key),
        ("correct", action.key, 10**30),
    ):
        assert pages.client.get(pages.address(page, *args)).status_code == 404
        assert pages.post(page, *args, why="x", **said_of(foreign, "done")).status_code == 404
    review(action, "done", now=timezone.now())
    assert pages.client.get(pages.address("correct", action.key, 90)).status_code == 404
    assert pages.client.get(pages.address("let_go", action.key)).status_code == 404
    assert pages.client.get(pages.address("review")).status_code == 404


def test_nobody_else_finds_the_plan(client, clinic, cohort, head):
    action = agreed_now(clinic)
    colleague = make_learner("EVA222", clinic=clinic, cohort=cohort)
    elsewhere = make_learner("FIN222", role="jefatura", clinic=make_clinic("Otro"), cohort=cohort)
    other = make_trainer("otra")
    make_cohort("Cerrado", trainers=[other], clinic=clinic, closes_on=timezone.localdate() - timedelta(days=1))
    found = [("",), ("new",), ("review",), ("let_go", action.key), ("correct", action.key, 30), ("pdf",)]
    for person in (colleague, elsewhere, head, other):
        desk = Pages(client, clinic, person, on_desk=True)
        for page, *args in found:
            assert client.get(desk.address(page, *args)).status_code == 404
            assert client.post(desk.address(page, *args), an_action()).status_code in (404, 405)
    own = Pages(client, clinic, colleague, on_desk=False)
    assert client.get(own.address()).status_code == 404
    name_head(elsewhere.clinic, elsewhere, by=None, now=timezone.now())
    client.force_login(elsewhere)
    assert "todavía no tiene plan" in own.get()
    assert client.get(own.address("let_go", action.key)).status_code == 404


def test_only_who_heads_a_centre_finds_its_plan_in_my_course(client, clinic, cohort, head):
    make_course(modules=1)
    agreed_now(clinic, days_ago=31)
    client.force_login(head)
    assert "Plan de mi centro" in client.get("/es/").text
    finish_course(head)
    page = client.get("/es/").text
    assert page.count(reverse("my_plan")) == 2
    assert "Toca revisar el plan de su centro" in page
    client.force_login(make_learner("EVA222", role="jefatura", clinic=clinic, cohort=cohort))
    assert "lan de" not in client.get("/es/").text


def test_nobody_makes_themselves_head_of_a_centre(client, clinic, cohort):
    make_course(modules=1)
    caretaker = make_learner("EVA222", job_title="Conserje", clinic=clinic, cohort=cohort)
    client.force_login(caretaker)
    client.post(reverse("choose_role"), {"role": "jefatura"})
    caretaker.role = "jefatura"
    caretaker.save()
    assert client.post(reverse("my_plan_new"), an_action()).status_code == 404
    assert client.post(reverse("desk_plan_heads", args=[clinic.pk]), {"person": caretaker.pk}).status_code == 404
    assert client.get(reverse("my_plan")).status_code == 404
    assert not PlanAction.objects.exists()


def test_who_heads_a_centre_is_named_and_taken_back_on_the_desk(client, clinic, cohort, trainer):
    ana = make_learner("ANA222", "Ana", "Xol", clinic=clinic, cohort=cohort)
    foreign = make_learner("EVA222", "Eva", "Tum", clinic=make_clinic("Otro"), cohort=cohort)
    desk = Pages(client, clinic, trainer, on_desk=True)
    assert "Nadie está nombrado todavía." in desk.get()
    form = desk.get("heads")
    assert (f'value="{ana.pk}"' in form, f'value="{foreign.pk}"' in form) == (True, False)
    for nonsense in ("", str(foreign.pk), "x", "9" * 30):
        assert (desk.post("heads", person=nonsense).status_code, CentreHead.objects.count()) == (422, 0)
    named = client.post(desk.address("heads"), {"person": ana.pk}, follow=True).text
    assert "Desde ahora, Ana Xol abre el plan en «Mi curso»." in named
    assert "Xol, Ana" in named
    assert "No hay a quién nombrar" in desk.get("heads")
    Pages(client, clinic, ana, on_desk=False).post("new", **an_action())
    assert PlanAction.objects.get().made_by == ana
    client.force_login(trainer)
    [head] = CentreHead.objects.all()
    for key in ("x", CentreHead.objects.create(clinic=foreign.clinic, person=foreign).key):
        desk.post("heads", quitar=key)
    assert CentreHead.objects.count() == 2
    for _twice in range(2):
        assert desk.post("heads", quitar=head.key).url == desk.address()
    assert "Nadie está nombrado todavía." in desk.get()
    client.force_login(ana)
    assert client.get(reverse("my_plan")).status_code == 404


def test_plans_to_review_stand_with_whom_to_call_for_those_who_train_and_lead(client, area, clinic, cohort, trainer):
    action = agreed_now(clinic, "Una", days_ago=35, post="Farmacia")
    client.force_login(trainer)
    page = client.get(reverse("desk_cohorts")).text
    assert "Planes que toca revisar" in page
    assert "Revisión de los 30 días de 1 acción: tocaba hace 5 días" in page
    assert "Pregunte por: Farmacia" in page
    rows = list(csv.reader(io.StringIO(client.get(reverse("desk_due_plans_csv")).content.decode("utf-8-sig"))))
    assert [row[1:5] for row in rows[1:]] == [[clinic.name, "Una", "Farmacia", "30"]]
    lead = make_trainer("jefa")
    area.leads.add(lead)
    client.force_login(lead)
    assert "Planes que toca revisar" in client.get(reverse("desk_cohorts")).text
    review(action, "done", now=timezone.now())
    assert "Planes que toca revisar" not in client.get(reverse("desk_cohorts")).text


def test_the_summary_counts_plans_of_an_area_and_ranks_nobody(trainer_client, area, clinic, cohort, trainer):
    make_learner(clinic=clinic, cohort=cohort)
    first, second = agreed_now(clinic, "Una"), agreed_now(clinic, "Dos")
    review(first, "partly", now=timezone.now())
    let_action_go(second, why="No.", by=trainer, now=timezone.now())
    page = trainer_client.get(reverse("desk_summary")).text
    assert "1/1 centro tiene plan." in page
    assert "<td>1/1</td><td>0</td><td>1</td><td>0</td><td>0</td><td>1</td>" in page
    sheet = load_workbook(io.BytesIO(trainer_client.get(reverse("desk_summary_xlsx")).content))["Planes de los centros"]
    assert [[cell.value for cell in row] for row in sheet.iter_rows(min_row=2)] == [
        [area.name, 1, 1, 0, 1, 0, 0, 1],
        ["Total", 1, 1, 0, 1, 0, 0, 1],
    ]


def test_a_plan_goes_out_with_all_of_its_history_and_no_formula(trainer_client, clinic, cohort, trainer):
    action = agreed_now(clinic, "=SUMA(1)", days_ago=40, post="Caja")
    review(action, "not", words="Falta papel", by=trainer, now=timezone.now())
    review(action, "done", seen=1, by=trainer, now=timezone.now())
    assert reverse("desk_plan_csv", args=[clinic.pk]) in trainer_client.get(reverse("desk_plan", args=[clinic.pk])).text
    text = trainer_client.get(reverse("desk_plan_csv", args=[clinic.pk])).content.decode("utf-8-sig")
    rows = list(csv.reader(io.StringIO(text)))[1:]
    assert [[row[0], row[2], row[5], row[9], row[11], row[12], row[13]] for row in rows] == [
        ["'=SUMA(1)", "Caja", "Hecha", "30", "No (se corrigió después)", "Faltó tiempo o personal", "Falta papel"],
        ["'=SUMA(1)", "Caja", "Hecha", "30", "Hecho", "", ""],
    ]
    workbook = load_workbook(io.BytesIO(trainer_client.get(reverse("desk_plan_xlsx", args=[clinic.pk])).content))
    assert workbook.worksheets[0].max_row == 3


def test_what_is_due_is_due_on_the_day_of_the_site(client, clinic, cohort, trainer):
    with time_machine.travel("2027-03-15T02:00:00Z", tick=False):
        agreed_now(clinic, agreed_on=timezone.localdate() - timedelta(days=30))
        client.force_login(trainer)
        page = client.get(reverse("desk_plan", args=[clinic.pk])).text
        assert "toca hoy" in page
        assert "12 de febrero de 2027" in page


@pytest.mark.postgres
def test_the_list_holds_every_centre_in_the_order_of_the_names(trainer_client, area, clinic, cohort, trainer):
    area.leads.add(trainer)
    agreed_now(make_clinic("Ágata", area=Area.objects.get()), days_ago=31)
    rows = list(csv.reader(io.StringIO(trainer_client.get(reverse("desk_plans_csv")).content.decode("utf-8-sig"))))
    assert [row[1] for row in rows[1:]] == ["Ágata", clinic.name]
    page = trainer_client.get(reverse("desk_plans")).text
    assert page.index("Ágata</a>") < page.index(f"{clinic.name}</a>")


def text_of(pdf):
    command = ["pdftotext", "-layout", "-", "-"]
    return subprocess.run(command, input=pdf, capture_output=True, check=True).stdout.decode()


def sheet(clinic, language="es", paper="letter"):
    return wall_sheet_pdf(plan_of(clinic, now=NOW), paper=paper, language=language)


def test_it_says_what_is_agreed_and_leaves_the_rest_to_a_pen(clinic):
    review(agree(clinic, "Bajar la voz", point=3, days_ago=31, post="Ventanilla"), "partly", words="Falta papel")
    review(agree(clinic, "Cerrar la puerta"), "done")
    text = text_of(sheet(clinic))
    for said in ("Plan del centro", clinic.name, "Bajar la voz", "Ventanilla", "30 días", "90 días", "En parte"):
        assert said in text
    assert "Lo que logramos" in text
    assert "Cerrar la puerta" in text
    assert "Falta papel" not in text
    assert "Plan of the centre" in text_of(sheet(clinic, "en"))


@pytest.mark.parametrize("paper", ["letter", "a4"])
def test_the_longest_plan_fits_on_one_tagged_page_across(clinic, paper):
    for number in range(3):
        words = f"{number} " + "palabra larga " * 30
        agree(clinic, words[:LONGEST_WORDS].strip(), point=30, post=("Jefatura " * 20)[:LONGEST_POST].strip())
    with pikepdf.open(io.BytesIO(sheet(clinic, paper=paper))) as pdf:
        assert len(pdf.pages) == 1
        _left, _bottom, width, height = map(float, pdf.pages[0].mediabox)
        assert width > height
        assert pdf.Root.MarkInfo.Marked
        assert str(pdf.Root.Lang) == "es"
    assert "2 palabra larga" in text_of(sheet(clinic, paper=paper))


def test_hostile_words_are_printed_as_they_stand(clinic):
    agree(clinic, "<b>Rótulo</b> & {{ x }} 🙂")
    assert "<b>Rótulo</b> & {{ x }}" in " ".join(text_of(sheet(clinic)).split())


@BOTH
def test_the_sheet_is_fetched_and_kept_by_no_browser(pages, clinic):
    answer = pages.client.get(pages.address("pdf"))
    assert (answer["Content-Type"], answer["Cache-Control"]) == ("application/pdf", "private, no-store")
    assert "Qué cambiaremos" in text_of(answer.content)
