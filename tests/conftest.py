"""What no test may leave behind for the next one in the same process."""

import pytest
from django.conf import settings
from django.core.cache import cache
from django.utils import timezone, translation

from .quick_database import keep_a_migrated_database


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings):
    """Once it is clear which database each process of the tests has, begin with a migrated one."""
    keep_a_migrated_database()


@pytest.fixture(autouse=True)
def nothing_is_left_from_the_test_before():
    """The language of the last request outlasts it, and so do the counters in the cache."""
    translation.activate(settings.LANGUAGE_CODE)
    timezone.deactivate()
    cache.clear()
