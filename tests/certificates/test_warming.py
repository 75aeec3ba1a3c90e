"""A worker warms its press up when it starts, so that nobody waits longer for being the first."""

import pytest
from django.db import DatabaseError

from certificates.issuing.composing import example_print
from certificates.issuing.designs import design_in_use
from certificates.issuing.warming import warm_up
from certificates.paper.rendering import render_pdf
from modules.paper.press import _press_of, press_for

from .factories import make_small_course


@pytest.mark.django_db
def test_after_warming_up_the_first_certificate_makes_nothing_anew(monkeypatch):
    make_small_course()
    press_for.cache_clear()
    _press_of.cache_clear()
    monkeypatch.setattr("certificates.issuing.warming.connections.close_all", lambda: None)
    warm_up()
    made = press_for.cache_info().misses, _press_of.cache_info().misses
    assert made == (1, 1)
    render_pdf(example_print(design_in_use("es"), language="es"))
    assert (press_for.cache_info().misses, _press_of.cache_info().misses) == made


@pytest.mark.django_db
def test_another_border_needs_no_new_press():
    make_small_course()
    printed = example_print(design_in_use("es"), language="es")
    press_for.cache_clear()
    render_pdf(printed)
    before = _press_of.cache_info().misses
    assert render_pdf(printed | {"palette": "jade"}) != render_pdf(printed)
    assert _press_of.cache_info().misses == before


def test_a_database_that_does_not_answer_is_a_line_in_the_log(monkeypatch, caplog):
    def refuse(_language):
        raise DatabaseError

    monkeypatch.setattr("certificates.issuing.warming.design_in_use", refuse)
    monkeypatch.setattr("certificates.issuing.warming.connections.close_all", lambda: None)
    warm_up()
    assert "The press was not warmed up" in caplog.text
