import json
from html import unescape
from urllib.parse import quote

import pytest
from django.urls import reverse
from wagtail import blocks
from wagtail.test.utils.form_data import nested_form_data, streamfield

from modules.models import CoursePage, LessonPage, ModulePage
from tests.factories import make_course
from tests.modules.factories import make_organisation
from tests.modules.reviewing import form_of

from .factories import choice, scene, step

pytestmark = pytest.mark.django_db

STREAM = LessonPage.body.field.stream_block
BLOCKS = STREAM.child_blocks


def fields_of(block):
    if isinstance(block, blocks.StructBlock):
        return {name: text for child in block.child_blocks.values() for name, text in fields_of(child).items()}
    if isinstance(block, blocks.ListBlock):
        return fields_of(block.child_block)
    return {str(block.label): str(getattr(block.meta, "help_text", "") or block.field.help_text)}


def test_every_block_of_a_lesson_has_an_icon_of_its_own():
    icons = [block.meta.icon for block in BLOCKS.values()]
    assert len(set(icons)) == len(icons)


def test_the_picker_groups_the_blocks_by_what_they_are_for():
    assert {str(group): [block.name for block in members] for group, members in STREAM.grouped_child_blocks()} == {
        "Para leer": ["text", "key_message", "figure", "callout", "photo", "listen", "film"],
        "Para el trabajo": ["role_tips", "do_avoid", "checklist"],
        "Para practicar": ["scenario", "reflection"],
        "Del resto del curso": ["quiz", "directory", "printable", "voice"],
    }


EXPLAINED_BY_THEIR_LIST = {"Punto", "Necesidad", "Grabación"}


@pytest.mark.parametrize("name", BLOCKS)
def test_every_block_and_field_of_it_is_explained(name):
    assert str(BLOCKS[name].get_description()).endswith(".")
    assert {label for label, text in fields_of(BLOCKS[name]).items() if not text} <= EXPLAINED_BY_THEIR_LIST


@pytest.mark.parametrize("name", BLOCKS)
def test_every_block_can_be_seen_before_it_is_chosen(editor_client, name):
    make_course(modules=1, lessons=1)
    make_organisation(needs=["lideresas_pares"])
    assert BLOCKS[name].is_previewable
    shown = editor_client.get(f"/cms/block-preview/?id={quote(BLOCKS[name].definition_prefix)}").text
    assert "site" in shown
    expected = {"quiz": "Cuestionario m1", "directory": "OMES", "scenario": "Yesenia", "key_message": "Un saludo"}
    # None comes with the course: whoever looks for the block reads what it waits for.
    expected["voice"] = "Aquí falta una voz"
    expected |= {"photo": "example-photo.svg", "listen": "Escuchar en español", "film": "Así se coloca el biombo"}
    assert expected.get(name, "block-") in shown


@pytest.mark.parametrize("model", [CoursePage, ModulePage, LessonPage])
def test_every_field_of_a_page_is_explained(model):
    fields = ["subtitle", "intro", "minutes", "number", "summary", "warning", "notice", "objectives", "key_messages"]
    fields += ["role_tips", "quiz", "body", "close_to_me"]
    form = model.get_edit_handler().get_form_class()
    panels = {panel.field_name: panel for panel in model.content_panels if hasattr(panel, "field_name")}
    present = [name for name in fields if name in form.base_fields]
    assert present
    for name in present:
        assert str(panels[name].help_text or form.base_fields[name].help_text), name


def test_an_editor_previews_a_lesson_as_each_participant_and_printed():
    make_course(modules=1, lessons=1)
    lesson = LessonPage.objects.get()
    names = [str(name) for _mode, name in lesson.preview_modes]
    assert names[:2] == ["Participante", "Participante: Medicina, enfermería, psicología, trabajo social"]
    assert names[-1] == "Impreso"
    for mode, _name in lesson.preview_modes:
        shown = lesson.make_preview_request(preview_mode=mode)
        assert shown.status_code == 200
        assert "Un saludo también cura." in shown.text
        assert ("sheet sheet-" in shown.text) == (mode == "impreso")


def test_fields_that_stand_alone_in_a_list_have_a_name_for_screen_readers():
    names = BLOCKS["key_message"].field.widget.attrs["aria-label"], BLOCKS["text"].field.widget.options["ariaLabel"]
    assert [str(name) for name in names] == ["Mensaje clave", "Texto"]


def test_the_explorer_lists_modules_and_lessons_in_the_order_of_the_course(editor_client):
    course = make_course(modules=3, lessons=1)
    page = editor_client.get(f"/cms/pages/{course.pk}/").text
    places = [page.index(f"Módulo de prueba {number}") for number in (1, 2, 3)]
    assert places == sorted(places)


def test_the_preview_in_the_editor_carries_wagtails_checks_and_the_public_page_does_not(editor_client):
    make_course(modules=1, lessons=1)
    lesson = LessonPage.objects.get()
    request_of_panel = {"in_preview_panel": "true", "mode": ""}
    editor_client.post(f"/cms/pages/{lesson.pk}/edit/preview/", form_of(lesson))
    assert "wagtail-userbar" in editor_client.get(f"/cms/pages/{lesson.pk}/edit/preview/", request_of_panel).text
    assert "wagtail-userbar" not in editor_client.get("/es/m1/1/").text


def test_wagtail_names_what_was_saved_without_a_gender(editor_client):
    response = editor_client.post(
        "/cms/snippets/modules/languageentry/add/",
        {"say": "paciente", "avoid": "caso", "why": "Nombra.", "identifier": "diga-99", "sort_order": 1},
        follow=True,
    )
    assert "Línea de la guía de lenguaje: se creó «paciente»." in response.text


@pytest.fixture
def lesson():
    make_course(modules=1, lessons=1)
    return LessonPage.objects.get()


def list_items(values):
    entries = {
        str(order): {"value": value, "type": "item", "id": "", "order": str(order), "deleted": ""}
        for order, value in enumerate(values)
    }
    return {"count": str(len(values)), **entries}


def submit(client, lesson, value):
    steps = [{**one, "choices": list_items(one["choices"])} for one in value["steps"]]
    form = nested_form_data(
        {
            "title": lesson.title,
            "slug": lesson.slug,
            "minutes": "2",
            "warning": "",
            "seo_title": "",
            "search_description": "",
            "comments": {"TOTAL_FORMS": "0", "INITIAL_FORMS": "0", "MIN_NUM_FORMS": "0", "MAX_NUM_FORMS": ""},
            "body": streamfield([("scenario", {**value, "recordings": list_items([]), "steps": list_items(steps)})]),
            "action-publish": "Publicar",
        }
    )
    return client.post(reverse("wagtailadmin_pages:edit", args=[lesson.pk]), form)


def test_saving_refuses_dead_ends_unreachable_steps_and_loops_by_name(editor_client, lesson):
    steps = [
        step("inicio", choice("Saludar", "paso-9"), choice("Callar", "paso-2")),
        step("paso-2", choice("Volver", "inicio"), choice("Irse")),
        step("perdido", choice("A"), choice("B")),
    ]
    answer = submit(editor_client, lesson, scene(steps=steps))
    assert answer.status_code == 200
    html = unescape(answer.text)
    for sentence in (
        "la opción «Saludar» lleva a «paso-9» y ningún paso se llama así.",
        "desde el inicio ninguna opción lleva al paso «perdido».",
        "«inicio» → «paso-2» → «inicio» regresa al mismo paso.",
    ):
        assert json.dumps(sentence)[1:-1] in html
    lesson.refresh_from_db()
    assert [block.block_type for block in lesson.body] == ["text", "key_message"]


def test_a_scene_that_can_be_played_is_published(editor_client, lesson):
    answer = submit(editor_client, lesson, scene())
    assert answer.status_code == 302, answer.text[:2000]
    lesson.refresh_from_db()
    assert [block.value["title"] for block in lesson.body] == ["En el portón"]
