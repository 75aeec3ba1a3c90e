from datetime import timedelta

import pytest
import time_machine

from quizzes.models import Quiz
from tests.factories import NOW, make_cohort, make_course, make_learner, make_trainer
from tests.quizzes.factories import start

JOINED = NOW - timedelta(days=90)
BEGUN = NOW - timedelta(days=2)


@pytest.fixture
def now():
    with time_machine.travel(NOW, tick=False):
        yield NOW


@pytest.fixture
def trainer(now):
    return make_trainer()


@pytest.fixture
def cohort(trainer):
    return make_cohort(trainers=[trainer])


@pytest.fixture
def ana(cohort):
    ana = make_learner(cohort=cohort, date_joined=JOINED)
    ana.enrolments.update(enrolled_at=JOINED)
    return ana


@pytest.fixture
def nicolas(cohort):
    return make_learner("NIC234", "Nicolás", "Tzoc Ba", cohort=cohort, date_joined=JOINED)


@pytest.fixture
def lesson(now):
    return make_course(modules=1, lessons=2).get_descendants().last().specific


@pytest.fixture
def attempt(ana, lesson):
    return start(ana, Quiz.objects.get(), now=BEGUN)
