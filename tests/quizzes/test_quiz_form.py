import pytest
from django.utils import timezone
from lxml import html
from wagtail.models import Locale
from wagtail.test.utils.form_data import inline_formset, nested_form_data

from quizzes.models import Quiz, QuizDraw, ScoreBand, Topic
from tests.factories import make_question, make_quiz

from .admin_fields import draws_of, errors_beside, quiz_fields, url
from .factories import make_kind, make_topic

pytestmark = pytest.mark.django_db

RULES = {
    "layout": "all",
    "questions_drawn": "1",
    "shuffle_questions": "on",
    "attempts_allowed": "3",
    "wait_minutes": "60",
    "counting_attempt": "last",
    "feedback_time": "now",
    "asks_certainty": "on",
    "opens_at": "2026-12-01 08:00",
    "closes_at": "2026-12-02 18:00",
    "time_limit": "20",
    "grace_seconds": "90",
    "pass_mark": "70",
    "passed_text": "Bien hecho.",
    "not_passed_text": "Puede volver a intentarlo.",
}


def bands_of(*bands):
    rows = [{"id": "", "from_percent": str(grade), "text": text} for grade, text in bands]
    return nested_form_data({"bands": inline_formset(rows)})


def test_a_topic_is_chosen_from_the_tree(editor_client):
    law = make_topic("leyes", name="leyes")
    make_topic("deberes", law, name="deberes")
    Topic.objects.create(identifier="law", name="law", locale=Locale.objects.get(language_code="en"))
    quiz = make_quiz("m1", 1)
    QuizDraw.objects.create(quiz=quiz, topic=law, locale=quiz.locale)
    page = html.fromstring(editor_client.get(url(Quiz, "edit", quiz.pk)).text)
    for name in ("topic", "draws-0-topic"):
        [field] = page.xpath(f'//select[@name="{name}"]')
        assert [option.text for option in field[1:]] == ["leyes", "\u2003deberes"]


def test_every_rule_is_set_in_the_form(editor_client):
    topic = make_topic("leyes", name="leyes")
    make_question("L-1", topic=topic, difficulty="hard")
    fields = quiz_fields([make_question("M1-Q1"), make_question("M1-Q2")], **RULES, topic=str(topic.pk))
    fields |= draws_of((topic, 1, {"difficulty": "hard", "with_subtopics": "on"}))
    fields |= bands_of((50, "Casi."), (90, "Excelente."))
    assert editor_client.post(url(Quiz, "add"), fields).status_code == 302
    quiz = Quiz.objects.get()
    for name in ("layout", "counting_attempt", "feedback_time", "passed_text", "not_passed_text"):
        assert getattr(quiz, name) == RULES[name]
    for name in ("questions_drawn", "attempts_allowed", "wait_minutes", "time_limit", "grace_seconds", "pass_mark"):
        assert getattr(quiz, name) == int(RULES[name])
    assert (quiz.shuffle_questions, quiz.asks_certainty, quiz.is_exam, quiz.topic) == (True, True, False, topic)
    for name in ("opens_at", "closes_at"):
        assert timezone.localtime(getattr(quiz, name)).strftime("%Y-%m-%d %H:%M") == RULES[name]
    draws = QuizDraw.objects.values_list("topic", "count", "difficulty", "with_subtopics")
    assert list(draws) == [(topic.pk, 1, "hard", True)]
    assert list(ScoreBand.objects.values_list("from_percent", "text")) == [(50, "Casi."), (90, "Excelente.")]


def test_every_rule_has_a_sentence_and_ordinary_quizzes_see_few(editor_client):
    fields = html.fromstring(editor_client.get(url(Quiz, "add")).text).xpath("//div[@data-contentpath]")
    rules = set(RULES) | {"is_exam", "shuffle_options", "topic"}
    helped, shown = set(), set()
    for field in fields:
        name = field.get("data-contentpath")
        if field.xpath('string(.//*[contains(@class, "help")])').strip().endswith("."):
            helped.add(name)
        if not field.xpath('ancestor::section[contains(@class, "collapsed") or contains(@id, "inline")]'):
            shown.add(name)
    assert rules - helped == set()
    assert shown == {"title", "identifier", "intro", "pass_mark"}


@pytest.mark.parametrize(
    ("fields", "field", "sentence"),
    [
        (dict.fromkeys(("opens_at", "closes_at"), "2026-12-02 08:00"), "closes_at", "cierra después de abrir."),
        ({"feedback_time": "now", "is_exam": "on"}, "feedback_time", "Un examen no muestra nada antes"),
        ({"time_limit": "1", "grace_seconds": "61"}, "grace_seconds", "aquí, 60 segundos como máximo."),
        ({"grace_seconds": "601"}, "grace_seconds", "aquí, 600 segundos como máximo."),
        ({"pass_mark": "0"}, "pass_mark", "mayor o igual a 1."),
        ({"attempts_allowed": "0"}, "attempts_allowed", "mayor o igual a 1."),
        ({"questions_drawn": "2"}, "questions_drawn", "El cuestionario tiene 1 pregunta propia: pida una como máximo"),
    ],
)
def test_rules_that_do_not_fit_together_are_refused_at_their_field(editor_client, fields, field, sentence):
    page = editor_client.post(url(Quiz, "add"), quiz_fields([make_question("M1-Q1")], **fields))
    errors = errors_beside(page)
    assert (list(errors), sentence in errors[field]) == ([field], True)
    assert not Quiz.objects.exists()


def test_an_unfinished_quiz_may_wait_as_a_draft(editor_client):
    fields = quiz_fields([])
    del fields["action-publish"]
    assert editor_client.post(url(Quiz, "add"), fields).status_code == 302
    assert not Quiz.objects.get().live


def test_two_messages_do_not_begin_at_one_grade(editor_client):
    fields = quiz_fields([make_question("M1-Q1")]) | bands_of((50, "Casi."), (50, "Bien."))
    page = editor_client.post(url(Quiz, "add"), fields)
    assert "Otro mensaje empieza en esta calificación. Elija otra, o únalos." in page.text
    assert Quiz.objects.count() == 0


APART = "aparte de lo que el cuestionario ya pregunta, pueden quedar"


@pytest.mark.parametrize(
    ("own", "draws", "sentence"),
    [
        (0, [("leyes", 4)], None),
        (0, [("leyes", 5)], "Hay 4 preguntas publicadas que corresponden; no se pueden sacar 5."),
        (0, [("vih", 2)], "Hay 1 pregunta publicada que corresponde; no se pueden sacar 2."),
        # What the quiz asks anyway is not drawn too, nor what an earlier draw has taken.
        (2, [("leyes", 2)], None),
        (2, [("leyes", 3)], f"Hay 4 preguntas publicadas que corresponden y, {APART} 2; no se pueden sacar 3."),
        (0, [("vih", 1), ("leyes", 3)], None),
        (
            0,
            [("leyes", 3), ("vih", 1)],
            f"Hay 1 pregunta publicada que corresponde y, {APART} 0; no se pueden sacar 1.",
        ),
    ],
)
def test_a_draw_never_promises_more_than_chance_can_give(editor_client, own, draws, sentence):
    law = make_topic("leyes")
    topics = {"leyes": law, "vih": make_topic("vih", law)}
    pool = [make_question(f"L-{number}", topic=law) for number in range(3)]
    make_question("V-1", topic=topics["vih"])
    make_question("L-draft", topic=law, live=False)
    make_kind("reflection", "L-R", topic=law)
    asked = [(topics[name], count, {"with_subtopics": "on"}) for name, count in draws]
    fields = quiz_fields(pool[:own]) | draws_of(*asked)
    page = editor_client.post(url(Quiz, "add"), fields)
    assert page.status_code == (200 if sentence else 302)
    if sentence:
        assert sentence in page.text


def test_a_quiz_is_copied_with_its_questions_draws_and_messages(editor_client):
    topic = make_topic("leyes", name="leyes")
    make_question("L-1", topic=topic)
    quiz = make_quiz("m1", 2, time_limit=20)
    QuizDraw.objects.create(quiz=quiz, topic=topic, count=1, locale=quiz.locale)
    ScoreBand.objects.create(quiz=quiz, from_percent=50, text="Casi.", locale=quiz.locale)
    page = editor_client.get(url(Quiz, "copy", quiz.pk))
    [form] = html.fromstring(page.text).forms
    fields = dict(form.form_values()) | {"action-publish": "1"}
    again = editor_client.post(form.action, fields)
    assert errors_beside(again) == {"identifier": "«m1» ya está en uso. Elija otro identificador."}
    assert editor_client.post(form.action, fields | {"identifier": "m1-copia"}).status_code == 302
    copy = Quiz.objects.get(identifier="m1-copia")
    assert [entry.question.identifier for entry in copy.entries.all()] == ["M1-Q1", "M1-Q2"]
    assert [draw.topic for draw in copy.draws.all()] == [topic]
    assert [band.text for band in copy.bands.all()] == ["Casi."]
    assert (copy.time_limit, copy.translation_key == quiz.translation_key) == (20, False)
    quiz.refresh_from_db()
    assert [quiz.entries.count(), quiz.draws.count(), quiz.bands.count()] == [2, 1, 1]
