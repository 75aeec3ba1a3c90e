"""What the tests of certificates share."""

import pytest
from django.core.cache import cache
from django.utils import timezone

from certificates.badges.keys import make_key

from .signing import SITE


@pytest.fixture
def key(settings, tmp_path):
    """Give the site an address with HTTPS and a key that signs credentials; return its file."""
    settings.SITE_URL = SITE
    settings.CREDENTIAL_KEYS_DIR = tmp_path / "keys"
    return make_key()


@pytest.fixture
def one_minute(monkeypatch):
    """Count unknown codes from none on, in a minute that does not end while the test runs."""
    cache.clear()
    moment = timezone.now()
    monkeypatch.setattr("django.utils.timezone.now", lambda: moment)
