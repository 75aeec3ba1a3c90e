"""The pages of a quiz, as the person walks through them without JavaScript."""

import json
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone, translation
from lxml import html

from quizzes.attempts.marking import release_attempt
from quizzes.attempts.responses import responses_of
from quizzes.kinds import kind_of
from quizzes.models import AnswerWrite, Attempt, Question, Quiz, QuizDraw, ScoreBand
from tests.factories import make_question, make_quiz

from .factories import (
    NOW,
    address,
    answer_all,
    choice_key,
    give,
    item_of,
    make_full_quiz,
    make_kind,
    make_source,
    post_answers,
    start,
    submit,
)

pytestmark = pytest.mark.django_db

MINUTE = timedelta(minutes=1)
RIGHT, WHY = "Así se recibe a toda persona", "La retroalimentación general."


def question_page(attempt, number=1):
    return address("attempt_question", attempt.pk, number)


def posted(item, response=None, go="next", **more):
    """Return what a question's form posts, as the page makes it."""
    fields = {"question": item["key"], "shown": json.dumps(kind_of(item).nothing), "client": "", "number": "", "go": go}
    if isinstance(response, dict):
        prefix = "place" if item["kind"] == "ordering" else "match"
        fields |= {f"{prefix}-{key}": value for key, value in response.items()}
    elif response:
        fields["choice"] = response
    return fields | more


def test_the_entry_page_says_what_awaits_and_offers_one_button(learner_client):
    make_full_quiz(title="Cuestionario 1", warning="Habla de violencia.", intro="Son **cinco**.")
    page = learner_client.get(address("quiz_entry", "m1"))
    text = page.text
    assert page.status_code == 200
    assert "<dd>5</dd>" in text
    for words in ("Cuestionario 1", "Habla de violencia.", "<strong>cinco</strong>", "80\xa0%", "Sin límite"):
        assert words in text
    assert text.count('class="button"') == 1
    assert "Empezar" in text


def test_the_entry_page_lists_earlier_attempts_and_continues_the_open_one(learner, learner_client):
    quiz = make_quiz("m1", 3)
    first = start(learner, quiz)
    for item in first.snapshot["questions"][:2]:
        give(first, item, kind_of(item).right_response(item))
    submit(first)
    start(learner, quiz, now=NOW + timedelta(days=1))
    text = learner_client.get(address("quiz_entry", "m1")).text
    assert "Seguir donde iba" in text
    assert "Empezar" not in text
    # Rounded down, with points out of the total.
    assert "66.6\xa0%" in text
    assert "2 de 3" in text
    assert "Por repasar" in text
    assert address("attempt_result", first.pk) in text


def test_the_entry_page_shows_only_the_latest_attempts_of_many(learner, learner_client):
    quiz = make_quiz("m1", 1)
    for day in range(22):
        submit(start(learner, quiz, now=NOW + timedelta(days=day)))
    page = learner_client.get(address("quiz_entry", "m1"))
    assert page.text.count('<th scope="row">') == 20
    assert "Se muestran las 20 veces más recientes." in page.text
    assert '<button class="button">Intentar otra vez</button>' in page.text


def test_a_draft_or_vanished_quiz_says_so_and_leads_on_to_what_was_begun(learner, learner_client):
    attempt = start(learner, make_quiz("m1", 2))
    Quiz.objects.update(live=False)
    for identifier in ("m1", "m9"):
        page = learner_client.get(address("quiz_entry", identifier))
        assert page.status_code == 404
        assert "Este cuestionario no está disponible por ahora." in page.text
        assert (address("attempt_summary", attempt.pk) in page.text) is (identifier == "m1")
    assert learner_client.post(address("quiz_start", "m1")).status_code == 404
    assert learner_client.get(question_page(attempt)).status_code == 200


def test_a_quiz_without_questions_says_so(learner_client):
    make_quiz("m1", [make_kind("reflection", "M1-R")])
    page = learner_client.get(address("quiz_entry", "m1"))
    assert "todavía no tiene preguntas" in page.text
    assert "Empezar" not in page.text
    page = learner_client.post(address("quiz_start", "m1"))
    assert page.status_code == 404
    assert "todavía no tiene preguntas" in page.text
    assert Attempt.objects.count() == 0


@pytest.mark.parametrize("identifier", ["progress", "category", "marking", "intento", "comenzar", "imagen"])
def test_no_name_of_a_quiz_is_swallowed_by_an_address(learner_client, identifier):
    make_quiz(identifier, [make_question(f"{identifier}-1")])
    assert learner_client.get(address("quiz_entry", identifier)).status_code == 200
    assert learner_client.post(address("quiz_start", identifier)).status_code == 302


def test_starting_leads_to_the_first_question_and_continuing_to_the_first_open_one(learner, learner_client):
    make_quiz("m1", 3)
    begun = learner_client.post(address("quiz_start", "m1"))
    attempt = Attempt.objects.get()
    assert (attempt.learner, attempt.language) == (learner, "es")
    assert begun.url == question_page(attempt, 1)
    give(attempt, attempt.snapshot["questions"][0], attempt.snapshot["questions"][0]["options"][0]["key"])
    assert learner_client.post(address("quiz_start", "m1")).url == question_page(attempt, 2)
    answer_all(attempt)
    assert learner_client.post(address("quiz_start", "m1")).url == address("attempt_summary", attempt.pk)
    assert Attempt.objects.count() == 1


def test_in_a_closed_group_nothing_starts_but_what_was_begun_is_finished(learner, learner_client, start_rule):
    quiz = make_quiz("m1", 1)
    start_rule.open = False
    refused = learner_client.post(address("quiz_start", "m1"))
    assert refused.status_code == 403
    assert "Su grupo está cerrado" in refused.text
    assert "Empezar" not in learner_client.get(address("quiz_entry", "m1")).text
    attempt = start(learner, quiz)
    assert "Seguir donde iba" in learner_client.get(address("quiz_entry", "m1")).text
    assert learner_client.post(address("quiz_start", "m1")).url == question_page(attempt, 1)
    item = attempt.snapshot["questions"][0]
    learner_client.post(question_page(attempt), posted(item, kind_of(item).right_response(item)))
    learner_client.post(address("attempt_submit", attempt.pk))
    attempt.refresh_from_db()
    assert attempt.passed
    attempt = submit(start(learner, quiz))
    page = learner_client.get(address("attempt_result", attempt.pk)).text
    assert "Intentar otra vez" not in page
    assert "Su grupo está cerrado" in page


def test_sign_in_leads_back_to_a_page(client, learner):
    attempt = start(learner, make_quiz("m1", 2))
    assert client.get(question_page(attempt)).url.endswith(f"?next={question_page(attempt)}")
    assert client.post(address("quiz_start", "m1")).url.endswith(f"?next={address('quiz_entry', 'm1')}")
    sent = client.post(address("attempt_submit", attempt.pk))
    assert sent.url.endswith(f"?next={address('attempt_summary', attempt.pk)}")


def test_a_question_page_shows_the_question_as_legend_and_hides_what_is_right(learner, learner_client):
    make_source()
    attempt = start(learner, make_full_quiz())
    for number, item in enumerate(attempt.snapshot["questions"], start=1):
        text = learner_client.get(question_page(attempt, number)).text
        assert f"<h1>Pregunta {number} de 6</h1>" in text
        assert f'<legend id="question-text">{item["text"]}</legend>' in text
        assert f'name="question" value="{item["key"]}"' in text
        for option in item["options"]:
            assert option["feedback"].partition(" [")[0] not in text
        assert ("Anterior" in text, "Siguiente" in text) == (number > 1, number < 6)


def test_the_buttons_save_and_lead_back_forth_to_a_number_and_to_the_end(learner, learner_client):
    attempt = start(learner, make_quiz("m1", 3))
    item = attempt.snapshot["questions"][1]
    keys = [option["key"] for option in item["options"]]
    for go, leads_to in [
        ("previous", question_page(attempt, 1)),
        ("next", question_page(attempt, 3)),
        ("3", question_page(attempt, 3)),
        ("finish", address("attempt_summary", attempt.pk)),
        ("", question_page(attempt, 2)),
        ("999", address("attempt_summary", attempt.pk)),
        ("nobody", question_page(attempt, 2)),
    ]:
        AnswerWrite.objects.all().delete()
        assert learner_client.post(question_page(attempt, 2), posted(item, keys[0], go=go)).url == leads_to
        assert responses_of(attempt) == {item["key"]: keys[0]}


def test_every_kind_is_answered_by_its_form_and_shown_again(learner, learner_client):
    attempt = start(learner, make_full_quiz())
    for number, item in enumerate(attempt.snapshot["questions"], start=1):
        if not item["marks"]:
            continue
        right = kind_of(item).read(item, kind_of(item).right_response(item))
        learner_client.post(question_page(attempt, number), posted(item, right))
        assert responses_of(attempt)[item["key"]] == right
        text = learner_client.get(question_page(attempt, number)).text
        given = len(right) if isinstance(right, dict | list) else 1
        assert text.count(" checked>") + text.count(" selected>") == given
    learner_client.post(address("attempt_submit", attempt.pk))
    attempt.refresh_from_db()
    assert (attempt.grade, attempt.passed) == (100, True)


def test_the_form_names_its_question_so_a_wrong_address_can_not_answer_another(learner, learner_client):
    attempt = start(learner, make_quiz("m1", [make_kind("true_false", f"M1-Q{n}") for n in (1, 2, 3)]))
    first = attempt.snapshot["questions"][0]
    for number in (1, 2, 3):
        fields = posted(first, choice_key(first, "Falso"))
        assert learner_client.post(question_page(attempt, number), fields).url == question_page(attempt, 2)
    assert responses_of(attempt) == {first["key"]: choice_key(first, "Falso")}


def test_an_old_tab_that_was_left_untouched_can_not_undo_a_later_answer(learner, learner_client):
    attempt = start(learner, make_full_quiz())
    for kind in ("single", "multiple", "ordering", "matching"):
        item = item_of(attempt, kind)
        right = kind_of(item).read(item, kind_of(item).right_response(item))
        give(attempt, item, right)
        learner_client.post(question_page(attempt), posted(item))
        assert responses_of(attempt)[item["key"]] == right


def test_unticking_every_box_is_an_answer_too(learner, learner_client):
    attempt = start(learner, make_full_quiz())
    item = item_of(attempt, "multiple")
    right = kind_of(item).right_response(item)
    give(attempt, item, right)
    learner_client.post(question_page(attempt), posted(item, [], shown=json.dumps(right)))
    assert responses_of(attempt)[item["key"]] == []


def test_a_form_sent_by_the_page_script_too_is_one_write(learner, learner_client):
    attempt = start(learner, make_quiz("m1", 2))
    item = attempt.snapshot["questions"][0]
    key = item["options"][0]["key"]
    row = {"question": item["key"], "client": "tab-1", "number": 1, "response": key}
    post_answers(learner_client, attempt, row)
    learner_client.post(question_page(attempt), posted(item, key, client="tab-1", number="1"))
    assert list(AnswerWrite.objects.values_list("client", "number")) == [("tab-1", 1)]


@pytest.mark.postgres
@pytest.mark.parametrize(
    "hostile",
    [
        {"question": "nobody"},
        {"question": ""},
        {"question": "\x00"},
        {"choice": "nobody"},
        {"choice": "\x00"},
        {"choice": "9" * 9999},
    ],
)
def test_hostile_values_get_a_sentence_and_change_nothing(learner, learner_client, hostile):
    attempt = start(learner, make_quiz("m1", 2))
    item = attempt.snapshot["questions"][0]
    answer = learner_client.post(question_page(attempt), posted(item, "x") | hostile)
    assert answer.status_code == 400
    assert "no se cambió nada" in answer.text.lower()
    assert AnswerWrite.objects.count() == 0


@pytest.mark.parametrize(
    "odd",
    [
        {"client": "form", "number": "3"},
        {"client": "x y", "number": "1"},
        {"client": "tab", "number": "²"},
        {"shown": "{"},
    ],
)
def test_odd_numbering_counts_as_a_form_without_script(learner, learner_client, odd):
    attempt = start(learner, make_quiz("m1", 2))
    item = attempt.snapshot["questions"][0]
    learner_client.post(question_page(attempt), posted(item, item["options"][0]["key"]) | odd)
    assert list(AnswerWrite.objects.values_list("client", "number")) == [("form", 1)]


def test_a_huge_number_is_kept_within_what_the_database_holds(learner, learner_client):
    attempt = start(learner, make_quiz("m1", 2))
    item = attempt.snapshot["questions"][0]
    learner_client.post(question_page(attempt), posted(item, item["options"][0]["key"], client="tab", number="9" * 16))
    assert AnswerWrite.objects.get().number == 2**53


def test_steps_that_share_a_place_are_saved_and_pointed_out(learner, learner_client):
    attempt = start(learner, make_full_quiz())
    item = item_of(attempt, "ordering")
    response = {option["key"]: 1 for option in item["options"]}
    saved = learner_client.post(question_page(attempt, 4), posted(item, response))
    assert saved.url == question_page(attempt, 4)
    assert responses_of(attempt) == {item["key"]: response}
    assert "Dos pasos tienen el lugar 1." in learner_client.get(saved.url).text
    # One may go elsewhere all the same; the summary says it again.
    assert learner_client.post(saved.url, posted(item, response, go="finish")).url == address(
        "attempt_summary", attempt.pk
    )
    summary = learner_client.get(address("attempt_summary", attempt.pk)).text
    assert "Dos pasos tienen el lugar 1." in summary


def test_a_reflection_has_no_name_and_nothing_of_it_is_kept(learner, learner_client):
    attempt = start(learner, make_full_quiz())
    item = item_of(attempt, "reflection")
    text = learner_client.get(question_page(attempt, 6)).text
    box = text[text.index("<textarea") : text.index("</textarea>")]
    assert "name=" not in box
    assert 'autocomplete="off"' in box
    assert "La retroalimentación general." in text
    hostile = posted(item) | {"choice": "Una vez…", "response": "Una vez…"}
    assert learner_client.post(question_page(attempt, 6), hostile).url == address("attempt_summary", attempt.pk)
    assert AnswerWrite.objects.count() == 0


def test_a_question_that_the_attempt_does_not_have(learner, learner_client):
    attempt = start(learner, make_quiz("m1", 2))
    for number in (0, 3, 99999):
        page = learner_client.get(question_page(attempt, number))
        assert page.status_code == 404
        assert "Esta pregunta no es una de las suyas" in page.text


def test_the_summary_names_what_is_unanswered(learner, learner_client):
    attempt = start(learner, make_full_quiz())
    answer_all(attempt, skip=("single", "matching"))
    page = learner_client.get(address("attempt_summary", attempt.pk))
    text = page.text
    states = html.fromstring(text).xpath('//ol//span[starts-with(@class, "state ")]/text()')
    assert [state.strip() for state in states] == [
        "sin responder",
        *["respondida"] * 3,
        "sin responder",
        "no se califica",
    ]
    assert "3 de 5 preguntas respondidas." in text
    assert "Tiene 2 preguntas sin responder o incompletas." in text
    assert "No podrá cambiar las respuestas después de enviar." in text
    assert all(question_page(attempt, number) in text for number in range(1, 7))
    assert Attempt.objects.get().submitted_at is None


def test_sending_twice_is_sending_once_and_the_pages_of_a_sent_attempt_lead_to_its_review(learner, learner_client):
    attempt = start(learner, make_quiz("m1", 2))
    answer_all(attempt)
    result = address("attempt_result", attempt.pk)
    assert learner_client.get(result).url == address("attempt_summary", attempt.pk)
    assert learner_client.get(address("attempt_submit", attempt.pk)).url == address("attempt_summary", attempt.pk)
    assert learner_client.post(address("attempt_submit", attempt.pk)).url == result
    sent = Attempt.objects.get()
    assert learner_client.post(address("attempt_submit", attempt.pk)).url == result
    assert learner_client.get(question_page(attempt)).url == result
    assert learner_client.get(address("attempt_summary", attempt.pk)).url == result
    item = attempt.snapshot["questions"][0]
    late = learner_client.post(question_page(attempt), posted(item, item["options"][0]["key"]), follow=True)
    assert late.redirect_chain == [(result, 302)]
    assert "llegó tarde" in late.text
    again = Attempt.objects.get()
    assert (again.grade, again.submitted_at, again.passed) == (sent.grade, sent.submitted_at, True)
    # Reloading the review starts nothing.
    learner_client.get(result)
    assert Attempt.objects.count() == 1


@pytest.mark.parametrize("feedback", ["Así es.", "Así es [VL]."])
def test_the_review_says_once_that_a_question_is_not_verified(learner, learner_client, feedback):
    make_source()
    question = make_kind("single", "M1-Q1", needs_checking=True, feedback=feedback)
    attempt = start(learner, make_quiz("m1", [question]))
    submit(attempt)
    text = learner_client.get(address("attempt_result", attempt.pk)).text
    assert text.count("sin verificar") == 1


def test_the_review_shows_what_was_chosen_what_is_right_why_and_the_source(learner, learner_client):
    make_source()
    attempt = start(learner, make_quiz("m1", [make_kind("single", "M1-Q1", needs_checking=True)]))
    item = item_of(attempt, "single")
    give(attempt, item, choice_key(item, "Callar"))
    submit(attempt)
    text = learner_client.get(address("attempt_result", attempt.pk)).text
    assert "[S42]" not in text
    assert 'Fuentes: <a class="source" href="#fuente-S42">S42</a>' in text
    for words in (
        "Por repasar",
        "0 de 1 puntos",
        "La eligió, y no es correcta",
        "El silencio se entiende como permiso.",
        "Es correcta, y no la eligió",
        "Así se recibe a toda persona",
        "La pregunta expone.",
        "La retroalimentación general.",
        "sin verificar",
        'id="fuente-S42"',
        "https://doi.org/10.1186/s12916-019-1256-2",
        "Intentar otra vez",
    ):
        assert words in text
    assert "Reprobado" not in text


def test_the_review_of_a_passed_attempt_leads_on(learner, learner_client):
    attempt = start(learner, make_full_quiz())
    answer_all(attempt)
    submit(attempt)
    text = learner_client.get(address("attempt_result", attempt.pk)).text
    assert "Aprobado" in text
    assert "5 de 5 puntos" in text
    assert address("continue_course") in text
    assert "Intentar otra vez" not in text


def test_who_tries_again_is_offered_other_questions_only_where_chance_draws_them(learner, learner_client):
    quiz = make_quiz("m1", 3)
    attempt = submit(start(learner, quiz))
    said = []
    for drawn in (None, 3, 2):
        Quiz.objects.update(questions_drawn=drawn)
        page = learner_client.get(address("attempt_result", attempt.pk)).text
        said.append([words in page for words in ("Intentar otra vez", "Probar con otras preguntas")])
    # One is for everyone and two are for another job: whoever has none meets the same one again.
    Question.objects.filter(identifier__in=["M1-Q1", "M1-Q2"]).update(audiences=["apoyo"])
    QuizDraw.objects.create(quiz=quiz, count=1, pool="own")
    for audience in ("", "apoyo"):
        Attempt.objects.update(snapshot=attempt.snapshot | {"audience": audience})
        page = learner_client.get(address("attempt_result", attempt.pk)).text
        said.append([words in page for words in ("Intentar otra vez", "Probar con otras preguntas")])
    assert said == [[True, False], [True, False], [False, True], [True, False], [False, True]]


def test_what_a_reflection_says_back_is_no_reason(learner, learner_client):
    reflection = make_kind("reflection", "M1-R", feedback="Lo que pensó es suyo.")
    attempt = submit(start(learner, make_quiz("m1", [reflection, make_kind("single", "M1-Q1")])))
    page = learner_client.get(address("attempt_result", attempt.pk)).text
    assert page.count("Lo que pensó es suyo.") == 1
    assert page.count("Por qué:") == 1


def test_texts_of_the_course_are_escaped(learner, learner_client):
    attempt = start(learner, make_quiz("m1", [make_question("M1-Q1", text="<script>alert(1)</script>")]))
    for page in (question_page(attempt), address("attempt_summary", attempt.pk)):
        assert "<script>alert" not in learner_client.get(page).text
    submit(attempt)
    assert "<script>alert" not in learner_client.get(address("attempt_result", attempt.pk)).text


def test_the_english_interface_offers_the_spanish_quiz_and_marks_its_language(learner, learner_client):
    make_quiz("m1", 1)
    with translation.override("en"):
        entry, begin = reverse("quiz_entry", args=["m1"]), reverse("quiz_start", args=["m1"])
    text = learner_client.get(entry).text
    assert ">Start<" in text
    assert '<h1 lang="es">' in text
    learner_client.post(begin)
    assert Attempt.objects.get().language == "es"


def sent(learner, quiz, *, right=1):
    """Let the learner answer so many questions rightly and send the attempt, a moment ago."""
    attempt = start(learner, quiz, now=timezone.now() - 10 * MINUTE)
    for item in attempt.snapshot["questions"][:right]:
        give(attempt, item, choice_key(item, "Saludar"))
    return submit(attempt, now=timezone.now() - 5 * MINUTE)


def test_what_was_right_is_hidden_until_the_quiz_has_closed_and_the_grade_is_not(learner, learner_client):
    quiz = make_quiz("m1", 2, feedback_time="closing", closes_at=timezone.now() + 60 * MINUTE)
    attempt = sent(learner, quiz)
    page = learner_client.get(address("attempt_result", attempt.pk)).text
    assert "50\xa0%" in page
    assert [words for words in (RIGHT, WHY) if words in page] == []
    attempt.snapshot["rules"]["closes_at"] = (timezone.now() - MINUTE).isoformat()
    attempt.save(update_fields=["snapshot"])
    page = learner_client.get(address("attempt_result", attempt.pk)).text
    assert [words for words in (RIGHT, WHY) if words not in page] == []


def test_of_an_exam_nothing_is_read_before_it_is_released(learner, learner_client, trainer):
    quiz = make_quiz("m1", 2, is_exam=True, passed_text="Ya puede pedir su constancia.", pass_mark=40)
    attempt = sent(learner, quiz)
    pages = [address("attempt_result", attempt.pk), address("quiz_entry", "m1")]
    for text in (learner_client.get(page).text for page in pages):
        assert "Pendiente de calificar" in text
        assert [words for words in ("50\xa0%", "Aprobado", "constancia", RIGHT, WHY) if words in text] == []
    release_attempt(attempt, by=trainer, now=timezone.now())
    result = learner_client.get(pages[0]).text
    assert [words for words in ("50\xa0%", "Ya puede pedir su constancia.", RIGHT, WHY) if words not in result] == []


@pytest.mark.parametrize(
    ("right", "read"),
    [(0, {"Aún no."}), (2, {"La mitad.", "Aún no."}), (3, {"La mitad.", "Bien."}), (4, {"Todo.", "Bien."})],
)
def test_people_read_the_message_of_the_highest_grade_they_reached(learner, learner_client, right, read):
    quiz = make_quiz("m1", 4, pass_mark=75, passed_text="Bien.", not_passed_text="Aún no.")
    for grade, text in ((50, "La mitad."), (100, "Todo.")):
        ScoreBand.objects.create(quiz=quiz, from_percent=grade, text=text, locale=quiz.locale)
    page = learner_client.get(address("attempt_result", sent(learner, quiz, right=right).pk)).text
    assert {text for text in ("La mitad.", "Todo.", "Bien.", "Aún no.") if text in page} == read
