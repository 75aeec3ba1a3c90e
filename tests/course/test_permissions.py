from datetime import UTC, date, datetime, timedelta
from uuid import uuid4

import pytest
from django.contrib.auth import get_user_model
from django.utils import timezone

from certificates.models import Certificate
from course.models import ADMINISTRATORS
from course.people import permissions
from course.people.roles import EDITORS
from quizzes.models import Attempt
from tests.factories import make_cohort, make_learner, make_staff, make_trainer

pytestmark = pytest.mark.django_db

STUDYING = ["modules.study_course", "quizzes.start_attempt"]
# In Guatemala it is six hours earlier: the evening of 25 November there is 26 November in London.
EVENING = datetime(2026, 11, 26, 4, 30, tzinfo=UTC)
TODAY, DAY = date(2026, 11, 25), timedelta(days=1)


@pytest.fixture(autouse=True)
def on_the_evening_of_25_november(monkeypatch):
    monkeypatch.setattr(timezone, "now", lambda: EVENING)


def afresh(person):
    return get_user_model().objects.get(pk=person.pk)


def may_study(person):
    answers = {afresh(person).has_perm(name) for name in STUDYING}
    assert len(answers) == 1
    return answers.pop()


@pytest.mark.parametrize(
    "opens_on, closes_on, open_today",
    [
        (TODAY - DAY, None, True),
        (TODAY, TODAY, True),
        (TODAY - 9 * DAY, TODAY, True),
        (TODAY + DAY, None, False),
        (TODAY - 9 * DAY, TODAY - DAY, False),
    ],
)
def test_a_learner_studies_while_the_group_is_open_in_guatemala(opens_on, closes_on, open_today, ana):
    make_cohort(learners=[ana], opens_on=opens_on, closes_on=closes_on)
    assert may_study(ana) is open_today


def test_one_open_group_of_ones_own_is_enough():
    somebody_else, learner = make_learner("LUZ345"), make_learner()
    make_cohort("Cerrado", learners=[somebody_else, learner], opens_on=TODAY - 9 * DAY, closes_on=TODAY - DAY)
    make_cohort("Abierto", learners=[learner], opens_on=TODAY)
    assert may_study(learner)
    assert not may_study(somebody_else)


def test_who_has_no_group_or_has_left_it_does_not_study(ana):
    assert not may_study(ana)
    cohort = make_cohort(learners=[ana])
    assert may_study(ana)
    cohort.enrolments.update(left_at=EVENING)
    assert not may_study(ana)


@pytest.mark.parametrize("fields", [{"is_staff": True}, {"is_staff": True, "is_superuser": True}])
def test_who_trains_edits_or_administers_sees_the_course_without_a_group(fields):
    assert may_study(make_staff("persona", **fields))


def test_whose_account_is_closed_may_do_nothing():
    learner = make_learner(is_active=False)
    trainer = make_trainer(is_staff=True, is_active=False)
    cohort = make_cohort(learners=[learner], trainers=[trainer])
    assert not may_study(learner)
    assert not may_study(trainer)
    assert not afresh(trainer).has_perm("course.see_cohort", cohort)


def test_a_learner_sees_nobody_not_even_of_the_own_group():
    ana, bea = make_learner(), make_learner("BEA342")
    cohort = make_cohort(learners=[ana, bea])
    assert not ana.has_perm("course.see_learner", bea)
    assert not ana.has_perm("course.see_cohort", cohort)


def test_a_certificate_is_printed_by_its_owner_and_the_present_trainers():
    owner, trainer = make_learner(), make_trainer(is_staff=True)
    colleague, other = make_learner("BEA342"), make_trainer("otra", is_staff=True)
    make_cohort(trainers=[trainer], learners=[owner, colleague])
    make_cohort("Otro grupo", trainers=[other])
    certificate = Certificate(learner=owner)
    may_print = [
        afresh(person).has_perm("certificates.print_certificate", certificate)
        for person in (owner, trainer, colleague, other)
    ]
    assert may_print == [True, True, False, False]


def test_whoever_trains_no_more_sees_nothing_of_the_group_that_still_names_them():
    trainer, learner = make_trainer(), make_learner()
    cohort = make_cohort(trainers=[trainer], learners=[learner])
    certificate = Certificate(learner=learner)
    trainer.is_staff = False
    trainer.save()
    former = afresh(trainer)
    assert not former.has_perm("course.see_cohort", cohort)
    assert not former.has_perm("course.see_learner", learner)
    assert not former.has_perm("certificates.print_certificate", certificate)


DEEDS = {
    permissions.may_mark: lambda learner: Attempt(learner=learner),
    permissions.may_allow: lambda learner: learner,
    permissions.may_issue_certificate: lambda learner: learner,
    permissions.may_change_certificate: lambda learner: Certificate(learner=learner),
    permissions.may_change_learner: lambda learner: learner,
}


@pytest.mark.parametrize("may", DEEDS, ids=lambda may: may.__name__)
def test_who_trains_the_learner_or_administers_acts_and_nobody_else(may):
    learner, colleague, trainer = make_learner(), make_learner("BEA342"), make_trainer(is_staff=True)
    administrator, other = make_staff("administradora", ADMINISTRATORS), make_trainer("otra", is_staff=True)
    cohort = make_cohort(trainers=[trainer], learners=[learner, colleague])
    make_cohort("Otro grupo", trainers=[other])
    people = (trainer, administrator, other, colleague, learner)
    assert [may(afresh(person), DEEDS[may](learner)) for person in people] == [True, True, False, False, False]
    assert not may(afresh(administrator), None)
    cohort.enrolments.update(left_at=EVENING)
    assert [may(afresh(person), DEEDS[may](learner)) for person in people] == [False, True, False, False, False]


@pytest.mark.parametrize("may", DEEDS, ids=lambda may: may.__name__)
def test_nobody_acts_on_oneself(may):
    trainer, administrator = make_trainer(is_staff=True), make_staff("administradora", ADMINISTRATORS)
    make_cohort(trainers=[trainer, administrator], learners=[trainer, administrator])
    assert not any(may(afresh(person), DEEDS[may](person)) for person in (trainer, administrator))


def test_of_who_has_no_account_any_more_only_administrators_change_the_certificate():
    administrator = make_staff("administradora", ADMINISTRATORS)
    orphan = Certificate.objects.create(
        serial="0" * 13, course_key=uuid4(), record_key=uuid4(), edition=1, issued_at=EVENING, printed={}
    )
    others = [make_staff("editora", EDITORS), make_trainer(is_staff=True), make_learner()]
    for may in (permissions.may_change_certificate, permissions.may_print_certificate):
        assert [may(afresh(person), orphan) for person in (administrator, *others)] == [True, False, False, False]


def test_whose_account_has_a_role_is_changed_by_administrators_and_a_superusers_by_superusers():
    superuser = make_staff("admin", is_staff=True, is_superuser=True)
    administrator, trainer = make_staff("administradora", ADMINISTRATORS), make_trainer(is_staff=True)
    second = make_staff("admin2", is_staff=True, is_superuser=True)
    people = [make_learner(), make_trainer("otra", is_staff=True), second]
    changed_by = {
        person: [permissions.may_change_account(afresh(person), other) for other in people]
        for person in (superuser, administrator, trainer)
    }
    assert changed_by == {
        superuser: [True, True, True],
        administrator: [True, True, False],
        trainer: [True, False, False],
    }


def test_nothing_is_nobodys_to_see():
    trainer = make_trainer(is_staff=True)
    for rule in ("course.see_cohort", "course.see_learner", "certificates.print_certificate", "no.such_rule"):
        assert not trainer.has_perm(rule)
