"""A group with its trainer at the desk, for the files that have somebody called `ana` in it."""

import pytest

from tests.factories import make_cohort, make_trainer


@pytest.fixture
def group(ana):
    return make_cohort(trainers=[make_trainer()], learners=[ana])


@pytest.fixture
def desk(client, group):
    client.force_login(group.trainers.get())
    return client
