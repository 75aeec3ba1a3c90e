import json
from datetime import timedelta
from itertools import product

import pytest
from django.urls import reverse
from django.utils import timezone, translation
from lxml import html

from quizzes.attempts.grading import release_attempt
from quizzes.attempts.responses import responses_of
from quizzes.kinds import get_kind
from quizzes.models import AnswerWrite, Attempt, LateAnswer, Quiz, ScoreBand
from tests.factories import make_question, make_quiz

from .factories import (
    NOW,
    address,
    answer_all,
    choice_key,
    form_for,
    give,
    item_of,
    make_full_quiz,
    make_kind,
    make_source,
    page_of,
    post_answers,
    start,
    submit,
)

pytestmark = pytest.mark.django_db

MINUTE = timedelta(minutes=1)
RIGHT, WHY = "Así se recibe a toda persona", "La retroalimentación general."


def test_entry_page_describes_quiz_with_one_button(learner_client):
    make_full_quiz(title="Cuestionario 1", warning="Habla de violencia.", intro="Son **cinco**.")
    text = learner_client.get(address("quiz_entry", "m1")).text
    rules = "5 preguntas · para aprobar: 80\xa0% · sin límite de tiempo"
    said = ("Cuestionario 1", "Habla de violencia.", "<strong>cinco</strong>", rules)
    assert [words for words in (*said, "Empezar") if words not in text] == []
    assert text.count('class="button"') == 1


def test_entry_page_lists_attempts_and_continues_open_one(learner, learner_client):
    quiz = make_quiz("m1", 3)
    first = start(learner, quiz)
    for item in first.snapshot["questions"][:2]:
        give(first, item, get_kind(item).right_response(item))
    submit(first)
    start(learner, quiz, now=NOW + timedelta(days=1))
    text = learner_client.get(address("quiz_entry", "m1")).text
    said = ("Seguir donde iba", "66.6\xa0%", "2 de 3", "Por repasar", address("attempt_result", first.pk))
    assert [words for words in said if words not in text] == []
    assert "Empezar" not in text


def test_entry_page_shows_latest_twenty_attempts(learner, learner_client):
    quiz = make_quiz("m1", 1)
    for day in range(22):
        submit(start(learner, quiz, now=NOW + timedelta(days=day)))
    page = learner_client.get(address("quiz_entry", "m1"))
    assert page.text.count('<th scope="row">') == 20
    assert "Se muestran las 20 veces más recientes." in page.text
    assert '<button class="button">Intentar otra vez</button>' in page.text


def test_unavailable_quiz_links_started_attempt(learner, learner_client):
    attempt = start(learner, make_quiz("m1", 2))
    Quiz.objects.update(live=False)
    for identifier in ("m1", "m9"):
        page = learner_client.get(address("quiz_entry", identifier))
        assert page.status_code == 404
        assert "Este cuestionario no está disponible por ahora." in page.text
        assert (address("attempt_summary", attempt.pk) in page.text) is (identifier == "m1")
    assert learner_client.post(address("quiz_start", "m1")).status_code == 404
    assert learner_client.get(page_of(attempt)).status_code == 200


def test_quiz_without_questions_cannot_be_started(learner_client):
    make_quiz("m1", [make_kind("reflection", "M1-R")])
    entry, begun = learner_client.get(address("quiz_entry", "m1")), learner_client.post(address("quiz_start", "m1"))
    assert ["todavía no tiene preguntas" in page.text for page in (entry, begun)] == [True, True]
    assert "Empezar" not in entry.text
    assert (begun.status_code, Attempt.objects.count()) == (404, 0)


@pytest.mark.parametrize("identifier", ["progress", "category", "marking", "intento", "comenzar", "imagen"])
def test_quiz_identifier_may_equal_part_of_an_address(learner_client, identifier):
    make_quiz(identifier, [make_question(f"{identifier}-1")])
    assert learner_client.get(address("quiz_entry", identifier)).status_code == 200
    assert learner_client.post(address("quiz_start", identifier)).status_code == 302


def test_start_leads_to_first_open_question(learner, learner_client):
    make_quiz("m1", 3)
    begun = learner_client.post(address("quiz_start", "m1"))
    attempt = Attempt.objects.get()
    assert (attempt.learner, attempt.language) == (learner, "es")
    assert begun.url == page_of(attempt, 1)
    give(attempt, attempt.snapshot["questions"][0], attempt.snapshot["questions"][0]["options"][0]["key"])
    assert learner_client.post(address("quiz_start", "m1")).url == page_of(attempt, 2)
    answer_all(attempt)
    assert learner_client.post(address("quiz_start", "m1")).url == address("attempt_summary", attempt.pk)
    assert Attempt.objects.count() == 1


def test_closed_group_finishes_attempts_but_starts_none(learner, learner_client, start_rule):
    quiz = make_quiz("m1", 1)
    start_rule.open = False
    refused = learner_client.post(address("quiz_start", "m1"))
    assert refused.status_code == 403
    assert "Su grupo está cerrado" in refused.text
    assert "Empezar" not in learner_client.get(address("quiz_entry", "m1")).text
    attempt = start(learner, quiz)
    assert "Seguir donde iba" in learner_client.get(address("quiz_entry", "m1")).text
    assert learner_client.post(address("quiz_start", "m1")).url == page_of(attempt, 1)
    item = attempt.snapshot["questions"][0]
    learner_client.post(page_of(attempt), form_for(item, get_kind(item).right_response(item)))
    learner_client.post(address("attempt_submit", attempt.pk))
    attempt.refresh_from_db()
    assert attempt.passed
    page = learner_client.get(address("attempt_result", submit(start(learner, quiz)).pk)).text
    assert ("Intentar otra vez" in page, "Su grupo está cerrado" in page) == (False, True)


def test_sign_in_leads_back_to_page(client, learner):
    attempt = start(learner, make_quiz("m1", 2))
    assert client.get(page_of(attempt)).url.endswith(f"?next={page_of(attempt)}")
    assert client.post(address("quiz_start", "m1")).url.endswith(f"?next={address('quiz_entry', 'm1')}")
    sent = client.post(address("attempt_submit", attempt.pk))
    assert sent.url.endswith(f"?next={address('attempt_summary', attempt.pk)}")


def test_question_page_hides_right_answers(learner, learner_client):
    make_source()
    attempt = start(learner, make_full_quiz())
    for number, item in enumerate(attempt.snapshot["questions"], start=1):
        text = learner_client.get(page_of(attempt, number)).text
        assert f"<h1>Pregunta {number} de 6</h1>" in text
        assert f'<legend id="question-text">{item["text"]}</legend>' in text
        assert f'name="question" value="{item["key"]}"' in text
        for option in item["options"]:
            assert option["feedback"].partition(" [")[0] not in text
        assert ("Anterior" in text, "Siguiente" in text) == (number > 1, number < 6)


def test_buttons_save_and_lead_to_their_page(learner, learner_client):
    attempt = start(learner, make_quiz("m1", 3))
    item = attempt.snapshot["questions"][1]
    keys = [option["key"] for option in item["options"]]
    for go, leads_to in [
        ("previous", page_of(attempt, 1)),
        ("next", page_of(attempt, 3)),
        ("3", page_of(attempt, 3)),
        ("finish", address("attempt_summary", attempt.pk)),
        ("", page_of(attempt, 2)),
        ("999", address("attempt_summary", attempt.pk)),
        ("nobody", page_of(attempt, 2)),
    ]:
        AnswerWrite.objects.all().delete()
        assert learner_client.post(page_of(attempt, 2), form_for(item, keys[0], go=go)).url == leads_to
        assert responses_of(attempt) == {item["key"]: keys[0]}


def test_form_of_every_kind_saves_and_shows_answer(learner, learner_client):
    attempt = start(learner, make_full_quiz())
    for number, item in enumerate(attempt.snapshot["questions"], start=1):
        if not item["marks"]:
            continue
        right = get_kind(item).read(item, get_kind(item).right_response(item))
        learner_client.post(page_of(attempt, number), form_for(item, right))
        assert responses_of(attempt)[item["key"]] == right
        text = learner_client.get(page_of(attempt, number)).text
        given = len(right) if isinstance(right, dict | list) else 1
        assert text.count(" checked>") + text.count(" selected>") == given
    learner_client.post(address("attempt_submit", attempt.pk))
    attempt.refresh_from_db()
    assert (attempt.grade, attempt.passed) == (100, True)


def test_form_answers_its_question_at_any_address(learner, learner_client):
    attempt = start(learner, make_quiz("m1", [make_kind("true_false", f"M1-Q{n}") for n in (1, 2, 3)]))
    first = attempt.snapshot["questions"][0]
    for number in (1, 2, 3):
        fields = form_for(first, choice_key(first, "Falso"))
        assert learner_client.post(page_of(attempt, number), fields).url == page_of(attempt, 2)
    assert responses_of(attempt) == {first["key"]: choice_key(first, "Falso")}


def test_untouched_old_tab_does_not_undo_later_answer(learner, learner_client):
    attempt = start(learner, make_full_quiz())
    for kind in ("single", "multiple", "ordering", "matching"):
        item = item_of(attempt, kind)
        right = get_kind(item).read(item, get_kind(item).right_response(item))
        give(attempt, item, right)
        learner_client.post(page_of(attempt), form_for(item))
        assert responses_of(attempt)[item["key"]] == right


def test_unticking_all_boxes_is_saved(learner, learner_client):
    attempt = start(learner, make_full_quiz())
    item = item_of(attempt, "multiple")
    right = get_kind(item).right_response(item)
    give(attempt, item, right)
    learner_client.post(page_of(attempt), form_for(item, [], shown=json.dumps(right)))
    assert responses_of(attempt)[item["key"]] == []


def test_form_and_script_save_one_write(learner, learner_client):
    attempt = start(learner, make_quiz("m1", 2))
    item = attempt.snapshot["questions"][0]
    key = item["options"][0]["key"]
    row = {"question": item["key"], "client": "tab-1", "number": 1, "response": key}
    post_answers(learner_client, attempt, row)
    learner_client.post(page_of(attempt), form_for(item, key, client="tab-1", number="1"))
    assert list(AnswerWrite.objects.values_list("client", "number")) == [("tab-1", 1)]


@pytest.mark.postgres
@pytest.mark.parametrize(
    ("name", "hostile"), [*product(["question", "choice"], ["nobody", "\x00", "9" * 9999]), ("question", "")]
)
def test_hostile_values_are_refused_with_message(learner, learner_client, name, hostile):
    attempt = start(learner, make_quiz("m1", 2))
    item = attempt.snapshot["questions"][0]
    answer = learner_client.post(page_of(attempt), form_for(item, "x") | {name: hostile})
    assert answer.status_code == 400
    assert "no se cambió nada" in answer.text.lower()
    assert AnswerWrite.objects.count() == 0


@pytest.mark.parametrize(
    "odd",
    [
        {"client": "form", "number": "3"},
        {"client": "x y", "number": "1"},
        {"client": "t", "number": "²"},
        {"shown": "{"},
    ],
)
def test_invalid_numbering_counts_as_form_without_script(learner, learner_client, odd):
    attempt = start(learner, make_quiz("m1", 2))
    item = attempt.snapshot["questions"][0]
    learner_client.post(page_of(attempt), form_for(item, item["options"][0]["key"]) | odd)
    assert list(AnswerWrite.objects.values_list("client", "number")) == [("form", 1)]


def test_huge_number_is_capped(learner, learner_client):
    attempt = start(learner, make_quiz("m1", 2))
    item = attempt.snapshot["questions"][0]
    learner_client.post(page_of(attempt), form_for(item, item["options"][0]["key"], client="tab", number="9" * 16))
    assert AnswerWrite.objects.get().number == 2**53


def test_steps_with_same_place_are_saved_and_reported(learner, learner_client):
    attempt = start(learner, make_full_quiz())
    item = item_of(attempt, "ordering")
    response = {option["key"]: 1 for option in item["options"]}
    saved = learner_client.post(page_of(attempt, 4), form_for(item, response))
    assert saved.url == page_of(attempt, 4)
    assert responses_of(attempt) == {item["key"]: response}
    assert "Dos pasos tienen el lugar 1." in learner_client.get(saved.url).text
    # One may go elsewhere all the same; the summary says it again.
    summary = learner_client.post(saved.url, form_for(item, response, go="finish"), follow=True)
    assert summary.redirect_chain == [(address("attempt_summary", attempt.pk), 302)]
    assert "Dos pasos tienen el lugar 1." in summary.text


def test_reflection_is_never_stored(learner, learner_client):
    attempt = start(learner, make_full_quiz())
    text = learner_client.get(page_of(attempt, 6)).text
    box = text[text.index("<textarea") : text.index("</textarea>")]
    assert ("name=" in box, 'autocomplete="off"' in box, WHY in text) == (False, True, True)
    item = item_of(attempt, "reflection")
    hostile = form_for(item) | {"choice": "Una vez…", "response": "Una vez…"}
    assert learner_client.post(page_of(attempt, 6), hostile).url == address("attempt_summary", attempt.pk)
    submit(attempt)
    row = {"question": item["key"], "client": "tab", "number": 1, "response": "Una vez…"}
    assert len(post_answers(learner_client, attempt, row).json()["refused"]) == 1
    assert AnswerWrite.objects.count() + LateAnswer.objects.count() == 0


def test_question_of_unknown_number_is_not_found(learner, learner_client):
    attempt = start(learner, make_quiz("m1", 2))
    for number in (0, 3, 99999):
        page = learner_client.get(page_of(attempt, number))
        assert page.status_code == 404
        assert "Esta pregunta no es una de las suyas" in page.text


def test_summary_lists_unanswered_questions(learner, learner_client):
    attempt = start(learner, make_full_quiz())
    answer_all(attempt, skip=("single", "matching"))
    text = learner_client.get(address("attempt_summary", attempt.pk)).text
    states = html.fromstring(text).xpath('//ol//span[starts-with(@class, "state ")]/text()')
    expected = ["sin responder", *["respondida"] * 3, "sin responder", "no se califica"]
    assert [state.strip() for state in states] == expected
    assert "3 de 5 preguntas respondidas." in text
    assert "Tiene 2 preguntas sin responder o incompletas." in text
    assert "No podrá cambiar las respuestas después de enviar." in text
    assert all(page_of(attempt, number) in text for number in range(1, 7))
    assert Attempt.objects.get().submitted_at is None


def test_submitted_attempt_leads_to_review_and_is_not_submitted_again(learner, learner_client):
    attempt = start(learner, make_quiz("m1", 2))
    answer_all(attempt)
    result, summary, send = (address(f"attempt_{name}", attempt.pk) for name in ("result", "summary", "submit"))
    assert [learner_client.get(page).url for page in (result, send)] == [summary] * 2
    assert learner_client.post(send).url == result
    sent = Attempt.objects.get()
    assert learner_client.post(send).url == result
    assert [learner_client.get(page).url for page in (page_of(attempt), summary)] == [result] * 2
    item = attempt.snapshot["questions"][0]
    late = learner_client.post(page_of(attempt), form_for(item, item["options"][0]["key"]), follow=True)
    assert late.redirect_chain == [(result, 302)]
    assert "llegó tarde" in late.text
    again = Attempt.objects.get()
    assert (again.grade, again.submitted_at, again.passed) == (sent.grade, sent.submitted_at, True)
    learner_client.get(result)
    assert Attempt.objects.count() == 1


@pytest.mark.parametrize("feedback", ["Así es.", "Así es [VL]."])
def test_review_marks_unverified_question_once(learner, learner_client, feedback):
    make_source()
    question = make_kind("single", "M1-Q1", needs_checking=True, feedback=feedback)
    attempt = start(learner, make_quiz("m1", [question]))
    submit(attempt)
    text = learner_client.get(address("attempt_answers", attempt.pk)).text
    assert text.count("sin verificar") == 1


def test_review_shows_chosen_and_right_answers_with_reasons_and_sources(learner, learner_client):
    make_source()
    attempt = start(learner, make_quiz("m1", [make_kind("single", "M1-Q1", needs_checking=True)]))
    item = item_of(attempt, "single")
    give(attempt, item, choice_key(item, "Callar"))
    submit(attempt)
    text = learner_client.get(address("attempt_answers", attempt.pk)).text
    assert "[S42]" not in text
    assert 'Fuentes: <a class="source" href="#fuente-S42">S42</a>' in text
    said = ["0 de 1", "La eligió, y no es correcta", "El silencio se entiende como permiso."]
    said += ["Es correcta, y no la eligió", RIGHT, "La pregunta expone.", WHY, "sin verificar", 'id="fuente-S42"']
    said += ["https://doi.org/10.1186/s12916-019-1256-2"]
    assert [words for words in said if words not in text] == []
    assert "Reprobado" not in text


def test_review_of_passed_attempt_continues_course(learner, learner_client):
    attempt = start(learner, make_full_quiz())
    answer_all(attempt)
    submit(attempt)
    text = learner_client.get(address("attempt_result", attempt.pk)).text
    assert [words for words in ("Aprobado", "5 de 5", address("continue_course")) if words not in text] == []
    assert "Intentar otra vez" not in text


def test_feedback_of_reflection_is_not_labelled_as_reason(learner, learner_client):
    reflection = make_kind("reflection", "M1-R", feedback="Lo que pensó es suyo.")
    attempt = submit(start(learner, make_quiz("m1", [reflection, make_kind("single", "M1-Q1")])))
    page = learner_client.get(address("attempt_answers", attempt.pk)).text
    assert page.count("Lo que pensó es suyo.") == 1
    assert page.count("Por qué:") == 1


def test_course_texts_are_escaped(learner, learner_client):
    attempt = start(learner, make_quiz("m1", [make_question("M1-Q1", text="<script>alert(1)</script>")]))
    for page in (page_of(attempt), address("attempt_summary", attempt.pk)):
        assert "<script>alert" not in learner_client.get(page).text
    submit(attempt)
    assert "<script>alert" not in learner_client.get(address("attempt_result", attempt.pk)).text


def test_english_interface_marks_language_of_spanish_quiz(learner, learner_client):
    make_quiz("m1", 1)
    with translation.override("en"):
        entry, begin = reverse("quiz_entry", args=["m1"]), reverse("quiz_start", args=["m1"])
    text = learner_client.get(entry).text
    assert (">Start<" in text, '<h1 lang="es">' in text) == (True, True)
    learner_client.post(begin)
    assert Attempt.objects.get().language == "es"


def sent(learner, quiz, *, right=1):
    attempt = start(learner, quiz, now=timezone.now() - 10 * MINUTE)
    for item in attempt.snapshot["questions"][:right]:
        give(attempt, item, choice_key(item, "Saludar"))
    return submit(attempt, now=timezone.now() - 5 * MINUTE)


def test_exam_result_is_hidden_until_release(learner, learner_client, trainer):
    quiz = make_quiz("m1", 2, is_exam=True, passed_text="Ya puede pedir su constancia.", pass_mark=40)
    attempt = sent(learner, quiz)
    names = ("attempt_result", "attempt_answers")
    pages = [*(address(name, attempt.pk) for name in names), address("quiz_entry", "m1")]
    for text in (learner_client.get(page, follow=True).text for page in pages):
        assert "Pendiente de calificar" in text
        assert [words for words in ("50\xa0%", "Aprobado", "constancia", RIGHT, WHY) if words in text] == []
    release_attempt(attempt, by=trainer, now=timezone.now())
    result, answers = (learner_client.get(page).text for page in pages[:2])
    assert [words for words in ("1 de 2", "Ya puede pedir su constancia.") if words not in result] == []
    assert [words for words in (RIGHT, WHY) if words not in answers] == []


@pytest.mark.parametrize(
    ("right", "read"),
    [(0, {"Aún no."}), (2, {"La mitad.", "Aún no."}), (3, {"La mitad.", "Bien."}), (4, {"Todo.", "Bien."})],
)
def test_result_shows_message_of_highest_band_reached(learner, learner_client, right, read):
    quiz = make_quiz("m1", 4, pass_mark=75, passed_text="Bien.", not_passed_text="Aún no.")
    for grade, text in ((50, "La mitad."), (100, "Todo.")):
        ScoreBand.objects.create(quiz=quiz, from_percent=grade, text=text, locale=quiz.locale)
    page = learner_client.get(address("attempt_result", sent(learner, quiz, right=right).pk)).text
    assert {text for text in ("La mitad.", "Todo.", "Bien.", "Aún no.") if text in page} == read
