"""Passing the page: answering and declining leave the same behind, once."""

from datetime import timedelta

import pytest

from course.models import SurveyEnvelope, SurveyPassed, SurveyRound, Wave
from course.people.merging import merge_accounts
from course.survey import keys
from course.survey.passing import Passed, offered_wave, pass_page, wave_due
from modules.progress.deriving import progress_of
from tests.course.survey.factories import answers, let_answer, make_centre, make_contents, make_edition, make_wording
from tests.factories import (
    NOW,
    finish_course,
    finish_lessons,
    make_cohort,
    make_course,
    make_learner,
    make_trainer,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def ana():
    return make_learner("ANA234", clinic=make_centre(1))


def test_answering_keeps_a_flag_without_a_time_and_an_envelope_without_a_name(ana):
    came = pass_page(ana, make_edition(), "pre", answers(), wording=make_wording())

    assert came is Passed.NOW
    [flag], [envelope] = SurveyPassed.objects.values(), SurveyEnvelope.objects.values()
    assert set(flag) == {"id", "person_id", "edition_id", "wave"}
    assert set(envelope) == {"id", "round_id", "sealed"}


def test_declining_leaves_the_same_behind_as_answering(ana):
    other = make_learner("BEA234", clinic=ana.clinic)

    came = let_answer([ana, other], [answers(), None], edition=make_edition())

    assert came == [Passed.NOW, Passed.NOW]
    assert SurveyPassed.objects.count() == SurveyEnvelope.objects.count() == 2
    assert len({len(bytes(one.sealed)) for one in SurveyEnvelope.objects.all()}) == 1


def test_no_answer_can_be_read_without_the_key(ana):
    let_answer([ana], [answers(A1="1")], edition=make_edition())
    round_, envelope = SurveyRound.objects.get(), SurveyEnvelope.objects.get()

    assert keys.opener(round_)(envelope.sealed).startswith("A")
    keys.destroy_key(round_.key)
    with pytest.raises(keys.KeyLost):
        keys.opener(round_)


def test_the_same_answer_is_sealed_differently_each_time(ana):
    people = [ana, make_learner("BEA234", clinic=ana.clinic)]

    let_answer(people, [answers(), answers()], edition=make_edition())

    assert len({bytes(one.sealed) for one in SurveyEnvelope.objects.all()}) == 2


def test_an_envelope_of_another_round_does_not_open(ana):
    other = make_learner("BEA234", clinic=make_centre(2))
    let_answer([ana, other], [answers(), answers()], edition=make_edition())
    first, second = SurveyRound.objects.order_by("pk")

    with pytest.raises(keys.Damaged):
        keys.opener(first)(second.envelopes.get().sealed)


def test_posting_twice_is_once(ana):
    came = let_answer([ana, ana], [answers(), answers(A1="1")], edition=make_edition())

    assert came == [Passed.NOW, Passed.BEFORE]
    assert SurveyEnvelope.objects.count() == 1


def test_what_is_posted_after_the_wave_was_closed_is_not_kept(ana):
    edition, bea = make_edition(), make_learner("BEA234", clinic=ana.clinic)
    let_answer([ana], [answers()], edition=edition)
    SurveyRound.objects.update(closed_on=NOW.date())

    assert let_answer([bea], [answers()], edition=edition) == [Passed.CLOSED]
    assert not SurveyPassed.objects.filter(person=bea).exists()
    assert SurveyEnvelope.objects.count() == 1


def test_a_page_in_other_words_than_the_round_asks_is_shown_again(ana):
    contents = make_contents()
    contents["blocks"][1]["items"][0]["text"]["es"] = "Otra frase"
    bea, edition = make_learner("BEA234", clinic=ana.clinic), make_edition()
    let_answer([ana], [answers()], edition=edition)

    assert let_answer([bea], [answers()], edition=edition, wording=make_wording(contents)) == [Passed.REWORDED]
    assert SurveyRound.objects.get().wording == make_wording()


def test_whoever_has_no_clinic_answers_into_the_round_of_the_country():
    let_answer([make_learner("ANA234", clinic=None)], [answers()], edition=make_edition())

    assert SurveyRound.objects.get().clinic is None


def test_where_no_key_can_be_kept_nothing_is_kept(ana, settings, tmp_path):
    (tmp_path / "file").write_text("")
    settings.SURVEY_KEYS_DIR = tmp_path / "file"

    with pytest.raises(keys.CannotKeepKeys):
        let_answer([ana], [answers()], edition=make_edition())

    assert not SurveyPassed.objects.exists()
    assert not SurveyRound.objects.exists()


def test_a_key_is_read_by_its_account_alone(ana):
    let_answer([ana], [answers()], edition=make_edition())

    path = keys.file_of(SurveyRound.objects.get().key)
    assert path.stat().st_mode & 0o777 == 0o600
    assert path.parent.stat().st_mode & 0o077 == 0


def test_an_answer_that_is_none_of_the_scale_is_no_answer(ana):
    let_answer([ana], [answers(A1="7", B1="1 ' OR 1=1", X9="1")], edition=make_edition())

    round_ = SurveyRound.objects.get()
    assert keys.opener(round_)(round_.envelopes.get().sealed) == "A12..4141"


class TestWhenItIsOffered:
    @pytest.fixture
    def course(self):
        return make_course(modules=2, lessons=1)

    def _offered(self, learner, *, now=NOW):
        return offered_wave(learner, progress_of(learner, now=now), now=now)

    def test_before_anything_is_done(self, course, ana):
        assert self._offered(ana) == Wave.PRE

    def test_not_in_the_middle_of_the_course(self, course, ana):
        finish_lessons(ana, course.get_children()[0])

        assert self._offered(ana) is None

    def test_on_finishing_and_again_three_months_later(self, course, ana):
        finish_course(ana)
        finished = progress_of(ana, now=NOW).recorded_at

        days = [self._offered(ana, now=finished + timedelta(days=count)) for count in (0, 89, 90, 400)]

        assert days == [Wave.POST, Wave.POST, Wave.SEG, Wave.SEG]

    def test_not_again_once_the_page_was_passed(self, course, ana):
        pass_page(ana, progress_of(ana, now=NOW).edition, "pre", None, wording=make_wording())

        assert self._offered(ana) is None

    def test_not_once_the_wave_is_closed_for_the_clinic(self, course, ana):
        bea = make_learner("BEA234", clinic=ana.clinic)
        edition = progress_of(ana, now=NOW).edition
        let_answer([bea], [answers()], edition=edition)
        SurveyRound.objects.update(closed_on=NOW.date())

        assert self._offered(ana) is None
        assert self._offered(make_learner("EVA234", clinic=make_centre(9))) == Wave.PRE

    def test_asking_takes_one_query(self, course, ana, django_assert_num_queries):
        progress = progress_of(ana, now=NOW)

        with django_assert_num_queries(1):
            offered_wave(ana, progress, now=NOW)


def test_without_a_course_nothing_is_due(ana):
    assert wave_due(progress_of(ana, now=NOW), now=NOW) is None


def test_merging_two_accounts_asks_nobody_again(ana):
    trainer = make_trainer()
    cohort = make_cohort(trainers=[trainer], learners=[ana])
    twin = make_learner("BEA234", clinic=ana.clinic, cohort=cohort)
    edition = make_edition()
    let_answer([ana, twin], [answers(), answers()], edition=edition)
    let_answer([twin], [answers()], edition=edition, wave="post")

    merge_accounts(ana, twin, by=trainer, cohort=cohort, now=NOW)

    assert sorted(ana.surveys_passed.values_list("wave", flat=True)) == ["post", "pre"]
    assert SurveyEnvelope.objects.count() == 3
