"""What becomes of reminders when accounts are merged, exported or deleted."""

import io
from datetime import timedelta

import pytest
from django.urls import reverse
from openpyxl import load_workbook

from course.desk.person_file import person_file
from course.models import Failure, Reminder
from course.people.leaving import delete_person
from course.people.merging import merge_accounts

from .factories import NOW, ask, make_group, put, send

pytestmark = pytest.mark.django_db


@pytest.fixture
def group():
    return make_group()


@pytest.fixture
def pair(group):
    """An account that is kept, and the second one of the same person."""
    return put("ANA", group), put("TWI", group)


def merge(pair, group):
    kept, old = pair
    merge_accounts(kept, old, by=group.trainers.get(), cohort=group, now=NOW)
    kept.refresh_from_db()
    return kept


def test_of_two_that_wait_one_is_left_and_what_was_sent_goes_along(pair, group):
    ask(group)
    Reminder.objects.create(learner=pair[1], sent_at=NOW - timedelta(days=30))
    kept = merge(pair, group)
    assert [one.is_unfinished for one in kept.reminders.order_by("requested_at", "pk")].count(True) == 1
    assert kept.reminders.count() == 2


def test_one_that_waits_for_the_account_that_goes_is_kept_unless_its_person_had_one(pair, group):
    Reminder.objects.create(learner=pair[0], cohort=group, sent_at=NOW - timedelta(days=3))
    Reminder.objects.create(learner=pair[1], cohort=group, requested_at=NOW, next_try_at=NOW)
    kept = merge(pair, group)
    send()
    assert sorted(kept.reminders.values_list("problem", flat=True)) == ["", Failure.EARLY]


def test_who_wanted_none_in_one_of_the_two_wants_none(pair, group):
    pair[1].reminders_stopped_at = NOW
    pair[1].save()
    assert merge(pair, group).reminders_stopped_at == NOW


def test_the_address_in_a_letter_to_the_account_that_goes_stops_those_to_the_one_that_is_kept(client, pair, group):
    letter = Reminder.objects.create(learner=pair[1], sent_at=NOW)
    kept = merge(pair, group)
    assert client.post(reverse("stop_reminders", args=[str(letter.token)])).status_code == 200
    kept.refresh_from_db()
    assert kept.reminders_stopped_at


def test_they_go_with_the_account_and_their_address_says_so(client, group):
    ana = put("ANA", group)
    letter = Reminder.objects.create(learner=ana, cohort=group, sent_at=NOW)
    delete_person(ana, by=group.trainers.get(), cohort=group, now=NOW)
    assert Reminder.objects.count() == 0
    assert client.get(reverse("stop_reminders", args=[str(letter.token)])).status_code == 410


def test_the_file_of_a_person_has_the_address_the_wish_and_every_reminder(group):
    ana = put("ANA", group, reminders_stopped_at=NOW)
    Reminder.objects.create(learner=ana, cohort=group, requested_at=NOW, sent_at=NOW)
    Reminder.objects.create(learner=ana, cohort=group, requested_at=NOW, failed_at=NOW, problem=Failure.REFUSED)
    book = load_workbook(io.BytesIO(person_file(ana, now=NOW)))
    account = {row[0].value: row[1].value for row in book["Persona"].iter_rows(min_row=2)}
    assert account["Correo electrónico"] == "ana@ejemplo.gt"
    assert account["No quiere recordatorios desde"] is not None
    told = sorted(row[1].value for row in book["Llamadas y recordatorios"].iter_rows(min_row=2))
    assert told[0].startswith("Recordatorio por correo: El servidor de correo lo rechazó.")
    assert told[1].startswith("Recordatorio por correo: Enviado el ")
