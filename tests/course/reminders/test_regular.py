"""The timer's command: only groups that turned it on, by their rules, and a look beforehand that changes nothing."""

from datetime import timedelta
from io import StringIO

import pytest
from django.core import mail
from django.core.management import CommandError, call_command

from course.checks import reminders_can_go_out
from course.models import AuditEntry, Call, Cohort, Failure, Reminder
from tests.factories import make_trainer

from .factories import NOW, make_group, put

pytestmark = pytest.mark.django_db


@pytest.fixture
def group():
    return make_group(sends_reminders=True, days_before_first_step=8)


@pytest.fixture
def run(django_capture_on_commit_callbacks):
    def run(*arguments):
        said = StringIO()
        with django_capture_on_commit_callbacks(execute=True):
            call_command("send_reminders", *arguments, stdout=said)
        return said.getvalue().splitlines()

    return run


def test_a_look_beforehand_says_who_and_sends_nothing(group, run):
    put("ANA", group)
    assert run("--dry-run") == ["Grupo de la mañana: 1 · ANA", "Recordatorios que se enviarían / would be sent: 1"]
    assert (Reminder.objects.count(), AuditEntry.objects.count(), mail.outbox) == (0, 0, [])


def test_it_reminds_by_the_rules_of_each_group_that_turned_it_on(group, run):
    silent = make_group("Sin correos", trainer=make_trainer("otra"))
    closed = make_group(
        "Cerrado", trainer=make_trainer("una"), sends_reminders=True, closes_on=NOW.date() - timedelta(9)
    )
    put("ANA", group)
    put("BEA", silent)
    put("CAR", closed)
    put("DOR", group).enrolments.update(enrolled_at=NOW - timedelta(days=3))
    Call.objects.create(cohort=group, learner=put("EDG", group), made_by=group.trainers.get(), reason="…")
    assert run() == ["Grupo de la mañana: 1", "Recordatorios que van a salir / are on their way: 1"]
    assert [letter.to for letter in mail.outbox] == [["ana@ejemplo.gt"]]
    entry = AuditEntry.objects.get()
    assert (entry.by, entry.who, entry.cohort) == (None, "El sitio, automáticamente", group)
    assert run()[-1] == "Recordatorios que van a salir / are on their way: 0"


def test_an_address_that_was_refused_is_left_alone_for_a_month(group, run):
    ana = put("ANA", group)
    refused = Reminder.objects.create(learner=ana, failed_at=NOW - timedelta(days=29), problem=Failure.REFUSED)
    assert run("--dry-run")[0] == "Grupo de la mañana: 0"
    refused.failed_at = NOW - timedelta(days=31)
    refused.save()
    assert run("--dry-run")[0] == "Grupo de la mañana: 1 · ANA"


def test_without_mail_it_says_so_and_asks_for_nothing(group, run, settings):
    settings.MAIL_GOES_OUT = False
    put("ANA", group)
    with pytest.raises(CommandError, match="EMAIL_HOST"):
        run()
    assert Reminder.objects.count() == 0


def test_a_deployment_is_told_when_groups_want_reminders_and_there_is_no_mail(group, settings):
    settings.DEFAULT_FROM_EMAIL = "avisos@curso.example"
    assert reminders_can_go_out(None) == []
    settings.MAIL_GOES_OUT = False
    assert [found.id for found in reminders_can_go_out(None)] == ["course.W002"]
    settings.MAIL_GOES_OUT, settings.DEFAULT_FROM_EMAIL = True, "Curso <trato-digno@localhost>"
    assert [found.id for found in reminders_can_go_out(None)] == ["course.W002"]
    Cohort.objects.update(sends_reminders=False)
    assert reminders_can_go_out(None) == []
