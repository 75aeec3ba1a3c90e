"""Who can be reminded by e-mail, and that nobody is more than once a week, whoever asks."""

import threading
from datetime import timedelta

import pytest
from django.core import mail
from django.db import IntegrityError, connection, transaction

from course.models import AuditEntry, Failure, Reminder
from course.reminders.reachability import Hindrance, reachability_of
from course.reminders.regular import remind_group
from tests.factories import make_trainer

from .factories import NOW, ask, make_group, put, send

pytestmark = pytest.mark.django_db


@pytest.fixture
def group():
    return make_group()


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
    assert (entry.action, entry.cohort, entry.about_words, entry.people) == ("reminders_asked", group, "Ana", 1)


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


def test_in_two_groups_and_by_the_timer_too_it_is_one(group):
    other = make_group("Otro grupo", trainer=make_trainer("otra"), sends_reminders=True)
    put("ANA", group, other)
    assert ask(group) == ["ANA"]
    assert ask(other) == []
    assert remind_group(other, now=NOW) == []
    send()
    assert remind_group(other, now=NOW + timedelta(days=6)) == []
    assert len(mail.outbox) == 1


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
    for impossible in (
        {"sent_at": NOW, "failed_at": NOW, "problem": "server"},
        {"failed_at": NOW},
        {"problem": "left"},
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            Reminder.objects.update(**impossible)


def reachability_queries(learners, count):
    with count(1):
        assert len(reachability_of(learners, now=NOW)) == len(learners)


def test_many_people_cost_one_question_as_one_does(group, django_assert_num_queries):
    few = [put("ANA", group)]
    reachability_queries(few, django_assert_num_queries)
    reachability_queries(few + [put(f"P{n}", group) for n in range(9)], django_assert_num_queries)


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
    together, errors = threading.Barrier(len(deeds)), []

    def at_once(deed):
        try:
            together.wait()
            deed()
        except Exception as error:
            errors.append(error)
        finally:
            connection.close()

    for _ in range(3):
        together.reset()
        threads = [threading.Thread(target=at_once, args=[deed]) for deed in deeds]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    send()
    assert errors == []
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
    together, errors = threading.Barrier(4), []

    def work():
        try:
            together.wait()
            send()
        except Exception as error:
            errors.append(error)
        finally:
            connection.close()

    workers = [threading.Thread(target=work) for _ in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert errors == []
    assert sorted(letter.to[0] for letter in mail.outbox) == [f"p{number:02}@ejemplo.gt" for number in range(12)]
    assert Reminder.objects.filter(sent_at=NOW).count() == 12
