import re

import pytest
from django.test import Client
from django.urls import reverse
from wagtail.models import Locale, Page

from modules.content.loading.files import read_course
from modules.content.loading.loading import load_course
from modules.models import CoursePage, Edition, LessonPage, ModulePage
from modules.page_ids import next_number, page_id
from tests.factories import NOW, make_course, make_learner, make_module, make_staff, mark_lesson_read
from tests.races import many_at_once

from .content import make_content
from .test_content_saving import save

pytestmark = pytest.mark.django_db


def form_of(**changes):
    fields = {"minutes": "5", "warning": "", "summary": "", "subtitle": "", "notice": "", "quiz": "", "seo_title": ""}
    fields |= {"search_description": "", "go_live_at": "", "expire_at": "", "plain_language_reason": ""}
    fields |= {f"{name}-count": "0" for name in ("objectives", "key_messages", "role_tips", "practice", "body")}
    for name, value in (("TOTAL", 0), ("INITIAL", 0), ("MIN_NUM", 0), ("MAX_NUM", "")):
        fields[f"comments-{name}_FORMS"] = str(value)
    return fields | changes


def make_in_cms(client, parent, title, model="modulepage", **more):
    address = reverse("wagtailadmin_pages:add", args=["modules", model, parent.pk])
    answer = client.post(address, form_of(title=title, **more))
    assert answer.status_code == 302, answer.text
    return Page.objects.get(draft_title=title).specific


def place_of(page):
    page = type(page).objects.get(pk=page.pk)
    below = page.url_path.split("/", 2)[2] if page.depth > 2 else page.url_path
    return page_id(page.translation_key), getattr(page, "number", None), below


def test_new_module_gets_next_number_and_keeps_it(editor_client):
    course = make_course(modules=2, lessons=1, quiz=False)
    module = make_in_cms(editor_client, course, "Cuando no hay luz", number="40", slug="cuando-no-hay-luz")
    assert place_of(module) == ("M3", 3, "m3/")
    lessons = [make_in_cms(editor_client, module, title, "lessonpage") for title in ("Velas", "Linternas")]
    assert [place_of(lesson) for lesson in lessons] == [("M3-L1", None, "m3/1/"), ("M3-L2", None, "m3/2/")]

    edit = reverse("wagtailadmin_pages:edit", args=[module.pk])
    shown = editor_client.get(edit).text
    assert "Módulo 3</strong>" not in shown
    assert "Módulo 3 ·" in shown
    assert 'name="slug"' not in shown
    assert 'name="number"' not in shown
    editor_client.post(edit, form_of(title="Cuando sí hay", slug="otra", number="7"))
    assert place_of(module) == ("M3", 3, "m3/")
    assert Page.objects.get(pk=module.pk).draft_title == "Cuando sí hay"


def test_form_of_new_module_announces_next_number(editor_client):
    address = reverse("wagtailadmin_pages:add", args=["modules", "modulepage", make_course(modules=1, quiz=False).pk])
    assert "el siguiente número libre" in editor_client.get(address).text
    assert next_number() == 2


def test_title_panel_has_no_slug_script_without_slug_field(editor_client):
    make_course(modules=1, lessons=1)
    lesson = LessonPage.objects.get()
    for page in (lesson, lesson.get_parent()):
        shown = editor_client.get(reverse("wagtailadmin_pages:edit", args=[page.pk])).text
        assert "w-sync" not in re.search(r'<input[^>]* id="id_title"[^>]*>', shown)[0]


def test_number_is_not_reused_once_read_or_in_an_edition():
    course = make_course(modules=1, lessons=1, quiz=False)
    learner, second = make_learner(), make_module(course, 2, lessons=1, quiz=False)
    mark_lesson_read(learner, LessonPage.objects.child_of(second).get(), now=NOW)
    second.delete()
    third = make_module(CoursePage.objects.get(), 3, lessons=1, quiz=False)
    contents = [{"key": str(third.translation_key), "number": 3, "title": "Tres", "lessons": [], "pools": []}]
    contents[0] |= {"quiz": None, "pass_mark": None, "counting_attempt": None}
    Edition.objects.create(course_key=course.translation_key, number=40, contents=contents)
    Page.objects.get(pk=third.pk).delete()
    # Read by somebody, asked by an edition that was in force, and never: the last may be given again.
    unread = CoursePage.objects.get().add_child(instance=ModulePage(title="Sin publicar", live=False))
    assert place_of(unread)[0] == "M4"
    unread.delete()
    assert place_of(CoursePage.objects.get().add_child(instance=ModulePage(title="Otro")))[:2] == ("M4", 4)


def test_copy_gets_new_numbers_and_keeps_them_when_published(editor_client):
    course = make_course(modules=2, lessons=2, quiz=False)
    first = ModulePage.objects.get(number=1)
    first.save_revision()
    window = reverse("wagtailadmin_pages:copy", args=[first.pk])
    assert 'type="hidden" name="new_slug"' in editor_client.get(window).text
    form = {"new_title": "Copia del uno", "new_parent_page": course.pk, "copy_subpages": "on"}
    assert editor_client.post(window, form | {"new_slug": "copia-1"}).status_code == 302
    copied = ModulePage.objects.get(draft_title="Copia del uno")
    assert place_of(copied) == ("M3", 3, "m3/")
    lessons = LessonPage.objects.child_of(copied).order_by("path")
    assert [place_of(lesson) for lesson in lessons] == [("M3-L1", None, "m3/1/"), ("M3-L2", None, "m3/2/")]
    copied.get_latest_revision().publish()
    assert place_of(copied) == ("M3", 3, "m3/")
    assert place_of(first) == ("M1", 1, "m1/")


def test_translation_has_number_and_slug_of_original(editor_client):
    module = make_in_cms(editor_client, make_course(modules=1, lessons=1, quiz=False), "Cuando no hay luz")
    english = Locale.objects.get(language_code="en")
    translated = module.copy_for_translation(english, copy_parents=True)
    translated.title = "When there is no light"
    translated.save_revision()
    assert place_of(translated) == ("M2", 2, "m2/")
    # What is made in English alone has an id of its own, not that of a module that exists in Spanish.
    alone = translated.get_parent().specific.add_child(instance=ModulePage(title="Only here", locale=english))
    assert place_of(alone) == ("M3", 3, "m3/")
    assert next_number() == 4


def test_new_page_avoids_slug_of_older_page(editor_client):
    course = make_course(modules=1, lessons=0, quiz=False)
    older = ModulePage(title="Viejo", slug="m3", number=2, translation_key="4f5c7f0e-0000-4000-8000-000000000000")
    older._state.adding = True
    course.add_child(instance=older)
    ModulePage.objects.filter(pk=older.pk).update(slug="m3")
    assert place_of(make_in_cms(editor_client, CoursePage.objects.get(), "Nuevo")) == ("M3", 3, "m3-2/")


def test_module_from_cms_is_saved_to_content_files(tmp_path, editor_client):
    content = make_content(tmp_path)
    load_course(read_course(content, "es"))
    module = make_in_cms(editor_client, CoursePage.objects.get(), "Cuando no hay luz")
    for page in (make_in_cms(editor_client, module, "Velas", "lessonpage"), module):
        page.publish(page.save_revision(), unreviewed=True)
    save(content)
    assert (content / "es/m2/module.yaml").read_text().startswith("id: M2\nnumber: 2\ntitle: Cuando no hay luz\n")
    assert (content / "es/m2/lesson-1.yaml").read_text().startswith("id: M2-L1\ntitle: Velas\n")


@pytest.mark.postgres
@pytest.mark.usefixtures("database_on_disk")
@pytest.mark.django_db(transaction=True)
def test_concurrent_editors_get_different_numbers():
    course = make_course(modules=1, lessons=0, quiz=False)
    translated = course.copy_for_translation(Locale.objects.get(language_code="en"))
    editors = [make_staff(f"editora-{n}", is_superuser=True, is_staff=True) for n in range(4)]

    def make(n):
        client = Client()
        client.force_login(editors[n])
        parent = translated if n % 2 else course
        address = reverse("wagtailadmin_pages:add", args=["modules", "modulepage", parent.pk])
        return client.post(address, form_of(title=f"Nuevo {n}")).status_code

    assert many_at_once(4, make) == [302] * 4
    made = ModulePage.objects.filter(draft_title__startswith="Nuevo")
    assert sorted(place_of(module) for module in made) == [(f"M{n}", n, f"m{n}/") for n in (2, 3, 4, 5)]
