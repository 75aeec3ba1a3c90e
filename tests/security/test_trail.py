import json
import random
from datetime import timedelta

import pytest
import time_machine
from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.models import Session
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from course.cleanup import clean_up
from course.models import AccountChange, Change, SignIn
from course.people.accounts import reset_pin
from course.people.merging import merge_accounts
from course.people.owner_tokens import make_owner_token
from course.people.pins import choose_pin
from quizzes.attempts.taking import start_attempt
from quizzes.models import Answer
from tests.addresses import all_addresses
from tests.factories import (
    PASSWORD,
    PIN,
    attempt_quiz,
    make_course,
    make_learner,
    make_quiz,
    make_staff,
    make_trainer,
)
from tests.security.test_one_way_in import some_address

pytestmark = pytest.mark.django_db

LOGIN = "/accounts/login/"
NEW = "905172"
HIDDEN = "Estas respuestas no se muestran aquí"
CHOSEN = "La eligió, y es correcta"
PHONE = (
    "Mozilla/5.0 (Linux; Android 13; SM-A135M) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0 Mobile Safari/537.36"
)


class Clock:
    def __init__(self, travel):
        self.travel = travel

    def on(self, **time):
        self.travel.shift(timedelta(**time))
        return timezone.now()


@pytest.fixture
def clock():
    with time_machine.travel(timezone.now(), tick=False) as travel:
        yield Clock(travel)


@pytest.fixture
def quiz():
    make_course(modules=0)
    return make_quiz("m1", questions=2)


def sign_in(browser, pin, *, code="ANA234", shared=False):
    fields = {"login": code, "password": pin} | ({"shared": "on"} if shared else {})
    answer = browser.post(LOGIN, fields, headers={"user-agent": PHONE})
    assert SESSION_KEY in browser.session, answer.text
    return browser


def sign_out(browser):
    browser.post("/accounts/logout/")


def a_new_pin(person, trainer, clock):
    pin = reset_pin(person, by=trainer, now=clock.on(minutes=1), chance=random.Random(3))
    clock.on(minutes=1)
    return pin


def come_in_with(browser, pin, *, own=NEW, **how):
    sign_in(browser, pin, **how)
    browser.post("/accounts/pin/", {"new": own, "again": own})
    return browser


def review(browser, attempt):
    return browser.get(reverse("attempt_result", args=[attempt.pk])).text


def shows_answers(browser, attempt):
    page, address = review(browser, attempt), reverse("attempt_answers", args=[attempt.pk])
    answers = browser.get(address, follow=True).text
    assert "2 de 2" in page, "the grade is always there"
    assert (HIDDEN in page) == (HIDDEN in answers) != (address in page) == (CHOSEN in answers)
    return CHOSEN in answers


# What opens before an own PIN is chosen: leaving, reading as one likes, and what is open to anybody or nobody's.
OPEN = {"choose_pin", "account_logout", "keep_alive", "set_language", "comfort", "stop_reminders", "confirm_address"}
OPEN |= {"accept_invitation", "live", "ready", "service_worker", "deliver_facts"}


@pytest.mark.parametrize("by_script", [False, True], ids=["form", "script"])
def test_with_a_given_pin_nothing_opens_but_the_page_of_an_own_one(ana, trainer, quiz, clock, by_script):
    attempt_quiz(ana, quiz, now=clock.on())
    browser = sign_in(Client(raise_request_exception=False), a_new_pin(ana, trainer, clock))
    headers = {"accept": "application/json"} if by_script else {}
    opened = set()
    for one in all_addresses():
        address = some_address(one)
        # A catch-all of the admin that only a pattern describes; another one above it has an address.
        if address is None or one.name in OPEN:
            continue
        asked = [browser.post(address, {"x": "1"}, headers=headers)]
        for answer in asked if by_script else [*asked, browser.get(address)]:
            closed = answer.status_code == 403 and not answer.content
            if not closed and not answer.get("Location", "").startswith("/accounts/pin/"):
                opened.add((one.name, answer.status_code))
    assert opened == set()
    assert SESSION_KEY in browser.session


def test_person_with_a_reset_pin_reads_by_whom_and_when_before_choosing_another(ana, trainer, clock):
    pin = a_new_pin(ana, trainer, clock)
    given = AccountChange.objects.get(kind=Change.PIN_GIVEN)
    sign_in(Client(), pin)
    clock.on(minutes=5)
    page = sign_in(Client(), pin).get("/accounts/pin/").text
    said = ["Se dio un PIN nuevo", f"por {trainer}", timezone.localtime(given.at).strftime("%H:%M")]
    said += ["Desde entonces alguien entró con su código", "Chrome en Android, teléfono"]
    assert [words for words in said if words not in page] == []


def test_pin_reset_ends_all_sessions(ana, trainer, clock):
    phone, shared = sign_in(Client(), PIN), sign_in(Client(), PIN, shared=True)
    assert Session.objects.count() == 2
    a_new_pin(ana, trainer, clock)
    assert Session.objects.count() == 0
    for browser in (phone, shared):
        assert browser.get("/accounts/cuenta/").url.startswith(LOGIN)
    assert set(SignIn.objects.values_list("ending", flat=True)) == {"pin"}


def test_the_trainer_who_gave_the_pin_sees_grades_and_no_answer(ana, trainer, quiz, clock):
    attempt = attempt_quiz(ana, quiz, now=clock.on())
    browser = come_in_with(Client(), a_new_pin(ana, trainer, clock))
    assert not shows_answers(browser, attempt)
    mine = browser.get(reverse("my_quizzes")).text
    assert ("no cuenta en esta tabla en este dispositivo" in mine, "<td>2</td>" in mine) == (True, False)
    assert shows_answers(browser, attempt_quiz(ana, quiz, now=clock.on(minutes=1)))


def test_a_phone_of_ones_own_that_was_known_before_shows_them(ana, trainer, quiz, clock):
    attempt = attempt_quiz(ana, quiz, now=clock.on())
    phone = sign_in(Client(), PIN)
    assert shows_answers(phone, attempt)
    assert shows_answers(come_in_with(phone, a_new_pin(ana, trainer, clock)), attempt)
    assert not shows_answers(sign_in(Client(), NEW), attempt)


def test_a_shared_computer_that_was_known_shows_none_with_or_without_the_tick(ana, trainer, quiz, clock):
    attempt = attempt_quiz(ana, quiz, now=clock.on())
    computer = sign_in(Client(), PIN, shared=True)
    assert shows_answers(computer, attempt)
    sign_out(computer)
    come_in_with(computer, a_new_pin(ana, trainer, clock))
    for shared in (False, True, False, False):
        assert not shows_answers(computer, attempt)
        sign_out(computer)
        clock.on(minutes=1)
        sign_in(computer, NEW, shared=shared)


def test_giving_a_pin_twice_makes_no_known_device_of_the_trainers_own(ana, trainer, quiz, clock):
    attempt = attempt_quiz(ana, quiz, now=clock.on())
    browser = come_in_with(Client(), a_new_pin(ana, trainer, clock))
    come_in_with(browser, a_new_pin(ana, trainer, clock), own="739182")
    assert not shows_answers(browser, attempt)


@pytest.mark.parametrize("kept", ["ana", "puppet"])
def test_merging_with_an_account_that_the_trainer_made_shows_nothing(ana, trainer, cohort, quiz, clock, kept):
    attempt = attempt_quiz(ana, quiz, now=clock.on())
    puppet = make_learner("CDF234", cohort=cohort)
    browser = sign_in(Client(), PIN, code="CDF234")
    first, second = (ana, puppet) if kept == "ana" else (puppet, ana)
    merge_accounts(first, second, by=trainer, cohort=cohort, now=clock.on(minutes=1))
    clock.on(minutes=1)
    if kept == "ana":
        come_in_with(browser, a_new_pin(ana, trainer, clock))
    else:
        sign_in(browser, PIN, code="CDF234")
    assert not shows_answers(browser, attempt)
    assert AccountChange.objects.filter(kind=Change.MERGED, by=trainer).exists()


@pytest.fixture
def begun(ana, quiz, clock):
    attempt = start_attempt(ana, quiz, language="es", now=clock.on(), chance=random.Random(1))
    item = attempt.snapshot["questions"][0]
    browser = sign_in(Client(), PIN)
    form = {"question": item["key"], "choice": item["options"][0]["key"], "shown": '""', "go": "next"}
    browser.post(reverse("attempt_question", args=[attempt.pk, 1]), form)
    assert "checked" in browser.get(reverse("attempt_question", args=[attempt.pk, 1])).text
    return attempt


def standing(attempt):
    return dict(Answer.objects.filter(attempt=attempt).values_list("question_key", "response"))


def test_an_attempt_that_was_begun_goes_on_without_its_answers_being_shown(ana, trainer, begun, clock):
    browser = come_in_with(Client(), a_new_pin(ana, trainer, clock))
    first, given = reverse("attempt_question", args=[begun.pk, 1]), standing(begun)
    page = browser.get(first).text
    assert "Respondida. Usted respondió esta pregunta antes de que alguien le diera un PIN" in page
    assert " checked" not in page
    assert "1 de 2 preguntas respondidas" in browser.get(reverse("attempt_summary", args=[begun.pk])).text
    item = begun.snapshot["questions"][0]
    browser.post(first, {"question": item["key"], "shown": '""', "go": "next"})
    assert standing(begun) == given
    write = {"question": item["key"], "client": "x", "number": 1, "response": item["options"][1]["key"]}
    old = (timezone.now() - timedelta(days=1)).isoformat()
    sent = json.dumps([write | {"given_at": old, "sent_at": timezone.now().isoformat()}])
    reply = browser.post(reverse("save_answers", args=[begun.pk]), sent, content_type="application/json").json()
    assert all("response" not in told for told in reply["standing"].values())
    clock.on(minutes=1)
    browser.post(first, {"question": item["key"], "shown": '""', "choice": item["options"][1]["key"], "go": "next"})
    assert standing(begun) != given
    assert " checked" in browser.get(first).text


def test_a_new_device_is_told_on_a_known_one_and_not_on_itself(ana, quiz, clock):
    told = "Alguien entró con su código por primera vez en otro dispositivo"
    phone = sign_in(Client(), PIN)
    sign_out(phone)
    clock.on(minutes=1)
    assert told not in sign_in(phone, PIN).get("/accounts/cuenta/").text, "the first of all is no news"
    sign_out(phone)
    thief = sign_in(Client(), PIN)
    sign_out(thief)
    clock.on(minutes=1)
    assert told not in sign_in(thief, PIN).get("/accounts/cuenta/").text
    assert told in sign_in(phone, PIN).get("/accounts/cuenta/").text
    sign_out(phone)
    assert told not in sign_in(phone, PIN).get("/accounts/cuenta/").text


def test_a_session_is_closed_from_another_and_all_the_others_at_once(ana, clock):
    here, there, elsewhere = (sign_in(Client(), PIN) for _n in range(3))
    page = here.get("/accounts/cuenta/").text
    assert page.count("Cerrar esta sesión") == 2
    keys = [str(one.pk) for one in SignIn.objects.all() if one.session_key != here.session.session_key]
    key = next(key for key in keys if SignIn.objects.get(pk=key).session_key == there.session.session_key)
    assert here.post("/accounts/cuenta/sesiones/", {"session": key}).url == "/accounts/cuenta/"
    assert there.get("/accounts/cuenta/").url.startswith(LOGIN)
    assert elsewhere.get("/accounts/cuenta/").status_code == 200
    epoch = type(ana).objects.get(pk=ana.pk).offline_epoch
    here.post("/accounts/cuenta/sesiones/", {"session": "others"})
    assert elsewhere.get("/accounts/cuenta/").url.startswith(LOGIN)
    assert here.get("/accounts/cuenta/").status_code == 200
    ana.refresh_from_db()
    assert (ana.offline_epoch, ana.devices.count()) == (epoch + 1, 1)


def test_of_sign_ins_fifty_are_kept_for_ninety_days_without_address_or_what_the_browser_sent(ana, trainer, clock):
    a_new_pin(ana, trainer, clock)
    choose_pin(ana, NEW)
    first = sign_in(Client(REMOTE_ADDR="203.0.113.7"), NEW)
    for _n in range(50):
        clock.on(minutes=1)
        sign_in(Client(REMOTE_ADDR="203.0.113.7"), NEW)
    assert SignIn.objects.count() == 50
    assert first.get("/accounts/cuenta/").url.startswith(LOGIN), "without its row a session is closed"
    kept = " ".join(map(str, SignIn.objects.values_list()))
    assert [told for told in ("203.0.113", "SM-A135M", "131.0", "Mozilla") if told in kept] == []
    clean_up(now=clock.on(days=91))
    assert not SignIn.objects.exists()
    assert [change.kind for change in AccountChange.objects.all()] == [Change.PIN_GIVEN]


def test_session_of_another_person_cannot_be_closed(ana, clock):
    sign_in(Client(), PIN)
    make_learner("EVA222", "Eva", "Tum")
    eva = sign_in(Client(), PIN, code="EVA222")
    key = SignIn.objects.get(person=ana).pk
    for which in (key, "0", ""):
        assert eva.post("/accounts/cuenta/sesiones/", {"session": which}).url == "/accounts/cuenta/"
    assert Session.objects.count() == 2


@pytest.mark.parametrize("code", ["facilitadora", "ANA234"])
def test_staff_are_signed_out_on_a_device_of_their_own_and_learners_are_not(ana, trainer, clock, code):
    make_course(modules=0)
    pin = PIN if code == "ANA234" else PASSWORD
    browser = sign_in(Client(), pin, code=code)
    clock.on(minutes=44)
    assert browser.get("/accounts/cuenta/").status_code == 200
    clock.on(minutes=57)
    away = browser.get("/accounts/cuenta/")
    assert away.status_code == (200 if code == "ANA234" else 302)
    if code != "ANA234":
        assert ("away=1" in away.url, SignIn.objects.get().ending) == (True, "idle")


def test_a_session_of_staff_lasts_twelve_hours_whatever_is_done_in_it(trainer, clock):
    browser = sign_in(Client(), PASSWORD, code="facilitadora")
    for _half_hour in range(24):
        clock.on(minutes=30)
        assert browser.get("/accounts/cuenta/").status_code == 200
    clock.on(minutes=1)
    assert "limit=1" in browser.get("/accounts/cuenta/").url


def test_a_session_of_a_learner_lasts_fourteen_days_at_most(ana, clock):
    browser = sign_in(Client(), PIN)
    for _day in range(13):
        clock.on(days=1)
        browser.post("/es/comodidad/", {"size": "100"})
        assert browser.get("/accounts/cuenta/").status_code == 200
    clock.on(days=1, minutes=1)
    assert browser.get("/accounts/cuenta/").url.startswith(LOGIN)


def test_what_staff_wrote_in_a_form_is_shown_once_more_after_signing_in(ana, trainer, cohort, clock):
    browser = sign_in(Client(), PASSWORD, code="facilitadora")
    clock.on(hours=2)
    address = reverse("desk_change_person", args=[cohort.pk, ana.pk])
    form = {"first_name": "Ana <b>", "last_name": "Coj Núñez", "role": "labfar"}
    page = browser.post(address, form | {"owner": make_owner_token(trainer)}).text
    assert "Lo que escribió está guardado en esta página" in page
    kept = page.split('name="pending_form" value="')[1].split('"')[0]
    make_trainer("otra")
    other = Client()
    other.post(LOGIN, {"login": "otra", "password": PASSWORD, "pending_form": kept})
    assert "no se guardó" in other.get("/accounts/cuenta/").text
    answer = browser.post(LOGIN, {"login": "facilitadora", "password": PASSWORD, "pending_form": kept})
    said = (f'action="{address}"', 'name="first_name" value="Ana &lt;b&gt;"')
    assert [words for words in said if words not in answer.text] == []
    assert browser.post(address, form | {"first_name": "Ana"}).status_code == 302
    ana.refresh_from_db()
    assert ana.last_name == "Coj Núñez"


@pytest.mark.parametrize("of_page", ["another person's", "another site's", "nobody's"])
def test_what_is_no_form_of_an_own_page_is_not_shown_to_be_confirmed(ana, trainer, cohort, clock, of_page):
    browser = sign_in(Client(), PASSWORD, code="facilitadora")
    clock.on(hours=2)
    owners = {"another person's": make_trainer("otra"), "another site's": trainer}
    token = make_owner_token(owners[of_page]) if of_page in owners else ""
    headers = {"origin": "https://mal.example"} if of_page == "another site's" else {}
    form = {"first_name": "Ana", "last_name": "Ajena", "role": "labfar", "owner": token}
    answer = browser.post(reverse("desk_change_person", args=[cohort.pk, ana.pk]), form, headers=headers)
    assert "lost=1" in answer.url
    assert "Ajena" not in browser.get(answer.url).text


@pytest.mark.parametrize("shared", [True, False])
def test_what_cannot_be_shown_again_is_said_to_be_lost(ana, trainer, cohort, clock, shared):
    browser = sign_in(Client(), PASSWORD, code="facilitadora", shared=shared)
    clock.on(hours=2)
    address, form = reverse("desk_change_person", args=[cohort.pk, ana.pk]), {"first_name": "Ana"}
    if not shared:
        address, form = reverse("my_account"), {"present": PASSWORD, "new": "x", "again": "x"}
    answer = browser.post(address, form | {"owner": make_owner_token(trainer)})
    assert "lost=1" in answer.url
    page = browser.get(answer.url).text
    said = ("lo que tenía no se guardó", 'name="pending_form" id="id_pending_form"')
    assert [words for words in said if words not in page] == []


def test_the_admin_closes_for_staff_too_and_a_second_session_is_none_of_it(clock):
    make_staff("admin", is_staff=True, is_superuser=True)
    browser = sign_in(Client(), PASSWORD, code="admin")
    clock.on(minutes=30)
    other = sign_in(Client(), PASSWORD, code="admin")
    clock.on(minutes=40)
    assert browser.get("/cms/").url.startswith(LOGIN)
    assert other.get("/accounts/cuenta/").status_code == 200


def test_an_own_pin_that_one_chose_hides_nothing(ana, quiz, clock):
    attempt = attempt_quiz(ana, quiz, now=clock.on())
    choose_pin(ana, NEW)
    assert shows_answers(sign_in(Client(), NEW, shared=True), attempt)
