import json
import random
import re

import pytest
from django.contrib.auth import SESSION_KEY
from django.core import signing
from django.http import QueryDict
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from course.models import Attendance, AuditEntry, User
from course.people.accounts import reset_pin
from course.people.leaving import archive_person
from course.people.merging import merge_accounts
from course.people.owner_tokens import SALT, make_owner_token, page_owner
from course.people.pins import choose_pin
from course.sessions.attendance import open_door
from modules.models import LessonRead
from quizzes.attempts.taking import start_attempt, submit_attempt
from quizzes.models import AnswerWrite, Attempt, LateAnswer, Quiz, Reason
from quizzes.question_forms.forms import save_form
from tests.course.test_sessions import make_session
from tests.factories import PIN, make_course, make_learner, make_question, make_quiz, make_trainer

pytestmark = pytest.mark.django_db

KEPT = "Esta página era de la persona de antes. Su respuesta quedó guardada para ella."
NOT_KEPT = "Esta página era de la persona de antes. Nada de ella se anotó a nombre de nadie."
NOTHING = {"of_another": True, "is_kept": False, "error": NOT_KEPT}


@pytest.fixture
def nicolas(cohort):
    return make_learner("NIC234", "Nicolás", "Tzoc Ba", cohort=cohort)


@pytest.fixture
def browser(nicolas):
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(nicolas)
    return browser


def begun(learner, quiz):
    return start_attempt(learner, quiz, language="es", now=timezone.now(), chance=random.Random(1))


@pytest.fixture
def attempt(ana):
    return begun(ana, make_quiz(questions=2))


def page_of(attempt, number=1):
    return reverse("attempt_question", args=[attempt.pk, number])


def form_of(attempt, owner, **more):
    item = attempt.snapshot["questions"][0]
    return {"question": item["key"], "choice": item["options"][0]["key"], "owner": make_owner_token(owner), **more}


def send_batch(browser, attempt, owner, body=None, token=None):
    if body is None:
        item = attempt.snapshot["questions"][0]
        answer = {"question": item["key"], "client": "tab", "number": 1, "response": item["options"][0]["key"]}
        body = json.dumps({"answers": [answer | dict.fromkeys(("given_at", "sent_at"), timezone.now().isoformat())]})
    headers = {"X-Owner": token or make_owner_token(owner), "Accept": "application/json"}
    address = reverse("save_answers", args=[attempt.pk])
    return browser.post(address, body, content_type="application/json", headers=headers)


def test_lesson_on_a_page_of_the_previous_user_is_marked_for_no_one(browser, ana, nicolas):
    lesson = make_course(modules=1, lessons=1).get_descendants().last()
    address = reverse("mark_lesson_read", args=[lesson.translation_key])
    [token] = set(re.findall(r'name="csrfmiddlewaretoken" value="([^"]+)"', browser.get(reverse("comfort")).text))
    for sent in ("old", token):
        answer = browser.post(address, {"owner": make_owner_token(ana), "csrfmiddlewaretoken": sent})
        page = answer.text
        assert (answer.status_code, NOT_KEPT in page, str(ana) in page) == (409, True, False)
        assert "Un toque más" not in page
    assert not LessonRead.objects.exists()
    assert browser.post(address, {"owner": make_owner_token(nicolas), "csrfmiddlewaretoken": token}).status_code == 302
    assert LessonRead.objects.get().learner == nicolas


def test_a_lesson_form_that_does_not_say_whose_it_is_is_not_offered_to_be_confirmed(browser):
    lesson = make_course(modules=1, lessons=1).get_descendants().last()
    page = browser.post(reverse("mark_lesson_read", args=[lesson.translation_key]), {}).text
    assert ("La página venció" in page, "Un toque más" in page) == (True, False)


def test_an_answer_of_the_person_before_is_theirs(browser, ana, attempt):
    answer = browser.post(page_of(attempt), form_of(attempt, ana, go="next", csrfmiddlewaretoken="old"))
    page = answer.text
    assert (answer.status_code, KEPT in page, str(ana) in page) == (409, True, False)
    assert [write.attempt.learner for write in AnswerWrite.objects.all()] == [ana]
    assert attempt.answers.count() == 1
    again = form_of(attempt, ana, shown=json.dumps(attempt.answers.get().response))
    assert NOT_KEPT in browser.post(page_of(attempt), again).text
    assert AnswerWrite.objects.count() == 1


@pytest.mark.parametrize("go", ["finish", "clock", "check", "2"])
def test_no_button_of_another_persons_page_does_anything(browser, ana, attempt, go):
    assert browser.post(page_of(attempt), form_of(attempt, ana, go=go)).status_code == 409
    attempt.refresh_from_db()
    assert (attempt.submitted_at, attempt.writes.get().client) == (None, "form")


def test_the_script_of_the_page_delivers_to_the_owner_and_is_told(browser, ana, attempt):
    for _time in range(2):
        answer = send_batch(browser, attempt, ana)
        assert (answer.status_code, answer.json()) == (409, {"of_another": True, "is_kept": True, "error": KEPT})
    assert AnswerWrite.objects.get().attempt.learner == ana
    assert send_batch(browser, attempt, ana, "[").status_code == 400


def test_an_answer_after_the_attempt_was_sent_waits_for_the_trainer(browser, ana, attempt):
    send_batch(browser, attempt, ana)
    submit_attempt(attempt, now=timezone.now())
    item = attempt.snapshot["questions"][1]
    later = {"question": item["key"], "choice": item["options"][0]["key"], "owner": make_owner_token(ana)}
    assert KEPT in browser.post(page_of(attempt, 2), later).text
    held = LateAnswer.objects.get()
    assert (held.attempt, held.reason) == (attempt, Reason.SUBMITTED)


def test_nothing_else_of_another_persons_page_is_recorded(browser, ana, nicolas, attempt, cohort):
    session = make_session(cohort)
    open_door(session, now=timezone.now())
    before = User.objects.get(pk=nicolas.pk).comfort
    posts = {
        reverse("attempt_submit", args=[attempt.pk]): {},
        reverse("quiz_start", args=[attempt.snapshot["identifier"]]): {},
        reverse("attend_session", args=[session.token]): {},
        reverse("comfort"): {"size": "150", "theme": "dark"},
        reverse("choose_role"): {"role": "jefatura"},
        reverse("my_account"): {"present": PIN, "new": "905172", "again": "905172"},
        reverse("my_mail"): {"email": "ana@example.org"},
        reverse("my_details"): {"phone": "5555 1234"},
        reverse("account_logout"): {},
    }
    for address, fields in posts.items():
        answer = browser.post(address, fields | {"owner": make_owner_token(ana)})
        assert (answer.status_code, NOT_KEPT in answer.text) == (409, True), address
    fields, headers = {"owner": make_owner_token(ana)}, {"Accept": "application/json"}
    by_script = browser.post(reverse("comfort"), fields, headers=headers)
    assert (by_script.status_code, by_script.json()) == (409, NOTHING)
    after = User.objects.get(pk=nicolas.pk)
    assert (after.comfort, after.role, after.email, after.check_password(PIN)) == (before, nicolas.role, "", True)
    assert not Attendance.objects.exists()
    assert Attempt.objects.get().submitted_at is None
    assert browser.session[SESSION_KEY] == str(nicolas.pk)


def test_desk_page_of_another_user_is_refused(cohort, trainer, ana):
    other = make_trainer("otra", first_name="Rosa")
    cohort.trainers.add(other)
    browser = Client()
    browser.force_login(other)
    entries = AuditEntry.objects.count()
    address = reverse("desk_new_pin", args=[cohort.pk, ana.pk])
    assert browser.post(address, {"owner": make_owner_token(trainer)}).status_code == 409
    assert (AuditEntry.objects.count(), User.objects.get(pk=ana.pk).check_password(PIN)) == (entries, True)


def test_an_own_page_works_before_and_after_an_own_new_pin(browser, nicolas):
    before = make_owner_token(nicolas)
    choose_pin(nicolas, "905172")
    assert page_owner(before) == (nicolas, False)


def test_answer_from_before_a_pin_reset_waits_for_a_decision(browser, ana, attempt, trainer):
    form = form_of(attempt, ana)
    reset_pin(ana, by=trainer, now=timezone.now(), chance=random.Random(1))
    assert KEPT in browser.post(page_of(attempt), form).text
    held = LateAnswer.objects.get()
    assert (held.attempt, held.reason, AnswerWrite.objects.exists()) == (attempt, Reason.STALE_PAGE, False)


def test_after_a_merger_the_page_is_of_who_remains(browser, ana, attempt, cohort, trainer):
    kept = make_learner("ANA999", cohort=cohort)
    form = form_of(attempt, ana)
    merge_accounts(kept, ana, by=trainer, cohort=cohort, now=timezone.now())
    assert KEPT in browser.post(page_of(attempt), form).text
    assert AnswerWrite.objects.get().attempt.learner == kept
    own = Client(enforce_csrf_checks=True)
    own.force_login(kept)
    assert "Un toque más" in own.post(page_of(attempt), form).text


def test_who_was_archived_meanwhile_loses_no_answer(browser, ana, attempt, cohort, trainer):
    archive_person(ana, cohort, by=trainer, now=timezone.now())
    assert KEPT in browser.post(page_of(attempt), form_of(attempt, ana)).text
    assert AnswerWrite.objects.get().attempt.learner == ana


def test_owner_token_of_a_deleted_account_has_no_owner(browser, ana, nicolas):
    token = make_owner_token(ana)
    User.objects.filter(pk=ana.pk).delete()
    assert page_owner(token) == (None, False)
    assert NOT_KEPT in browser.post(reverse("choose_role"), {"role": "apoyo", "owner": token}).text
    assert User.objects.get(pk=nicolas.pk).role == nicolas.role


@pytest.mark.parametrize("token", ["x", "x:y", "\x00", "ñ" * 5000, signing.Signer(salt=SALT).sign_object(["p"])])
def test_forged_owner_token_has_no_owner(browser, attempt, token):
    fields = form_of(attempt, attempt.learner) | {"owner": token}
    assert browser.post(page_of(attempt), fields).status_code == 409
    assert not AnswerWrite.objects.exists()


def test_the_token_of_one_person_reaches_no_attempt_of_another(browser, ana, nicolas, attempt):
    eva = make_learner("EVA234", "Eva", "Tum")
    assert NOT_KEPT in browser.post(page_of(attempt), form_of(attempt, eva)).text
    answer = send_batch(browser, attempt, eva)
    assert (answer.status_code, answer.json()) == (409, NOTHING)
    assert not AnswerWrite.objects.exists()


@pytest.mark.parametrize("state", ["sent", "a new PIN since"])
@pytest.mark.parametrize("by_script", [False, True])
def test_sending_each_option_does_not_reveal_the_answer(browser, ana, attempt, trainer, state, by_script):
    token, item = make_owner_token(ana), attempt.snapshot["questions"][0]
    options, moment = [option["key"] for option in item["options"]], timezone.now()
    save_form(attempt, QueryDict(f"question={item['key']}&choice={options[1]}"), given_at=moment, now=moment)
    if state == "sent":
        submit_attempt(attempt, now=timezone.now())
    else:
        reset_pin(ana, by=trainer, now=timezone.now(), chance=random.Random(1))
    told = set()
    # The one that was given first: what is sent after another says something new in any case.
    for number, option in enumerate([options[1], options[0]], start=1):
        if by_script:
            answer = {"question": item["key"], "client": "tab", "number": number, "response": option}
            page = send_batch(browser, attempt, ana, json.dumps([answer]), token=token).json()["error"]
        else:
            fields = {"question": item["key"], "choice": option, "owner": token}
            page = re.sub(r'value="\w+"', "", browser.post(page_of(attempt), fields).text)
        told.add(page)
    assert len(told) == 1
    assert KEPT in told.pop()


def test_what_was_too_long_to_keep_is_not_said_to_be_kept(browser, ana):
    open_question = make_question("L-Q1", kind="open", choices=[], marking_guide="x")
    attempt = begun(ana, make_quiz("largo", [open_question]))
    item, endless = attempt.snapshot["questions"][0], "a" * 200_000
    answer = {"question": item["key"], "client": "tab", "number": 1, "response": endless}
    assert send_batch(browser, attempt, ana, json.dumps([answer])).json() == NOTHING
    form = {"question": item["key"], "text": endless, "owner": make_owner_token(ana)}
    assert NOT_KEPT in browser.post(page_of(attempt), form).text
    assert (AnswerWrite.objects.count(), LateAnswer.objects.count()) == (0, 0)


@pytest.mark.parametrize("headers", [{"origin": "https://mal.example"}, {"sec-fetch-site": "cross-site"}])
def test_another_site_can_do_nothing_with_a_token(browser, ana, nicolas, attempt, headers):
    token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', browser.get(reverse("comfort")).text)[1]
    fields = form_of(attempt, ana) | {"csrfmiddlewaretoken": token}
    assert browser.post(page_of(attempt), fields, headers=headers).status_code == 403
    own = {"size": "150", "owner": make_owner_token(nicolas), "csrfmiddlewaretoken": token}
    for without_owner in ({}, {"owner": ""}):
        assert browser.post(reverse("comfort"), own | without_owner, headers=headers).status_code == 403
    assert not AnswerWrite.objects.exists()
    assert User.objects.get(pk=nicolas.pk).comfort == nicolas.comfort


@pytest.mark.parametrize(("names_owner", "said"), [(True, KEPT), (False, "no se guardó")])
def test_pending_answer_is_saved_for_its_owner_or_not_at_all(ana, nicolas, attempt, names_owner, said):
    browser, form = Client(), form_of(attempt, ana, go="next")
    if not names_owner:
        del form["owner"]
    carried = re.search(r'name="pending_answer" value="([^"]*)"', browser.post(page_of(attempt), form).text)[1]
    fields = {"login": "NIC234", "password": PIN, "pending_answer": carried}
    assert said in browser.post(reverse("account_login"), fields, follow=True).text
    assert [write.attempt.learner for write in AnswerWrite.objects.all()] == [ana] * names_owner


def test_every_form_of_a_signed_in_person_says_whose_it_is(ana, cohort, trainer):
    course = make_course(modules=1, lessons=1)
    quiz = Quiz.objects.get()
    attempt = begun(ana, quiz)
    session = make_session(cohort)
    open_door(session, now=timezone.now())
    own = ["my_account", "my_mail", "my_details", "choose_role", "comfort", "join_group", "my_course"]
    pages = {
        ana: [
            *map(reverse, own),
            course.get_descendants().last().url,
            page_of(attempt),
            reverse("attempt_summary", args=[attempt.pk]),
            reverse("quiz_entry", args=[quiz.identifier]),
            reverse("attend_session", args=[session.token]),
        ],
        trainer: [reverse("desk_cohorts"), reverse("desk_session", args=[cohort.pk, session.pk])],
    }
    for person, addresses in pages.items():
        browser = Client()
        browser.force_login(person)
        for address in addresses:
            page = browser.get(address).text
            posting = re.findall(r'<form[^>]*method="post".*?</form>', page, re.DOTALL)
            assert posting, address
            for form in posting:
                assert f'name="owner" value="{make_owner_token(person)}"' in form, address
            assert page.count('<meta name="owner"') == 1


def test_page_of_a_visitor_has_no_owner():
    assert "owner" not in Client().get(reverse("account_login")).text
