import re
from datetime import timedelta

import pytest
import time_machine
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, generate_totp_secret, hotp_value
from allauth.mfa.totp.internal.auth import yield_hotp_counters_from_time as counters
from django.apps import apps
from django.contrib.auth import SESSION_KEY, get_user_model
from django.contrib.auth.models import AnonymousUser
from django.contrib.sessions.models import Session
from django.core import signing
from django.http import HttpResponse
from django.urls import reverse
from django.utils import timezone

from course.account.page_owner import CURRENT_USER_COOKIE, CurrentUserCookieMiddleware, current_user_digest
from course.models import Ending, SignIn
from course.people.pins import keep_starting_pin
from course.people.roles import EDITORS
from course.privacy import PERSONAL_COOKIES
from modules.models import LessonPage, LessonRead
from modules.search import search
from tests.factories import NOW, PASSWORD, PIN, make_cohort, make_course, make_learner, make_staff, make_trainer

pytestmark = pytest.mark.django_db

LOGIN, LOGOUT, JOIN = "/accounts/login/", "/accounts/logout/", "/accounts/grupo/"
SEARCH, SECOND_STEP = "/es/buscar/", "/accounts/2fa/authenticate/"
WORDS = "golpes del marido"
PHONE = {"user-agent": "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 Chrome/130.0.0.0 Mobile Safari/537.36"}
TWO_WEEKS = 14 * 24 * 60 * 60
# All that a session holds of a person: who, by which backend, the digest of the PIN; how and when they proved it;
# whether the computer is shared, since when nobody was seen, and how long it lasts.
OF_A_PERSON = {
    "_auth_user_id", "_auth_user_backend", "_auth_user_hash",
    "account_authentication_methods", "account_authentication_methods_user",
    "shared_computer", "seen_at", "_session_expiry", "signed_in_at", "sign_in", "answers_hidden_before",
}  # fmt: skip


def sign_in(client, code="ANA234", pin=PIN, *, shared=True, **fields):
    return client.post(LOGIN, {"login": code, "password": pin} | ({"shared": "on"} if shared else {}) | fields)


def look_for(client, words=WORDS):
    client.post(SEARCH, {"q": words})
    return client.get(SEARCH).text


def sessions():
    return [session.get_decoded() for session in Session.objects.all()]


def everything_written():
    rows = [str(list(model._default_manager.values_list())) for model in apps.get_models(include_auto_created=True)]
    return "\n".join([*rows, str(sessions())])


def join(client, **fields):
    make_cohort(trainers=[make_trainer()], join_code="ABCD2345")
    return client.post(JOIN, {"code": "ABCD2345", "given_names": "Rosa", "surnames": "Tzoc"} | fields)


def visit_as_a_visitor(client):
    look_for(client)
    client.get(f"{LOGIN}?next=/es/glosario/")
    client.post("/i18n/setlang/", {"language": "en"})
    client.post(reverse("comfort"), {"size": "130", "theme": ""})
    session = client.session
    session.update({"search": WORDS, "certificates_wanted": WORDS, "anything": WORDS, "pending_answer": WORDS})
    session.save()


def sign_in_with_second_step(client, *, shared=True):
    secret = generate_totp_secret()
    TOTP.activate(make_staff("editora", EDITORS), secret)
    sign_in(client, "editora", PASSWORD, shared=shared)
    client.post(SECOND_STEP, {"code": format_hotp_value(hotp_value(secret, next(counters())))})


@pytest.mark.parametrize("role", ["learner", "trainer", "editor", "newcomer", "second step"])
def test_a_session_takes_nothing_of_the_visitor_along(client, role):
    make_course(modules=0)
    visit_as_a_visitor(client)
    if role == "learner":
        make_learner()
        sign_in(client)
    elif role == "newcomer":
        join(client, shared="on")
    elif role == "second step":
        sign_in_with_second_step(client)
    else:
        person = make_trainer("facil") if role == "trainer" else make_staff("facil", EDITORS)
        person.set_password(PASSWORD)
        person.save()
        sign_in(client, "facil", PASSWORD)
    client.get("/accounts/cuenta/")
    assert SESSION_KEY in client.session
    assert set(client.session.keys()) <= OF_A_PERSON
    assert WORDS not in everything_written()


@pytest.mark.parametrize("signed_in", [True, False])
def test_what_was_looked_for_is_in_no_column_of_the_database(client, signed_in):
    make_course(modules=0)
    if signed_in:
        client.force_login(make_learner())
    assert f'value="{WORDS}"' in look_for(client)
    assert "golpes" not in everything_written()


def test_the_words_of_a_visitor_are_not_shown_to_who_signs_in_and_the_other_way_round(client):
    make_course(modules=0)
    make_learner()
    make_learner("BEA342")
    look_for(client)
    sign_in(client)
    assert WORDS not in client.get(SEARCH).text
    look_for(client)
    kept = client.cookies[search.COOKIE].value
    client.post(LOGOUT)
    assert client.cookies[search.COOKIE].value == ""
    for person in (None, "BEA342", "ANA234"):
        if person:
            sign_in(client, person)
        client.cookies[search.COOKIE] = kept  # even if the browser had not let go of it
        assert WORDS not in client.get(SEARCH).text


def test_the_words_are_good_for_one_page_and_half_an_hour(client, monkeypatch):
    make_course(modules=0)
    assert f'value="{WORDS}"' in look_for(client)
    cookie = client.cookies[search.COOKIE]
    assert (cookie["httponly"], cookie["max-age"], cookie["samesite"]) == (True, "", "Lax")
    now = signing.time.time()
    monkeypatch.setattr(signing.time, "time", lambda: now + 31 * 60)
    assert WORDS not in client.get(SEARCH).text
    assert search.COOKIE in PERSONAL_COOKIES


def marks_of(answer):
    return re.findall(r'<html[^>]* data-person="(\w*)"', answer.text)


def test_page_and_current_user_cookie_identify_the_user_without_a_name(client):
    make_course(modules=0)
    assert marks_of(client.get("/es/glosario/")) == [""]
    assert CURRENT_USER_COOKIE not in client.cookies
    ana = make_learner()
    sign_in(client)
    page = client.get("/es/glosario/")
    assert marks_of(page) == [current_user_digest(ana)] == [client.cookies[CURRENT_USER_COOKIE].value]
    assert re.fullmatch("[0-9a-f]{16}", current_user_digest(ana))
    assert client.cookies[CURRENT_USER_COOKIE]["max-age"] == ""
    assert current_user_digest(ana) != current_user_digest(make_learner("BEA342"))
    assert 'id="gone"' in page.text
    client.post(LOGOUT)
    assert client.cookies[CURRENT_USER_COOKIE].value == ""


def test_the_pages_of_the_editors_cover_themselves_too(client):
    client.force_login(make_staff("editora", EDITORS))
    page = client.get("/cms/").text
    assert 'id="gone"' in page
    assert re.search(r'src="[^"]*person[^"]*\.js"', page)


def test_a_session_that_ended_by_itself_leaves_nothing_in_cookies_for_the_next(client):
    make_course(modules=0)
    make_learner()
    sign_in(client)
    look_for(client)
    client.cookies["comfort"], client.cookies["messages"] = "size-150", "something said to Ana"
    Session.objects.all().delete()
    answer = client.get("/es/glosario/")
    assert "size-150" not in answer.text
    assert {client.cookies[name].value for name in (*PERSONAL_COOKIES, CURRENT_USER_COOKIE)} == {""}


@pytest.mark.parametrize("accept", ["text/html", "application/json"])
@pytest.mark.parametrize("method", ["get", "post"])
def test_the_idle_lock_leaves_nothing_in_cookies_however_it_is_met(client, method, accept):
    make_learner()
    sign_in(client)
    client.get("/accounts/cuenta/")
    with time_machine.travel(timezone.now() + timedelta(seconds=800)):
        answer = getattr(client, method)("/accounts/cuenta/", headers={"accept": accept})
    assert {answer.cookies[name]["max-age"] for name in (*PERSONAL_COOKIES, CURRENT_USER_COOKIE)} == {0}


@pytest.fixture
def left(client):
    """A browser with the session and the cookies of somebody who signed out without a connection."""
    make_course(modules=1, lessons=1)
    make_learner()
    sign_in(client)
    client.cookies["salir"], client.cookies["comfort"] = "1", "size-150"
    return client


def test_a_session_left_without_a_connection_ends_before_the_site_answers(left):
    page = left.get("/es/glosario/")
    assert marks_of(page) == [""]
    assert "size-150" not in page.text
    assert {left.cookies[name].value for name in ("salir", "sessionid", CURRENT_USER_COOKIE, *PERSONAL_COOKIES)} == {""}
    assert not Session.objects.exists()
    assert SignIn.objects.get().ending == Ending.SIGNED_OUT
    sign_in(left, "ANA234")
    assert SESSION_KEY in left.session


def test_a_form_posted_after_leaving_without_a_connection_is_nobodys(left):
    lesson = LessonPage.objects.get()
    answer = left.post(reverse("mark_lesson_read", args=[lesson.translation_key]))
    assert answer["Location"].startswith(LOGIN)
    assert not LessonRead.objects.exists()


def test_the_next_person_signs_in_although_somebody_left_without_a_connection(left):
    bea = make_learner("BEA342")
    sign_in(left, "BEA342")
    assert left.session[SESSION_KEY] == str(bea.pk)
    assert left.cookies["salir"].value == ""


def test_nothing_tells_the_browser_to_delete_what_waits_to_be_sent(client):
    make_learner()
    sign_in(client)
    assert "Clear-Site-Data" not in client.post(LOGOUT)


def test_what_never_changes_carries_no_cookie_of_a_person(rf):
    request = rf.get("/")
    request.user, request.COOKIES = AnonymousUser(), {CURRENT_USER_COOKIE: "0123456789abcdef"}
    fixed = HttpResponse(headers={"Cache-Control": "public, immutable"})
    assert not CurrentUserCookieMiddleware(lambda request: fixed)(request).cookies


def ways_in(client, way, *, shared):
    if way == "card":
        learner = make_learner(must_choose_pin=True)
        keep_starting_pin(learner, "271828", expires_at=NOW.replace(year=NOW.year + 50))
        sign_in(client, pin="271828", shared=shared)
    elif way == "group":
        join(client, **({"shared": "on"} if shared else {}))
    else:
        sign_in_with_second_step(client, shared=shared)
    if way != "app":
        client.post("/accounts/pin/", {"new": "739182", "again": "739182"})
        assert not get_user_model().objects.get(pk=client.session[SESSION_KEY]).must_choose_pin
    client.get("/accounts/cuenta/")


@pytest.mark.parametrize("way", ["card", "group", "app"])
def test_on_a_shared_computer_every_session_ends_with_the_browser(client, way):
    ways_in(client, way, shared=True)
    assert (client.session["shared_computer"], client.session.get_expire_at_browser_close()) == (True, True)
    assert client.cookies["sessionid"]["max-age"] == ""


@pytest.mark.parametrize("way", ["card", "group", "app"])
def test_on_an_own_one_every_session_lasts_two_weeks(client, way):
    ways_in(client, way, shared=False)
    assert (client.session["shared_computer"], client.session.get_expiry_age()) == (False, TWO_WEEKS)


def asks(answer):
    [box] = re.findall(r'<input type="checkbox" name="shared"[^>]*>', answer.text)
    return " checked" in box, "data-unless-phone" in box


@pytest.mark.parametrize("path", [LOGIN, JOIN])
@pytest.mark.parametrize(
    ("headers", "ticked"),
    [({}, True), (PHONE, False), ({"sec-ch-ua-mobile": "?1"}, False), ({"sec-ch-ua-mobile": "?0"}, True)],
)
def test_a_telephone_that_says_so_is_taken_for_an_own_one(client, path, headers, ticked):
    assert asks(client.get(path, headers=headers)) == (ticked, True)


def test_a_telephone_that_goes_round_was_idle_or_was_called_shared_is_shared(client):
    learner = make_learner()
    assert asks(client.get(f"{LOGIN}?idle=1", headers=PHONE)) == (True, False)
    sign_in(client, shared=True)
    client.post(LOGOUT)
    assert asks(client.get(LOGIN, headers=PHONE)) == (True, False)
    sign_in(client, shared=False)
    client.post(LOGOUT)
    assert asks(client.get(LOGIN, headers=PHONE)) == (False, True)
    assert learner.devices.count() == 1


def test_a_form_that_comes_back_keeps_what_was_chosen(client):
    make_learner()
    assert asks(sign_in(client, pin="111222", shared=False)) == (False, False)
    fields = {"login": "ANA234", "password": "1", "shared": "on"}
    assert asks(client.post(LOGIN, fields, headers=PHONE)) == (True, False)
