"""Who cannot sign in: whom to ask is named on a device of one's own, and nowhere else; a PIN can be shown."""

import pytest
from django.test import Client

from course.people.devices import remember_device
from tests.factories import NOW, make_cohort, make_learner, make_trainer

pytestmark = pytest.mark.django_db

SIGN_IN, ACCOUNT = "/accounts/login/", "/accounts/cuenta/"
MARK = "a" * 22


@pytest.fixture
def learner():
    learner = make_learner("ANA234")
    make_cohort(trainers=[make_trainer(), make_trainer("otra", first_name="Rosa", last_name="Tum")], learners=[learner])
    return learner


def sign_in_page(code=""):
    browser = Client()
    browser.cookies["device"] = MARK
    return browser.get(SIGN_IN, {"c": code} if code else {}).text


def help_in(page):
    return page[page.index("<details") : page.index("</details>")]


def names_in(page):
    return [name for name in ("Marta Ajú Ñáñez", "Rosa Tum") if name in page]


def test_on_a_device_of_ones_own_the_page_says_whom_to_ask(learner):
    assert names_in(sign_in_page()) == []
    assert "pregunte en la dirección de su centro de salud" in sign_in_page()
    remember_device(learner, MARK, is_shared=False, now=NOW)
    assert names_in(sign_in_page()) == ["Marta Ajú Ñáñez", "Rosa Tum"]
    learner.enrolments.update(left_at=NOW)
    assert names_in(sign_in_page()) == []


def test_where_others_sign_in_too_nobody_is_named_and_a_code_that_is_typed_tells_nothing(learner):
    assert help_in(sign_in_page("ANA234")) == help_in(sign_in_page("ZZZ999"))
    remember_device(learner, MARK, is_shared=True, now=NOW)
    assert names_in(sign_in_page("ANA234")) == []
    remember_device(learner, MARK, is_shared=False, now=NOW)
    remember_device(make_learner("EVA222"), MARK, is_shared=False, now=NOW)
    assert names_in(sign_in_page("ANA234")) == []


def test_a_wrong_present_pin_stands_first_in_my_account_and_each_pin_can_be_shown(learner, client):
    client.force_login(learner)
    page = client.post(ACCOUNT, {"present": "000000", "new": "739182", "again": "739182"}).text
    main = page[page.index("<main") :]
    assert main.index('class="error-summary"') < main.index("<h1>")
    assert "autofocus" in main[: main.index("<h1>")]
    assert page.count('<show-pin data-show="Mostrar PIN" data-hide="Ocultar PIN">') == 3
    assert sign_in_page().count("<show-pin ") == 1
