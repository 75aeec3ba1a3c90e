import re
from pathlib import Path

import pytest

from modules.blocks.base import DRAWINGS, drawing_svg

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "modules" / "static" / "modules" / "drawings"
CONTENT_FORMAT = ROOT / "docs" / "reference" / "content-format.md"


def test_each_drawing_has_one_file():
    assert sorted(path.stem for path in FOLDER.iterdir()) == sorted(name for name, _label in DRAWINGS)


@pytest.mark.parametrize("name", [name for name, _label in DRAWINGS])
def test_drawing_is_small_and_uses_colour_of_text(name):
    svg = (FOLDER / f"{name}.svg").read_text()
    assert len(svg.encode()) < 1536
    assert set(re.findall(r'(?:stroke|fill)="([^"]+)"', svg)) == {"none", "currentColor"}
    assert set(re.findall(r'stroke-width="([^"]+)"', svg)) == {"2"}
    assert set(re.findall(r'class="([^"]+)"', svg)) == {"accent"}
    assert "style" not in svg


def test_documented_names_are_complete():
    listed = CONTENT_FORMAT.read_text(encoding="utf-8").split("\nDrawings: ")[1].split(".\n")[0]
    assert re.findall(r"`([^`]+)`", listed) == [name for name, _label in DRAWINGS]


def test_drawing_with_title_has_escaped_title():
    svg = drawing_svg("porton", 'Un portón "abierto" <de par en par>')
    assert svg.startswith('<svg class="drawing" viewBox="0 0 240 160" role="img"')
    assert "<title>Un portón &quot;abierto&quot; &lt;de par en par&gt;</title>" in svg
    assert svg.count("<svg") == svg.count("</svg>") == 1


def test_drawing_without_title_is_hidden_from_screen_readers():
    svg = drawing_svg("porton")
    assert svg.startswith('<svg class="drawing ornament" viewBox="0 0 240 160" aria-hidden="true"')
    assert "<title>" not in svg


def test_unknown_drawing_is_empty():
    assert drawing_svg("../../../etc/passwd", "x") == ""
