"""Many questions at once from the list of the bank: all or none, drafts too, and only for who may."""

import pytest
from django.urls import reverse
from wagtail.models import Locale

from course.people.roles import EDITORS, LEGAL_REVIEWERS
from quizzes.importing.formats import read_file
from quizzes.models import Question
from tests.factories import make_learner, make_question, make_quiz, make_staff, spanish

from .factories import make_kind, start
from .test_bank_lists import make_topic, url

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def roles(settings, start_rule):
    # Here the roles count, as they do on the site.
    settings.AUTHENTICATION_BACKENDS = ["django.contrib.auth.backends.ModelBackend"]
    spanish()


@pytest.fixture
def editor_client(client):
    client.force_login(make_staff("editora", EDITORS))
    return client


def address(action, questions=(), **asked):
    base = reverse("wagtail_bulk_action", args=["quizzes", "question", action])
    parts = [f"id={getattr(question, 'pk', question)}" for question in questions]
    return f"{base}?{'&'.join([*parts, *(f'{name}={value}' for name, value in asked.items())])}"


def errors_of(page):
    return [str(message) for messages in page.context["form"].errors.values() for message in messages]


def topics_of(*questions):
    return [Question.objects.get(pk=question.pk).topic for question in questions]


def test_questions_move_to_a_topic_with_their_drafts_and_their_history_says_who(editor_client):
    law = make_topic("Ley")
    published, edited = make_question("Q1"), make_question("Q2")
    edited.text = "Un texto nuevo"
    edited.save_revision()
    page = editor_client.get(address("move", [published, edited]))
    assert "Q1" in page.content.decode()
    moved = editor_client.post(address("move", [published, edited]), {"topic": law.pk}, follow=True)
    assert "2 preguntas cambiadas." in moved.content.decode()
    assert topics_of(published, edited) == [law, law]
    published, edited = Question.objects.order_by("identifier")
    assert (published.has_unpublished_changes, edited.has_unpublished_changes) == (False, True)
    draft = edited.get_latest_revision_as_object()
    assert (draft.topic, draft.text, edited.text) == (law, "Un texto nuevo", "¿Qué corresponde en Q2?")
    assert {question.latest_revision.user.username for question in (published, edited)} == {"editora"}
    assert [choice.identifier for choice in published.choices.all()] == ["a", "b", "c"]


def test_a_topic_of_another_language_takes_no_question(editor_client):
    english = Locale.objects.get(language_code="en")
    law, theirs = make_topic("Ley"), make_topic("Law", locale=english)
    question = make_question("Q1")
    page = editor_client.post(address("move", [question]), {"topic": theirs.pk})
    assert errors_of(page) == ["Elija un tema en el idioma de las preguntas."]
    copy = question.copy_for_translation(english)
    copy.save()
    page = editor_client.post(address("move", [question, copy]), {"topic": law.pk})
    assert errors_of(page) == ["Estas preguntas están en varios idiomas. Elija las de un solo idioma."]
    assert topics_of(question, copy) == [None, None]


def test_tags_are_added_and_removed_in_the_published_text_and_in_the_draft(editor_client):
    first, second = make_question("Q1"), make_question("Q2")
    first.tags.add("viejo", "queda")
    first.save()
    second.save_revision()
    old = first.tags.get(name="viejo")
    page = editor_client.get(address("tag", [first, second]))
    assert "viejo" in page.content.decode()
    editor_client.post(address("tag", [first, second]), {"add": "urgente, módulo 3", "remove": old.pk})
    first, second = Question.objects.order_by("identifier")
    assert sorted(first.tags.names()) == ["módulo 3", "queda", "urgente"]
    assert sorted(second.tags.names()) == ["módulo 3", "urgente"]
    draft = second.get_latest_revision_as_object()
    assert sorted(tag.name for tag in draft.tags.all()) == ["módulo 3", "urgente"]
    page = editor_client.post(address("tag", [first]), {"add": ""})
    assert errors_of(page) == ["Escriba una etiqueta para agregar, o elija una para quitar."]


@pytest.mark.parametrize(
    ("name", "suffix", "keeps"), [("gift", ".gift.txt", False), ("moodle-xml", ".xml", True), ("xlsx", ".xlsx", True)]
)
def test_questions_are_downloaded_after_what_the_file_lacks_was_told(editor_client, name, suffix, keeps):
    chosen = [make_kind("single", "Q1", difficulty="hard"), make_kind("ordering", "Q2")]
    make_question("Q3")
    response = editor_client.post(address("export", chosen), {"format_name": name})
    if name != "xlsx":
        assert "«Q1»: Moodle no lleva dificultad." in response.content.decode()
        response = editor_client.post(address("export", chosen), {"format_name": name, "knows_losses": "on"})
    assert response["Content-Disposition"] == f'attachment; filename="preguntas{suffix}"'
    read = read_file(response.content, name=f"preguntas{suffix}", format_name=name).questions
    assert [question.kind for question in read] == (["single", "ordering"] if keeps else ["single"])


def test_drafts_are_published_together_or_not_at_all(editor_client):
    good, bad = make_question("Q1", live=False), make_question("Q2", live=False, choices=[])
    page = editor_client.post(address("publish", [good, bad]))
    assert errors_of(page) == ["Q2: Una pregunta de opción única necesita al menos dos opciones."]
    assert not Question.objects.filter(live=True).exists()
    editor_client.post(address("publish", [good]))
    good.refresh_from_db()
    assert good.live
    assert [choice.identifier for choice in good.choices.all()] == ["a", "b", "c"]
    editor_client.post(address("unpublish", [good]))
    good.refresh_from_db()
    assert not good.live


def test_a_draft_that_affects_people_is_published_by_itself(editor_client):
    quiz = make_quiz("m1", 2)
    start(make_learner(), quiz)
    question = Question.objects.get(identifier="M1-Q1")
    question.text = "Otro texto"
    question.save_revision()
    page = editor_client.post(address("publish", [question]))
    assert errors_of(page) == [
        "M1-Q1: Hay personas que ya empezaron un cuestionario con ella: publíquela por separado, "
        "donde verá a quién afecta."
    ]
    question.refresh_from_db()
    assert question.text == "¿Qué corresponde en M1-Q1?"


@pytest.mark.parametrize("action", ["move", "tag", "export", "publish", "unpublish"])
def test_whoever_may_not_change_questions_is_refused(client, action):
    question = make_question("Q1")
    client.force_login(make_staff("revisora", LEGAL_REVIEWERS))
    for answer in (client.get(address(action, [question])), client.post(address(action, [question]), {"add": "x"})):
        # Wagtail answers with a way back to its first page.
        assert (answer.status_code, answer.url) == (302, "/cms/")
    question.refresh_from_db()
    assert (question.topic, question.live, list(question.tags.all())) == (None, True, [])


@pytest.mark.parametrize("chosen", [[], [999], ["x"], ["1" * 30]])
def test_an_empty_choice_says_so(editor_client, chosen):
    page = editor_client.post(address("move", chosen, next=url(Question, "list")), {}, follow=True)
    assert "No se eligió ninguna pregunta." in page.content.decode()


def test_all_of_the_list_means_the_list_as_it_is_narrowed(editor_client):
    law = make_topic("Ley")
    hard, easy = make_question("Q1", difficulty="hard"), make_question("Q2", difficulty="easy")
    editor_client.post(address("move", ["all"], difficulty="hard"), {"topic": law.pk})
    assert topics_of(hard, easy) == [law, None]
    editor_client.post(address("tag", ["all"], q="Q2"), {"add": "uno"})
    assert [list(question.tags.names()) for question in Question.objects.order_by("identifier")] == [[], ["uno"]]
    # Wagtail's own deletion takes the whole bank here.
    editor_client.post(address("delete", ["all"], difficulty="hard"))
    assert [question.identifier for question in Question.objects.all()] == ["Q2"]


@pytest.mark.nightly
def test_five_hundred_are_moved_at_once(editor_client):
    law = make_topic("Ley")
    for n in range(500):
        make_question(f"Q{n:03}", choices=[])
    page = editor_client.get(address("move", Question.objects.all()))
    assert page.context["more"] == 480
    moved = editor_client.post(address("move", Question.objects.all()), {"topic": law.pk})
    assert moved.status_code == 302
    assert Question.objects.filter(topic=law).count() == 500
