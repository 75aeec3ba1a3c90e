import re
from pathlib import Path

import pytest

from modules.blocks.base import DRAWINGS, draw

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "modules" / "static" / "modules" / "drawings"
CONTENT_FORMAT = ROOT / "docs" / "reference" / "content-format.md"


def test_there_is_one_file_a_name_and_no_other():
    assert sorted(path.stem for path in FOLDER.iterdir()) == sorted(name for name, _label in DRAWINGS)


@pytest.mark.parametrize("name", [name for name, _label in DRAWINGS])
def test_a_drawing_is_small_takes_the_colour_of_the_text_and_needs_no_style(name):
    svg = (FOLDER / f"{name}.svg").read_text()
    assert len(svg.encode()) < 1536
    assert set(re.findall(r'(?:stroke|fill)="([^"]+)"', svg)) == {"none", "currentColor"}
    assert set(re.findall(r'stroke-width="([^"]+)"', svg)) == {"2"}
    assert set(re.findall(r'class="([^"]+)"', svg)) == {"accent"}
    assert "style" not in svg


def test_the_list_of_names_for_authors_is_complete():
    listed = CONTENT_FORMAT.read_text(encoding="utf-8").split("\nDrawings: ")[1].split(".\n")[0]
    assert re.findall(r"`([^`]+)`", listed) == [name for name, _label in DRAWINGS]


def test_a_drawing_in_a_page_says_in_words_what_it_shows():
    svg = draw("porton", 'Un portón "abierto" <de par en par>')
    assert svg.startswith('<svg class="drawing" viewBox="0 0 240 160" role="img"')
    assert "<title>Un portón &quot;abierto&quot; &lt;de par en par&gt;</title>" in svg
    assert svg.count("<svg") == svg.count("</svg>") == 1


def test_an_ornament_says_nothing():
    svg = draw("porton")
    assert svg.startswith('<svg class="drawing ornament" viewBox="0 0 240 160" aria-hidden="true"')
    assert "<title>" not in svg


def test_a_name_that_is_not_ours_draws_nothing():
    assert draw("../../../etc/passwd", "x") == ""
