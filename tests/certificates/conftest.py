"""What the tests of certificates share."""

import pytest

from certificates.badges.keys import make_key

from .signing import SITE


@pytest.fixture
def key(settings, tmp_path):
    """Give the site an address with HTTPS and a key that signs credentials; return its file."""
    settings.SITE_URL = SITE
    settings.CREDENTIAL_KEYS_DIR = tmp_path / "keys"
    return make_key()
