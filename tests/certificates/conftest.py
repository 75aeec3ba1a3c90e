import pytest
from django.core.cache import cache
from django.utils import timezone

from certificates.badges.keys import make_key
from certificates.models import Certificate
from tests.factories import make_trainer

from .authorities import StampServer, make_parties
from .factories import issue, make_graduate, make_small_course
from .signing import SITE


@pytest.fixture
def course(db):
    return make_small_course()


@pytest.fixture
def ana(course):
    return make_graduate()


@pytest.fixture
def certificate(ana):
    return Certificate.objects.get(pk=issue(ana).pk)


@pytest.fixture
def trainer(db):
    return make_trainer()


@pytest.fixture
def key(settings, tmp_path):
    settings.SITE_URL = SITE
    settings.CREDENTIAL_KEYS_DIR = tmp_path / "keys"
    return make_key()


@pytest.fixture(scope="session")
def parties():
    return make_parties()


@pytest.fixture
def server(parties, settings, tmp_path):
    _root, sealer, stamper = parties
    settings.SEAL_KEY_FILE, settings.SEAL_CERTIFICATE_FILE = sealer.write(tmp_path, "seal")
    server = StampServer(tmp_path, stamper)
    with server.running() as settings.SEAL_TSA_URL:
        yield server


@pytest.fixture
def one_minute(monkeypatch):
    cache.clear()
    moment = timezone.now()
    monkeypatch.setattr("django.utils.timezone.now", lambda: moment)
