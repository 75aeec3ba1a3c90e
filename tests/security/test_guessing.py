import random
from datetime import timedelta
from itertools import count

import pytest
from django.test import Client

from course.account.sessions import DEVICE_COOKIE
from course.models import Budget
from course.people import limits
from course.people.delays import ADDRESS, DEVICE, KNOWN_DEVICES, PIN, Spent, after_try, taken_back
from course.people.devices import new_device_cookie, remember_device
from tests.course.test_easy_pins import REMAINING
from tests.factories import NOW, make_learner
from tests.factories import PIN as RIGHT
from tests.races import many_at_once

TEN_YEARS = timedelta(days=3653)
DAY = timedelta(days=1)


class Attacked:
    def __init__(self, pace):
        self.pace, self.now, self.guesses = pace, NOW, 0
        self.spent = Spent(NOW, NOW)

    def guess(self):
        self.now = max(self.now, self.spent.waits_until)
        self.spent = after_try(self.spent, self.pace, now=self.now)
        self.guesses += 1

    def owner_signs_in(self):
        if self.spent.waits_until <= self.now:
            tried = after_try(self.spent, self.pace, now=self.now)
            self.spent = taken_back(tried, self.pace, taken=tried, now=self.now)


def without_rest(attacked, end):
    while attacked.spent.waits_until < end:
        attacked.guess()


def in_bursts(rest):
    def attack(attacked, end):
        while attacked.now + rest < end:
            while attacked.spent.waits_until - attacked.now < attacked.pace.waits[-1] / 2:
                attacked.guess()
            attacked.now += rest

    return attack


def beside_an_owner(attacked, end):
    for visit in count(1):
        moment = NOW + visit * DAY / 10
        if moment > end:
            return
        while max(attacked.now, attacked.spent.waits_until) < moment:
            attacked.guess()
        attacked.now = moment
        attacked.owner_signs_in()


def at_random(seed):
    chance = random.Random(seed)

    def attack(attacked, end):
        while attacked.spent.waits_until < end:
            attacked.guess()
            attacked.now += timedelta(minutes=chance.expovariate(1 / 90))

    return attack


PLANS = {
    "at once": without_rest,
    "beside an owner": beside_an_owner,
    "bursts, a quarter of a day apart": in_bursts(DAY / 4),
    "bursts, a day apart": in_bursts(DAY),
    "bursts, two days apart": in_bursts(2 * DAY),
    "at random": at_random(5),
}


def most_guesses(pace, span):
    return span // pace.regained + pace.top


@pytest.mark.parametrize("pace", [PIN, ADDRESS, DEVICE], ids=["PIN", "address", "device"])
@pytest.mark.parametrize("plan", PLANS.values(), ids=PLANS)
def test_no_plan_gets_more_guesses_than_time_gives_back(plan, pace):
    attacked = Attacked(pace)
    plan(attacked, NOW + 60 * DAY)
    assert 0 < attacked.guesses <= most_guesses(pace, 60 * DAY)


def test_half_of_all_pins_take_longer_than_ten_years_with_every_budget_of_an_account_at_once():
    unknown = Attacked(PIN)
    without_rest(unknown, NOW + TEN_YEARS)
    known = Attacked(PIN)
    beside_an_owner(known, NOW + TEN_YEARS)
    for attacked in (unknown, known):
        assert attacked.guesses <= most_guesses(PIN, TEN_YEARS)
    guesses = unknown.guesses + KNOWN_DEVICES * known.guesses
    assert most_guesses(PIN, TEN_YEARS) * 0.9 < unknown.guesses, "the attacker wastes no time"
    assert guesses < REMAINING / 2


def test_a_common_pin_tried_with_every_code_opens_few_accounts():
    for pace in (ADDRESS, DEVICE):
        attacked = Attacked(pace)
        without_rest(attacked, NOW + 365 * DAY)
        assert attacked.guesses < 53_000


@pytest.mark.postgres
@pytest.mark.usefixtures("database_on_disk")
@pytest.mark.django_db(transaction=True)
def test_of_eight_who_try_at_the_same_moment_one_gets_the_last_try():
    for _n in range(PIN.free - 1):
        limits.take_try("ANA234", mark="", address="203.0.113.7", now=NOW)
    results = many_at_once(8, lambda n: limits.take_try("ANA234", mark="", address="203.0.113.7", now=NOW).is_known)
    assert sorted(type(one).__name__ for one in results) == ["TooSoon"] * 7 + ["bool"]
    lacking = [row.whole_at - NOW for row in Budget.objects.order_by("-whole_at")]
    assert lacking == [PIN.free * PIN.regained, PIN.free * ADDRESS.regained]


@pytest.mark.postgres
@pytest.mark.usefixtures("database_on_disk")
@pytest.mark.django_db(transaction=True)
def test_a_try_that_was_right_is_given_back_beside_others_and_none_is_lost():
    tries = [limits.take_try("ANA234", mark="", address="203.0.113.7", now=NOW) for _n in range(4)]
    many_at_once(4, lambda n: limits.give_back(tries[n], now=NOW))
    assert {row.whole_at for row in Budget.objects.all()} == {NOW}


@pytest.mark.postgres
@pytest.mark.usefixtures("database_on_disk")
@pytest.mark.django_db(transaction=True)
def test_a_code_of_the_second_step_opens_one_of_two_doors_at_the_same_moment():
    opened = many_at_once(4, lambda n: limits.use_once("1 123456", lasts=timedelta(seconds=90), now=NOW))
    assert sorted(opened) == [False, False, False, True]
    assert limits.use_once("1 123456", lasts=timedelta(seconds=90), now=NOW + timedelta(seconds=90))


def guess(client, code, pin, path="/accounts/login/"):
    return client.post(path, {"login": code, "password": pin, "shared": "on"}).status_code


@pytest.mark.django_db
def test_an_attack_at_the_shared_computer_where_the_owner_signs_in_between_is_stopped_all_the_same():
    learner, attacker, mark = make_learner(), Client(), new_device_cookie()
    remember_device(learner, mark, is_shared=True, now=NOW)
    attacker.cookies[DEVICE_COOKIE] = mark
    answers = []
    for number in range(12):
        answers.append(guess(attacker, "ANA234", f"{730_000 + number}"))
        owner = Client()
        owner.cookies[DEVICE_COOKIE] = mark
        answers.append(guess(owner, "ANA234", RIGHT))
    assert answers[:9] == [200, 302] * 4 + [200]
    assert set(answers[9:]) == {429}
