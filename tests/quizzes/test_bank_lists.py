import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from lxml import html
from wagtail.models import Locale

from course.people.roles import LEGAL_REVIEWERS
from quizzes.base.identifiers import stable_key
from quizzes.importing.formats import read_file
from quizzes.models import Competency, Question, Quiz, QuizQuestion, Source, Topic
from tests.factories import make_act, make_learner, make_question, make_quiz, make_staff, spanish

from .admin_fields import errors_beside, listed, rows_of, url
from .factories import answer_all, make_draw, make_kind, make_source, make_topic, start

pytestmark = [pytest.mark.django_db, pytest.mark.postgres]


def test_a_search_forgives_accents_and_capitals_and_reads_the_options(editor_client):
    make_question("M1-Q1", text="¿Qué es la **estigmatización**?")
    make_question("M1-Q2", text="¿Qué hace usted?", feedback="Porque la puerta es de todas.")
    wanted = {"ESTIGMATIZACION que": ["M1-Q1"], "preguntar alta": ["M1-Q1", "M1-Q2"], "m1-q2": ["M1-Q2"]}
    wanted |= {"estigma inexistente": [], "puerta": ["M1-Q2"]}
    assert {words: listed(editor_client, Question, q=words) for words in wanted} == wanted
    make_topic("policía")
    assert listed(editor_client, Topic, q="policia") == ["policía"]


@pytest.mark.usefixtures("indexes")
@pytest.mark.parametrize("model", [Question, Quiz, Topic, Source])
def test_every_list_finds_a_word(editor_client, model):
    make_quiz("m1", [make_question("A1", text="¿Qué es respeto?")], title="Cuestionario del respeto")
    make_quiz("m2", [make_question("A2", text="¿Qué dice la ley?")], title="Cuestionario de leyes")
    make_topic("respeto")
    make_topic("leyes")
    make_source("S1", title="Respeto en los servicios")
    make_source("S2", title="Leyes en los servicios")
    first, second = model.objects.order_by("pk")
    page = editor_client.get(url(model, "list"), {"q": "respeto"}).text
    assert (url(model, "edit", first.pk) in page, url(model, "edit", second.pk) in page) == (True, False)


def test_the_filters_hold_at_once_and_a_topic_means_its_sub_topics_too(editor_client):
    law = make_topic("ley")
    privacy = make_topic("secreto", parent=make_topic("datos", parent=law))
    source = make_source()
    make_question("Q1", topic=law, difficulty="easy")
    deep = make_question("Q2", topic=privacy, difficulty="hard", needs_checking=True)
    deep.tags.add("urgente")
    deep.sources.add(source)
    deep.save()
    make_question("Q3", topic=make_topic("salud"), live=False)
    tag = deep.tags.get()
    of_law = {"topic": law.pk}
    for narrowed in (of_law | {"difficulty": "hard"}, of_law | {"tags": tag.pk, "q": "corresponde", "kind": "single"}):
        assert listed(editor_client, Question, **narrowed) == ["Q2"]
    for narrowed in ({"tags": tag.pk}, {"sources": source.pk}, {"needs_checking": "true"}):
        assert listed(editor_client, Question, **narrowed) == ["Q2"]
    assert [listed(editor_client, Question, **one) for one in (of_law, {"live": "false"})] == [["Q1", "Q2"], ["Q3"]]
    make_quiz("m1", 0, topic=law)
    make_quiz("m2", 0)
    assert listed(editor_client, Quiz, topic=law.pk) == ["m1"]
    assert listed(editor_client, Question, topic="x") == ["Q1", "Q2", "Q3"]
    for name in ("topic", "tags", "sources", "p"):
        assert listed(editor_client, Question, **{name: 10**30}) == ["Q1", "Q2", "Q3"]


def make_uses():
    law = make_topic("ley")
    part = make_topic("datos", parent=law)
    asked, drawn = make_question("Q1-asked"), make_question("Q2-drawn", topic=part, difficulty="easy")
    make_question("Q3-hard", topic=part, difficulty="hard")
    make_question("Q4-hidden", topic=part, difficulty="easy", live=False)
    draft, free = make_question("Q5-draft"), make_question("Q6-free")
    quiz = make_quiz("m1", [asked])
    make_draw(quiz, law, difficulty="easy")
    other = make_quiz("m2", [asked], questions_drawn=1)
    entry = QuizQuestion(question=draft, locale=spanish(), translation_key=stable_key("m2-draft"))
    other.entries = [*other.entries.all(), entry]
    other.save_revision()
    return asked, drawn, draft, free


def test_a_question_lists_the_quizzes_that_use_it_and_how(editor_client):
    asked, drawn, draft, free = make_uses()

    def uses(question):
        page = editor_client.get(url(Question, "usage", question.pk))
        assert page.status_code == 200
        return [(quiz.removeprefix("Cuestionario "), how) for quiz, how, _live in rows_of(page)]

    own = "Es una de las propias, de las que cada intento saca algunas"
    assert uses(asked) == [("m1", "Se pregunta en cada intento"), ("m2", own)]
    assert uses(drawn) == [("m1", "Puede salir al azar del tema «Ley»")]
    assert uses(draft) == [("m2", "En cambios que todavía no se publican")]
    assert uses(free) == []
    assert listed(editor_client, Question, used="used") == ["Q1-asked", "Q2-drawn", "Q5-draft"]
    assert listed(editor_client, Question, used="unused") == ["Q3-hard", "Q4-hidden", "Q6-free"]
    text = editor_client.get(url(Question, "list")).text
    assert "2 cuestionarios" in text
    assert text.count("1 cuestionario<") == 2


def test_the_page_of_its_use_counts_the_attempts_that_answered_it(editor_client):
    quiz = make_quiz("m1", 2)
    question = Question.objects.get(identifier="M1-Q1")
    assert "Todavía nadie la ha contestado." in editor_client.get(url(Question, "usage", question.pk)).text
    for code in ("ANA234", "EVA567"):
        answer_all(start(make_learner(code), quiz))
    text = editor_client.get(url(Question, "usage", question.pk)).text
    assert "Se contestó en 2 intentos." in text
    assert "ANA234" not in text


def test_no_question_that_a_quiz_uses_is_deleted_and_the_page_says_which(editor_client):
    asked, drawn, draft, free = make_uses()
    for question, titles in ((asked, ("m1", "m2")), (drawn, ("m1",)), (draft, ("m2",))):
        for method in (editor_client.get, editor_client.post):
            page = method(url(Question, "delete", question.pk), follow=True)
            text = page.text
            assert f"«{question}» se usa, así que no se eliminó nada" in text
            for title in titles:
                quiz = Quiz.objects.get(identifier=title)
                assert f'<a href="{url(Quiz, "edit", quiz.pk)}">Cuestionario {title}</a>' in text
    assert Question.objects.count() == 6
    delete = reverse("wagtail_bulk_action", args=["quizzes", "question", "delete"])
    editor_client.post(f"{delete}?id={asked.pk}&id={free.pk}")
    assert Question.objects.count() == 6
    assert editor_client.post(url(Question, "delete", free.pk)).status_code == 302
    assert not Question.objects.filter(pk=free.pk).exists()
    drawn.unpublish()
    editor_client.post(url(Question, "delete", drawn.pk))
    assert not Question.objects.filter(pk=drawn.pk).exists()


def test_no_topic_that_holds_something_is_deleted_and_the_page_says_what(editor_client):
    law = make_topic("ley")
    part = make_topic("datos", parent=law)
    make_question("Q1", topic=law)
    quiz = make_quiz("m1", 1)
    make_draw(quiz, part)
    text = editor_client.post(url(Topic, "delete", law.pk), follow=True).text
    assert "«Ley» se usa, así que no se eliminó nada" in text
    assert f'<a href="{url(Question, "list")}?topic={law.pk}">1 pregunta</a>' in text
    assert f'<a href="{url(Topic, "edit", part.pk)}">Datos</a>' in text
    text = editor_client.post(url(Topic, "delete", part.pk), follow=True).text
    assert f'<a href="{url(Quiz, "edit", quiz.pk)}">Cuestionario m1</a>' in text
    assert Topic.objects.count() == 2
    empty = make_topic("otro")
    editor_client.post(url(Topic, "delete", empty.pk))
    assert Topic.objects.count() == 2


def test_acts_are_listed_as_the_map_has_them_and_stay_while_a_question_asks_for_one(editor_client):
    greets, free = make_act("M1-C2"), make_act("M1-apoyo-1", text="Orienta sin preguntar")
    make_question("Q1", act=greets)
    make_question("Q2", act=greets)
    make_question("Q3")
    counts = [row[4] for row in rows_of(editor_client.get(url(Competency, "list")))]
    assert (listed(editor_client, Competency), counts) == (["M1-C2", "M1-apoyo-1"], ["2 preguntas", "0 preguntas"])
    assert listed(editor_client, Competency, q="saluda") == ["M1-C2"]
    assert listed(editor_client, Question, act=greets.pk) == ["Q1", "Q2"]
    text = editor_client.post(url(Competency, "delete", greets.pk), follow=True).text
    assert f'<a href="{url(Question, "list")}?act={greets.pk}">2 preguntas</a>' in text
    editor_client.post(url(Competency, "delete", free.pk))
    assert list(Competency.objects.all()) == [greets]
    fields = {"identifier": "M1-C3", "text": "Ante un apodo dice una frase breve.", "is_core": "on"}
    assert editor_client.post(url(Competency, "add"), fields).status_code == 302
    assert Competency.objects.get(identifier="M1-C3").translation_key == stable_key("act:M1-C3")


def test_topics_stand_under_the_one_they_are_part_of_with_all_their_questions(editor_client):
    make_topic("atención")
    law = make_topic("ley")
    data = make_topic("datos", parent=law)
    deep = make_topic("secreto", parent=data)
    make_question("Q1", topic=law)
    make_question("Q2", topic=deep)
    page = editor_client.get(url(Topic, "list"))
    names = html.fromstring(page.text).xpath('//span[starts-with(@id, "snippet_")]/text()')
    assert names == ["Atención", "Ley", "\u2003Datos", "\u2003\u2003Secreto"]
    assert [row[4] for row in rows_of(page)] == ["0 preguntas", "2 preguntas", "1 pregunta", "1 pregunta"]
    assert listed(editor_client, Topic, ordering="-name") == ["secreto", "ley", "datos", "atención"]


def topic_fields(topic, parent):
    return {"name": topic.name, "identifier": topic.identifier, "parent": parent.pk if parent else ""}


def test_a_topic_is_never_part_of_itself_or_of_what_is_below_it(editor_client):
    law = make_topic("ley")
    data = make_topic("datos", parent=law)
    deep = make_topic("secreto", parent=data)
    english = make_topic("law", locale=Locale.objects.get(language_code="en"))
    for parent in (law, data, deep, english):
        page = editor_client.post(url(Topic, "edit", law.pk), topic_fields(law, parent))
        sentence = "Elija un tema del mismo idioma que no sea este ni parte de este."
        assert errors_beside(page) == {"parent": sentence}
    assert editor_client.post(url(Topic, "edit", deep.pk), topic_fields(deep, law)).status_code == 302
    deep.refresh_from_db()
    assert deep.parent == law


def test_topics_that_are_part_of_each_other_are_still_listed(editor_client):
    law, data = make_topic("ley"), make_topic("datos")
    Topic.objects.filter(pk=law.pk).update(parent=data)
    Topic.objects.filter(pk=data.pk).update(parent=law)
    assert listed(editor_client, Topic) == ["datos", "ley"]


def test_the_list_of_questions_asks_the_database_as_often_for_300_as_for_3(editor_client):
    law = make_topic("ley")

    def fill(first, last):
        questions = [make_question(f"Q{n}", topic=law) for n in range(first, last)]
        make_draw(make_quiz(f"m{first}", questions), law)

    def count():
        with CaptureQueriesContext(connection) as queries:
            assert editor_client.get(url(Question, "list"), {"q": ""}).status_code == 200
        return len(queries)

    fill(0, 3)
    count()
    few = count()
    fill(3, 300)
    assert count() == few


def address(action, questions=(), **asked):
    base = reverse("wagtail_bulk_action", args=["quizzes", "question", action])
    parts = [f"id={getattr(question, 'pk', question)}" for question in questions]
    return f"{base}?{'&'.join([*parts, *(f'{name}={value}' for name, value in asked.items())])}"


def topics_of(*questions):
    return [Question.objects.get(pk=question.pk).topic for question in questions]


def test_questions_move_to_a_topic_with_their_drafts_and_their_history_says_who(editor_client):
    law = make_topic("ley")
    published, edited = make_question("Q1"), make_question("Q2")
    edited.text = "Un texto nuevo"
    edited.save_revision()
    page = editor_client.get(address("move", [published, edited]))
    assert "Q1" in page.text
    moved = editor_client.post(address("move", [published, edited]), {"topic": law.pk}, follow=True)
    assert "2 preguntas cambiadas." in moved.text
    assert topics_of(published, edited) == [law, law]
    published, edited = Question.objects.order_by("identifier")
    assert (published.has_unpublished_changes, edited.has_unpublished_changes) == (False, True)
    draft = edited.get_latest_revision_as_object()
    assert (draft.topic, draft.text, edited.text) == (law, "Un texto nuevo", "¿Qué corresponde en Q2?")
    assert {question.latest_revision.user.username for question in (published, edited)} == {"editora"}
    assert [choice.identifier for choice in published.choices.all()] == ["a", "b", "c"]


def test_a_topic_of_another_language_takes_no_question(editor_client):
    english = Locale.objects.get(language_code="en")
    law, theirs = make_topic("ley"), make_topic("law", locale=english)
    question = make_question("Q1")
    page = editor_client.post(address("move", [question]), {"topic": theirs.pk})
    assert "Elija un tema en el idioma de las preguntas." in page.text
    copy = question.copy_for_translation(english)
    copy.save()
    page = editor_client.post(address("move", [question, copy]), {"topic": law.pk})
    assert "Estas preguntas están en varios idiomas. Elija las de un solo idioma." in page.text
    assert topics_of(question, copy) == [None, None]


def test_tags_are_added_and_removed_in_the_published_text_and_in_the_draft(editor_client):
    first, second = make_question("Q1"), make_question("Q2")
    first.tags.add("viejo", "queda")
    first.save()
    second.save_revision()
    old = first.tags.get(name="viejo")
    page = editor_client.get(address("tag", [first, second]))
    assert "viejo" in page.text
    editor_client.post(address("tag", [first, second]), {"add": "urgente, módulo 3", "remove": old.pk})
    first, second = Question.objects.order_by("identifier")
    assert sorted(first.tags.names()) == ["módulo 3", "queda", "urgente"]
    assert sorted(second.tags.names()) == ["módulo 3", "urgente"]
    draft = second.get_latest_revision_as_object()
    assert sorted(tag.name for tag in draft.tags.all()) == ["módulo 3", "urgente"]
    page = editor_client.post(address("tag", [first]), {"add": ""})
    assert "Escriba una etiqueta para agregar, o elija una para quitar." in page.text


@pytest.mark.parametrize(
    ("name", "suffix", "keeps"), [("gift", ".gift.txt", False), ("moodle-xml", ".xml", True), ("xlsx", ".xlsx", True)]
)
def test_questions_are_downloaded_after_what_the_file_lacks_was_told(editor_client, name, suffix, keeps):
    chosen = [make_kind("single", "Q1", difficulty="hard"), make_kind("ordering", "Q2")]
    make_question("Q3")
    response = editor_client.post(address("export", chosen), {"format_name": name})
    if name != "xlsx":
        assert "«Q1»: Moodle no lleva dificultad." in response.text
        response = editor_client.post(address("export", chosen), {"format_name": name, "knows_losses": "on"})
    assert response["Content-Disposition"] == f'attachment; filename="preguntas{suffix}"'
    read = read_file(response.content, name=f"preguntas{suffix}", format_name=name).questions
    assert [question.kind for question in read] == (["single", "ordering"] if keeps else ["single"])


def test_drafts_are_published_together_or_not_at_all(editor_client):
    good, bad = make_question("Q1", live=False), make_question("Q2", live=False, choices=[])
    page = editor_client.post(address("publish", [good, bad]))
    assert "Q2: Una pregunta de opción única necesita al menos dos opciones." in page.text
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
    assert "M1-Q1: Hay personas que ya empezaron un cuestionario con ella" in page.text
    question.refresh_from_db()
    assert question.text == "¿Qué corresponde en M1-Q1?"


@pytest.mark.parametrize("action", ["move", "tag", "export", "publish", "unpublish"])
def test_whoever_may_not_change_questions_is_refused(client, site_roles, action):
    question = make_question("Q1")
    client.force_login(make_staff("revisora", LEGAL_REVIEWERS))
    for answer in (client.get(address(action, [question])), client.post(address(action, [question]), {"add": "x"})):
        assert (answer.status_code, answer.url) == (302, "/cms/")
    question.refresh_from_db()
    assert (question.topic, question.live, list(question.tags.all())) == (None, True, [])


@pytest.mark.parametrize("chosen", [[], [999], ["x"], ["1" * 30]])
def test_an_empty_choice_says_so(editor_client, chosen):
    page = editor_client.post(address("move", chosen, next=url(Question, "list")), {}, follow=True)
    assert "No se eligió ninguna pregunta." in page.text


def test_all_of_the_list_means_the_list_as_it_is_narrowed(editor_client):
    law = make_topic("ley")
    hard, easy = make_question("Q1", difficulty="hard"), make_question("Q2", difficulty="easy")
    editor_client.post(address("move", ["all"], difficulty="hard"), {"topic": law.pk})
    assert topics_of(hard, easy) == [law, None]
    editor_client.post(address("tag", ["all"], q="Q2"), {"add": "uno"})
    assert [list(question.tags.names()) for question in Question.objects.order_by("identifier")] == [[], ["uno"]]
    editor_client.post(address("delete", ["all"], difficulty="hard"))
    assert [question.identifier for question in Question.objects.all()] == ["Q2"]
