import logging
import re
from types import SimpleNamespace

import pytest

from course.installing import proxy
from tests.factories import make_cohort, make_course, make_learner


@pytest.mark.django_db
def test_no_log_names_a_page_that_was_opened(client, caplog):
    make_course(modules=1, lessons=1)
    client.force_login(make_learner(cohort=make_cohort()))
    with caplog.at_level(logging.INFO):
        assert client.get("/es/m1/1/?c=en-la-consulta").status_code == 200
    assert [word for word in ("/es/", "m1", "en-la-consulta", "ANA234") if word in caplog.text] == []


@pytest.mark.parametrize("https", ["acme", "files", "local"])
def test_the_proxy_keeps_no_log_of_accesses(https):
    named = {"address": "curso.example", "is_number": False, "contact": ""}
    answers = SimpleNamespace(https=https, **named)
    [left_out] = re.findall(r"^\tlog \{\n\t\texclude (.*)\n\t\}$", proxy.caddyfile(answers), re.MULTILINE)
    assert {"http.log.access", "http.log.error"} <= set(left_out.split())
    assert not re.search(r"^\s*log\b", proxy.site_file(answers, "127.0.0.1:8000"), re.MULTILINE)
