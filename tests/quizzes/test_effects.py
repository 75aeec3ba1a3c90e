import pytest
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group, Permission
from django.urls import reverse
from lxml import html

from quizzes.bank.effects import People, effects_of, quizzes_that_ask
from quizzes.cms.publishing import seal
from quizzes.models import Attempt, Question, Quiz
from tests.factories import make_learner, make_question, make_quiz

from .admin_fields import edit_fields, url
from .factories import NOW, answer_all, choice_key, give, make_draw, make_topic, start, submit

pytestmark = pytest.mark.django_db


def take(quiz, *, finished=0, under_way=0, never_sent=0, code="P"):
    for number in range(finished + under_way + never_sent):
        attempt = start(make_learner(f"{code}{number}"), quiz)
        if number < finished:
            answer_all(attempt)
            submit(attempt)
        elif number >= finished + under_way:
            Attempt.objects.filter(pk=attempt.pk).update(abandoned_at=NOW)


def confirm(client, asked):
    [form] = html.fromstring(asked.text).forms
    return client.post(form.action, dict(form.form_values()), follow=True)


@pytest.mark.parametrize(
    ("begun", "under_way", "words"),
    [
        (43, 12, "43 personas: 31 conservan su resultado, 12 en curso terminan con la versión anterior"),
        (2, 1, "2 personas: 1 conserva su resultado, 1 en curso termina con la versión anterior"),
        (1, 0, "1 persona: 1 conserva su resultado"),
        (5, 5, "5 personas: 5 en curso terminan con la versión anterior"),
        (0, 0, "Nadie"),
    ],
)
def test_people_are_told_in_numbers(begun, under_way, words):
    assert str(People(begun, under_way)) == words


def test_everybody_counts_once_and_who_sent_nothing_has_nothing_to_keep():
    quiz = make_quiz("m1", 1)
    take(quiz, finished=3, under_way=2, never_sent=1)
    # Two of those who have finished take it again, one is done with that too.
    for code in ("P0", "P1"):
        attempt = start(get_user_model().objects.get(username=code), quiz)
    submit(attempt)
    people = effects_of(quiz).people
    assert (people.begun, people.under_way, people.kept) == (5, 3, 2)


def test_a_question_is_told_by_quiz_and_people_of_two_quizzes_count_once():
    law = make_topic("ley")
    rights = make_topic("derechos", law)
    question = make_question("Q-1", topic=rights, difficulty="hard")
    own, sometimes = make_quiz("m1", [question]), make_quiz("m2", [question, make_question("Q-2")], questions_drawn=1)
    drawn = [make_quiz(f"d{number}", [make_question(f"D-{number}")]) for number in range(5)]
    rules = [(rights, {}), (law, {}), (law, {"with_subtopics": False})]
    rules += [(rights, {"difficulty": difficulty}) for difficulty in ("hard", "easy")]
    for quiz, (topic, fields) in zip(drawn, rules, strict=True):
        make_draw(quiz, topic, **fields)
    make_quiz("other", 2)
    by_chance = [(drawn[number], True) for number in (0, 1, 3)]
    assert quizzes_that_ask(question) == [*by_chance, (own, False), (sometimes, True)]
    take(own, finished=2)
    start(get_user_model().objects.get(username="P0"), sometimes)
    effects = effects_of(question)
    assert effects.people == People(begun=2, under_way=1)
    assert {asked.quiz.identifier: asked.people for asked in effects.quizzes if asked.people.begun} == {
        "m1": People(2, 0),
        "m2": People(1, 1),
    }


def test_the_edit_page_says_whom_publishing_affects(editor_client):
    quiz = make_quiz("m1", 2)
    question = Question.objects.get(identifier="M1-Q1")
    nobody = "Nadie ha empezado este cuestionario: publicarlo no afecta a nadie."
    assert nobody in editor_client.get(url(Quiz, "edit", quiz.pk)).text
    unused = editor_client.get(url(Question, "edit", make_question("Q-9").pk)).text
    assert "Ningún cuestionario hace esta pregunta: publicarla no afecta a nadie." in unused
    assert "A quién afecta publicar" not in editor_client.get(url(Quiz, "add")).text
    take(quiz, finished=2, under_way=1)
    words = "3 personas: 2 conservan su resultado, 1 en curso termina con la versión anterior."
    assert words in editor_client.get(url(Quiz, "edit", quiz.pk)).text
    page = editor_client.get(url(Question, "edit", question.pk)).text
    assert words in page
    assert f'href="{url(Quiz, "edit", quiz.pk)}"' in page


def test_who_deletes_a_quiz_is_told_how_many_have_begun_it(editor_client):
    quiz = make_quiz("m1", 1)
    address = url(Quiz, "delete", quiz.pk)
    assert "Lo que hicieron queda guardado" not in editor_client.get(address).text
    take(quiz, finished=2, under_way=1)
    page = editor_client.get(address).text
    assert "3 personas: 2 conservan su resultado, 1 en curso termina con la versión anterior. Lo que hicieron" in page
    editor_client.post(address)
    assert (Quiz.objects.count(), Attempt.objects.count()) == (0, 3)


def test_an_edit_is_published_after_it_was_said_whom_it_affects_and_it_is_so(editor_client):
    quiz = make_quiz("m1", 1)
    question = Question.objects.get()
    done, doing = make_learner("EVA222"), make_learner("EVA223")
    finished, under_way = start(done, quiz), start(doing, quiz)
    answer_all(finished)
    finished = submit(finished)
    fields = edit_fields(question, text="¿Qué se hace primero?")
    # What was right is not any more.
    fields |= {"choices-1-is_correct": "on"}
    del fields["choices-0-is_correct"]
    asked = editor_client.post(url(Question, "edit", question.pk), fields)
    assert "2 personas: 1 conserva su resultado, 1 en curso termina con la versión anterior." in asked.text
    assert "Su borrador está guardado. Todavía no está publicado." in asked.text
    question.refresh_from_db()
    assert question.text == "¿Qué corresponde en M1-Q1?"
    assert question.get_latest_revision_as_object().text == "¿Qué se hace primero?"
    published = confirm(editor_client, asked)
    assert "¿Qué se hace primero?» está publicado. 2 personas: 1 conserva su resultado, 1 en curso" in published.text
    question.refresh_from_db()
    assert (question.text, question.live, question.has_unpublished_changes) == ("¿Qué se hace primero?", True, False)

    # The open one finishes with the version from before, in which the first option is right.
    under_way.refresh_from_db()
    item = under_way.snapshot["questions"][0]
    assert item["text"] == "¿Qué corresponde en M1-Q1?"
    give(under_way, item, choice_key(item, "Saludar"))
    assert submit(under_way).grade == 100
    before = finished.snapshot
    finished.refresh_from_db()
    assert (finished.grade, finished.passed, finished.snapshot) == (100, True, before)
    new = start(done, quiz, now=NOW.replace(hour=20))
    item = new.snapshot["questions"][0]
    assert item["text"] == "¿Qué se hace primero?"
    give(new, item, choice_key(item, "Saludar"))
    assert submit(new).grade == 0


def test_a_draft_that_is_not_the_newest_any_more_is_not_published(editor_client):
    quiz = make_quiz("m1", 1)
    take(quiz, under_way=1)
    quiz.title = "Primera"
    older = quiz.save_revision()
    quiz.title = "Segunda"
    quiz.save_revision()
    address = reverse("publish_affecting", args=[older.pk])
    reply = editor_client.post(address, {"seal": seal(older)}, follow=True)
    assert "Alguien lo cambió mientras tanto." in reply.text
    assert Quiz.objects.get().title == "Cuestionario m1"


def test_a_draft_that_was_saved_over_after_it_was_shown_is_not_published(editor_client):
    quiz = make_quiz("m1", 1)
    take(quiz, under_way=1)
    question = Question.objects.get()
    asked = editor_client.post(url(Question, "edit", question.pk), edit_fields(question, text="¿Qué se hace primero?"))
    draft = Question.objects.get().get_latest_revision_as_object()
    draft.text = ""
    editor = get_user_model().objects.get(pk=editor_client.session["_auth_user_id"])
    draft.save_revision(user=editor, clean=False, overwrite_revision=draft.latest_revision)
    reply = confirm(editor_client, asked)
    assert "Alguien lo cambió mientras tanto." in reply.text
    assert Question.objects.get().text == "¿Qué corresponde en M1-Q1?"


def test_only_who_may_publish_confirms(client, site_roles):
    quiz = make_quiz("m1", 1)
    revision = quiz.save_revision()
    writer = get_user_model().objects.create(username="escribe", is_staff=True, role="recepcion")
    group = Group.objects.create(name="escriben")
    group.permissions.add(*Permission.objects.filter(codename__in=["access_admin", "change_quiz"]))
    writer.groups.add(group)
    address = reverse("publish_affecting", args=[revision.pk])
    client.force_login(writer)
    # Wagtail answers who may not with the way back to its first page.
    assert client.post(address).url == reverse("wagtailadmin_home")
    assert (client.get(address).status_code, quiz.live_revision_id) == (405, None)
    group.permissions.add(Permission.objects.get(codename="publish_quiz"))
    assert client.post(address, {"seal": seal(revision)}).url == url(Quiz, "list")
