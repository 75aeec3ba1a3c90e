import pytest

from .factories import make_group


@pytest.fixture
def group(db):
    return make_group()
