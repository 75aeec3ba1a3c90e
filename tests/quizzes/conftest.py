import pytest
from django.contrib.auth import get_user_model

from quizzes.signals import attempt_submitted
from tests.factories import make_learner, make_trainer, spanish


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
def site_roles(settings, start_rule):
    settings.AUTHENTICATION_BACKENDS = ["django.contrib.auth.backends.ModelBackend"]


@pytest.fixture
def media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "media"


@pytest.fixture
def announced():
    heard = []

    def hear(attempt, passed_before, **kwargs):
        heard.append((attempt.grade, attempt.passed, passed_before))

    attempt_submitted.connect(hear)
    yield heard
    attempt_submitted.disconnect(hear)


@pytest.fixture
def trainer(db):
    return make_trainer()


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
