import re
from pathlib import Path

import pytest
from django.urls import reverse

from course.people.roles import EDITORS
from course.styleguide import samples
from course.styleguide.colours import colours_of_site, contrast
from course.styleguide.views import RARE_PAGES
from modules.blocks.drawings import DRAWINGS
from modules.blocks.lessons import LessonStream
from modules.models import Voice
from modules.templatetags import course_pages
from tests.factories import PASSWORD, PIN, make_cohort, make_course, make_learner, make_staff, make_trainer

ROOT = Path(__file__).parents[2]
SHOWN = [
    "course/templates/components",
    "modules/templates/modules/blocks",
    "modules/templates/modules/components",
    "quizzes/templates/quizzes/kinds",
]


def files_of(folder):
    base = ROOT / folder.split("/templates/")[0] / "templates"
    return {str(path.relative_to(base)) for path in (ROOT / folder).glob("*.html")}


@pytest.fixture
def editor_client(client, db):
    make_course(modules=1, lessons=1)
    make_staff("editora", EDITORS)
    client.login(username="editora", password=PASSWORD)
    return client


@pytest.mark.parametrize("folder", SHOWN)
def test_every_component_stands_on_the_style_guide(editor_client, folder, monkeypatch):
    # A process renders each row of the path once.
    monkeypatch.setattr(course_pages, "_render_row", course_pages._render_row.__wrapped__)
    answer = editor_client.get(reverse("styleguide"))
    drawn = {template.name for template in answer.templates}
    assert files_of(folder) - drawn == set()


def test_every_block_of_a_lesson_has_a_sample():
    assert set(LessonStream().child_blocks) == set(samples.BLOCKS)


def test_a_voice_is_shown_with_a_recording_and_without_in_nobodys_words(editor_client):
    page = editor_client.get(reverse("styleguide")).content.decode()
    assert "Aquí falta una voz." in page
    heard, read = re.findall(r'<section class="voice no-print">(.*?)</section>', page, re.DOTALL)
    # Nothing is asked for before somebody listens, and there is nothing.
    assert '<audio controls preload="none"' in heard
    assert "La lee Nombre de quien lee (muestra)." in heard
    assert "<audio" not in read
    for voice in (heard, read):
        said = re.findall(r"<p>(.*?)</p>", voice.partition("<blockquote")[2])
        assert [words[: len("Texto de muestra.")] for words in said] == ["Texto de muestra."] * 2
        assert "<h2>En palabras de Nombre elegido (muestra)</h2>" in voice
        assert "Nombre elegido (muestra), Organización (muestra)" in voice
    assert not Voice.objects.exists()


def test_every_drawing_every_state_and_every_motif_stands_on_it(editor_client):
    page = editor_client.get(reverse("styleguide")).content.decode()
    assert [name for name, _label in DRAWINGS if f"<code>{name}</code>" not in page] == []
    for state in ("todo", "current", "help", "done"):
        assert f"state-{state}" in page
    assert page.count('class="motif"') >= 8
    for verdict in ("right", "partly", "wrong", "missed"):
        assert f"verdict-{verdict}" in page


def test_a_trainer_sees_it_and_the_rare_pages(client, db):
    make_course(modules=1, lessons=1)
    make_cohort(trainers=[make_trainer()])
    client.login(username="facilitadora", password=PASSWORD)
    assert client.get(reverse("styleguide")).status_code == 200
    for name in RARE_PAGES:
        assert client.get(reverse("styleguide_page", args=[name])).status_code == 200
    assert client.get(reverse("styleguide_page", args=["otra"])).status_code == 404


def test_for_learners_and_visitors_it_does_not_exist(client, db):
    make_course(modules=1, lessons=1)
    addresses = [reverse("styleguide"), reverse("styleguide_page", args=["404"])]
    assert [client.get(address).status_code for address in addresses] == [404, 404]
    make_learner()
    client.login(username="ANA234", password=PIN)
    assert [client.get(address).status_code for address in addresses] == [404, 404]


def test_contrast_follows_the_formula_of_wcag():
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#ffffff", "#ffffff") == 1
    assert contrast("#767676", "#ffffff") == pytest.approx(4.54, abs=0.005)


def test_colours_that_carry_text_have_the_contrast_for_it_in_light_and_dark():
    colours = {colour.name: colour for colour in colours_of_site()}
    carries_text = ["ink", "muted", "action", "jade", "clay", "cochineal"]
    weak = [
        (name, round(min(colours[name].light_contrast, colours[name].dark_contrast), 2))
        for name in carries_text
        if min(colours[name].light_contrast, colours[name].dark_contrast) < 4.5
    ]
    assert weak == []
