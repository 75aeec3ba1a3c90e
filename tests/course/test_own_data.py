import io
import json
import random
import zipfile
from datetime import timedelta
from html.parser import HTMLParser

import pikepdf
import pytest
import time_machine
from django.apps import apps
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from course.models import AccountChange, Call, Change, User
from course.own_data.personal_data import (
    ABOUT_OTHERS,
    EXCLUDED_COLUMNS,
    EXPORTED,
    EXPORTED_ELSEWHERE,
    export_personal_data,
)
from course.people.accounts import reset_pin
from course.people.audit import audit_log
from quizzes.attempts.taking import save_answer, start_attempt, submit_attempt
from quizzes.models import Attempt, ManualMark
from quizzes.question_forms.export import describe_response, serialize_attempts
from tests.certificates.factories import issue, make_graduate
from tests.factories import NOW, PIN, enrol, make_learner, make_question, make_quiz

pytestmark = pytest.mark.django_db

PAGE = "/accounts/cuenta/datos/"


@pytest.fixture
def ana(course, cohort):
    ana = make_graduate()
    enrol(ana, cohort)
    issue(ana)
    return ana


def own_phone(pin=PIN, **fields):
    browser = Client()
    browser.post("/accounts/login/", {"login": "ANA234", "password": pin} | fields)
    return browser


def opened(content):
    archive = zipfile.ZipFile(io.BytesIO(content))
    assert archive.testzip() is None
    return {name: archive.read(name) for name in archive.namelist()}


def rows_of(kept, name):
    [table] = [table for table in kept["tables"] if table["name"] == name]
    return table["rows"]


def test_whoever_shows_the_pin_gets_a_file_that_other_programs_open(ana, trainer):
    Call.objects.create(cohort=trainer.cohorts_trained.get(), learner=ana, made_by=trainer, reason="9 días sin entrar")
    audit_log("pin_given", by=trainer, cohort=trainer.cohorts_trained.get(), about=[ana], people=1, now=NOW)
    phone = own_phone()
    assert "Descargar mis datos" in phone.get("/accounts/cuenta/").text
    assert "un archivo ZIP" in phone.get(PAGE).text.replace("Un archivo", "un archivo")
    assert phone.post(PAGE, {"present": "000000"}).status_code == 422
    answer = phone.post(PAGE, {"present": PIN})
    assert (answer["Content-Type"], answer["Cache-Control"]) == ("application/zip", "private, no-store")
    files = opened(answer.content)
    serial = ana.certificates.get().serial
    assert set(files) == {"datos.html", "datos.json", f"certificados/{serial}.pdf"}
    with pikepdf.open(io.BytesIO(files[f"certificados/{serial}.pdf"])) as pdf:
        assert len(pdf.pages) >= 1
    kept = json.loads(files["datos.json"])
    assert rows_of(kept, "User")[0]["username"] == "ANA234"
    assert rows_of(kept, "Call")[0] | {"id": 0, "key": 0, "made_at": 0} == {
        "id": 0,
        "key": 0,
        "cohort": str(trainer.cohorts_trained.get()),
        "learner": str(ana),
        "made_by": str(trainer),
        "made_at": 0,
        "reason": "9 días sin entrar",
    }
    assert rows_of(kept, "SignIn")[0]["is_new"] is True
    assert [(row["by"], row["action"]) for row in rows_of(kept, "AuditEntry")] == [(str(trainer), "Dio un PIN nuevo")]
    answers = [answer["answer"] for attempt in kept["attempts"] for answer in attempt["answers"]]
    assert answers
    assert all(answer == ["Saludar"] for answer in answers)
    page = files["datos.html"].decode()
    HTMLParser().feed(page)
    assert ("<dd>sí</dd>" in page, "<dd>True</dd>" in page, "<dd>False</dd>" in page) == (True, False, False)
    assert "9 días sin entrar" in page
    assert "Saludar" in page
    assert AccountChange.objects.filter(person=ana, kind=Change.OWN_FILE).count() == 1


def test_a_shared_computer_offers_and_gives_nothing(ana):
    computer = own_phone(shared="on")
    account = computer.get(reverse("my_account")).text
    assert ("En un dispositivo propio" in account, reverse("own_data") in account) == (True, False)
    page = computer.get(PAGE).text
    assert "No en un dispositivo que usan otras personas" in page
    assert '<input type="password"' not in page
    refused = computer.post(PAGE, {"present": PIN})
    assert refused.status_code == 403
    assert refused["Content-Type"].startswith("text/html")


def test_what_was_answered_before_somebody_gave_a_pin_is_not_in_it(ana, trainer):
    with time_machine.travel(timezone.now() + timedelta(minutes=1), tick=False) as travel:
        pin = reset_pin(ana, by=trainer, now=timezone.now(), chance=random.Random(3))
        travel.shift(timedelta(minutes=1))
        thief = own_phone(pin)
        thief.post("/accounts/pin/", {"new": "905172", "again": "905172"})
        assert "no está en el archivo en este dispositivo" in thief.get(PAGE).text
        files = opened(thief.post(PAGE, {"present": "905172"}).content)
    attempts = json.loads(files["datos.json"])["attempts"]
    assert [attempt["grade"] for attempt in attempts]
    assert {answer["answer"] for attempt in attempts for answer in attempt["answers"] + attempt["writes"]} == {None}
    assert b"Saludar" not in files["datos.json"] + files["datos.html"]


def test_no_secret_is_in_it(ana):
    browser = own_phone()
    content = b"".join(opened(export_personal_data(ana, hidden_before=None, now=timezone.now())).values())
    mark = ana.devices.get()
    for secret in (ana.password, browser.session.session_key, mark.cookie_digest, browser.cookies["device"].value):
        assert secret.encode() not in content


def test_every_table_that_names_a_person_is_in_it_or_said_not_to_be():
    named = {
        (relation.related_model.__name__, relation.field.name)
        for relation in User._meta.get_fields(include_hidden=True)
        if relation.auto_created and not relation.concrete and not relation.related_model._meta.proxy
    }
    told = {(model.__name__, field) for model, field in EXPORTED} - {("User", "pk"), ("AuditEntry", "about__person")}
    assert told & ABOUT_OTHERS == set()
    assert named == told | ABOUT_OTHERS | EXPORTED_ELSEWHERE


def test_what_hangs_on_an_attempt_is_told_with_it():
    hangs = {relation.related_model.__name__ for relation in Attempt._meta.related_objects}
    # A sheet is the paper of an attempt: its contents were keyed in as answers.
    assert hangs == {"Answer", "AnswerWrite", "LateAnswer", "ManualMark", "PaperSheet"}


def test_what_is_held_back_is_there_and_nothing_that_opens_a_door_is_told():
    columns = {f"{model.__name__}.{field.name}" for model, _field in EXPORTED for field in model._meta.concrete_fields}
    assert columns >= EXCLUDED_COLUMNS
    doors = ("digest", "password", "token", "session_key", "secret", "data")
    assert {name for name in columns - EXCLUDED_COLUMNS if name.rsplit(".", 1)[1].endswith(doors)} == set()
    assert {model._meta.app_label for model, _field in EXPORTED} <= {config.label for config in apps.get_app_configs()}


@pytest.mark.parametrize(
    ("kind", "response", "words"),
    [("single", "b", ["Callar"]), ("multiple", ["a", "c"], ["Uno", "Tres"]), ("multiple", [], [])],
)
def test_an_answer_is_told_as_it_was_given_and_not_what_was_right(kind, response, words):
    names = {"single": ("Saludar", "Callar", "Irse"), "multiple": ("Uno", "Dos", "Tres")}[kind]
    choices = [{"identifier": "abc"[n], "text": name, "is_correct": n == 0} for n, name in enumerate(names)]
    question = make_question(kind=kind, choices=choices)
    attempt = start_attempt(
        make_learner(), make_quiz(questions=[question]), language="es", now=NOW, chance=random.Random(1)
    )
    item = attempt.snapshot["questions"][0]
    keys = {option["text"]: option["key"] for option in item["options"]}
    given = [keys[names["abc".index(one)]] for one in response]
    assert sorted(describe_response(item, given if kind == "multiple" else given[0])) == sorted(words)


def test_of_an_exam_neither_grade_nor_comment_is_told_before_its_release(cohort, trainer):
    ana = make_learner(cohort=cohort)
    exam = make_quiz("examen", questions=[make_question(kind="open", choices=[])], is_exam=True)
    attempt = start_attempt(ana, exam, language="es", now=NOW, chance=random.Random(1))
    key = attempt.snapshot["questions"][0]["key"]
    save_answer(attempt, key, "Buenos días", client="p", number=1, given_at=NOW, now=NOW)
    submit_attempt(attempt, now=NOW)
    ManualMark.objects.create(
        attempt=attempt, question_key=key, number=1, fraction=1, comment="Bien", marked_by=trainer
    )
    [told] = serialize_attempts(ana)
    assert (told["grade"], told["comments"]) == (None, [])
    assert told["answers"][0]["answer"] == ["Buenos días"]


def test_the_page_says_who_deletes_an_account_and_what_stays(ana):
    page = own_phone().get("/accounts/cuenta/").text
    assert "pídalo a quien facilita su grupo o administra el sitio" in page
    assert "los certificados emitidos se quedan" in page
    assert reverse("own_data") in page
