import json

import pytest

from quizzes.attempts.responses import CurrentAnswer, current_answers, responses_of
from quizzes.kinds import get_kind
from quizzes.models import Answer, AnswerWrite, Attempt, LateAnswer
from quizzes.question_forms.forms import field_prefix, read_certainty
from tests.factories import make_course, make_question, make_quiz

from .factories import (
    CHOICES,
    address,
    choice_key,
    fields_for,
    form_for,
    give,
    item_of,
    make_full_quiz,
    make_kind,
    page_of,
    post_answers,
    start,
    submit,
)
from .test_review import make_marked

pytestmark = pytest.mark.django_db
EVERY = tuple(CHOICES)


def page_form(attempt, answers, go="save", **more):
    fields = {"page": "1", "go": go}
    for item in attempt.snapshot["questions"]:
        fields |= fields_for(item, answers.get(item["kind"]), prefix=field_prefix(item), **more)
    return fields


def right(attempt, kind):
    item = item_of(attempt, kind)
    return get_kind(item).read(item, get_kind(item).right_response(item))


def test_text_boxes_ask_for_no_patient_data(learner, learner_client):
    attempt = start(learner, make_full_quiz(kinds=["short_text", "open"]))
    for number in (1, 2):
        assert "No escriba nombres ni datos de pacientes." in learner_client.get(page_of(attempt, number)).text


def test_page_hides_accepted_answers_and_marking_guide(learner, learner_client):
    attempt = start(learner, make_quiz("m1", [make_kind("short_text", "Q1", marking_guide="Que diga estigma.")]))
    text = learner_client.get(page_of(attempt)).text
    assert [words for words in ("estigma", "discriminación") if words in text] == []


def test_page_hides_accepted_answers_and_syntax_of_gaps(learner, learner_client):
    attempt = start(learner, make_full_quiz(kinds=["gaps", "single"]))
    item = item_of(attempt, "gaps")
    text = learner_client.get(page_of(attempt)).text
    assert "dolor" not in text
    assert "No escriba nombres ni datos de pacientes." in text
    sent = learner_client.post(page_of(attempt), form_for(item, {"2": "Dolor de cabeza"}))
    assert responses_of(attempt) == {item["key"]: {"2": "Dolor de cabeza"}}
    pages = [text, *(learner_client.get(where).text for where in (page_of(attempt), sent.url))]
    summary = learner_client.get(address("attempt_summary", attempt.pk)).text
    assert "La persona ____ llega con ____ y consulta ____." in summary
    assert "incompleta" in summary
    long = learner_client.post(page_of(attempt), form_for(item, {"1": "", "2": "ñ" * 201}))
    assert (long.status_code, "ñ" * 201 in long.text) == (400, True)
    attempt = submit(attempt)
    pages.append(learner_client.get(address("attempt_answers", attempt.pk)).text)
    assert not [page for page in [*pages, summary] if "[[" in page]
    assert "Dolor de cabeza" in pages[-1]


def test_invalid_number_stays_in_field_with_message(learner, learner_client):
    attempt = start(learner, make_full_quiz(kinds=["number", "single"]))
    item = item_of(attempt, "number")
    sent = learner_client.post(page_of(attempt), form_for(item, "tres días"), follow=True)
    assert sent.redirect_chain == [(page_of(attempt), 302)]
    said = ("No podemos leer «tres días» como un número.", 'value="tres días"')
    assert [words for words in said if words not in sent.text] == []
    assert learner_client.post(page_of(attempt), form_for(item, "72", go="next")).url == page_of(attempt, 2)


def test_too_long_answer_is_refused_and_shown_again(learner, learner_client):
    attempt = start(learner, make_full_quiz(kinds=["open"]))
    item, long = item_of(attempt, "open"), "ñ" * 20_345
    page = learner_client.post(page_of(attempt), form_for(item, long))
    assert (page.status_code, "Su respuesta tiene 20,345 caracteres" in page.text, long in page.text) == (
        400,
        True,
        True,
    )
    row = {"question": item["key"], "client": "tab", "number": 1, "response": long}
    reply = post_answers(learner_client, attempt, row)
    assert "Su respuesta tiene 20,345 caracteres" in reply.json()["refused"][0]["reason"]
    assert Answer.objects.count() + LateAnswer.objects.count() == 0


def test_certainty_is_saved_from_form_and_script(learner, learner_client):
    attempt = start(learner, make_full_quiz(kinds=["single", "open"], asks_certainty=True))
    item, key = item_of(attempt, "single"), choice_key(item_of(attempt, "single"), "Callar")
    text = learner_client.get(page_of(attempt)).text
    assert "¿Qué tan seguro/a está?" in text
    learner_client.post(page_of(attempt), form_for(item, key, certainty="3"))
    assert current_answers(attempt)[item["key"]].certainty == 3
    assert 'name="certainty" value="3" checked' in learner_client.get(page_of(attempt)).text
    row = {"question": item["key"], "client": "tab", "number": 1, "response": key, "certainty": 1}
    post_answers(learner_client, attempt, row)
    assert current_answers(attempt)[item["key"]].certainty == 1
    # To change only how sure one is says something too.
    learner_client.post(page_of(attempt), form_for(item, key, shown=json.dumps(key), sure="1", certainty="2"))
    assert current_answers(attempt)[item["key"]].certainty == 2


def test_certainty_is_ignored_unless_quiz_asks(learner, learner_client):
    attempt = start(learner, make_quiz("m1", 1))
    item = attempt.snapshot["questions"][0]
    assert "seguro/a" not in learner_client.get(page_of(attempt)).text
    learner_client.post(page_of(attempt), form_for(item, item["options"][0]["key"], certainty="3"))
    assert [write.certainty for write in AnswerWrite.objects.all()] == [None]


@pytest.mark.parametrize("value", [None, "", "0", "4", "x", True, 1.5, [], {}])
def test_invalid_certainty_is_ignored(value):
    assert read_certainty(value) is None


@pytest.mark.parametrize(
    ("text", "certainty", "sentence", "grade"),
    [
        ("Callar", 3, "Estaba muy seguro/a y no era así: vale la pena leer el porqué.", 0),
        ("Saludar", 1, "No estaba seguro/a y lo sabía: puede confiar más en lo que sabe.", 100),
        ("Callar", 1, "", 0),
        ("Saludar", 3, "", 100),
        ("Saludar", 2, "", 100),
    ],
)
def test_review_mentions_surprising_certainty_only(learner, learner_client, text, certainty, sentence, grade):
    attempt = start(learner, make_full_quiz(kinds=["single"], asks_certainty=True))
    item = item_of(attempt, "single")
    learner_client.post(page_of(attempt), form_for(item, choice_key(item, text), certainty=str(certainty)))
    submit(attempt)
    review = learner_client.get(address("attempt_answers", attempt.pk)).text
    assert ('class="surprise"' in review) == bool(sentence)
    assert sentence in review
    assert Attempt.objects.get().grade == grade


def test_checked_answer_is_reviewed_and_final(learner, learner_client):
    attempt = start(learner, make_full_quiz(kinds=["single", "number"], feedback_time="now"))
    item = item_of(attempt, "single")
    wrong, good = choice_key(item, "Callar"), choice_key(item, "Saludar")
    assert ">Responder<" in learner_client.get(page_of(attempt)).text
    assert learner_client.post(page_of(attempt), form_for(item, wrong, go="check")).url == page_of(attempt)
    text = learner_client.get(page_of(attempt)).text
    said = ("Hay una mejor", "El silencio se entiende como permiso.", 'name="choice"', ">Responder<")
    assert [words in text for words in said] == [True, True, False, False]
    # Another tab, a double tap, the page's script and another device all come too late.
    for go in ("check", "next"):
        late = learner_client.post(page_of(attempt), form_for(item, good, go=go), follow=True)
        assert ("ya vio cuál es la respuesta correcta" in late.text) == (go == "next")
    row = {"question": item["key"], "client": "tab", "number": 9, "response": good}
    reply = post_answers(learner_client, attempt, row)
    assert [refused["number"] for refused in reply.json()["refused"]] == [9]
    assert responses_of(attempt) == {item["key"]: wrong}
    # What the page's script had not sent yet when the button was pressed is the same answer.
    row |= {"number": 8, "response": wrong}
    assert post_answers(learner_client, attempt, row).json()["refused"] == []
    assert AnswerWrite.objects.count() == 1
    assert f'href="{page_of(attempt, 2)}">Siguiente</a>' in text
    submit(attempt)
    assert Attempt.objects.get().grade == 0


def test_checked_question_links_existing_lesson(learner, learner_client):
    make_course(modules=1, lessons=2, quiz=False)
    # The second lesson is not there any more.
    questions = [make_marked(identifier=f"M1-Q{n}", lesson=f"M1-L{n}") for n in (2, 9)]
    attempt = start(learner, make_quiz("m1", questions, feedback_time="now"))
    for number, item in enumerate(attempt.snapshot["questions"], start=1):
        wrong = choice_key(item, "Callar")
        fields = form_for(item, wrong, go="check")
        text = learner_client.post(page_of(attempt, number), fields, follow=True).text
        assert "La eligió, y no es correcta" in text
        assert text.count('href="/es/m1/2/">Dónde se enseña: ') == (number == 1)


def test_checked_answer_outweighs_earlier_write(learner, learner_client):
    attempt = start(learner, make_full_quiz(kinds=["single"], feedback_time="now"))
    item = item_of(attempt, "single")
    give(attempt, item, choice_key(item, "Preguntar en voz alta"), client="phone", number=1)
    learner_client.post(page_of(attempt), form_for(item, choice_key(item, "Saludar"), go="check"))
    assert current_answers(attempt) == {item["key"]: CurrentAnswer(choice_key(item, "Saludar"), is_final=True)}


@pytest.mark.parametrize(
    ("kind", "response", "sentence"),
    [
        ("single", "", "Responda primero esta pregunta."),
        ("number", "doce", "No podemos leer «doce» como un número."),
    ],
)
def test_unanswered_question_is_not_checked(learner, learner_client, kind, response, sentence):
    attempt = start(learner, make_full_quiz(kinds=[kind], feedback_time="now"))
    page = learner_client.post(page_of(attempt), form_for(item_of(attempt, kind), response, go="check"), follow=True)
    assert sentence in page.text
    assert not any(answer.is_final for answer in current_answers(attempt).values())


@pytest.mark.parametrize("rules", [{"feedback_time": "end"}, {"feedback_time": "now", "is_exam": True}])
def test_no_check_if_feedback_comes_later(learner, learner_client, rules):
    attempt = start(learner, make_full_quiz(kinds=["single"], **rules))
    item = item_of(attempt, "single")
    learner_client.post(page_of(attempt), form_for(item, choice_key(item, "Saludar"), go="check"))
    text = learner_client.get(page_of(attempt)).text
    assert [words for words in ("Comprobar", "Así se recibe") if words in text] == []
    assert not current_answers(attempt)[item["key"]].is_final


@pytest.mark.parametrize("name", ["check", "form"])
def test_client_names_of_check_and_form_are_reserved(learner, learner_client, name):
    attempt = start(learner, make_full_quiz(kinds=["single"], feedback_time="now"))
    item = item_of(attempt, "single")
    row = {"question": item["key"], "client": name, "number": 1, "response": choice_key(item, "Saludar")}
    reply = post_answers(learner_client, attempt, row)
    assert [row["place"] for row in reply.json()["refused"]] == [1]
    learner_client.post(page_of(attempt), form_for(item, choice_key(item, "Callar"), client=name, number="1"))
    assert list(AnswerWrite.objects.values_list("client", flat=True)) == ["form"]


def test_page_of_all_questions_saves_every_kind_without_script(learner, learner_client):
    attempt = start(learner, make_full_quiz(kinds=EVERY, layout="all"))
    answers = {kind: right(attempt, kind) for kind in EVERY if kind not in ("open", "reflection")}
    answers["open"] = "Con un saludo."
    sent = learner_client.post(page_of(attempt), page_form(attempt, answers, go="finish"))
    assert sent.url == address("attempt_summary", attempt.pk)
    assert responses_of(attempt) == {item_of(attempt, kind)["key"]: response for kind, response in answers.items()}
    text = learner_client.get(page_of(attempt)).text
    assert text.count('<fieldset class="question"') == len(EVERY)
    assert ('value="estigma"' in text, "Con un saludo." in text) == (True, True)


def test_field_names_and_ids_are_unique_per_question(learner, learner_client):
    questions = [make_kind(kind, f"{kind}-{n}") for kind in EVERY for n in (1, 2)]
    attempt = start(learner, make_quiz("m1", questions, layout="all", asks_certainty=True))
    text = learner_client.get(page_of(attempt)).text
    ids = [part.split('"')[0] for part in text.split(' id="')[1:]]
    assert len(ids) == len(set(ids))
    fields = text[text.index("data-question") : text.index("</ol>\n<p class")]
    names = {part.split('"')[0] for part in fields.split(' name="')[1:]} - {
        "go",
        "csrfmiddlewaretoken",
        "owner",
        "page",
    }
    assert {name[:39] for name in names} == {field_prefix(item) for item in attempt.snapshot["questions"]}


def test_answer_never_reaches_another_question(learner, learner_client):
    attempt = start(learner, make_quiz("m1", 3, layout="all"))
    first, second, _third = attempt.snapshot["questions"]
    fields = page_form(attempt, {}) | {field_prefix(second) + "choice": first["options"][0]["key"]}
    page = learner_client.post(page_of(attempt), fields)
    assert page.status_code == 400
    assert Answer.objects.count() == 0
    assert [held.question for held in LateAnswer.objects.all()] == [second["key"]]


def test_errors_are_listed_with_links_and_rest_is_saved(learner, learner_client):
    attempt = start(learner, make_full_quiz(kinds=["single", "number", "open"], layout="all"))
    answers = {"single": right(attempt, "single"), "number": "doce", "open": "ñ" * 20_001}
    page = learner_client.post(page_of(attempt), page_form(attempt, answers))
    text = page.text
    number, written = item_of(attempt, "number"), item_of(attempt, "open")
    assert page.status_code == 400
    summary = text[text.index('class="error-summary"') : text.index("<answer-saver")]
    assert f'href="#{field_prefix(number)}text">Pregunta 2: No podemos leer «doce»' in summary
    assert f'href="#{field_prefix(written)}text">Pregunta 3: Su respuesta tiene 20,001 caracteres' in summary
    assert answers["open"] in text
    assert responses_of(attempt) == {item_of(attempt, "single")["key"]: answers["single"], number["key"]: "doce"}


def test_old_page_of_all_questions_undoes_nothing(learner, learner_client):
    attempt = start(learner, make_full_quiz(kinds=EVERY, layout="all"))
    for kind in ("single", "number"):
        give(attempt, item_of(attempt, kind), right(attempt, kind))
    learner_client.post(page_of(attempt), page_form(attempt, {}))
    assert responses_of(attempt) == {item_of(attempt, k)["key"]: right(attempt, k) for k in ("single", "number")}


def test_continuing_leads_to_question_on_page_of_all(learner, learner_client):
    attempt = start(learner, make_quiz("m1", 3, layout="all"))
    items = attempt.snapshot["questions"]
    give(attempt, items[0], items[0]["options"][0]["key"])
    sent = learner_client.post(address("quiz_start", "m1"))
    assert sent.url == f"{page_of(attempt)}#{field_prefix(items[1])}question"


def test_summary_counts_questions_and_not_points(learner, learner_client):
    attempt = start(learner, make_quiz("m1", [make_question("Q1", marks=3), make_question("Q2")]))
    give(attempt, attempt.snapshot["questions"][0], attempt.snapshot["questions"][0]["options"][0]["key"])
    assert "1 de 2 preguntas respondidas." in learner_client.get(address("attempt_summary", attempt.pk)).text
    assert "3 puntos" in learner_client.get(page_of(attempt)).text
    assert attempt.snapshot["total"] == 4
