"""Who reads lessons, and lessons that are kept in memory."""

import pytest

from tests.factories import make_cohort, make_learner


@pytest.fixture
def reader(client):
    client.force_login(make_learner(cohort=make_cohort()))
    return client


@pytest.fixture
def kept_bodies(settings, request):
    """Let lessons be kept in memory, as a site that is served does; each test has a memory of its own."""
    memory = {"BACKEND": "django.core.cache.backends.locmem.LocMemCache", "LOCATION": request.node.nodeid}
    settings.CACHES = settings.CACHES | {"bodies": memory}
