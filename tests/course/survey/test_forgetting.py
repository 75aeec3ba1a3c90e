"""Keys of counted rounds go, and those of rounds in which answers wait stay."""

from datetime import timedelta

import pytest

from course.health.keys import survey_keys_open
from course.models import SurveyRound
from course.survey import keys
from course.survey.closing import close_area, close_clinic
from course.survey.forgetting import forget_spent_keys, spent_keys
from course.worker.tidying import tidy
from tests.course.survey.factories import answers, let_answer, make_area, make_centre, make_edition, make_people
from tests.factories import NOW, make_trainer

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def folder(settings, tmp_path):
    settings.SURVEY_KEYS_DIR = tmp_path / "survey-keys"


@pytest.fixture
def area():
    return make_area()


def _fill(clinic, people):
    let_answer(make_people(clinic, people), [answers()] * people, edition=make_edition())


def _close(area):
    return close_area(area, make_edition(), "pre", by=make_trainer("encargada"), now=NOW)


def test_a_week_after_counting_no_copy_opens_any_more(area):
    clinic = make_centre(1, area)
    _fill(clinic, 10)
    round_ = SurveyRound.objects.get()
    sealed, open_one = bytes(round_.envelopes.first().sealed), keys.opener(round_)
    _close(area)
    assert open_one(sealed)

    assert forget_spent_keys(now=NOW + timedelta(days=6)) == 0
    assert forget_spent_keys(now=NOW + timedelta(days=7)) == 1

    assert not keys.has_key(round_)
    assert spent_keys(now=NOW + timedelta(days=8)) == []


def test_the_key_of_a_round_in_which_answers_wait_stays(area):
    _fill(make_centre(1, area), 4)
    _fill(make_centre(2, make_area("Otra área")), 4)
    _close(area)

    forget_spent_keys(now=NOW + timedelta(days=4000))

    waiting = SurveyRound.objects.filter(envelopes__isnull=False).distinct()
    assert sorted(str(one.clinic) for one in waiting) == ["Centro de Salud 2", "None"]
    assert all(map(keys.has_key, waiting))


def test_the_timer_of_the_site_destroys_them(area):
    _fill(make_centre(1, area), 10)
    _close(area)
    said = "llaves de rondas de la encuesta que se contaron hace una semana"

    would_go, gone = (tidy(now=NOW + timedelta(days=7), dry_run=dry_run) for dry_run in (True, False))

    assert [count for words, count in would_go if words == said] == [1]
    assert [count for words, count in gone if words == said] == [1]


def test_a_file_that_is_no_key_of_ours_is_left_alone(settings):
    settings.SURVEY_KEYS_DIR.mkdir()
    (settings.SURVEY_KEYS_DIR / "apuntes.key").write_text("x")

    assert forget_spent_keys(now=NOW) == 0
    assert (settings.SURVEY_KEYS_DIR / "apuntes.key").exists()


def test_the_look_at_the_site_names_lost_keys(area):
    _fill(make_centre(1, area), 1)
    assert survey_keys_open().state == "good"

    keys.destroy_key(SurveyRound.objects.get().key)

    found = survey_keys_open()
    assert found.state == "warning"
    assert "1" in str(found.said)


def test_a_round_that_waited_for_its_area_keeps_its_key_for_a_week_after_counting(area):
    clinics = [make_centre(number, area) for number in (1, 2)]
    for clinic in clinics:
        _fill(clinic, 6)
        close_clinic(clinic, make_edition(), "pre", by=make_trainer(f"jefa{clinic.pk}"), now=NOW)
    later = NOW + timedelta(days=30)
    close_area(area, make_edition(), "pre", by=make_trainer("encargada"), now=later)

    assert forget_spent_keys(now=later + timedelta(days=6)) == 0
    assert forget_spent_keys(now=later + timedelta(days=7)) == 2


def test_the_look_at_the_site_names_keys_of_no_round(settings):
    settings.SURVEY_KEYS_DIR.mkdir()
    stray = settings.SURVEY_KEYS_DIR / "6a1d6b2e-1f0b-4c6e-9a53-0d9b1f0a7c11.key"
    stray.write_text("0" * 64)

    assert stray.stem in str(survey_keys_open().said)
    forget_spent_keys(now=NOW + timedelta(days=4000))
    assert stray.exists()
