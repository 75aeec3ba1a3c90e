import logging

import pytest
from django.test import RequestFactory, override_settings

from course.privacy import RedactingExceptionFilter, RedactingFormatter
from tests.factories import make_cohort, make_course, make_learner, make_staff

pytestmark = pytest.mark.django_db

STRICT = {
    "default-src": "'self'",
    "script-src": "'self'",
    "style-src": "'self'",
    "img-src": "'self' data:",
    "media-src": "'self'",
    "object-src": "'none'",
    "base-uri": "'self'",
    "form-action": "'self'",
    "frame-ancestors": "'self'",
}
ADMIN = STRICT | {
    "script-src": "'self' 'unsafe-inline'",
    "style-src": "'self' 'unsafe-inline'",
    "img-src": "'self' data: blob:",
    "frame-src": "'self'",
}


def policy_of(response):
    parts = response["Content-Security-Policy"].split("; ")
    return dict(part.split(" ", 1) for part in parts)


@pytest.fixture
def admin(client):
    client.force_login(make_staff("admin", is_staff=True, is_superuser=True))
    return client


@pytest.mark.parametrize("address", ["/accounts/login/", "/es/glosario/", "/v/", "/no-esta/"])
def test_our_pages_have_the_strict_policy(client, address):
    make_course(modules=0)
    assert policy_of(client.get(address, follow=True)) == STRICT


def test_the_admin_has_its_own_policy(admin):
    course = make_course(modules=0)
    for address in ("/cms/", f"/cms/pages/{course.pk}/edit/", "/cms/users/", "/cms/areas/"):
        response = admin.get(address, follow=True)
        assert response.status_code == 200
        assert policy_of(response) == ADMIN


def test_a_preview_may_stand_in_a_frame_of_the_admin(admin):
    page = make_course(modules=1).get_children().get()
    response = admin.get(f"/cms/pages/{page.pk}/edit/preview/" + "?mode=")
    assert response["X-Frame-Options"] == "SAMEORIGIN"
    assert policy_of(response)["frame-ancestors"] == "'self'"


@pytest.mark.parametrize("address", ["/accounts/logout/", "/es/glosario/", "/v/", "/no-esta/", "/cms/"])
def test_no_page_is_framed_by_another_site_taken_for_another_kind_or_told_to_other_sites(admin, address):
    make_course(modules=0)
    answer = admin.get(address, follow=True)
    told = [answer[name] for name in ("X-Frame-Options", "X-Content-Type-Options", "Referrer-Policy")]
    assert told == ["SAMEORIGIN", "nosniff", "same-origin"]


@pytest.mark.parametrize("address", ["/accounts/cuenta/", "/es/glosario/", "/es/", "/accounts/logout/", "/no-esta/"])
def test_what_a_signed_in_person_sees_is_kept_nowhere(client, address):
    make_course(modules=1)
    learner = make_learner()
    make_cohort(learners=[learner])
    client.force_login(learner)
    assert client.get(address, follow=True)["Cache-Control"] == "private, no-store"


def test_neither_the_admin_nor_the_answer_that_ends_a_session_is_kept(admin):
    for answer in (admin.get("/cms/"), admin.post("/accounts/logout/")):
        assert answer["Cache-Control"] == "private, no-store"


def test_static_files_are_kept_and_set_no_cookie(ana_client):
    response = ana_client.get("/static/site.css")
    assert response.status_code == 200
    assert "no-store" not in response["Cache-Control"]
    assert "Vary" not in response or "Cookie" not in response["Vary"]
    response.close()


def test_nothing_in_a_page_needs_more_than_the_policy_allows(ana_client):
    session = ana_client.session
    session["shared_computer"] = True
    session.save()
    for address in ("/accounts/cuenta/", "/accounts/logout/", "/es/glosario/"):
        page = ana_client.get(address).text
        for forbidden in (" style=", " onclick=", "<style", "javascript:", "<script>"):
            assert forbidden not in page


def test_a_chain_of_errors_is_told_by_type():
    try:
        try:
            raise KeyError("dicho")
        except KeyError as error:
            raise ValueError("también dicho") from error
    except ValueError as error:
        lines = RedactingFormatter().formatException((type(error), error, error.__traceback__))
    assert lines.count("Traceback (most recent call last):") == 2
    assert lines.splitlines()[-1] == "KeyError"


def test_every_log_goes_through_the_quiet_formatter(settings):
    assert {handler["formatter"] for handler in settings.LOGGING["handlers"].values()} == {"quiet"}
    assert logging.getLogger("django.request").isEnabledFor(logging.ERROR)


@override_settings(DEBUG=False)
def test_local_variables_cookies_and_forms_are_hidden():
    request = RequestFactory().post("/", {"answer": "dicho"})
    request.COOKIES["sessionid"] = "abc"
    hidden = RedactingExceptionFilter()
    assert hidden.get_post_parameters(request) == {"answer": hidden.cleansed_substitute}
    assert hidden.get_safe_cookies(request) == {"sessionid": hidden.cleansed_substitute}
    assert hidden.get_post_parameters(None) == {}
