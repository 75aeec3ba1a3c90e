"""The sheet: whatever a design and a person have to say, every text stands in its place and none on another."""

import io
import re
import subprocess
from itertools import product

import pikepdf
import pytest
from PIL import Image

from certificates.images import Use
from certificates.paper.images import printed_image
from certificates.paper.rendering import render_pdf
from certificates.paper.weaving import band_svg

from .measuring import images_of, lines_of
from .pictures import as_file, drawn, store
from .test_rendering import printed

pytestmark = pytest.mark.django_db

MM = 72 / 25.4
# In points: width and height of the paper, depth of the band with its margin, and where the QR begins.
PAPERS = {"letter": (792, 612, 30.53 * MM, 152 * MM), "A4": (841.9, 595.3, 31.69 * MM, 145.5 * MM)}
PERSON = {
    "short": {"name": "Eva Coj", "role": "", "clinic": ""},
    "long": {
        "name": "María de los Ángeles Guadalupe Xicará Ñáñez de la Cruz y Paz",
        "role": "Medicina, enfermería, psicología y trabajo social",
        "clinic": "Centro de Atención Permanente de San Miguel Ixtahuacán y Santa Cruz Barillas " * 2,
    },
}
WORDS = {
    "short": {"heading": "Constancia", "statement": "terminó", "subject": "", "issuer": "DAS", "text": ["2026"]},
    "long": {
        "heading": "Constancia de finalización y aprovechamiento del curso de atención con respeto",
        "statement": "terminó con dedicación y provecho el curso de atención respetuosa y confidencial " + "ñ" * 40,
        "course": "Trato digno en los servicios de salud del área " * 2,
        "subject": "sobre " + "la atención respetuosa y confidencial de todas las personas " * 3,
        "issuer": "Ministerio de Salud Pública y Asistencia Social · Dirección de Área de Salud · " * 2,
        "text": ["ocho módulos, dos horas de estudio y " + "muchas lecturas provechosas " * 8] * 5
        + ["Válido hasta 2028"],
    },
}
SIGNS = {
    "short": {"name": "Dra. Tzoc", "post": ""},
    "long": {
        "name": "Dra. María de los Ángeles Guadalupe Xicará Ñáñez de la Cruz y Paz",
        "post": "Directora de la Dirección de Área de Salud de San Marcos y coordinadora de la red de servicios "
        + "w" * 20,
    },
}
INSTITUTION = "Asociación de Comadronas y Promotoras de Salud del Altiplano Occidental «Nuestras Manos» de San Marcos"
# (signatories, logos)
SHAPES = [(0, 0), (1, 1), (2, 0), (2, 3), (3, 4)]


def blocks_of(pdf):
    """Return [(text, left, top, right, bottom)] of the lines on the only page, in points."""
    with pikepdf.open(io.BytesIO(pdf)) as opened:
        assert len(opened.pages) == 1
    tool = ["pdftotext", "-bbox-layout", "-", "-"]
    html = subprocess.run(tool, input=pdf, stdout=subprocess.PIPE, check=True).stdout.decode()
    words = r'<word xMin="([\d.]+)" yMin="([\d.]+)" xMax="([\d.]+)" yMax="([\d.]+)">(.*?)</word>'
    return [(text, *map(float, sides)) for *sides, text in re.findall(words, html)]


def overlaps(boxes):
    """Return the pairs of texts whose ink could touch; boxes hold the whole height of a line, so a fifth is let off."""
    pairs = []
    for i, (text, left, top, right, bottom) in enumerate(boxes):
        for other, left2, top2, right2, bottom2 in boxes[i + 1 :]:
            shared = min(bottom, bottom2) - max(top, top2)
            if min(right, right2) - max(left, left2) > 0.5 and shared > 0.2 * min(bottom - top, bottom2 - top2):
                pairs.append((text, other))
    return pairs


def sheet(length, *, signatories, logos, with_images=True, **fields):
    line = store(as_file(drawn(size=(900, 240))), Use.SIGNATURE) if with_images else ""
    logo = store(as_file(drawn(size=(900, 300))), Use.LOGO) if with_images else ""
    return printed(
        **PERSON[length] | WORDS[length],
        signatories=[SIGNS[length] | {"image": line}] * signatories,
        logos=[{"image": logo, "institution": INSTITUTION}] * logos,
        **fields,
    )


@pytest.mark.nightly
@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize(("paper", "language", "length"), list(product(PAPERS, ["es", "en"], ["short", "long"])))
def test_every_text_stands_in_its_place_and_none_on_another(paper, language, length, shape):
    signatories, logos = shape
    fields = sheet(length, signatories=signatories, logos=logos, language=language, paper_size=paper)
    pdf = render_pdf(fields)
    boxes = blocks_of(pdf)
    width, height, band, foot = PAPERS[paper]
    assert all(left > 14 * MM and right < width - 14 * MM for _text, left, _top, right, _bottom in boxes)
    assert all(top > band + 2 and bottom < height - band - 2 for _text, _left, top, _right, bottom in boxes)
    assert overlaps(boxes) == []
    # Under the logos, above the signatures.
    first = min(top for _text, _left, top, _right, _bottom in boxes)
    row = sorted(images_of(pdf), key=lambda box: box[1])[:logos]
    assert first > max([band, *(bottom for _left, _top, _right, bottom in row)]) + 4 * MM
    last = fields["text"][-1].split()[-1]
    lines = lines_of(pdf)
    assert len(lines) == signatories
    signed = min([foot, *(top - 14 * MM for _left, top, _right, _bottom in lines)])
    assert max(bottom for text, _left, _top, _right, bottom in boxes if text == last) < signed - 4 * MM
    # Nothing was cut off.
    said = [fields["name"], fields["clinic"], fields["course"], fields["issuer"], *fields["text"]]
    everything = " ".join(text for text, *_sides in boxes)
    assert [word for text in said for word in text.split() if word not in everything] == []


@pytest.mark.parametrize("paper", PAPERS)
def test_where_an_image_is_missing_the_institution_is_named_and_the_line_is_free(paper):
    fields = sheet("long", signatories=3, logos=4, with_images=False, paper_size=paper)
    boxes = blocks_of(render_pdf(fields))
    assert overlaps(boxes) == []
    assert [text for text, *_sides in boxes].count("Comadronas") == 4


def test_an_image_that_is_not_stored_any_more_leaves_its_name_on_the_paper():
    fields = sheet("short", signatories=1, logos=1)
    fields["logos"][0] |= {"image": "0" * 64, "institution": "Ministerio"}
    assert "Ministerio" in [text for text, *_sides in blocks_of(render_pdf(fields))]


def test_logos_and_signatures_have_their_words_and_are_in_the_file_once():
    fields = sheet("short", signatories=2, logos=4)
    with pikepdf.open(io.BytesIO(render_pdf(fields))) as pdf:
        figures = [str(o.Alt) for o in pdf.objects if isinstance(o, pikepdf.Dictionary) and o.get("/S") == "/Figure"]
        images = [o for o in pdf.objects if isinstance(o, pikepdf.Stream) and o.get("/Subtype") == "/Image"]
        assert figures.count(INSTITUTION) == 4
        assert figures.count("Firma: Dra. Tzoc") == 2
        assert len(images) == 2
        assert all(image.get("/Interpolate") is not True and "/SMask" not in image for image in images)


@pytest.mark.parametrize("palette", ["weave", "indigo", "cochineal", "jade"])
def test_every_border_is_woven_of_few_lines(palette):
    drawn_ones = {border: band_svg(border, palette) for border in ("all", *"12345678")}
    assert len(set(drawn_ones.values())) == 9
    assert all(svg.count("<path") <= 9 and len(svg) < 16_000 for svg in drawn_ones.values())


def photograph():
    """Return a picture of more colours than a drawing has, most of them greenish."""
    across = Image.linear_gradient("L").resize((320, 160))
    return Image.merge("RGB", (across.point(lambda v: v // 4), across.point(lambda v: 120 + v // 3), across.rotate(90)))


@pytest.mark.parametrize(
    ("picture", "kind", "seen"),
    [
        (
            drawn(ground="#B03060", ink="white"),
            "image/png",
            lambda r, g, b: abs(r - 176) + abs(g - 48) + abs(b - 96) < 9,
        ),
        (photograph(), "image/jpeg", lambda r, g, b: r < 80 and g > 115 and g > r + 60),
    ],
)
def test_drawings_and_photographs_are_seen_in_their_colours(picture, kind, seen):
    logo = store(as_file(picture), Use.LOGO)
    assert printed_image(logo)[0] == kind
    pdf = render_pdf(sheet("short", signatories=0, logos=0) | {"logos": [{"image": logo, "institution": "DAS"}]})
    page = subprocess.run(["pdftoppm", "-r", "60", "-png", "-"], input=pdf, stdout=subprocess.PIPE, check=True).stdout
    # Below the band, where logos stand.
    head = Image.open(io.BytesIO(page)).convert("RGB").crop((200, 86, 460, 126))
    dots = head.getcolors(20_000)
    assert sum(count for count, colour in dots if seen(*colour)) > 1000
