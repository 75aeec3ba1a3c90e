import pytest
from wagtail.models import Locale

from course.people.roles import EDITORS
from tests.factories import make_cohort, make_learner, make_staff

from .reviewing import make_people, make_reviewed_course


@pytest.fixture
def learner(db):
    return make_learner(cohort=make_cohort())


@pytest.fixture
def learner_client(client, learner):
    client.force_login(learner)
    return client


@pytest.fixture
def editor(db):
    return make_staff("editora", group=EDITORS)


@pytest.fixture
def editor_client(client, editor):
    client.force_login(editor)
    return client


@pytest.fixture
def people(db):
    return make_people()


@pytest.fixture
def lesson(db):
    _module, lesson = make_reviewed_course()
    return lesson


@pytest.fixture
def english(db):
    return Locale.objects.get(language_code="en")


@pytest.fixture
def kaqchikel(db):
    return Locale.objects.create(language_code="cak")


@pytest.fixture
def folder(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "media"
    return settings.MEDIA_ROOT


@pytest.fixture
def kept_bodies(settings, request):
    memory = {"BACKEND": "django.core.cache.backends.locmem.LocMemCache", "LOCATION": request.node.nodeid}
    settings.CACHES = settings.CACHES | {"bodies": memory}
