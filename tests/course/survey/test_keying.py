"""Sheets of paper, keyed in as a batch."""

import uuid

import pytest
from django.db import IntegrityError, transaction

from course.models import SurveyEnvelope, SurveyLot, SurveyPaperBatch, SurveyPassed, SurveyRound
from course.survey.closing import close_clinic
from course.survey.keying import CannotKey, key_batch
from tests.course.survey.factories import (
    answers,
    let_answer,
    make_centre,
    make_contents,
    make_edition,
    make_people,
    make_wording,
)
from tests.factories import NOW, make_trainer

pytestmark = pytest.mark.django_db


@pytest.fixture
def centre():
    return make_centre(1)


def _key(clinic, sheets, **options):
    if "given_to" not in options:
        options["given_to"] = make_people(clinic, len(sheets), start=500)
    options = {"key": uuid.uuid4(), "wording": make_wording()} | options
    for name, code in (("by", "digita"), ("collected_by", "recoge")):
        if name not in options:
            options[name] = make_trainer(code)
    return key_batch(clinic, make_edition(), "pre", sheets, now=NOW, **options)


def test_a_batch_is_sealed_like_what_is_answered_on_screen(centre):
    people = make_people(centre, 12)
    let_answer(people[:4], [answers()] * 4, edition=make_edition())

    assert _key(centre, [answers(A1="1")] * 6, given_to=people[4:])

    sizes = {len(bytes(one.sealed)) for one in SurveyEnvelope.objects.all()}
    # Two blank sheets are envelopes, too.
    assert (len(sizes), SurveyEnvelope.objects.count()) == (1, 12)
    assert SurveyPassed.objects.count() == 12
    [lot] = close_clinic(centre, make_edition(), "pre", by=make_trainer("encargada"), now=NOW).lots
    assert (lot.people, lot.figures["items"]["A1"]) == (10, {"1": 6, "4": 4})


def test_the_same_batch_again_is_once(centre):
    options = {"key": uuid.uuid4(), "by": make_trainer("digita"), "collected_by": make_trainer("recoge")}
    options["given_to"] = make_people(centre, 3)

    came = [_key(centre, [answers()] * 3, **options) for _time in range(2)]

    assert came == [True, False]
    assert SurveyEnvelope.objects.count() == 3
    assert SurveyPaperBatch.objects.get().sheets == 3


def test_whoever_collected_them_does_not_key_them_in(centre):
    by = make_trainer("digita")

    with pytest.raises(CannotKey) as refused:
        _key(centre, [answers()], by=by, collected_by=by)

    assert refused.value.why == CannotKey.COLLECTED_THEM
    assert not SurveyEnvelope.objects.exists()


@pytest.mark.postgres
def test_the_database_holds_that_rule_too(centre):
    _key(centre, [answers()])

    with pytest.raises(IntegrityError), transaction.atomic():
        SurveyPaperBatch.objects.update(collected_by=SurveyPaperBatch.objects.get().keyed_by)


@pytest.mark.parametrize("sheets", [0, 61])
def test_no_sheets_or_too_many_are_refused(centre, sheets):
    with pytest.raises(CannotKey) as refused:
        _key(centre, [answers()] * sheets)

    assert refused.value.why == CannotKey.TOO_MANY


def test_a_closed_round_takes_no_sheets(centre):
    let_answer(make_people(centre, 1), [answers()], edition=make_edition())
    SurveyRound.objects.update(closed_on=NOW.date())

    with pytest.raises(CannotKey) as refused:
        _key(centre, [answers()], given_to=make_people(centre, 1, start=5))

    assert refused.value.why == CannotKey.CLOSED
    assert SurveyPassed.objects.count() == 1


def test_sheets_in_other_words_are_refused(centre):
    contents = make_contents()
    contents["blocks"][1]["items"][0]["text"]["es"] = "Otra frase"
    let_answer(make_people(centre, 1), [answers()], edition=make_edition())

    with pytest.raises(CannotKey) as refused:
        _key(centre, [answers()], wording=make_wording(contents))

    assert refused.value.why == CannotKey.REWORDED


def test_nobody_counts_twice_by_screen_and_paper(centre):
    people = make_people(centre, 5)
    let_answer(people, [answers()] * 5, edition=make_edition())

    with pytest.raises(CannotKey) as refused:
        _key(centre, [answers()] * 5, given_to=people)

    assert refused.value.why == CannotKey.MORE_THAN_PEOPLE
    assert SurveyEnvelope.objects.count() == 5


def test_the_same_sheets_on_another_page_are_refused(centre):
    people = make_people(centre, 5)
    options = {"given_to": people, "by": make_trainer("digita"), "collected_by": make_trainer("recoge")}
    _key(centre, [answers()] * 5, **options)

    with pytest.raises(CannotKey):
        _key(centre, [answers()] * 5, **options)

    assert SurveyEnvelope.objects.count() == 5


def test_sheets_of_nobody_are_refused_and_mark_nobody(centre):
    with pytest.raises(CannotKey) as refused:
        _key(centre, [answers()] * 9, given_to=make_people(centre, 3))

    assert refused.value.why == CannotKey.MORE_THAN_PEOPLE
    assert not SurveyPassed.objects.exists()
    assert not SurveyLot.objects.exists()


def test_whoever_passed_before_gets_no_second_envelope(centre):
    people = make_people(centre, 4)
    let_answer(people[:3], [None] * 3, edition=make_edition())

    _key(centre, [answers()], given_to=people)

    assert SurveyEnvelope.objects.count() == 4
