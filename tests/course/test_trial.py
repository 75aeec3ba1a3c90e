import os
import re
import subprocess

import pytest

from course.errors import UNMIGRATED
from course.health.watching import watch
from tests.factories import make_course, make_staff, make_trainer
from tests.serving import ROOT

pytestmark = pytest.mark.django_db
SPANISH = "Prueba con contraseñas públicas: no anote nada de personas reales."


@pytest.fixture
def trial(settings, client):
    settings.IS_TRIAL, settings.ROOT_URLCONF = True, "tests.security.failing_urls"
    client.raise_request_exception = False
    make_course(modules=1, lessons=1)
    return client


def lines_in(answer):
    text = answer.text
    if "Content-Length" in answer:
        assert int(answer["Content-Length"]) == len(answer.content)
    # The content of a <template> is not displayed.
    shown = re.sub(r"<template\b.*?</template>", "", text, flags=re.DOTALL)
    return re.findall(r'<p class="trial[^"]*"><span[^>]*>([^<]*)</span></p>', shown)


def test_every_kind_of_page_says_it_once(trial, monkeypatch, ana):
    people = {None: ["/accounts/login/", "/es/directorio/", "/v/", "/no-esta/", "/es/no-esta/", "/fails/"]}
    people[ana] = ["/es/", "/es/m1/1/", "/es/certificado/", "/accounts/cuenta/", "/es/grupos/"]
    people[make_trainer()] = ["/es/grupos/", "/es/grupos/nuevo/", "/es/analisis/"]
    people[make_staff("admin", is_staff=True, is_superuser=True)] = [
        "/cms/",
        "/cms/users/",
        "/cms/pages/",
        "/es/styleguide/",
    ]
    for person, paths in people.items():
        if person:
            trial.force_login(person)
        for path in paths:
            answer = trial.get(path, follow=True)
            told = lines_in(answer)
            assert (len(told), told[0].startswith(SPANISH)) == (1, True), (path, answer.status_code)
    monkeypatch.setattr(watch, "refused", UNMIGRATED)
    assert lines_in(trial.get("/es/"))[0].startswith(SPANISH)


def test_what_is_no_page_is_left_alone(trial):
    assert trial.get("/salud/viva/").content == b"ok\n"
    assert b"trial" not in trial.get("/static/site.css").getvalue().split(b".trial", 1)[0]


def test_a_site_for_real_people_says_nothing_of_the_kind(client):
    assert lines_in(client.get("/accounts/login/")) == []


@pytest.mark.parametrize("host", ["0.0.0.0", "192.168.1.10", "::"])
def test_other_computers_are_served_only_when_told_twice(host):
    refused = subprocess.run(
        ["script/server"],
        cwd=ROOT,
        env={"PATH": os.environ["PATH"], "HOST": host},
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert (refused.returncode, refused.stdout) == (2, "")
    assert f"HOST={host} TRIAL_FOR_OTHERS=yes script/server" in refused.stderr
    assert "script/install" in refused.stderr
