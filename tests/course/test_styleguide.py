import re
from pathlib import Path

import pytest
import tinycss2
from django.urls import reverse

from course.people.roles import EDITORS
from course.styleguide import samples
from course.styleguide.views import RARE_PAGES, contrast
from modules.blocks.base import DRAWINGS
from modules.blocks.lessons import LessonStream
from modules.models import Voice
from tests.factories import PASSWORD, make_cohort, make_course, make_staff, make_trainer


@pytest.fixture
def editor_client(client, db):
    make_course(modules=1, lessons=1)
    make_staff("editora", EDITORS)
    client.login(username="editora", password=PASSWORD)
    return client


def test_every_block_of_a_lesson_has_a_sample():
    assert set(LessonStream().child_blocks) == set(samples.BLOCKS)


def test_voice_is_shown_with_and_without_recording_in_invented_words(editor_client):
    page = editor_client.get(reverse("styleguide")).text
    assert "Aquí falta una voz." in page
    heard, read = re.findall(r'<section class="voice no-print">(.*?)</section>', page, re.DOTALL)
    assert '<audio controls preload="none"' in heard
    assert "La lee Nombre de quien lee (muestra)." in heard
    assert "<audio" not in read
    for voice in (heard, read):
        said = re.findall(r"<p>(.*?)</p>", voice.partition("<blockquote")[2])
        assert [words[: len("Texto de muestra.")] for words in said] == ["Texto de muestra."] * 2
        assert "<h2>En palabras de Nombre elegido (muestra)</h2>" in voice
        assert "Nombre elegido (muestra), Organización (muestra)" in voice
    assert not Voice.objects.exists()


def test_style_guide_shows_every_drawing_state_and_motif(editor_client):
    page = editor_client.get(reverse("styleguide")).text
    assert [name for name, _label in DRAWINGS if f"<code>{name}</code>" not in page] == []
    for state in ("todo", "current", "help", "done"):
        assert f"state-{state}" in page
    assert page.count('class="motif"') >= 8
    for verdict in ("right", "partly", "wrong", "missed"):
        assert f"verdict-{verdict}" in page
    directory = page.partition('id="directory"')[2].partition("</section>")[0]
    for name in ("Centro verificado", "Centro verificado hace mucho", "Centro sin verificar"):
        assert name in directory


def test_a_trainer_sees_it_and_the_rare_pages(client, db):
    make_course(modules=1, lessons=1)
    make_cohort(trainers=[make_trainer()])
    client.login(username="facilitadora", password=PASSWORD)
    assert client.get(reverse("styleguide")).status_code == 200
    for name in RARE_PAGES:
        assert client.get(reverse("styleguide_page", args=[name])).status_code == 200
    assert client.get(reverse("styleguide_page", args=["otra"])).status_code == 404


def test_contrast_follows_the_formula_of_wcag():
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#ffffff", "#ffffff") == 1
    assert contrast("#767676", "#ffffff") == pytest.approx(4.54, abs=0.005)


SHEETS = [
    "course/static/site.css",
    "course/static/desk.css",
    "course/static/styleguide.css",
    "modules/static/modules/practice.css",
    "modules/static/modules/woven.css",
    "quizzes/static/quizzes/analysis.css",
]


SIZES = ["small", "text", "large", "title", "display"]


# How large one rem is: as the browser has it, and as a person chose.
ROOT = {"html", ".size-115", ".size-130", ".size-150"}


DRAWN = {".spot text"}


def declared(rules, *, on_paper=False):
    for rule in rules:
        if rule.type == "at-rule" and rule.lower_at_keyword in ("media", "supports"):
            asked = tinycss2.serialize(rule.prelude).strip()
            inner = tinycss2.parse_rule_list(rule.content, skip_comments=True, skip_whitespace=True)
            yield from declared(inner, on_paper=on_paper or asked == "print")
        elif rule.type == "qualified-rule":
            selector = tinycss2.serialize(rule.prelude).strip()
            for one in tinycss2.parse_blocks_contents(rule.content, skip_comments=True, skip_whitespace=True):
                if one.type == "declaration":
                    yield selector, one.name, tinycss2.serialize(one.value).strip(), on_paper


def declarations(sheet):
    text = Path(sheet).read_text(encoding="utf-8")
    return list(declared(tinycss2.parse_stylesheet(text, skip_comments=True, skip_whitespace=True)))


@pytest.mark.parametrize("sheet", SHEETS)
def test_every_letter_has_one_of_the_five_sizes(sheet):
    named = {f"var(--{size})" for size in SIZES}
    odd = []
    for selector, name, value, on_paper in declarations(sheet):
        if name not in ("font", "font-size") or value == "inherit" or selector in ROOT | DRAWN:
            continue
        size = value if name == "font-size" else re.sub(r"^(\d00 )?([^ /]+).*", r"\2", value)
        if size not in named and not (on_paper and size.endswith("pt")):
            odd.append((selector, value))
    assert odd == []


@pytest.mark.parametrize("sheet", SHEETS)
def test_no_glyph_is_spoken(sheet):
    contents = {}
    for selector, name, value, on_paper in declarations(sheet):
        if name == "content" and not on_paper:
            contents.setdefault(selector, []).append(value)
    glyphs = {selector: said for selector, said in contents.items() if any(value.strip("\"' ·:") for value in said)}
    words = ("attr(data-label)", "none")
    loud = {
        selector
        for selector, said in glyphs.items()
        if not said[-1].endswith('/ ""') and not said[-1].startswith(words)
    }
    assert loud == set()


def test_the_five_sizes_are_named_once_and_grow_and_the_smallest_is_legible_on_a_telephone():
    said = declarations(SHEETS[0])
    sizes = [(name[2:], value) for selector, name, value, _paper in said if selector == ":root" and name[2:] in SIZES]
    assert [name for name, _value in sizes] == [*SIZES, "title"]
    letters = [float(value.removesuffix("rem")) for _name, value in sizes]
    assert letters[:5] == sorted(letters[:5])
    assert letters[2] < letters[5] < letters[3]
    assert letters[0] * 16 * 1.125 >= 15
