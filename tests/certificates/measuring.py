"""Measure a printed page: texts, images, signature lines, QR code."""

import subprocess
import sys
from io import BytesIO
from pathlib import Path
from typing import NamedTuple

import pymupdf
import zxingcpp
from PIL import Image

MM = 72 / 25.4
_THIN, _SHORTEST, _LONGEST = 2, 100, 240
# Nothing else on the page is filled with so many squares at once.
_MANY = 100


def run(*command):
    answer = subprocess.run(command, check=False, capture_output=True, text=True)
    return answer.returncode, answer.stdout + answer.stderr


def check_norms(path, *options):
    status, said = run("qpdf", "--check", path)
    assert (status, "No syntax or stream encoding errors found" in said) == (0, True), said
    status, said = run(Path(sys.executable).parent / "outloud", "--fail-on", "warning", *options, path)
    assert (status, "0 error(s), 0 warning(s)" in said) == (0, True), said


def poppler(tool, *options, pdf):
    return subprocess.run([tool, *options], input=bytes(pdf), stdout=subprocess.PIPE, check=True).stdout


def words_of(pdf, *pages):
    options = ["-f", str(pages[0]), "-l", str(pages[-1])] if pages else []
    return poppler("pdftotext", "-layout", *options, "-", "-", pdf=pdf).decode()


class Span(NamedTuple):
    """A piece of text of one size and colour, in points from the top left; the box holds the ink of its letters."""

    text: str
    size: float
    colour: str
    left: float
    top: float
    right: float
    bottom: float

    @property
    def box(self):
        return self[3:]


def spans_of(pdf):
    with pymupdf.open(stream=pdf) as opened:
        (page,) = opened
        return [
            Span(span["text"].strip(), round(span["size"], 1), f"#{span['color']:06X}", *_ink(span))
            for block in page.get_text("dict")["blocks"]
            for line in block.get("lines", [])
            for span in line["spans"]
            if span["text"].strip()
        ]


def _ink(span):
    left, _top, right, _bottom = span["bbox"]
    baseline = span["origin"][1]
    return left, baseline - 0.9 * span["size"], right, baseline + 0.22 * span["size"]


def images_of(pdf):
    with pymupdf.open(stream=pdf) as opened:
        return [image["bbox"] for image in opened[0].get_image_info()]


def lines_of(pdf):
    with pymupdf.open(stream=pdf) as opened:
        # A border is a larger surface of which only a thin clipping is seen.
        drawn = [drawing for drawing in opened[0].get_drawings(extended=True) if drawing["type"] == "clip"]
        boxes = [tuple(drawing["scissor"]) for drawing in drawn]
    return sorted(box for box in boxes if box[3] - box[1] < _THIN and _SHORTEST < box[2] - box[0] < _LONGEST)


def qr_of(pdf, *, dpi=300):
    with pymupdf.open(stream=pdf) as opened:
        page = Image.open(BytesIO(opened[0].get_pixmap(dpi=dpi, colorspace=pymupdf.csGRAY).tobytes("png")))
        drawn = [drawing for drawing in opened[0].get_drawings() if len(drawing["items"]) > _MANY]
    (code,) = zxingcpp.read_barcodes(page)
    (squares,) = [drawing["rect"] for drawing in drawn if drawing["type"] == "f"]
    return code.text, tuple(squares), page


def contrast_on_white(colour):
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 1.05 / (0.2126 * red + 0.7152 * green + 0.0722 * blue + 0.05)


def touching(boxes, *, apart=0.0):
    named = list(boxes.items())
    return [
        (what, other)
        for place, (what, one) in enumerate(named)
        for other, two in named[place + 1 :]
        if min(one[2], two[2]) - max(one[0], two[0]) > -apart and min(one[3], two[3]) - max(one[1], two[1]) > -apart
    ]
