"""`check --deploy` stops a site that is not fit for real people."""

import pytest
from django.core.checks import run_checks
from django.core.management import call_command
from django.core.management.base import SystemCheckError

from course.checks import no_demo_people, site_url_is_https
from course.models import User
from tests.factories import make_learner


def ours(messages):
    return [message.id for message in messages if message.id.startswith("course.")]


@pytest.mark.django_db
def test_a_demo_person_is_an_error_that_names_them_and_real_people_are_none():
    make_learner("REAL22")
    assert no_demo_people(None) == []
    make_learner("ANA234", is_demo=True)
    make_learner("LUZ567", is_demo=True)
    (error,) = no_demo_people(None)
    assert (error.id, error.msg) == (
        "course.E002",
        "There are demo people in this database, whose PINs are public: ANA234, LUZ567.",
    )


@pytest.mark.django_db
def test_the_command_fails_for_a_demo_person_without_being_told_which_database(settings):
    settings.SITE_URL = "https://trato.example"
    make_learner("ANA234", is_demo=True)
    with pytest.raises(SystemCheckError, match=r"whose PINs are public: ANA234"):
        call_command("check", deploy=True)


@pytest.mark.django_db
def test_a_database_without_tables_is_no_error(monkeypatch):
    monkeypatch.setattr(User._meta, "db_table", "not_made_yet")
    assert no_demo_people(None) == []


def test_an_address_without_https_is_an_error(settings):
    settings.SITE_URL = "http://localhost:8000"
    assert [error.id for error in site_url_is_https(None)] == ["course.E001"]
    settings.SITE_URL = "https://trato.example"
    assert site_url_is_https(None) == []


@pytest.mark.django_db
def test_only_a_deployment_is_checked(settings):
    settings.SITE_URL = "http://localhost:8000"
    make_learner(is_demo=True)
    assert ours(run_checks()) == []
    assert set(ours(run_checks(include_deployment_checks=True))) == {"course.E001", "course.E002"}
