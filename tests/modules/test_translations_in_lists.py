"""Lists of editors say what was changed after it was translated; and a text is shown in all languages."""

import pytest
from django.urls import reverse
from django.utils import timezone
from wagtail.models import Locale

from course.people.roles import LEGAL_REVIEWERS
from modules.models import GlossaryTerm, LessonPage
from modules.translating.marking import mark_published
from tests.factories import make_course, make_staff

from .factories import make_term

pytestmark = pytest.mark.django_db


def translate(term, locale):
    translated = term.copy_for_translation(locale)
    translated.definition = f"In English: {term.identifier}"
    translated.save()
    return translated


def terms_list():
    return reverse("wagtailsnippets_modules_glossaryterm:list")


def of_all_languages(row):
    return reverse("in_all_languages", args=[row.translation_key])


def test_a_list_names_the_language_of_an_older_translation(editor_client, english):
    term = make_term()
    translate(term, english)
    link = f'<a href="{of_all_languages(term)}">inglés</a>'
    assert link not in editor_client.get(terms_list()).content.decode()
    GlossaryTerm.objects.filter(pk=term.pk).update(definition="Otra cosa.")
    assert link in editor_client.get(terms_list()).content.decode()


def test_a_list_of_pages_names_those_whose_translation_is_older(editor_client, english):
    make_course(modules=1, lessons=2)
    lesson = LessonPage.objects.order_by("path").first()
    translated = lesson.copy_for_translation(english, copy_parents=True)
    translated.title = "Lesson one"
    translated.save_revision().publish()
    mark_published(LessonPage.objects.get(pk=translated.pk), by=None, now=timezone.now())
    explorer = reverse("wagtailadmin_explore", args=[lesson.get_parent().pk])
    assert "Cambiaron después" not in editor_client.get(explorer).content.decode()
    lesson.title = "Otra lección"
    lesson.save_revision().publish()
    assert "Cambió después de traducirla: «Otra lección»." in editor_client.get(explorer).content.decode()


def test_a_text_is_shown_in_every_other_language_with_what_can_be_done(editor_client, english):
    Locale.objects.create(language_code="cak")
    term = make_term()
    translated = translate(term, english)
    assert of_all_languages(term) in editor_client.get(terms_list()).content.decode()
    page = editor_client.get(of_all_languages(term)).content.decode()
    assert "<td>Inglés</td><td>Traducido</td>" in page
    assert "<td>Kaqchikel</td><td>Falta traducir</td>" in page
    begin = reverse("wagtail_localize:submit_snippet_translation", args=["modules", "glossaryterm", term.pk])
    assert begin in page
    GlossaryTerm.objects.filter(pk=term.pk).update(definition="Otra cosa.")
    page = editor_client.get(of_all_languages(term)).content.decode()
    assert reverse("translation_still_valid", args=["term", translated.pk]) in page


def test_who_may_not_change_a_text_is_not_shown_it_in_all_languages(client, english):
    client.force_login(make_staff("revisora", group=LEGAL_REVIEWERS))
    assert client.get(of_all_languages(make_term())).status_code == 302
