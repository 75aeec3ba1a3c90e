import csv
import io
from datetime import timedelta

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from course.cleanup import clean_up
from course.models import AuditEntry, Refusal
from course.people import refusals
from course.people.refusals import KEPT, keep_refusal, shortened
from course.people.roles import ADMINISTRATORS
from tests.factories import NOW, PIN, make_learner, make_staff, make_trainer

pytestmark = pytest.mark.django_db

HERE = "203.0.113.7"


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(NOW, tick=False) as clock:
        yield clock


def try_pin(client, code="ANA234", pin="777123"):
    return client.post("/accounts/login/", {"login": code, "password": pin}, REMOTE_ADDR=HERE)


def kept():
    found = Refusal.objects.order_by("pk").select_related("person")
    return [(one.reason, one.person and one.person.username, one.device, one.place, one.times) for one in found]


@pytest.fixture
def admin(client):
    admin = make_staff("administradora", ADMINISTRATORS)
    client.force_login(admin)
    return admin


def test_wrong_pins_and_waits_are_counted_by_account_and_hour(clock):
    make_learner()
    for _n in range(7):
        try_pin(Client())
    clock.shift(timedelta(hours=1))
    try_pin(Client())
    assert kept() == [
        ("pin", "ANA234", "unknown", "203.0.113.0/24", 5),
        ("wait", "ANA234", "unknown", "203.0.113.0/24", 2),
        ("pin", "ANA234", "unknown", "203.0.113.0/24", 1),
    ]


def test_a_known_device_is_told_from_others(client):
    make_learner()
    try_pin(client, pin=PIN)
    client.post("/accounts/logout/")
    try_pin(client)
    assert kept() == [("pin", "ANA234", "known", "203.0.113.0/24", 1)]


def test_nothing_that_was_typed_is_kept():
    try_pin(Client(), code="482913", pin="ANA234")
    assert kept() == [("pin", None, "unknown", "203.0.113.0/24", 1)]
    text = " ".join(str(value) for value in Refusal.objects.values_list().get())
    for typed in ("482913", "ANA234", HERE):
        assert typed not in text


def test_a_refused_page_and_a_form_of_another_site_are_kept_with_their_page():
    learner = make_learner()
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(learner)
    strict.post("/accounts/cuenta/", {"present": PIN}, headers={"Origin": "https://evil.example"}, REMOTE_ADDR=HERE)
    assert kept() == [("form", "ANA234", "unknown", "203.0.113.0/24", 1)]
    assert Refusal.objects.get().page == "my_account"


@pytest.mark.parametrize(
    ("address", "network"),
    [("203.0.113.7", "203.0.113.0/24"), ("2001:db8:1:2::3", "2001:db8:1::/48"), ("::ffff:10.1.2.3", "10.1.2.0/24")],
)
def test_of_an_address_only_the_network_is_kept(address, network):
    assert shortened(address) == network


def test_an_attack_from_everywhere_fills_no_table(monkeypatch):
    monkeypatch.setattr(refusals, "ROWS_AN_HOUR", 3)
    for n in range(10):
        keep_refusal("pin", address=f"10.0.{n}.1", now=NOW)
    found = list(Refusal.objects.order_by("pk").values_list("place", "times"))
    assert found == [*((f"10.0.{n}.0/24", 1) for n in range(3)), ("", 7)]


def test_after_ninety_days_it_goes_and_with_the_person_at_once():
    learner = make_learner()
    keep_refusal("pin", address=HERE, person=learner, now=NOW)
    keep_refusal("pin", address=HERE, now=NOW - KEPT - timedelta(hours=1))
    clean_up(now=NOW)
    assert [one.person for one in Refusal.objects.all()] == [learner]
    learner.delete()
    assert not Refusal.objects.exists()


def test_administrators_alone_read_refusals_by_reason(client, admin):
    keep_refusal("pin", address=HERE, person=make_learner(), now=NOW)
    keep_refusal("page", address=HERE, person=admin, page="wagtailadmin_home", now=NOW)
    page = client.get(reverse("desk_refusals")).text
    for words in ("Ana Lucía Coj de la Cruz (ANA234)", "PIN o contraseña equivocados", "203.0.113.0/24", "Sin permiso"):
        assert words in page
    rows = [client.get(reverse("desk_refusals"), {"motivo": reason}).text for reason in ("page", "<b>")]
    found = [[code in page for code in ("(ANA234)", "wagtailadmin_home")] for page in rows]
    assert found == [[False, True], [True, True]]
    assert reverse("desk_refusals") in client.get(reverse("desk_all_audit")).text
    client.force_login(make_trainer())
    assert client.get(reverse("desk_refusals")).status_code == 404
    assert reverse("desk_refusals") not in client.get(reverse("desk_all_audit")).text


def test_it_is_exported_and_who_did_it_kept(client, admin):
    keep_refusal("pin", address=HERE, person=make_learner(), now=NOW)
    answer = client.get(reverse("desk_refusals_csv"))
    rows = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))
    shown = next(row for row in rows if "ANA234" in row)
    assert shown[1:] == ["ANA234", "Ana Lucía Coj de la Cruz", "PIN o contraseña equivocados", "1", *shown[5:]]
    assert shown[5:] == ["Aparato desconocido", "203.0.113.0/24", ""]
    assert AuditEntry.objects.get().action == "refusals_exported"
    assert client.get(reverse("desk_refusals_xlsx")).status_code == 200
