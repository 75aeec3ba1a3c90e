import uuid

import pytest
from django.db import IntegrityError, transaction

from course.models import SurveyEnvelope, SurveyLot, SurveyPaperBatch, SurveyPassed, SurveyRound, Wave
from course.people.merging import merge_accounts
from course.survey import keys
from course.survey.closing import close_clinic
from course.survey.keying import CannotKey, key_batch
from course.survey.passing import offered_wave, wave_due
from modules.progress.deriving import progress_of
from tests.factories import NOW, finish_lessons, make_cohort, make_learner, make_trainer

from .factories import answers, let_answer, make_centre, make_edition, make_people, make_wording, read_opening

pytestmark = pytest.mark.django_db


@pytest.fixture
def ana():
    return make_learner("ANA234", clinic=make_centre(1))


def test_no_answer_can_be_read_without_the_key(ana):
    let_answer([ana], [answers(A1="1")], edition=make_edition())
    round_, envelope = SurveyRound.objects.get(), SurveyEnvelope.objects.get()
    assert keys.opener(round_)(envelope.sealed).startswith("A")
    keys.destroy_key(round_.key)
    with pytest.raises(keys.KeyLost):
        keys.opener(round_)


def test_the_same_answer_is_sealed_differently_each_time(ana):
    let_answer([ana, make_learner("BEA234", clinic=ana.clinic)], [answers(), answers()], edition=make_edition())
    assert len({bytes(one.sealed) for one in SurveyEnvelope.objects.all()}) == 2


def test_an_envelope_of_another_round_does_not_open(ana):
    let_answer([ana, make_learner("BEA234", clinic=make_centre(2))], [answers(), answers()], edition=make_edition())
    first, second = SurveyRound.objects.order_by("pk")
    with pytest.raises(keys.Damaged):
        keys.opener(first)(second.envelopes.get().sealed)


def test_a_key_is_read_by_its_account_alone(ana):
    let_answer([ana], [answers()], edition=make_edition())
    path = keys.file_of(SurveyRound.objects.get().key)
    assert path.stat().st_mode & 0o777 == 0o600
    assert path.parent.stat().st_mode & 0o077 == 0


def test_it_is_not_offered_in_the_middle_of_the_course_nor_once_the_wave_is_closed_for_the_clinic(ana, course):
    edition = progress_of(ana, now=NOW).edition
    let_answer([make_learner("BEA234", clinic=ana.clinic)], [answers()], edition=edition)
    SurveyRound.objects.update(closed_on=NOW.date())
    eva = read_opening(make_learner("EVA234", clinic=make_centre(9)))
    assert [offered_wave(one, progress_of(one, now=NOW), now=NOW) for one in (ana, eva)] == [None, Wave.PRE]
    finish_lessons(eva, course.get_children()[0])
    assert offered_wave(eva, progress_of(eva, now=NOW), now=NOW) is None


def test_without_a_course_nothing_is_due(ana):
    assert wave_due(progress_of(ana, now=NOW), now=NOW) is None


def test_merging_two_accounts_asks_nobody_again(ana, trainer):
    cohort = make_cohort(trainers=[trainer], learners=[ana])
    twin = make_learner("BEA234", clinic=ana.clinic, cohort=cohort)
    edition = make_edition()
    let_answer([ana, twin], [answers(), answers()], edition=edition)
    let_answer([twin], [answers()], edition=edition, wave="post")

    merge_accounts(ana, twin, by=trainer, cohort=cohort, now=NOW)

    assert sorted(ana.surveys_passed.values_list("wave", flat=True)) == ["post", "pre"]
    assert SurveyEnvelope.objects.count() == 3


def _key(clinic, sheets, **options):
    if "given_to" not in options:
        options["given_to"] = make_people(clinic, len(sheets), start=500)
    options = {"key": uuid.uuid4(), "wording": make_wording()} | options
    for name, code in (("by", "digita"), ("collected_by", "recoge")):
        if name not in options:
            options[name] = make_trainer(code)
    return key_batch(clinic, make_edition(), "pre", sheets, now=NOW, **options)


def test_a_batch_is_sealed_like_what_is_answered_on_screen(clinic):
    people = make_people(clinic, 12)
    let_answer(people[:4], [answers()] * 4, edition=make_edition())

    assert _key(clinic, [answers(A1="1")] * 6, given_to=people)

    sizes = {len(bytes(one.sealed)) for one in SurveyEnvelope.objects.all()}
    assert (len(sizes), SurveyEnvelope.objects.count()) == (1, 12)
    assert SurveyPassed.objects.count() == 12
    [lot] = close_clinic(clinic, make_edition(), "pre", by=make_trainer("encargada"), now=NOW).lots
    assert (lot.people, lot.figures["items"]["A1"]) == (10, {"1": 6, "4": 4})


def test_whoever_collected_them_does_not_key_them_in(clinic):
    by = make_trainer("digita")
    with pytest.raises(CannotKey) as refused:
        _key(clinic, [answers()], by=by, collected_by=by)
    assert refused.value.why == CannotKey.COLLECTED_THEM
    assert not SurveyEnvelope.objects.exists()


@pytest.mark.postgres
def test_the_database_refuses_a_batch_keyed_in_by_whoever_collected_it(clinic):
    _key(clinic, [answers()])
    with pytest.raises(IntegrityError), transaction.atomic():
        SurveyPaperBatch.objects.update(collected_by=SurveyPaperBatch.objects.get().keyed_by)


@pytest.mark.parametrize("sheets", [0, 61])
def test_no_sheets_or_too_many_are_refused(clinic, sheets):
    with pytest.raises(CannotKey) as refused:
        _key(clinic, [answers()] * sheets)
    assert refused.value.why == CannotKey.TOO_MANY


def test_nobody_counts_twice_by_screen_and_paper(clinic):
    people = make_people(clinic, 5)
    let_answer(people, [answers()] * 5, edition=make_edition())
    with pytest.raises(CannotKey) as refused:
        _key(clinic, [answers()] * 5, given_to=people)
    assert refused.value.why == CannotKey.MORE_THAN_PEOPLE
    assert SurveyEnvelope.objects.count() == 5


def test_sheets_of_nobody_are_refused_and_mark_nobody(clinic):
    with pytest.raises(CannotKey) as refused:
        _key(clinic, [answers()] * 9, given_to=make_people(clinic, 3))
    assert refused.value.why == CannotKey.MORE_THAN_PEOPLE
    assert not SurveyPassed.objects.exists()
    assert not SurveyLot.objects.exists()
