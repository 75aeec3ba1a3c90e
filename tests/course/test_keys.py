"""Stable keys: one for each person, group, place and fact; a merged account's key leads to whoever remains."""

import uuid

import pytest

from course.models import Area, Call, Clinic, Cohort, Enrolment, PersonAlias, Session, User
from course.people.devices import digest_of_mark, draw_mark, forget_devices, known_device, remember_device
from course.people.keys import person_with_key
from course.people.merging import merge_accounts
from quizzes.models import Allowance
from tests.factories import NOW, make_cohort, make_learner, make_trainer

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("model", [User, Clinic, Area, Cohort, Enrolment, Session, Call, Allowance])
def test_a_key_is_drawn_for_each_row_and_belongs_to_one(model):
    field = model._meta.get_field("key")
    assert (field.unique, field.null, field.editable) == (True, False, False)
    assert isinstance(field.get_default(), uuid.UUID)
    assert field.get_default() != field.get_default()


def test_the_key_of_a_merged_account_leads_to_who_remains_however_often():
    trainer = make_trainer()
    cohort = make_cohort(trainers=[trainer])
    first, second, third = (make_learner(code, cohort=cohort) for code in ("ANA234", "ANA235", "ANA236"))
    keys, mark = (first.key, second.key, third.key), draw_mark()
    remember_device(first, mark, is_shared=False, now=NOW)
    merge_accounts(second, first, by=trainer, cohort=cohort, now=NOW)
    merge_accounts(third, second, by=trainer, cohort=cohort, now=NOW)
    assert [person_with_key(key) for key in keys] == [third, third, third]
    assert person_with_key(uuid.uuid4()) is None
    assert known_device(third, mark)
    third.enrolments.all().delete()
    third.delete()
    assert [person_with_key(key) for key in keys] == [None, None, None]
    assert not PersonAlias.objects.exists()


def test_a_device_is_known_to_a_person_by_its_mark_alone():
    ana, luis, mark = make_learner(), make_learner("LUI234"), draw_mark()
    assert known_device(ana, mark) is None
    assert remember_device(ana, mark, is_shared=True, now=NOW)
    assert not remember_device(ana, mark, is_shared=True, now=NOW)
    device = known_device(ana, mark)
    assert (device.mark_digest, device.is_shared) == (digest_of_mark(mark), True)
    assert mark not in device.mark_digest
    assert [known_device(luis, mark), known_device(ana, draw_mark()), known_device(ana, "")] == [None, None, None]
    forget_devices(ana)
    ana.refresh_from_db()
    assert (known_device(ana, mark), ana.offline_epoch) == (None, 1)
