import json
from datetime import timedelta

import pytest
from django.core import signing
from django.http import QueryDict
from django.middleware.csrf import _get_new_csrf_string
from django.test import Client
from django.urls import reverse
from django.utils import timezone, translation

from quizzes.attempts import responses
from quizzes.attempts.responses import responses_of
from quizzes.kinds import get_kind
from quizzes.models import AnswerWrite, LateAnswer
from quizzes.question_forms import pending
from quizzes.question_forms.forms import field_prefix
from quizzes.question_forms.pending import save_signed_answer, sign_pending_answer
from tests.factories import make_learner, make_quiz

from .factories import address, choice_key, give, item_of, make_full_quiz, start, submit

pytestmark = pytest.mark.django_db


def send(client, attempt, answers):
    body = answers if isinstance(answers, str | bytes) else json.dumps({"answers": answers})
    return client.post(address("save_answers", attempt.pk), body, content_type="application/json")


def row(item, response, *, number=1, client="tab-1", **more):
    return {"question": item["key"], "client": client, "number": number, "response": response} | more


@pytest.mark.parametrize("checks", [False, True])
def test_form_is_refused_as_batch(learner, checks):
    attempt = start(learner, make_full_quiz())
    browser = Client(enforce_csrf_checks=checks)
    browser.force_login(learner)
    token = _get_new_csrf_string()
    browser.cookies["csrftoken"] = token
    # As a file is sent, in parts: what looks for a token in it leaves nothing to read.
    reply = browser.post(
        address("save_answers", attempt.pk), {"csrfmiddlewaretoken": token, "owner": "x", "answers": "[]"}
    )
    assert reply.status_code in (400, 409)
    assert not AnswerWrite.objects.exists()


def test_batch_is_saved_and_current_answers_returned(learner, learner_client):
    attempt = start(learner, make_full_quiz())
    items = [item for item in attempt.snapshot["questions"] if item["marks"]]
    right = {item["key"]: get_kind(item).read(item, get_kind(item).right_response(item)) for item in items}
    answers = [row(item, right[item["key"]], number=n) for n, item in enumerate(items, start=1)]
    standing = {answer.pop("question"): answer for answer in map(dict, answers)}
    for _time in range(2):
        reply = send(learner_client, attempt, answers)
        assert (reply.status_code, reply.json()) == (200, {"standing": standing, "held": [], "refused": []})
    assert responses_of(attempt) == right
    assert AnswerWrite.objects.count() == 5


def test_older_answer_arriving_later_does_not_count(learner, learner_client):
    attempt = start(learner, make_quiz("m1", 1))
    item = attempt.snapshot["questions"][0]
    old, new = choice_key(item, "Callar"), choice_key(item, "Saludar")
    send(learner_client, attempt, [row(item, new, number=2)])
    reply = send(learner_client, attempt, [row(item, old, number=1)])
    assert reply.json()["standing"][item["key"]]["response"] == new
    # From another device, given an hour before it is sent: its own clock is years off.
    moments = {"given_at": "2019-01-01T10:00:00Z", "sent_at": "2019-01-01T11:00:00.000Z"}
    reply = send(learner_client, attempt, [row(item, old, client="phone", **moments)])
    assert reply.json()["standing"][item["key"]] == {"response": new, "client": "tab-1", "number": 2}
    write = AnswerWrite.objects.get(client="phone")
    assert timedelta(minutes=59) < timezone.now() - write.given_at < timedelta(minutes=61)


def test_unplaced_answers_are_reported_and_rest_is_saved(learner, learner_client):
    attempt = start(learner, make_full_quiz())
    single, reflection = item_of(attempt, "single"), item_of(attempt, "reflection")
    answers = [row(single, choice_key(single, "Saludar")), row(single, {"x": []}, number=2)]
    answers += [row(reflection, "Una vez…", number=3)]
    answers += [row({"key": "gone"}, "x", number=4), row({"key": None}, "x", number=5)]
    reply = send(learner_client, attempt, answers)
    assert reply.status_code == 200
    held = [(row["number"], row["kept_for"]) for row in reply.json()["held"]]
    assert held == [(2, "unreadable"), (4, "paper"), (5, "paper")]
    # What reaches a reflection is kept nowhere.
    assert [refused["number"] for refused in reply.json()["refused"]] == [3]
    assert AnswerWrite.objects.count() == 1
    assert "Una vez" not in str(list(LateAnswer.objects.values_list("response")))


@pytest.mark.parametrize(
    "body",
    ["", "{", "null", "7", '"x"', "{}", '{"answers": {}}', json.dumps([{}] * 501), "[" * 100_000, b"\xff\xfe"],
    ids=lambda body: repr(body)[:60],
)
def test_invalid_body_is_refused_with_message(learner, learner_client, body):
    attempt = start(learner, make_quiz("m1", 1))
    reply = send(learner_client, attempt, body)
    assert reply.status_code == 400
    assert "no se cambió nada" in reply.json()["error"]
    assert AnswerWrite.objects.count() == 0


WRONG = {
    "number": ["9" * 5_000, "true", "-1", "1e400", "9" * 20],
    "client": ['"form"', '["tab"]', '"a b"'],
    "given_at": ['"yesterday"', "12", '"2026-13-45T99:00:00Z"', '"2026-01-01T10:00:00"'],
    "sent_at": ['"0001-01-01T00:00Z", "given_at": "9999-12-31T00:00Z"'],
}


def malformed_rows():
    yield from ("null", "[]", "{}", '"x"', '{"client": "tab", "number": 1, "response": "a"}')
    for name, value in ((name, value) for name, values in WRONG.items() for value in values):
        fields = {"question": '"x"', "client": '"tab"', "number": "1", "response": '"a"', name: value}
        yield "{" + ", ".join(f'"{name}": {value}' for name, value in fields.items()) + "}"


@pytest.mark.postgres
@pytest.mark.parametrize("bad", malformed_rows(), ids=lambda bad: repr(bad)[:60])
def test_malformed_row_is_reported_and_rest_is_saved(learner, learner_client, bad):
    attempt = start(learner, make_quiz("m1", 2))
    first, second = attempt.snapshot["questions"]
    good = [json.dumps(row(item, choice_key(item, "Saludar"))) for item in (first, second)]
    reply = send(learner_client, attempt, f"[{good[0]}, {bad}, {good[1]}]")
    assert reply.status_code == 200
    assert responses_of(attempt) == {item["key"]: choice_key(item, "Saludar") for item in (first, second)}
    result = reply.json()
    assert sorted(result["standing"]) == sorted([first["key"], second["key"]])
    [refused] = result["refused"]
    assert (refused["place"], "no se cambió nada" in refused["reason"]) == (2, True)
    assert send(learner_client, attempt, f"[{bad}, {good[0]}]").json()["standing"][first["key"]]["number"] == 1
    assert AnswerWrite.objects.count() == 2
    assert not LateAnswer.objects.exists()


def test_visitor_gets_401_and_submitted_attempt_409(client, learner, learner_client):
    attempt = start(learner, make_quiz("m1", 1))
    item = attempt.snapshot["questions"][0]
    submit(attempt)
    reply = send(learner_client, attempt, [row(item, choice_key(item, "Saludar"))])
    assert (reply.status_code, reply.json()["result"]) == (409, f"/es/cuestionario/intento/{attempt.pk}/revision/")
    assert [row["kept_for"] for row in reply.json()["held"]] == ["submitted"]
    client.logout()
    reply = send(client, attempt, [row(item, choice_key(item, "Saludar"))])
    assert (reply.status_code, reply.json()) == (401, {"error": "Su sesión terminó. Ingrese de nuevo para continuar."})
    assert AnswerWrite.objects.count() == 0
    assert client.get(reply.wsgi_request.path).status_code == 405


def test_quiz_of_250_questions_saves_all_answers(learner, learner_client):
    attempt = start(learner, make_quiz("m1", 250))
    rows = [row(item, choice_key(item, "Saludar"), number=n) for n, item in enumerate(attempt.snapshot["questions"])]
    for first in range(0, 250, 50):
        assert send(learner_client, attempt, rows[first : first + 50]).status_code == 200
    assert submit(attempt).grade == 100


def test_last_of_very_many_writes_counts(learner, learner_client, monkeypatch):
    attempt = start(learner, make_quiz("m1", 2))
    first, second = attempt.snapshot["questions"]
    keys = [option["key"] for option in first["options"]]
    rows = [row(first, keys[n % 3], number=n) for n in range(1, 20)]
    send(learner_client, attempt, [*rows, row(first, keys[0], client="phone", number=1), row(second, "")])
    monkeypatch.setattr(responses, "MAX_WRITES_READ", 3)
    reply = send(learner_client, attempt, [rows[4], rows[9], row(first, keys[1], number=20)])
    assert reply.json()["standing"] == {first["key"]: {"response": keys[1], "client": "tab-1", "number": 20}}
    assert AnswerWrite.objects.filter(client="tab-1").count() == 21


@pytest.fixture
def attempt(learner):
    return start(learner, make_quiz("m1", 3))


def form_of(item, text, **more):
    form = QueryDict(mutable=True)
    form.update({"question": item["key"], "choice": choice_key(item, text), "go": "next", "shown": '""'} | more)
    return form


def sign(attempt, form, *, ago=timedelta(minutes=1)):
    return sign_pending_answer(attempt.pk, form, given_at=timezone.now() - ago)


def save(signed, learner):
    return save_signed_answer(signed, learner, now=timezone.now())


def test_answer_of_visitor_is_carried_to_sign_in_page(client, learner, attempt):
    item = attempt.snapshot["questions"][0]
    form = form_of(item, "Saludar").dict() | {"csrfmiddlewaretoken": "secret"}
    page = client.post(reverse("attempt_question", args=[attempt.pk, 1]), form)
    assert "form" in page.text
    assert AnswerWrite.objects.count() == 0
    assert "secret" not in page.text


def test_pending_answer_is_saved_for_its_learner(learner, attempt):
    item = attempt.snapshot["questions"][0]
    signed = sign(attempt, form_of(item, "Saludar"))
    for _time in range(2):
        assert save(signed, learner) == (reverse("attempt_question", args=[attempt.pk, 2]), "")
    assert responses_of(attempt) == {item["key"]: choice_key(item, "Saludar")}


def test_pending_page_of_all_questions_is_saved(learner):
    attempt = start(learner, make_quiz("m2", 3, layout="all"))
    first, second, _third = attempt.snapshot["questions"]
    form = QueryDict(mutable=True)
    form.update({"page": "1", "go": "finish"})
    for item in attempt.snapshot["questions"]:
        form[field_prefix(item) + "shown"] = '""'
    given = {item["key"]: choice_key(item, text) for item, text in ((first, "Saludar"), (second, "Callar"))}
    form.update({f"q-{key}-choice": choice for key, choice in given.items()})
    assert save(sign(attempt, form), learner).address == reverse("attempt_summary", args=[attempt.pk])
    assert responses_of(attempt) == given


def test_pending_answer_counts_from_when_it_was_given(learner, attempt):
    item = attempt.snapshot["questions"][0]
    signed = sign(attempt, form_of(item, "Callar"), ago=timedelta(minutes=30))
    moment = timezone.now() - timedelta(minutes=10)
    attempt.started_at = moment
    give(attempt, item, choice_key(item, "Saludar"), after=0)
    save(signed, learner)
    assert responses_of(attempt) == {item["key"]: choice_key(item, "Saludar")}


def test_next_page_is_in_language_of_pending_answer(learner, attempt):
    signed = sign(attempt, form_of(attempt.snapshot["questions"][0], "Saludar"))
    with translation.override("en"):
        assert save(signed, learner).address.startswith("/es/")


def test_pending_answer_is_not_saved_for_another_learner(attempt):
    item = attempt.snapshot["questions"][0]
    signed = sign(attempt, form_of(item, "Saludar"))
    assert save(signed, make_learner("EVA222")) is None
    assert AnswerWrite.objects.count() == 0


def test_forged_and_expired_pending_answers_are_refused(learner, attempt, monkeypatch):
    item = attempt.snapshot["questions"][0]
    signed = sign(attempt, form_of(item, "Saludar"))
    other_salt = signing.dumps(signing.loads(signed, salt=pending.SALT), salt="another")
    for text in ("", "nobody", signed[:-3] + "abc", signed + "x", other_salt):
        assert save(text, learner) is None
    monkeypatch.setattr(pending, "MAX_AGE", -1)
    assert save(signed, learner) is None
    assert AnswerWrite.objects.count() == 0


def test_late_pending_answer_leads_to_review_and_unreadable_one_to_summary(learner, attempt):
    item = attempt.snapshot["questions"][0]
    unreadable = sign(attempt, form_of(item, "Saludar", choice="nobody"))
    strange = sign(attempt, QueryDict("question=gone"))
    for text in (unreadable, strange):
        saved = save(text, learner)
        assert saved.address == reverse("attempt_summary", args=[attempt.pk])
        assert "no se cambió nada" in saved.problem.lower()
    signed = sign(attempt, form_of(item, "Saludar"))
    submit(attempt)
    saved = save(signed, learner)
    assert saved.address == reverse("attempt_result", args=[attempt.pk])
    assert "llegó tarde" in saved.problem
    assert AnswerWrite.objects.count() == 0
    assert [held.reason for held in attempt.late_answers.order_by("pk")] == ["unreadable", "paper", "submitted"]


def test_too_long_form_is_not_carried(learner, attempt):
    signed = sign(attempt, QueryDict("question=" + "x" * 1_100_000))
    assert len(signed) < 500
    assert save(signed, learner).address == reverse("attempt_summary", args=[attempt.pk])
    assert not attempt.late_answers.exists()
