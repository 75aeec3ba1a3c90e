import random

import pytest
from django.utils import translation

from course.people.easy_pins import is_easy_to_guess, why_easy
from course.people.pins import draw_pin
from tests.factories import PIN

REMAINING = 903_754
EASY = {
    "its digits repeat": ["111111", "121212", "123123", "112233", "111222", "020202", "900001", "12341234", "111112"],
    "its digits follow one another": ["123456", "987654", "890123", "975319", "123789", "321654", "789456"],
    "it reads the same from both ends": ["482284", "4829284"],
    "it is a date": ["010190", "311285", "123190", "850731", "290200", "01011990", "12311990", "19900101"],
    "there is a year in it": ["199005", "199019", "199090", "901990", "201820"],
    "it is a pattern on the keys": ["147258", "159753", "147896", "963258", "258063", "425801"],
    "many people have chosen it": ["142536", "246810"],
    "it has the digits of the user code in it": ["823491"],
}


@pytest.mark.parametrize(("pin", "why"), [(pin, why) for why, pins in EASY.items() for pin in pins])
def test_an_easy_pin_is_refused_with_the_reason(pin, why):
    with translation.override("en"):
        assert str(why_easy(pin, code="ANA234")) == why


@pytest.mark.parametrize("pin", [PIN, "905172", "739105", "323190", "193517", "829304617", "482913577201"])
def test_other_pins_are_not(pin):
    assert why_easy(pin, code="ANA234") is None


@pytest.mark.parametrize("code", ["editora2", "facilitadora"])
def test_one_or_two_digits_in_a_name_forbid_nothing(code):
    assert not is_easy_to_guess("482913", code=code)


def test_ninety_of_a_hundred_remain():
    sample = random.Random(11).sample(range(1_000_000), 30_000)
    remaining = sum(not is_easy_to_guess(f"{number:06}") for number in sample) / len(sample)
    assert abs(remaining - REMAINING / 1_000_000) < 0.005


def test_the_pins_of_cards_are_drawn_from_what_remains():
    class Unlucky(random.Random):
        digits = [*"123456", *"010190", *"823491", *"739184"]

        def randrange(self, *_bounds):
            return int(self.digits.pop(0))

    assert draw_pin(Unlucky(), code="ANA234") == "739184"
