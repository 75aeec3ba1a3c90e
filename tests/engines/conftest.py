import pytest

from tests.journeys import conftest as journeys
from tests.journeys.line import Line

from . import engines_here
from .visitor import Visitor

site = journeys.site


@pytest.fixture
def line(site):
    line = Line(int(site.url.rpartition(":")[2]))
    yield line
    line.end()


def pytest_generate_tests(metafunc):
    if "visitor" in metafunc.fixturenames:
        metafunc.parametrize("visitor", engines_here(), ids=lambda engine: engine.name, indirect=True)


@pytest.fixture
def visitor(request, tmp_path, line):
    visitor = Visitor(request.param(tmp_path / "profile").start(), line.url)
    yield visitor
    visitor.engine.kill()
