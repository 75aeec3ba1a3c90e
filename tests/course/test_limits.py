"""How fast PINs may be guessed: five wrong tries slow an account, sixty a minute an address."""

import time

import pytest
from django.contrib.auth import SESSION_KEY
from django.test import override_settings

from course.people import limits
from tests.factories import PIN, make_learner

pytestmark = pytest.mark.django_db

LOGIN = "/accounts/login/"
TOO_MANY = (
    "Demasiados intentos equivocados. Espere cinco minutos e inténtelo de nuevo, "
    "o pida ahora a su facilitador/a que desbloquee su código."
)


def try_pin(client, code, pin, **headers):
    return client.post(LOGIN, {"login": code, "password": pin}, **headers)


def slow_down(client, code="ANA234", **headers):
    for n in range(5):
        try_pin(client, code, f"11122{n}", **headers)


def test_the_sixth_wrong_try_is_refused_and_says_what_to_do(client):
    make_learner()
    slow_down(client)
    answer = try_pin(client, "ANA234", "999888")
    assert answer.context["form"].errors == {"__all__": [TOO_MANY]}


def test_even_the_right_pin_waits_after_five_wrong_tries_in_whatever_way_the_code_is_written(client):
    learner = make_learner()
    slow_down(client, "ana-234")
    assert limits.is_slowed(learner)
    try_pin(client, "ANA 234", PIN)
    assert SESSION_KEY not in client.session


def test_a_colleague_at_the_same_address_still_gets_in(client):
    make_learner()
    bea = make_learner("BEA342", "Beatriz", "Ñáñez")
    slow_down(client)
    try_pin(client, "BEA342", PIN)
    assert int(client.session[SESSION_KEY]) == bea.pk


def test_a_code_that_nobody_has_is_slowed_alike(client):
    slow_down(client, "ZZZ999")
    assert try_pin(client, "ZZZ999", "123987").context["form"].errors == {"__all__": [TOO_MANY]}


def test_signing_in_well_does_not_count_as_a_try(client):
    learner = make_learner()
    for _n in range(8):
        try_pin(client, "ANA234", PIN)
        client.logout()
    assert not limits.is_slowed(learner)


def test_a_trainer_lifts_it(client):
    learner = make_learner()
    slow_down(client)
    limits.lift(learner)
    assert not limits.is_slowed(learner)
    try_pin(client, "ANA234", PIN)
    assert int(client.session[SESSION_KEY]) == learner.pk


def test_after_five_minutes_it_is_over(client, monkeypatch):
    learner = make_learner()
    slow_down(client)
    later = time.time() + 301
    monkeypatch.setattr("allauth.core.internal.ratelimit.time.time", lambda: later)
    assert not limits.is_slowed(learner)
    try_pin(client, "ANA234", PIN)
    assert int(client.session[SESSION_KEY]) == learner.pk


def test_more_than_sixty_tries_a_minute_slow_an_address_and_no_other(client):
    learner = make_learner()
    for n in range(60):
        assert try_pin(client, f"ZZZ{n:03}", "123987").status_code == 200
    refused = try_pin(client, "ANA234", PIN)
    assert refused.status_code == 429
    assert "Espere un minuto" in refused.content.decode()
    try_pin(client, "ANA234", PIN, REMOTE_ADDR="10.0.0.9")
    assert int(client.session[SESSION_KEY]) == learner.pk


@override_settings(ALLAUTH_TRUSTED_PROXY_COUNT=1)
def test_behind_the_proxy_the_address_it_added_last_counts(client):
    """What a visitor writes in the header comes first and changes nothing."""
    learner = make_learner()
    for n in range(60):
        try_pin(client, f"ZZZ{n:03}", "123987", HTTP_X_FORWARDED_FOR=f"1.2.3.{n}, 203.0.113.7")
    assert try_pin(client, "ANA234", PIN, HTTP_X_FORWARDED_FOR="9.9.9.9, 203.0.113.7").status_code == 429
    try_pin(client, "ANA234", PIN, HTTP_X_FORWARDED_FOR="203.0.113.7, 198.51.100.2")
    assert int(client.session[SESSION_KEY]) == learner.pk


def test_without_a_proxy_the_header_is_not_believed(client):
    make_learner()
    for n in range(60):
        try_pin(client, f"ZZZ{n:03}", "123987", HTTP_X_FORWARDED_FOR=f"1.2.3.{n}")
    assert try_pin(client, "ANA234", PIN, HTTP_X_FORWARDED_FOR="1.2.3.99").status_code == 429


@pytest.mark.parametrize("code", ["ANA234", " ana234 ", "Ana234", "anA234"])
def test_every_way_to_write_a_code_is_counted_as_one(code):
    assert limits.account_key(code) == "ana234"
