"""The copies of the course as it is: light enough for a bad line, and whole."""

import json
import re
from itertools import cycle

import pytest
from django.core.management import call_command
from django.utils import translation

from course.models import User
from modules.pages.copies import common_copy, module_copy
from modules.progress.structure import course_structure
from tests.factories import make_learner

from .test_copies import unpacked

pytestmark = [pytest.mark.django_db, pytest.mark.any_database, pytest.mark.any_day]

# As they go over the wire, in one file: see docs/reference/offline.md for what each takes, and `benchmarks.copies`.
MOST_OF_A_MODULE, MOST_OF_ALL = 28 * 1024, 220_000


@pytest.fixture
def copies(db):
    """The modules, each as somebody of another job gets it, and what they lead to."""
    call_command("load_content", verbosity=0)
    make_learner()
    roles = cycle(role for role, _name in User._meta.get_field("role").choices)
    with translation.override("es"):
        modules = course_structure().modules["es"]
        return [*(module_copy(module, role=role) for module, role in zip(modules, roles, strict=False)), common_copy()]


def test_each_module_and_the_whole_course_are_light_and_every_page_leads_on(copies):
    sizes = [kept.size for kept in copies]
    assert len(sizes) == 9
    assert [size for size in sizes if size > MOST_OF_A_MODULE] == []
    assert sum(sizes) <= MOST_OF_ALL
    pages = {}
    for kept in copies:
        pages |= unpacked(json.loads(kept.unpacked()))["pages"]
    text = "".join(pages.values())
    assert re.findall(r"<(?:img|audio|video)\b|/media/|__\d+__|data-block-key", text) == []
    # Where one goes on from a copy is kept too, or needs the site.
    places = {place.partition("#")[0] for place in re.findall(r' href="(/es/[^"]*)"', text)} - set(pages)
    online = r"/es/(?:|cuestionario/[\w-]+/|hojas/[\w-]+(?:/|\.pdf)|sin-conexion/)"
    assert [place for place in sorted(places) if not re.fullmatch(online, place)] == []
    lead = set(re.findall(r'name="luego" value="([^"]+)"', text)) - set(pages)
    assert lead == {f"/es/cuestionario/m{number}/" for number in range(1, 9)}
