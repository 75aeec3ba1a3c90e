import json
import re
from itertools import cycle

import pytest
from django.conf import settings
from django.core.management import call_command
from django.utils import translation

from course.models import User
from modules.models import LessonPage, ModulePage, Review
from modules.models.reviews import reviews_of
from modules.progress.outline import get_course_structure
from modules.views.offline import get_common_copy, get_module_copy
from tests.factories import make_learner
from tests.offline.test_copies import unpacked

from .content import bytes_of, save

pytestmark = [pytest.mark.django_db, pytest.mark.nightly]

FILES = settings.BASE_DIR / "content"
# As they go over the wire, in one file: see docs/reference/offline.md for what each takes, and `benchmarks.copies`.
MOST_OF_A_MODULE, MOST_OF_ALL = 29 * 1024, 225_000


@pytest.fixture(scope="module", autouse=True)
def course(filled_once):
    call_command("load_content", language="es", verbosity=0)


def test_it_comes_back_in_the_same_bytes(tmp_path):
    save(tmp_path / "saved")
    assert bytes_of(tmp_path / "saved") == {name: of for name, of in bytes_of(FILES).items() if name[:3] == "es/"}


def test_loading_publishes_and_counts_as_no_review():
    module = ModulePage.objects.get(slug="m2")
    lesson = LessonPage.objects.child_of(module).first()

    assert module.live
    assert lesson.live
    assert [(one.review, one.last) for one in reviews_of(lesson)] == [(Review.LEGAL, None)]
    assert {m.slug: m.reviews for m in ModulePage.objects.all()} == {
        "m1": [Review.PEERS],
        "m2": [Review.LEGAL],
        "m3": [Review.LEGAL],
        "m4": [Review.PEERS],
        "m5": [Review.LEGAL, Review.PEERS],
        "m6": [Review.LEGAL],
        "m7": [Review.PEERS],
        "m8": [Review.LEGAL, Review.PEERS],
    }


def test_each_module_and_the_whole_course_are_light_and_every_page_leads_on():
    make_learner()
    roles = cycle(role for role, _name in User._meta.get_field("role").choices)
    with translation.override("es"):
        modules = get_course_structure().modules["es"]
        copies = [
            *(get_module_copy(module, role=role) for module, role in zip(modules, roles, strict=False)),
            get_common_copy(),
        ]
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
