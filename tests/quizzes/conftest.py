"""Who sits at the computer in the tests of quizzes. Who may start is the course's rule: here a switch stands for it."""

import pytest
from django.contrib.auth import get_user_model

from tests.factories import make_learner, spanish


class StartRule:
    """Stands for the course's rules: everyone has a group, and may start an attempt until a test closes it."""

    open = True

    def authenticate(self, request, **credentials):
        return None

    def get_user(self, pk):
        return get_user_model().objects.filter(pk=pk).first()

    def has_perm(self, user, permission, thing=None):
        if permission == "quizzes.have_group":
            return True
        return StartRule.open and permission == "quizzes.start_attempt"


@pytest.fixture(autouse=True)
def start_rule(settings):
    settings.AUTHENTICATION_BACKENDS = ["tests.quizzes.conftest.StartRule"]
    StartRule.open = True
    yield StartRule
    StartRule.open = True


@pytest.fixture
def learner(db):
    return make_learner()


@pytest.fixture
def learner_client(client, learner):
    client.force_login(learner)
    return client


@pytest.fixture
def editor_client(client, db):
    spanish()
    person = get_user_model()(
        username="editora", first_name="Elena", last_name="Xicará", is_superuser=True, is_staff=True
    )
    person.save()
    client.force_login(person)
    return client
