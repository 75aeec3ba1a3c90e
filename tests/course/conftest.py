import pytest

from tests.factories import make_clinic, make_cohort, make_course, make_learner, make_trainer


@pytest.fixture
def course(db):
    return make_course(modules=1, lessons=1, questions=1)


@pytest.fixture
def ana(db):
    return make_learner()


@pytest.fixture
def trainer(db):
    return make_trainer()


@pytest.fixture
def ana_client(client, ana):
    client.force_login(ana)
    return client


@pytest.fixture
def trainer_client(client, trainer):
    client.force_login(trainer)
    return client


@pytest.fixture
def group(trainer, ana):
    return make_cohort(trainers=[trainer], learners=[ana])


@pytest.fixture
def desk(client, group):
    client.force_login(group.trainers.get())
    return client


@pytest.fixture
def cohort(trainer):
    return make_cohort(trainers=[trainer], clinic=make_clinic())


@pytest.fixture
def learner():
    return make_learner(cohort=make_cohort())


@pytest.fixture
def learner_client(client, learner):
    client.force_login(learner)
    return client
