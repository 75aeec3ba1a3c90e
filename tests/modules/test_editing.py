"""What an editor meets in the Wagtail admin when a scene cannot be played."""

import json
from html import unescape

import pytest
from django.urls import reverse
from wagtail.test.utils.form_data import nested_form_data, streamfield

from modules.models import LessonPage
from tests.factories import make_course

from .factories import choice, scene, step

pytestmark = pytest.mark.django_db


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
    # The editor's messages travel to its script as JSON inside an attribute.
    html = unescape(answer.content.decode())
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
    assert answer.status_code == 302, answer.content.decode()[:2000]
    lesson.refresh_from_db()
    assert [block.value["title"] for block in lesson.body] == ["En el portón"]


def test_an_editor_finds_a_lesson_and_its_draft_in_the_admin(editor_client, lesson):
    assert editor_client.get(reverse("wagtailadmin_pages:edit", args=[lesson.pk])).status_code == 200
    assert editor_client.get(reverse("wagtailadmin_pages:view_draft", args=[lesson.pk])).status_code == 200
