"""The form of a question: shown by kind, refused beside the field, and brought back from its history."""

import pytest
from django.contrib.auth import get_user_model
from django.urls import reverse
from wagtail.images import get_image_model
from wagtail.images.tests.utils import get_test_image_file
from wagtail.models import Revision

from course.people.roles import EDITORS
from quizzes.models import Question
from tests.factories import make_learner, make_quiz, make_staff, spanish

from .admin_fields import errors_of, question_fields, url
from .factories import CHOICES, make_kind, start

pytestmark = pytest.mark.django_db


@pytest.fixture
def editor_client(client, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    spanish()
    person = get_user_model()(username="editora", is_superuser=True, is_staff=True)
    person.save()
    client.force_login(person)
    return client


def beside(page):
    """Return {option: {field: words}} of what stands beside the fields of the options."""
    forms = page.context["form"].formsets["choices"].forms
    return {
        n: {name: list(words) for name, words in form.errors.items()} for n, form in enumerate(forms) if form.errors
    }


@pytest.mark.parametrize(
    ("kind", "choices", "option", "field", "sentence"),
    [
        (
            "number",
            [{"text": "72"}, {"text": "tres días"}],
            1,
            "text",
            "«tres días» no es un número: escríbalo con cifras, por ejemplo 12.5.",
        ),
        (
            "single",
            [{"text": "Sí", "is_correct": True, "fraction": 50}, {"text": "No"}],
            0,
            "fraction",
            "La opción correcta da el 100\xa0%: deje vacío su porcentaje.",
        ),
        (
            "matching",
            [*CHOICES["matching"][:2], {"text": "Doble guante"}],
            2,
            "match",
            "Escriba para cada opción con qué se une.",
        ),
        (
            "short_text",
            [{"text": "*", "fraction": 0}, {"text": "estigma"}],
            0,
            "text",
            "Nunca se llega a una respuesta que está después de «*»: ponga «*» al final.",
        ),
    ],
)
def test_what_can_not_be_scored_is_told_beside_its_field(editor_client, kind, choices, option, field, sentence):
    page = editor_client.post(url(Question, "add"), question_fields(kind, choices=choices))
    assert beside(page) == {option: {field: [sentence]}}
    assert sentence in errors_of(page)
    assert not Question.objects.exists()


def test_everything_a_question_has_is_written_in_its_form(editor_client):
    fields = question_fields(
        "number",
        choices=[{"text": "72", "tolerance": "2.5"}, {"text": "48", "fraction": "50"}],
        difficulty="hard",
        tags="urgente, módulo 5",
        marks="3",
        unit="horas",
    )
    assert editor_client.post(url(Question, "add"), fields).status_code == 302
    question = Question.objects.get()
    assert (question.difficulty, question.marks, question.unit) == ("hard", 3, "horas")
    assert sorted(question.tags.names()) == ["módulo 5", "urgente"]
    assert [(str(choice.tolerance), choice.fraction) for choice in question.choices.all()] == [
        ("2.50000000", None),
        ("None", 50),
    ]


def test_publishing_while_the_draft_is_saved_by_itself_keeps_each_option_once(editor_client):
    rows = [{"text": "Saludar", "is_correct": True}]
    draft = question_fields(choices=rows)
    del draft["action-publish"]
    saved = editor_client.post(url(Question, "add"), draft, headers={"accept": "application/json"}).json()
    question = Question.objects.get(pk=saved["pk"])
    first = {"id": question.choices.get().pk} | rows[0]
    # Two options are typed; the answer to the first is still on its way when the second is sent.
    draft = question_fields(choices=[first, {"text": "Call"}], initial=1)
    del draft["action-publish"]
    edit = url(Question, "edit", question.pk)
    assert editor_client.post(edit, draft, headers={"accept": "application/json"}).json()["success"]
    fields = question_fields(choices=[first, {"text": "Callar"}, {"text": "Irse"}], initial=1)
    assert editor_client.post(edit, fields).status_code == 302
    question.refresh_from_db()
    assert question.live
    assert [(one.identifier, one.text) for one in question.choices.all()] == [
        ("a", "Saludar"),
        ("b", "Callar"),
        ("c", "Irse"),
    ]


def test_another_kind_keeps_no_per_cent_that_it_would_not_show(editor_client):
    question = make_kind("number", "Q1")
    rows = [
        {"id": choice.pk, "text": f"Paso {n}", "fraction": "50", "tolerance": "2"}
        for n, choice in enumerate(question.choices.all())
    ]
    saved = editor_client.post(url(Question, "edit", question.pk), question_fields("ordering", "Q1", rows, initial=3))
    assert saved.status_code == 302
    question.refresh_from_db()
    assert question.kind == "ordering"
    assert {(choice.fraction, choice.tolerance) for choice in question.choices.all()} == {(None, None)}


def test_an_image_is_published_only_with_what_it_shows(editor_client):
    image = get_image_model().objects.create(title="Puerta", file=get_test_image_file())
    page = editor_client.post(url(Question, "add"), question_fields(image=image.pk, image_text=" "))
    assert page.context["form"].errors["image_text"] == [
        "Escriba qué muestra la imagen: quien no puede verla también tiene que responder."
    ]
    draft = question_fields(image=image.pk, image_text="")
    del draft["action-publish"]
    assert editor_client.post(url(Question, "add"), draft).status_code == 302
    fields = question_fields(identifier="Q2", image=image.pk, image_text="Una puerta cerrada")
    assert editor_client.post(url(Question, "add"), fields).status_code == 302
    assert [(question.identifier, question.live) for question in Question.objects.order_by("pk")] == [
        ("M1-Q1", False),
        ("Q2", True),
    ]


def test_what_only_some_kinds_need_is_shown_with_them(editor_client):
    text = editor_client.get(url(Question, "add")).content.decode()
    assert 'data-controller="w-rules"' in text
    assert text.count("{&quot;kind&quot;: [&quot;number&quot;]}") >= 2


def test_a_question_goes_back_to_an_earlier_version_and_attempts_keep_their_own(editor_client):
    quiz = make_quiz("m1", [make_kind("single", "Q1")])
    question = Question.objects.get()
    question.save_revision().publish()
    first = start(make_learner(), quiz)
    rows = [{"id": c.pk, "text": c.text, "is_correct": c.is_correct} for c in question.choices.all()]
    for text in ("La segunda", "La tercera"):
        fields = question_fields("single", "Q1", rows, initial=3, text=text)
        del fields["action-publish"]
        editor_client.post(url(Question, "edit", question.pk), fields)
        question.refresh_from_db()
        question.latest_revision.publish()
    earliest, second, third = Revision.objects.for_instance(question).order_by("pk")
    compared = editor_client.get(url(Question, "revisions_compare", question.pk, earliest.pk, third.pk))
    assert "La tercera" in compared.content.decode()
    reverted = editor_client.get(url(Question, "revisions_revert", question.pk, second.pk))
    assert reverted.context["form"].initial["text"] == "La segunda"
    fields = question_fields("single", "Q1", rows, initial=3, text="La segunda", revision=second.pk)
    del fields["action-publish"]
    editor_client.post(url(Question, "edit", question.pk), fields)
    question.refresh_from_db()
    question.latest_revision.publish()
    question.refresh_from_db()
    assert question.text == "La segunda"
    first.refresh_from_db()
    assert first.paper["questions"][0]["text"] == "¿Qué corresponde en Q1?"
    assert [choice.identifier for choice in question.choices.all()] == ["a", "b", "c"]


def test_an_editor_brings_an_image_and_chooses_it(client, settings, tmp_path, start_rule):
    # Here the roles count, as they do on the site.
    settings.AUTHENTICATION_BACKENDS = ["django.contrib.auth.backends.ModelBackend"]
    settings.MEDIA_ROOT = tmp_path
    client.force_login(make_staff("editora", EDITORS))
    page = client.get(reverse("wagtailimages_chooser:choose")).json()["html"]
    assert 'name="image-chooser-upload-file"' in page
    get_image_model().objects.create(title="Puerta cerrada", file=get_test_image_file())
    assert "Puerta cerrada" in client.get(reverse("wagtailimages_chooser:choose")).json()["html"]
