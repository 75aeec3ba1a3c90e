"""Who did what with a certificate and when: kept, and kept when the accounts are gone."""

from datetime import timedelta

import pytest

from certificates.issuing.history import history_of, record_printing
from certificates.models import Certificate
from tests.factories import NOW, make_trainer

from .factories import issue, make_graduate, make_small_course

pytestmark = pytest.mark.django_db


@pytest.fixture
def ana():
    make_small_course()
    return make_graduate()


def told(*certificates):
    return [(event.kind, event.who, event.at, event.note) for event in history_of(*certificates)]


def test_the_person_who_confirms_issues_it_and_twice_is_once(ana):
    certificate = issue(ana)
    issue(ana, now=NOW + timedelta(days=1))
    assert told(certificate) == [("issued", "Ana Lucía Coj de la Cruz", NOW, "")]


def test_a_trainer_who_issues_it_is_named(ana):
    certificate = issue(ana, by=make_trainer())
    assert told(certificate) == [("issued", "Marta Ajú Ñáñez", NOW, "")]


def test_opening_the_file_again_at_once_is_one_print_and_later_another(ana):
    certificate, trainer = issue(ana), make_trainer()
    for minutes in (1, 5, 9, 30):
        record_printing([certificate], by=trainer, now=NOW + timedelta(minutes=minutes))
    record_printing([certificate], by=ana, now=NOW + timedelta(minutes=31))
    assert [(kind, name, at - NOW) for kind, name, at, _note in told(certificate)[1:]] == [
        ("printed", "Marta Ajú Ñáñez", timedelta(minutes=1)),
        ("printed", "Marta Ajú Ñáñez", timedelta(minutes=30)),
        ("printed", "Ana Lucía Coj de la Cruz", timedelta(minutes=31)),
    ]


def test_the_history_stays_when_the_accounts_go(ana):
    trainer = make_trainer()
    certificate = issue(ana)
    record_printing([certificate], by=trainer, now=NOW)
    before = told(certificate)
    ana.attempts.all().delete()
    ana.lessons_read.all().delete()
    for person in (ana, trainer):
        person.delete()
    kept = Certificate.objects.get()
    assert kept.learner is None
    assert [(kind, at, note) for kind, _who, at, note in told(kept)] == [
        (kind, at, note) for kind, _who, at, note in before
    ]
    assert [event.who for event in history_of(kept)] == ["una cuenta eliminada"] * 2
    assert [event.by for event in history_of(kept)] == [None, None]


@pytest.mark.nightly
@pytest.mark.parametrize("count", [1, 4])
def test_printing_and_the_history_of_many_take_constant_queries(count, django_assert_num_queries):
    make_small_course()
    certificates = [issue(make_graduate(f"P{number}")) for number in range(count)]
    trainer = make_trainer()
    with django_assert_num_queries(2):
        record_printing(certificates, by=trainer, now=NOW)
    with django_assert_num_queries(1):
        assert [event.certificate.printed["name"] for event in history_of(*certificates)]
