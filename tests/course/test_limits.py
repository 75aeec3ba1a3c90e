import re
from datetime import timedelta
from ipaddress import ip_address

import pytest
import time_machine
from django.contrib.auth import SESSION_KEY
from django.db import connection
from django.test import Client, override_settings
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from course.account.sessions import DEVICE_COOKIE, format_wait
from course.cleanup import clean_up
from course.models import Budget
from course.people import limits
from course.people.delays import ADDRESS, DEVICE, KNOWN_DEVICES
from course.people.delays import PIN as PACE
from course.people.devices import new_device_cookie, remember_device
from tests.factories import NOW, PIN, make_learner

pytestmark = pytest.mark.django_db

LOGIN = "/accounts/login/"
HERE, ELSEWHERE = "203.0.113.7", "198.51.100.2"
TOO_MANY = (
    "Demasiados intentos equivocados. Espere {} e inténtelo de nuevo, "
    "o pida ahora a su facilitador/a que desbloquee su código."
)


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(NOW, tick=False) as clock:
        yield clock


def try_pin(client, code="ANA234", pin="777123", address=HERE, **fields):
    return client.post(LOGIN, {"login": code, "password": pin} | fields, REMOTE_ADDR=address)


def slow_down(client, code="ANA234", **where):
    return [try_pin(client, code, **where).status_code for _n in range(PACE.free)]


def said_in(answer):
    return re.sub(r'name="csrfmiddlewaretoken" value="\w+"', "", answer.text)


def is_signed_in(client):
    return SESSION_KEY in client.session


def device_of(learner, *, now=NOW):
    mark, client = new_device_cookie(), Client()
    remember_device(learner, mark, is_shared=False, now=now)
    client.cookies[DEVICE_COOKIE] = mark
    return client


def test_the_sixth_wrong_try_waits_and_the_page_says_how_long_and_loses_nothing_but_the_pin(client, ana):
    assert slow_down(client) == [200] * 5
    answer = try_pin(client, "ana-234", next="/es/glosario/", shared="on")
    assert (answer.status_code, answer["Retry-After"]) == (429, "60")
    page = answer.text
    assert TOO_MANY.format("1 minuto") in page
    assert 'value="ana-234"' in page
    assert 'name="next" value="/es/glosario/"' in page
    assert "777123" not in page


def test_each_further_wrong_try_waits_longer_up_to_two_hours(client, clock, ana):
    slow_down(client)
    waits = []
    for _n in range(9):
        waits.append(int(try_pin(client)["Retry-After"]))
        clock.shift(timedelta(seconds=waits[-1]))
        assert try_pin(client).status_code == 200
    assert waits == [60, 120, 240, 480, 900, 1800, 3600, 3600, 7200]


@pytest.mark.parametrize("wrong", [0, 6])
def test_clock_that_ran_ahead_locks_no_one_out_after_correction(client, clock, wrong, ana):
    clock.shift(timedelta(days=92))
    for _n in range(wrong):
        try_pin(client)
    if not wrong:
        try_pin(client, pin=PIN)
        client.logout()
    clock.shift(-timedelta(days=92))
    assert not limits.is_slowed(ana, now=timezone.now())
    try_pin(client, pin=PIN)
    assert is_signed_in(client)
    client.logout()
    assert slow_down(client) == [200] * 5
    assert int(try_pin(client)["Retry-After"]) == 60


def test_the_right_pin_waits_too_and_nothing_says_that_it_was_right(client, clock, ana):
    slow_down(client)
    right, wrong = try_pin(client, pin=PIN), try_pin(client, pin="999888")
    assert right.status_code == wrong.status_code
    assert said_in(right) == said_in(wrong)
    assert not is_signed_in(client)
    assert limits.is_slowed(ana, now=NOW)
    clock.shift(timedelta(seconds=60))
    assert not limits.is_slowed(ana, now=timezone.now())
    try_pin(client, pin=PIN)
    assert is_signed_in(client)


def test_a_right_try_takes_nothing_and_gives_nothing_for_the_wrong_ones_before(client, clock):
    browser = device_of(make_learner())
    for _n in range(4):
        try_pin(browser)
    for _n in range(20):
        assert try_pin(browser, pin=PIN).status_code == 302
        browser.post("/accounts/logout/")
    assert try_pin(browser).status_code == 200
    assert try_pin(browser).status_code == 429


def test_unknown_code_is_answered_like_a_known_one(client):
    make_learner("BEA342")
    there, nobody = [], []
    for answers, code in ((there, "BEA342"), (nobody, "ZZZ999")):
        for _n in range(7):
            with CaptureQueriesContext(connection) as asked:
                answer = try_pin(client, code, address=HERE if answers is there else ELSEWHERE)
            shown = said_in(answer).replace(code, "")
            answers.append((answer.status_code, answer.get("Retry-After"), shown, len(asked)))
    assert [one[:2] for one in there] == [(200, None)] * 5 + [(429, "60")] * 2
    assert there == nobody


def test_wrong_attempts_do_not_lock_a_colleague_out_on_another_known_device(client, ana):
    own, shared = device_of(ana), device_of(ana)
    slow_down(client)
    slow_down(shared)
    assert try_pin(client, pin=PIN).status_code == 429, "a device that does not know her"
    assert try_pin(shared, pin=PIN).status_code == 429, "the one where somebody guessed"
    assert try_pin(own, pin=PIN).status_code == 302


def test_all_devices_that_do_not_know_a_person_share_one_budget(ana):
    for number in range(PACE.free):
        assert try_pin(Client(), address=f"10.0.0.{number}").status_code == 200
    assert try_pin(Client(), address="10.9.9.9").status_code == 429


def test_only_the_devices_used_last_have_a_budget_of_their_own(client, ana):
    devices = [device_of(ana, now=NOW - timedelta(days=days)) for days in range(KNOWN_DEVICES + 1)]
    slow_down(client)
    assert [try_pin(device, pin=PIN).status_code for device in devices] == [302] * KNOWN_DEVICES + [429]


def test_device_cookie_of_another_person_gives_no_attempts(client):
    learner, other = make_learner(), make_learner("BEA342", "Beatriz", "Ñáñez")
    slow_down(client)
    assert try_pin(device_of(other), learner.username, PIN).status_code == 429


def test_a_trainer_lifts_every_delay_of_the_account(client, ana):
    known = device_of(ana)
    slow_down(client)
    slow_down(known)
    limits.lift(ana)
    assert not limits.is_slowed(ana, now=NOW)
    assert try_pin(known, pin=PIN).status_code == 302
    assert try_pin(client, pin=PIN).status_code == 302


def test_time_gives_one_try_back_in_two_hours(client, clock, ana):
    slow_down(client)
    clock.shift(timedelta(hours=4))
    assert [try_pin(client).status_code for _n in range(3)] == [200, 200, 429]
    clock.shift(timedelta(hours=24))
    assert slow_down(client) == [200] * 5


def test_a_group_of_forty_with_new_phones_in_one_room_is_never_stopped():
    for n in range(40):
        make_learner(f"ANA{n:03}", pk=1000 + n)
        phone = Client()
        for _slip in range(4):
            limits.take_try(f"ANA{n:03}", mark="", address=HERE, now=NOW)
        assert try_pin(phone, f"ANA{n:03}", PIN).status_code == 302


def test_guessing_from_an_address_delays_new_devices_there_and_no_known_one(client, ana):
    known = device_of(ana)
    for n in range(ADDRESS.free):
        assert limits.take_try(f"ZZZ{n:03}", mark="", address=HERE, now=NOW)
    refused = try_pin(client, pin=PIN)
    assert (refused.status_code, refused["Retry-After"]) == (429, "30")
    assert "Demasiados intentos equivocados desde este lugar. Espere 1 minuto e inténtelo de nuevo." in refused.text
    assert not limits.is_slowed(ana, now=NOW)
    assert try_pin(client, pin=PIN, address=ELSEWHERE).status_code == 302
    assert try_pin(known, pin=PIN).status_code == 302


def test_one_pin_tried_with_every_colleagues_code_on_a_shared_computer_is_delayed_too():
    mark = new_device_cookie()
    for n in range(DEVICE.free + 1):
        remember_device(make_learner(f"ANA{n:03}"), mark, is_shared=True, now=NOW)
    for n in range(DEVICE.free):
        assert limits.take_try(f"ANA{n:03}", mark=mark, address=HERE, now=NOW).is_known
    with pytest.raises(limits.TooSoon) as soon:
        limits.take_try(f"ANA{DEVICE.free:03}", mark=mark, address=HERE, now=NOW)
    assert (soon.value.wait, soon.value.of_account) == (timedelta(seconds=30), False)


@override_settings(ALLAUTH_TRUSTED_PROXY_COUNT=1)
def test_behind_the_proxy_the_address_it_added_last_counts(client, ana):
    for n in range(ADDRESS.free):
        limits.take_try(f"ZZZ{n:03}", mark="", address=HERE, now=NOW)
    assert try_pin(client, pin=PIN, address="10.0.0.1").status_code == 302, "the proxy's own address is nobody's"
    answer = Client().post(LOGIN, {"login": "ANA234", "password": PIN}, HTTP_X_FORWARDED_FOR=f"9.9.9.9, {HERE}")
    assert answer.status_code == 429
    answer = Client().post(LOGIN, {"login": "ANA234", "password": PIN}, HTTP_X_FORWARDED_FOR=f"{HERE}, {ELSEWHERE}")
    assert answer.status_code == 302


def test_without_a_proxy_the_header_is_not_believed(client, ana):
    for n in range(ADDRESS.free):
        limits.take_try(f"ZZZ{n:03}", mark="", address=HERE, now=NOW)
    answer = client.post(LOGIN, {"login": "ANA234", "password": PIN}, REMOTE_ADDR=HERE, HTTP_X_FORWARDED_FOR=ELSEWHERE)
    assert answer.status_code == 429


@pytest.mark.parametrize(
    ("address", "network"),
    [("203.0.113.7", "203.0.113.7"), ("2001:db8:1:2:3::4", "2001:db8:1:2::"), ("::ffff:203.0.113.7", "203.0.113.7")],
)
def test_a_household_with_many_new_addresses_is_one_place(address, network):
    assert limits.network_of(address) == network
    assert ip_address(network)


def test_a_refused_try_fills_no_table():
    for n in range(ADDRESS.free):
        limits.take_try(f"ZZZ{n % 20:03}{n}", mark="", address=ELSEWHERE, now=NOW)
    kept = Budget.objects.count()
    for n in range(5):
        with pytest.raises(limits.TooSoon):
            limits.take_try(f"YYY{n}", mark="", address=ELSEWHERE, now=NOW)
    assert Budget.objects.count() == kept == ADDRESS.free + 1


def test_what_delays_nothing_any_more_goes(client, clock, ana):
    try_pin(client)
    assert dict(clean_up(now=NOW, dry_run=True))["cuentas de intentos que ya no demoran nada"] == 0
    clock.shift(PACE.regained)
    clean_up(now=timezone.now())
    assert not Budget.objects.exists()


def test_no_code_or_address_can_be_read_in_the_table(client, ana):
    try_pin(client)
    kept = " ".join(str(value) for row in Budget.objects.values_list() for value in row)
    assert "ana" not in kept.casefold()
    assert HERE not in kept


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (0.2, "1 minuto"),
        (60, "1 minuto"),
        (61, "2 minutos"),
        (3600, "60 minutos"),
        (3660, "1 hora y 1 minuto"),
        (7200, "2 horas"),
    ],
)
def test_a_wait_is_never_said_shorter_than_it_is(seconds, words):
    assert format_wait(timedelta(seconds=seconds)) == words


@pytest.mark.parametrize("code", ["ANA234", " ana234 ", "Ana234", "anA234"])
def test_every_way_to_write_a_code_is_counted_as_one(code):
    assert limits.account_key(code) == "ana234"
