import pytest

from tests.factories import make_clinic, make_cohort, make_trainer


@pytest.fixture
def cohort(db):
    return make_cohort(trainers=[make_trainer()], clinic=make_clinic())
