import random

import pytest

from course.people.roles import ADMINISTRATORS
from tests.factories import make_clinic, make_cohort, make_course, make_learner, make_staff, make_trainer
from tests.quizzes.surveys.rows import make_survey

from .factories import make_area, make_centre, read_opening


@pytest.fixture(autouse=True)
def keys_folder(settings, tmp_path):
    settings.SURVEY_KEYS_DIR = tmp_path / "survey-keys"


@pytest.fixture
def no_keys(settings, tmp_path):
    (tmp_path / "file").write_text("")
    settings.SURVEY_KEYS_DIR = tmp_path / "file"


@pytest.fixture
def chance():
    return random.Random(20)


@pytest.fixture
def area(db):
    return make_area()


@pytest.fixture
def clinic(area):
    return make_clinic("Centro de Salud de Palencia", area=area)


@pytest.fixture
def lead(area):
    lead = make_trainer("encargada")
    area.leads.add(lead)
    return lead


@pytest.fixture
def admin(client):
    client.force_login(make_staff("adm", ADMINISTRATORS))
    return client


@pytest.fixture
def course(db):
    return make_course(modules=2, lessons=2)


@pytest.fixture
def cohort(course):
    make_survey()
    return make_cohort(trainers=[make_trainer()])


@pytest.fixture
def ana(cohort):
    return read_opening(make_learner("ANA234", clinic=make_centre(1), cohort=cohort))
