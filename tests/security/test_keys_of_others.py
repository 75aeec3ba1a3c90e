import pytest

from certificates.models import Certificate
from course.models import (
    Attendance,
    Call,
    CentreHead,
    Cohort,
    Enrolment,
    Job,
    PaperSheet,
    PlanAction,
    PlanReview,
    RosterUpload,
    Session,
    StartingPin,
    User,
)
from quizzes.models import Allowance, Answer, Attempt, LateAnswer, ManualMark
from tests import forms
from tests.everyone import Everyone, address_of, make_world
from tests.test_access import address_in, fields_of, ours, row_of

pytestmark = pytest.mark.django_db

OF_A_GROUP = {"cohort_pk", "learner_pk", "attempt_id", "pk", "serial", "batch_id", "call_pk", "clinic_pk", "action_key"}
OF_A_GROUP |= {"session_pk", "token", "code", "print_id", "papers_id", "upload_id"}


@pytest.fixture
def world(settings, tmp_path):
    return make_world(tmp_path / "keys", settings)


def mixed_addresses(world):
    for one in ours():
        called = {key: forms.OTHER_KEYS.get(one.name, {}).get(key, key) for key in one.parameters}
        is_public = row_of(one.name)[0][0] in "+!"
        if is_public or not called.keys() & OF_A_GROUP or set(called.values()) - world.own.keys():
            continue
        keys = {key: world.own[name] for key, name in called.items()}
        for key in called.keys() & OF_A_GROUP:
            yield one.name, address_of(one.name, keys, keys | {key: world.foreign[called[key]]})


def about(learner, group):
    rows = [User.objects.filter(pk=learner.pk), StartingPin.objects.filter(user=learner)]
    rows += [
        of.objects.filter(learner=learner) for of in (Enrolment, Attendance, Attempt, Allowance, Certificate, Call)
    ]
    rows += [of.objects.filter(attempt__learner=learner) for of in (PaperSheet, Answer, ManualMark, LateAnswer)]
    rows += [of.objects.filter(cohort=group) for of in (Enrolment, Session, Job, RosterUpload)]
    rows += [PlanAction.objects.filter(clinic=group.clinic), PlanReview.objects.filter(action__clinic=group.clinic)]
    rows += [CentreHead.objects.filter(clinic=group.clinic)]
    rows += [Cohort.objects.filter(pk=group.pk)]
    return [list(found.order_by("pk").values()) for found in rows]


def test_no_address_mixes_two_groups(world):
    everyone, other = Everyone(world.people), world.people["O"]
    tried, learner, group = 0, other, Cohort.objects.get(pk=world.foreign["cohort_pk"])
    before = about(learner, group)
    for name, address in mixed_addresses(world):
        for who in "LT":
            fields = fields_of(name, world, who)
            fields = fields if isinstance(fields, dict) else {}
            for answer in (everyone.ask(who, "get", address), everyone.ask(who, "post", address, fields)):
                tried += 1
                assert answer.status in (302, 400, 403, 404, 405), (name, who, address)
                assert not answer.wrote, (name, who, address)
    assert about(learner, group) == before
    assert tried > 300


def swapped(world, value):
    own = {str(world.own[name]): str(world.foreign[name]) for name in world.own.keys() & world.foreign.keys()}
    people = {"L": "O", "K": "O", "F": "O", "G": "O", "T": "X"}
    for mine, other in people.items():
        for what in ("pk", "username"):
            own[str(getattr(world.people[mine], what))] = str(getattr(world.people[other], what))
    return own.get(str(value), value)


def test_no_form_reaches_somebody_of_another_group(world):
    everyone = Everyone(world.people)
    learner, group = world.people["O"], Cohort.objects.get(pk=world.foreign["cohort_pk"])
    before, tried = about(learner, group), set()
    for one in ours():
        fields = fields_of(one.name, world, "T")
        if not one.name.startswith("desk_") or not isinstance(fields, dict):
            continue
        others = {
            name: [swapped(world, each) for each in value] if isinstance(value, list) else swapped(world, value)
            for name, value in fields.items()
        }
        if others != fields:
            tried.add(one.name)
            address = address_in(world, one)
            answer = everyone.ask("T", "post", address, others, look=lambda: about(learner, group))
            assert answer.seen == before, one.name
    assert len(tried) >= 8, tried
