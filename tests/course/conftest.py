import pytest
from django.core.cache import cache


@pytest.fixture(autouse=True)
def nobody_has_tried_a_pin():
    """The counters of wrong tries live in the cache, which outlasts a test's database."""
    cache.clear()
