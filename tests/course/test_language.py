import pytest
from django.test import Client

from tests.factories import make_cohort, make_course, make_learner

pytestmark = pytest.mark.django_db

NOT_IN_ENGLISH = [
    "The lessons are not in English yet: you read them in Spanish.",
    "This text is not in English yet: you read it in Spanish.",
]


@pytest.fixture
def english_browser():
    return Client(headers={"accept-language": "en-US,en;q=0.9"})


def times_said(page):
    return sum(page.text.count(sentence) for sentence in NOT_IN_ENGLISH)


@pytest.mark.parametrize("header", ["en-US,en;q=0.9", "en", "fr, en;q=0.5", "es-GT"])
def test_whatever_the_browser_says_the_first_page_is_spanish(header):
    make_course(modules=1)
    browser = Client(headers={"accept-language": header})
    assert browser.get("/").url == "/es/"
    for address in ("/es/", "/accounts/login/", "/accounts/grupo/", "/v/", "/es/nada/"):
        page = browser.get(address)
        assert '<html lang="es"' in page.text
        assert page.headers["Content-Language"] == "es"
    assert browser.get("/es/directorio/").headers["Content-Language"] == "es"


def test_who_chooses_english_keeps_it_signed_in_too_and_may_go_back(english_browser):
    make_course(modules=1)
    assert english_browser.post("/i18n/setlang/", {"language": "en", "next": "/es/"}).url == "/en/"
    assert english_browser.get("/").url == "/en/"
    english_browser.force_login(make_learner())
    assert '<html lang="en"' in english_browser.get("/accounts/cuenta/").text
    assert english_browser.get("/").url == "/en/"
    assert english_browser.post("/i18n/setlang/", {"language": "es", "next": "/en/m1/"}).url == "/es/m1/"
    assert english_browser.get("/").url == "/es/"
    assert '<html lang="es"' in english_browser.get("/accounts/cuenta/").text


def test_in_english_every_page_opens_marks_the_spanish_and_says_once_that_it_is_all_there_is(english_browser):
    make_course(modules=1, lessons=1)
    visitor = english_browser.get("/en/")
    assert visitor.status_code == 200
    assert times_said(visitor) == 1
    learner = make_learner()
    make_cohort(learners=[learner])
    english_browser.force_login(learner)
    for address in ("/en/", "/en/m1/", "/en/m1/1/", "/en/cuestionario/m1/"):
        page = english_browser.get(address)
        assert page.status_code == 200
        assert times_said(page) == 1, address
        assert '<html lang="en"' in page.text
        assert 'lang="es">' in page.text
        assert times_said(english_browser.get(address.replace("/en/", "/es/"))) == 0
