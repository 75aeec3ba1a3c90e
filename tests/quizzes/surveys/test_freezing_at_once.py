"""Several people open the first page of a survey at once."""

import pytest

from quizzes.models import SurveyWording
from quizzes.surveys.wording import wording_in_force
from tests.quizzes.test_races import at_once

from .rows import make_survey

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("database_on_disk"),
    pytest.mark.postgres,
]


def test_who_freezes_at_once_gets_one_wording():
    make_survey()
    frozen = at_once(6, lambda n: wording_in_force().pk)
    assert frozen == [SurveyWording.objects.get().pk] * 6
