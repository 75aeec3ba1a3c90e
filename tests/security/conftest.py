import pytest

from tests.factories import make_cohort, make_learner, make_trainer


@pytest.fixture
def trainer():
    return make_trainer()


@pytest.fixture
def cohort(trainer):
    return make_cohort(trainers=[trainer])


@pytest.fixture
def ana(cohort):
    return make_learner(cohort=cohort)
