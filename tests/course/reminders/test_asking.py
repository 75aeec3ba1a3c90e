import io
from datetime import timedelta

import pytest
from django.core import mail
from django.core.management import CommandError, call_command
from django.db import IntegrityError, transaction
from django.urls import reverse
from openpyxl import load_workbook

from course.checks import reminders_can_go_out
from course.desk.person_file import person_file
from course.models import AuditEntry, Call, Cohort, Failure, Reminder
from course.people.leaving import delete_person
from course.people.merging import merge_accounts
from course.reminders.asking import remind_group
from course.reminders.reachability import Hindrance, reachability_of
from tests.factories import make_trainer
from tests.races import at_once

from .factories import NOW, ask, make_group, put, send

pytestmark = pytest.mark.django_db


def hindrance(learner, *, now=NOW):
    learner.refresh_from_db()
    return reachability_of([learner], now=now)[learner.pk].hindrance


def test_only_who_has_an_address_and_wants_mail_is_asked_for(group):
    put("ANA", group)
    put("BEA", group, email="")
    put("CAR", group, email="no es un correo")
    put("DOR", group, reminders_stopped_at=NOW)
    put("EDG", group, is_active=False)
    assert ask(group) == ["ANA"]
    assert Reminder.objects.get().learner.username == "ANA"
    entry = AuditEntry.objects.get()
    assert (entry.action, entry.cohort, entry.about_text, entry.people) == ("reminders_asked", group, "Ana", 1)


def test_a_person_is_reminded_once_a_week_at_most(group):
    ana = put("ANA", group)
    assert hindrance(ana) is None
    assert ask(group) == ["ANA"]
    assert hindrance(ana) is Hindrance.WAITING
    assert ask(group) == []
    send()
    assert hindrance(ana) is Hindrance.RECENT
    almost = NOW + timedelta(days=7) - timedelta(seconds=1)
    assert hindrance(ana, now=almost) is Hindrance.RECENT
    assert ask(group, now=almost) == []
    assert ask(group, now=NOW + timedelta(days=7)) == ["ANA"]
    send(now=NOW + timedelta(days=7))
    assert [letter.to for letter in mail.outbox] == [["ana@ejemplo.gt"]] * 2


def test_what_came_to_nothing_may_be_tried_again_but_not_what_may_have_arrived(group):
    ana = put("ANA", group)
    failed = Reminder.objects.create(learner=ana, cohort=group, requested_at=NOW, failed_at=NOW, problem=Failure.SERVER)
    assert hindrance(ana) is None
    failed.problem = Failure.UNSURE
    failed.save()
    assert hindrance(ana) is Hindrance.RECENT


@pytest.mark.postgres
def test_the_database_lets_one_reminder_wait_for_a_person(group):
    ana = put("ANA", group)
    Reminder.objects.create(learner=ana)
    with pytest.raises(IntegrityError), transaction.atomic():
        Reminder.objects.create(learner=ana)
    failed = {"failed_at": NOW}
    for impossible in (failed, {"problem": "left"}, failed | {"sent_at": NOW, "problem": "server"}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Reminder.objects.update(**impossible)


@pytest.mark.postgres
@pytest.mark.usefixtures("database_on_disk")
@pytest.mark.django_db(transaction=True)
def test_clicks_in_two_groups_timer_and_workers_at_once_send_one_letter():
    morning, afternoon = make_group(), make_group("Tarde", trainer=make_trainer("otra"), sends_reminders=True)
    put("ANA", morning, afternoon)
    deeds = [
        lambda: ask(morning),
        lambda: ask(morning),
        lambda: ask(afternoon),
        lambda: remind_group(afternoon, now=NOW),
        send,
        send,
    ]
    for _ in range(3):
        assert not [came for came in at_once(*deeds) if isinstance(came, Exception)]
    send()
    assert [letter.to for letter in mail.outbox] == [["ana@ejemplo.gt"]]
    assert Reminder.objects.count() == 1


@pytest.mark.postgres
@pytest.mark.usefixtures("database_on_disk")
@pytest.mark.django_db(transaction=True)
def test_four_workers_share_the_letters_and_double_none():
    group = make_group()
    for number in range(12):
        put(f"P{number:02}", group)
    # The rows alone: asking would have them sent at once here.
    Reminder.objects.bulk_create(
        [Reminder(learner=learner, cohort=group, requested_at=NOW, next_try_at=NOW) for learner in group.learners.all()]
    )
    assert not [came for came in at_once(*[send] * 4) if isinstance(came, Exception)]
    assert sorted(letter.to[0] for letter in mail.outbox) == [f"p{number:02}@ejemplo.gt" for number in range(12)]
    assert Reminder.objects.filter(sent_at=NOW).count() == 12


@pytest.fixture
def willing():
    return make_group(sends_reminders=True, days_before_first_step=8)


@pytest.fixture
def run(django_capture_on_commit_callbacks):
    def run(*arguments):
        said = io.StringIO()
        with django_capture_on_commit_callbacks(execute=True):
            call_command("send_reminders", *arguments, stdout=said)
        return said.getvalue().splitlines()

    return run


def test_a_look_beforehand_says_who_and_sends_nothing(willing, run):
    put("ANA", willing)
    assert run("--dry-run") == ["Grupo de la mañana: 1 · ANA", "Recordatorios que se enviarían / would be sent: 1"]
    assert (Reminder.objects.count(), AuditEntry.objects.count(), mail.outbox) == (0, 0, [])


def test_it_reminds_by_the_rules_of_each_group_that_turned_it_on(willing, run):
    silent = make_group("Sin correos", trainer=make_trainer("otra"))
    closed = make_group(
        "Cerrado", trainer=make_trainer("una"), sends_reminders=True, closes_on=NOW.date() - timedelta(9)
    )
    put("ANA", willing)
    put("BEA", silent)
    put("CAR", closed)
    put("DOR", willing).enrolments.update(enrolled_at=NOW - timedelta(days=3))
    Call.objects.create(cohort=willing, learner=put("EDG", willing), made_by=willing.trainers.get(), reason="…")
    assert run() == ["Grupo de la mañana: 1", "Recordatorios que van a salir / are on their way: 1"]
    assert [letter.to for letter in mail.outbox] == [["ana@ejemplo.gt"]]
    entry = AuditEntry.objects.get()
    assert (entry.by, entry.who, entry.cohort) == (None, "El sitio, automáticamente", willing)
    assert run()[-1] == "Recordatorios que van a salir / are on their way: 0"


def test_an_address_that_was_refused_is_left_alone_for_a_month(willing, run):
    ana = put("ANA", willing)
    refused = Reminder.objects.create(learner=ana, failed_at=NOW - timedelta(days=29), problem=Failure.REFUSED)
    assert run("--dry-run")[0] == "Grupo de la mañana: 0"
    refused.failed_at = NOW - timedelta(days=31)
    refused.save()
    assert run("--dry-run")[0] == "Grupo de la mañana: 1 · ANA"


def test_without_mail_it_says_so_and_asks_for_nothing(willing, run, settings):
    settings.MAIL_GOES_OUT = False
    put("ANA", willing)
    with pytest.raises(CommandError, match="EMAIL_HOST"):
        run()
    assert Reminder.objects.count() == 0


def test_a_deployment_is_told_when_groups_want_reminders_and_there_is_no_mail(willing, settings):
    settings.DEFAULT_FROM_EMAIL = "avisos@curso.example"
    assert reminders_can_go_out(None) == []
    settings.MAIL_GOES_OUT = False
    assert [found.id for found in reminders_can_go_out(None)] == ["course.W002"]
    settings.MAIL_GOES_OUT, settings.DEFAULT_FROM_EMAIL = True, "Curso <trato-digno@localhost>"
    assert [found.id for found in reminders_can_go_out(None)] == ["course.W002"]
    Cohort.objects.update(sends_reminders=False)
    assert reminders_can_go_out(None) == []


@pytest.fixture
def pair(group):
    return put("ANA", group), put("TWI", group)


def merge(pair, group):
    kept, old = pair
    merge_accounts(kept, old, by=group.trainers.get(), cohort=group, now=NOW)
    kept.refresh_from_db()
    return kept


def test_of_two_that_wait_one_is_left_and_what_was_sent_goes_along_with_the_wish_for_none(client, pair, group):
    ask(group)
    letter = Reminder.objects.create(learner=pair[1], sent_at=NOW - timedelta(days=30))
    kept = merge(pair, group)
    assert [one.is_unfinished for one in kept.reminders.all()].count(True) == 1
    assert kept.reminders.count() == 2
    assert client.post(reverse("stop_reminders", args=[str(letter.token)])).status_code == 200
    kept.refresh_from_db()
    assert kept.reminders_stopped_at
    assert merge((put("TRI", group), kept), group).reminders_stopped_at


def test_one_that_waits_for_the_account_that_goes_is_kept_unless_its_person_had_one(pair, group):
    Reminder.objects.create(learner=pair[0], cohort=group, sent_at=NOW - timedelta(days=3))
    Reminder.objects.create(learner=pair[1], cohort=group, requested_at=NOW, next_try_at=NOW)
    kept = merge(pair, group)
    send()
    assert sorted(kept.reminders.values_list("problem", flat=True)) == ["", Failure.EARLY]


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
