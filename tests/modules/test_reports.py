import csv
import re
from codecs import BOM_UTF8
from datetime import timedelta
from io import BytesIO, StringIO

import pytest
from django.core.management import call_command
from django.utils import timezone
from openpyxl import load_workbook
from wagtail.models import Locale

from modules.models import CoursePage, LessonPage, ModulePage, PeopleShown
from modules.rendering.usage import find_uses
from modules.reviews.due import DueKind, Why, consents_due
from modules.reviews.unverified import sentences_around, unverified_items
from modules.text.placed_texts import placed_texts_of
from quizzes.models import Question, Source
from tests.factories import NOW, make_case, make_course, make_lesson, make_question, make_quiz, spanish
from tests.modules.factories import choice, make_organisation, make_term, scene, step

from .factories import make_film, make_photo, make_recording, make_voice

pytestmark = pytest.mark.django_db
TODAY = NOW.date()


def marked_course():
    course = make_course(modules=1, lessons=0, questions=0)
    course.close_to_me = [("text", "<p>Respire. La línea 1572 atiende hoy [S33] [VL]. Tome agua.</p>")]
    course.save()
    module = ModulePage.objects.get()
    module.notice = "Pregunte a su jefatura por la ruta [VL]."
    module.objectives = [("line", "Decir el plazo [VL]")]
    module.save()
    lesson = make_lesson(
        module,
        1,
        body=[
            ("text", "<p>Nada aquí.</p><ul><li>Uno</li><li>El plazo es de 72 horas. [VL]</li></ul>"),
            ("callout", {"kind": "legal", "title": "Ley", "text": "<p>Artículo 10 [VL].</p>"}),
            ("checklist", {"title": "Lista", "items": ["Un punto", "Otro punto [VL]"]}),
            ("scenario", scene(steps=[step("inicio", choice("Llamar [VL]"), choice("Callar"))])),
        ],
    )
    question = make_question(
        "M1-Q2",
        choices=[
            {"identifier": "a", "text": "Sí", "is_correct": True, "feedback": "Confirme el artículo [VL]."},
            {"identifier": "b", "text": "No", "feedback": "Vea [S1]."},
        ],
    )
    make_question("M1-Q1", needs_checking=True, feedback="Así lo dice la ley [S1].")
    make_term(definition="Etiqueta [VL].")
    make_organisation(note="Llame antes [VL].", phone="1555")
    make_organisation("pdh", name="PDH", checked_on=timezone.localdate() - timedelta(days=30), checked_by="Luz")
    return {"course": course, "module": module, "lesson": lesson, "question": question}


def rows():
    return [(item.id, item.place, item.sentence) for item in unverified_items("es", today=TODAY)]


@pytest.mark.postgres
def test_everything_that_nobody_verified_is_listed_in_the_order_of_the_course():
    marked_course()
    assert rows() == [
        ("COURSE", "«Esto me toca de cerca» › Texto", "La línea 1572 atiende hoy."),
        ("M1", "Aviso en cada lección", "Pregunte a su jefatura por la ruta."),
        ("M1", "Objetivos › Línea", "Decir el plazo"),
        ("M1-L1", "Contenido › Texto", "El plazo es de 72 horas."),
        ("M1-L1", "Contenido › Recuadro › Texto", "Artículo 10."),
        ("M1-L1", "Contenido › Lista de verificación › Puntos 2", "Otro punto"),
        ("M1-L1", "Contenido › Escena › Pasos 1 › Opciones 1 › Lo que se hace o se dice", "Llamar"),
        ("M1-Q1", "Retroalimentación general", "Así lo dice la ley."),
        ("M1-Q2", "Opción 1 › Retroalimentación", "Confirme el artículo."),
        ("Palabra del glosario", "Definición", "Etiqueta."),
        ("Organización", "Nota", "Llame antes."),
        ("Organización", "Teléfono y dirección: nunca se verificó", "OMES · 1555"),
    ]


def test_an_organisation_checked_long_ago_is_to_be_verified_again():
    make_organisation(checked_on=TODAY - timedelta(days=91), checked_by="Luz")
    assert [place for _id, place, _sentence in rows()] == [
        "Teléfono y dirección: se verificó por última vez el 26 de agosto de 2026"
    ]


def test_each_item_leads_to_the_editor_and_to_its_block():
    made = marked_course()
    items = unverified_items("es", today=TODAY)
    block = made["lesson"].body.raw_data[1]["id"]
    addresses = {(item.id, item.place): item.address for item in items}
    assert addresses["M1-L1", "Contenido › Recuadro › Texto"] == (
        f"/cms/pages/{made['lesson'].pk}/edit/#block-{block}-section"
    )
    assert addresses["M1-Q2", "Opción 1 › Retroalimentación"] == (
        f"/cms/snippets/quizzes/question/edit/{made['question'].pk}/"
    )


def test_what_is_not_public_is_not_listed():
    made = marked_course()
    LessonPage.objects.update(live=False)
    Question.objects.update(live=False)
    assert {name for name, _place, _sentence in rows()} == {"COURSE", "M1", "Palabra del glosario", "Organización"}
    assert made["lesson"].pk


@pytest.mark.parametrize(
    "text, sentences",
    [
        ("Uno. Dos [VL]. Tres.", ["Dos."]),
        ("Uno. Dos. [S3] [VL] Tres.", ["Dos."]),
        ("El plazo [VL], según la ley, es corto. Fin.", ["El plazo, según la ley, es corto."]),
        ("Uno [VL]. Dos [VL]. Tres.", ["Uno.", "Dos."]),
        ("Sin punto final [[estigma|la etiqueta]] [VL]", ["Sin punto final la etiqueta"]),
    ],
)
def test_the_sentence_around_a_mark_is_shown_without_marks(text, sentences):
    assert sentences_around(text) == sentences


def test_the_sentence_around_a_mark_ends_as_its_language_ends_sentences():
    assert sentences_around("She asks: “When?” [VL] Mrs. Pop waits. Go.", "en") == ["She asks: “When?”"]
    assert sentences_around("Go. Mrs. Pop waits [VL].", "en") == ["Mrs. Pop waits."]


@pytest.mark.parametrize("model", [CoursePage, ModulePage, LessonPage])
def test_every_field_of_text_is_looked_at(model):
    make_course(modules=1, lessons=1)
    page = model.objects.get()
    page.title = "Título [VL]"
    assert "Título [VL]" in [placed.text for placed in placed_texts_of(page)]


def test_editors_see_the_report_print_it_and_take_it_along(editor_client):
    marked_course()
    page = editor_client.get("/cms/reports/unverified/").text
    for words in ("Por verificar", "El plazo es de 72 horas.", 'href="/cms/reports/unverified/print/"'):
        assert words in page
    printed = editor_client.get("/cms/reports/unverified/print/").text
    headings = ["Dónde", "Lo que dice", "Verificado", "Por", "Fecha"]
    assert [heading for heading in headings if f'<th scope="col">{heading}</th>' in printed] == headings
    assert "El plazo es de 72 horas." in printed
    exported = b"".join(editor_client.get("/cms/reports/unverified/?export=csv").streaming_content).decode("utf-8-sig")
    table = list(csv.DictReader(StringIO(exported)))
    assert list(table[0]) == ["Dónde", "Título", "Lugar", "Lo que dice", "Verificado", "Por", "Fecha"]
    assert [row["Lo que dice"] for row in table] == [sentence for _id, _place, sentence in rows()]
    sheet = b"".join(editor_client.get("/cms/reports/unverified/?export=xlsx").streaming_content)
    assert load_workbook(BytesIO(sheet)).active.max_row == len(table) + 1


def test_what_looks_like_a_formula_or_is_not_printable_is_taken_along_as_words(editor_client):
    make_organisation(name='=HYPERLINK("http://x.test")\x0b', phone="")
    for address in ("/cms/reports/unverified/", "/cms/reports/due/"):
        exported = b"".join(editor_client.get(f"{address}?export=csv").streaming_content)
        assert exported.startswith(BOM_UTF8)
        cells = [cell for row in csv.reader(StringIO(exported.decode("utf-8-sig"))) for cell in row]
        assert '\'=HYPERLINK("http://x.test")' in cells
        assert not [cell for cell in cells if cell[:1] in ("=", "+", "-", "@")]
        sheet = b"".join(editor_client.get(f"{address}?export=xlsx").streaming_content)
        values = [cell.value for row in load_workbook(BytesIO(sheet)).active.iter_rows() for cell in row]
        assert '\'=HYPERLINK("http://x.test")' in values


def test_the_command_prints_a_list_or_a_table():
    marked_course()
    output = StringIO()
    call_command("list_unverified", stdout=output)
    assert "M1-L1 «Lección 1» · Contenido › Recuadro › Texto\n    Artículo 10." in output.getvalue()
    assert output.getvalue().endswith("12 cosas por verificar.\n")
    output = StringIO()
    call_command("list_unverified", format="md", stdout=output)
    assert "| M1-L1 «Lección 1» | Contenido › Recuadro › Texto | Artículo 10. | ☐ |  |  |" in output.getvalue()


def test_the_editor_of_a_lesson_maps_the_branches_of_its_scenes_and_says_what_to_look_at_again(editor_client):
    course = make_course(modules=1, lessons=0)
    mended = choice("Callar", "paso-2", rating="harmful")
    steps = [
        step("inicio", choice("Saludar") | {"ending": "vuelve", "cost": True}, mended),
        step("paso-2", choice("Decir: fue error mío"), choice("Esperar a ver", rating="partial")),
    ]
    lesson = make_lesson(course.get_children().first().specific, 1, body=[("scenario", scene(steps=steps))])
    page = editor_client.get(f"/cms/pages/{lesson.pk}/edit/").text
    shown = " ".join(re.sub(r"<[^>]+>", " ", page[page.index("M1-E1 · En el portón") :]).split())
    assert "Cuida · Cuesta algo · Saludar → Vuelve" in shown
    assert "Hace daño · Callar → 2 (un camino de vuelta)" in shown
    assert "Cuida en parte · Esperar a ver → fin" in shown
    assert "Para mirar otra vez: Paso «inicio»" in shown


def test_the_editor_of_a_lesson_shows_how_easy_the_draft_is(editor_client):
    make_course(modules=1, lessons=1)
    lesson = LessonPage.objects.get()
    lesson.body = [("key_message", "Institucionalización interinstitucional de procedimientos administrativos.")]
    lesson.save_revision()
    page = editor_client.get(f"/cms/pages/{lesson.pk}/edit/").text
    assert "Todavía no llega a «algo fácil» (70)." in page
    assert "Institucionalización interinstitucional de procedimientos administrativos." in page
    assert "data-content-readability-score" not in page
    english = lesson.copy_for_translation(Locale.objects.get_or_create(language_code="en")[0], copy_parents=True)
    english.save_revision().publish()
    assert "«algo fácil» (70)" not in editor_client.get(f"/cms/pages/{english.pk}/edit/").text


def test_the_marks_of_a_case_are_found():
    source = Source.objects.create(identifier="S42", title="Guía", locale=spanish())
    case = make_case("C", 2, text="Una señora llega [S42].", dialogue="Portero: ¿Qué busca? [VL]")
    make_quiz("m1", [case.questions.first()])
    assert rows() == [("C", "Diálogo", "Portero: ¿Qué busca?")]
    assert find_uses(source) == [str(case)]


def due():
    return [(row.title, row.why) for row in consents_due(TODAY)]


@pytest.mark.parametrize(
    ("fields", "why"),
    [
        ({}, None),
        ({"consent_until": TODAY + timedelta(days=31)}, None),
        ({"consent_until": TODAY + timedelta(days=30)}, Why.ENDS),
        ({"consent_until": TODAY}, Why.ENDS),
        ({"consent_until": TODAY - timedelta(days=1)}, Why.OVER),
        ({"consent_number": ""}, Why.MISSING),
        ({"consent_scope": ""}, Why.MISSING),
        ({"consent_scope": "", "withdrawn_on": TODAY}, None),
        ({"consent_until": TODAY, "withdrawn_on": TODAY}, None),
    ],
)
@pytest.mark.parametrize("make", [make_voice, make_recording])
def test_a_consent_is_due_when_it_is_missing_over_or_ends_within_a_month(make, fields, why):
    make(**fields)
    assert [found for _title, found in due()] == ([why] if why else [])


def test_of_a_place_or_a_thing_nobody_is_asked():
    make_photo("de-un-porton", consent_until=TODAY)
    make_photo(
        "de-la-doctora", shows=PeopleShown.CONSENTED, consent_number="9", consent_scope="Aquí", consent_until=TODAY
    )
    make_film(shows=PeopleShown.CONSENTED, poster=make_photo("cartel"))
    assert {(title.partition(" (")[0], why) for title, why in due()} == {
        ("Fotografía: de-la-doctora", Why.ENDS),
        ("Video: Una mañana", Why.MISSING),
    }


def test_what_is_due_leads_to_the_form_and_says_until_when():
    voice = make_voice(consent_until=TODAY)
    (row,) = consents_due(TODAY)
    assert (row.kind, row.address, row.last_on) == (
        DueKind.CONSENT,
        f"/cms/snippets/modules/voice/edit/{voice.pk}/",
        TODAY,
    )


def test_what_a_recording_says_and_nobody_verified_is_listed_once_and_not_when_it_was_taken_back():
    recording = make_recording(transcript="Llame al 1572 [VL]. Pase adelante.")
    make_film(transcript="El plazo es de 72 horas [VL].")
    said = {(item.title, item.sentence) for item in unverified_items("es", today=TODAY)}
    assert said == {("El saludo", "Llame al 1572."), ("Una mañana", "El plazo es de 72 horas.")}
    assert unverified_items("en", today=TODAY) == []
    recording.withdrawn_on = TODAY
    recording.save()
    assert [item.title for item in unverified_items("es", today=TODAY)] == ["Una mañana"]
