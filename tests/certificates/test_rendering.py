import io
import os
import socket
import subprocess
import sys

import pikepdf
import pytest
from django.db import DatabaseError
from PIL import Image

from certificates.images import ImageUse
from certificates.issuing.field_values import active_design, built_in_design, example_fields
from certificates.issuing.issue import preload_renderer
from certificates.pdf.layout import band_svg
from certificates.pdf.rendering import get_printed_image, render_pdf, short_url
from certificates.text.typesetting import fit_line, fit_name, set_text, width_of
from modules.pdf.renderer import BOLD_FONT, get_renderer

from .measuring import poppler, words_of
from .pictures import as_file, drawn, store

CLINIC = "Centro de Salud de San Pedro Ayampuc"
URL = "https://ejemplo.gt/v/7QK4M2XD9WTRC/"
POINTS = {"letter": (792, 612), "A4": (841.9, 595.3)}
LONGEST_NAMES = [
    "María de los Ángeles Guadalupe Xicará Ñáñez de la Cruz y Paz",
    "Maximiliana Wenceslada Mwamwezi Wolfgang Wilhelmina Montt Wu",
    "W" * 60,
    "Ñ" * 30 + " " + "Ü" * 29,
]


def printed(**fields):
    language = fields.get("language", "es")
    design = built_in_design(language)
    words = {
        "heading": design.heading,
        "name": "Ana Lucía Coj de la Cruz",
        "role": "Recepción",
        "clinic": CLINIC,
        "statement": design.statement,
        "course": "Trato digno",
        "subject": design.subject,
        "modules_count": "ocho módulos",
        "hours": "dos horas de estudio",
        "date_in_words": "14 de marzo de 2026",
        "date": "2026-03-14",
        "issuer": design.issuer,
        "signatories": [{"name": line.name, "post": line.post} for line in design.signatories.all()],
        "language": language,
        "paper_size": "letter",
        "serial": "7QK4M2XD9WTRC",
        "verify_url": URL,
    }
    return words | fields


def words_in(pdf):
    return " ".join(words_of(pdf).split())


def ink_boxes(pdf):
    lines = poppler("pdftotext", "-bbox", "-", "-", pdf=pdf).decode().splitlines()
    words = [line.split('"') for line in lines if "<word" in line]
    return [(w[8].strip("></word"), *(float(w[i]) for i in (1, 3, 5, 7))) for w in words]


def test_printed_text_is_on_one_page():
    text = words_in(render_pdf(printed()))
    for expected in [
        "Trato digno · Curso para el personal de los centros de salud",
        "CERTIFICADO DE FINALIZACIÓN",
        "Se certifica que",
        "Ana Lucía Coj de la Cruz",
        "Recepción · Centro de Salud de San Pedro Ayampuc",
        "completó el curso «Trato digno»",
        "sobre atención respetuosa y confidencial en el centro de salud",
        "ocho módulos, dos horas de estudio",
        "14 de marzo de 2026",
        "Dirección del área de salud",
        "Facilitación del curso",
        "ejemplo.gt/v",
        "7QK4-M2XD-9WTR-C",
    ]:
        assert expected in text
    assert "estigma" not in text.lower()


@pytest.mark.parametrize("paper", ["letter", "A4"])
@pytest.mark.parametrize("name", LONGEST_NAMES)
def test_the_longest_names_stay_inside_one_page(name, paper):
    signatories = [
        {"name": "Dra. " + "Maximiliana Wenceslada " * 2, "post": "Dirección de Área de Salud de " + "W" * 60}
    ] * 2
    pdf = render_pdf(
        printed(
            name=name,
            paper_size=paper,
            clinic="Centro de Atención Permanente " + "de San Miguel Ixtahuacán " * 6,
            subject="sobre " + "la atención respetuosa y confidencial " * 5,
            course="Trato digno en los servicios de salud " * 3,
            heading="Constancia de finalización y aprovechamiento del curso de atención con respeto",
            signatories=signatories,
        )
    )
    with pikepdf.open(io.BytesIO(pdf)) as opened:
        assert len(opened.pages) == 1
        box = [float(side) for side in opened.pages[0].mediabox]
    width, height = POINTS[paper]
    assert box == pytest.approx([0, 0, width, height], abs=0.5)
    boxes = ink_boxes(pdf)
    assert name.split()[0] in words_in(pdf)
    assert name.split()[-1] in words_in(pdf)
    margin = 35
    assert all(left > margin and right < width - margin for _word, left, _top, right, _bottom in boxes)
    date = next(bottom for word, _l, _t, _r, bottom in boxes if word == "2026")
    assert date < next(top for word, _l, top, _r, _b in boxes if word == "Verifique") - 8
    assert all(top > 100 and bottom < height - 100 for _word, _left, top, _right, bottom in boxes)


@pytest.mark.parametrize("name", ["Ana Coj", "Ana Lucía Coj de la Cruz", *LONGEST_NAMES[:2]])
def test_name_is_the_largest_text(name):
    heights = {word: bottom - top for word, _left, top, _right, bottom in ink_boxes(render_pdf(printed(name=name)))}
    of_name = min(heights[word] for word in (name.split()[0], name.split()[-1]))
    assert of_name > 1.25 * max(height for word, height in heights.items() if word not in name.split())


def test_pdf_has_metadata_and_tags():
    with pikepdf.open(io.BytesIO(render_pdf(printed()))) as pdf:
        assert str(pdf.docinfo["/Title"]) == "Certificado de finalización · Trato digno · Ana Lucía Coj de la Cruz"
        assert str(pdf.docinfo["/Author"]) == "Trato digno · Curso para el personal de los centros de salud"
        figures = [o.Alt for o in pdf.objects if isinstance(o, pikepdf.Dictionary) and o.get("/S") == "/Figure"]
    assert [str(alt) for alt in figures] == [f"Código QR con la dirección de la página de verificación: {URL}"]


@pytest.mark.parametrize("url", ["https://ejemplo.gt/x.png", "file:///etc/hostname", "data:text/plain,x"])
def test_renderer_loads_only_its_own_files(url):
    with pytest.raises(PermissionError):
        get_renderer("", ()).fetcher.fetch(url)


def test_printing_opens_no_connection(monkeypatch, caplog):
    def refuse(*_args):
        raise AssertionError("The press wanted to reach the network")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    hostile = (
        '"></p><img src="http://127.0.0.1:9/a.png"><style>@import "http://127.0.0.1:9/b.css";</style><script>x</script>'
    )
    sign = {"signatories": [{"name": hostile, "post": hostile, "image": ""}]}
    logo = {"logos": [{"image": "", "institution": hostile}]}
    words = ("name", "clinic", "role", "heading", "statement", "course", "subject", "issuer", "hours")
    for fields in (*({field: hostile} for field in words), sign, logo):
        pdf = render_pdf(printed(**fields))
        with pikepdf.open(io.BytesIO(pdf)) as opened:
            assert len(opened.pages) == 1
            tags = [str(o.S) for o in opened.objects if isinstance(o, pikepdf.Dictionary) and "/Alt" in o]
        assert tags == ["/Figure"], fields
        assert "<script>x</script>" in "".join(words_of(pdf).split()).lower(), fields
    assert caplog.records == []


FORK_AFTER_PRINTING = """
import os, sys
import django
django.setup()
from certificates.pdf.rendering import render_pdf
from tests.certificates.test_rendering import printed
before = render_pdf(printed())
child = os.fork()
if child == 0:
    os._exit(0 if render_pdf(printed()) == before else 1)
sys.exit(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
"""


@pytest.mark.nightly
def test_fork_after_rendering_renders_the_same():
    settings = {"DJANGO_SETTINGS_MODULE": "course.settings.test"}
    command = [sys.executable, "-c", FORK_AFTER_PRINTING]
    assert subprocess.run(command, timeout=60, env=os.environ | settings, check=False).returncode == 0


def test_font_size_shrinks_until_a_line_fits():
    assert fit_line("corto", width=500, sizes=(20, 16, 12)) == 20
    long = "palabras " * 8
    size = fit_line(long, width=350, sizes=(20, 16, 12))
    assert width_of(long, size=size, font="AtkinsonHyperlegible-Regular.ttf") <= 350
    assert set_text("corto", width=500, largest=19, smallest=7) == (("corto",), 19)
    two = set_text("palabras " * 14 + "palabras", width=500, largest=16, smallest=7)
    assert two == (("palabras " * 7 + "palabras", "palabras " * 6 + "palabras"), 15)
    assert set_text("W" * 200, width=500, largest=19, smallest=7).size == 2


def test_long_name_breaks_evenly_and_never_after_particles():
    lines, size = fit_name("María de los Ángeles Guadalupe Xicará Ñáñez de la Cruz y Paz", width=640)
    assert lines == ("María de los Ángeles Guadalupe", "Xicará Ñáñez de la Cruz y Paz")
    assert size >= 30
    assert max(width_of(line, size=size, font=BOLD_FONT) for line in lines) <= 640


def test_short_url_omits_scheme_and_code():
    assert short_url("https://ejemplo.gt/v/7QK4M2XD9WTRC/") == "ejemplo.gt/v"
    assert short_url("http://localhost:8000/v/7QK4M2XD9WTRC/") == "localhost:8000/v"


@pytest.mark.django_db
def test_preloading_spares_the_first_certificate_work(course, monkeypatch):
    get_renderer.cache_clear()
    monkeypatch.setattr("certificates.issuing.issue.connections.close_all", lambda: None)
    preload_renderer()
    assert get_renderer.cache_info().misses == 1
    render_pdf(example_fields(active_design("es"), language="es"))
    assert get_renderer.cache_info().misses == 1


def test_preloading_without_database_is_logged(monkeypatch, caplog):
    def refuse(_language):
        raise DatabaseError

    monkeypatch.setattr("certificates.issuing.issue.active_design", refuse)
    monkeypatch.setattr("certificates.issuing.issue.connections.close_all", lambda: None)
    preload_renderer()
    assert "PDF rendering was not preloaded" in caplog.text


INSTITUTION = "Asociación de Comadronas y Promotoras de Salud del Altiplano Occidental «Nuestras Manos» de San Marcos"


def overlaps(boxes):
    pairs = []
    for i, (text, left, top, right, bottom) in enumerate(boxes):
        for other, left2, top2, right2, bottom2 in boxes[i + 1 :]:
            shared = min(bottom, bottom2) - max(top, top2)
            if min(right, right2) - max(left, left2) > 0.5 and shared > 0.2 * min(bottom - top, bottom2 - top2):
                pairs.append((text, other))
    return pairs


@pytest.mark.django_db
@pytest.mark.parametrize("paper", POINTS)
@pytest.mark.parametrize("image", ["", "0" * 64], ids=["missing", "not stored any more"])
def test_missing_images_are_printed_as_text_or_empty_line(image, paper):
    post = "Directora de la Dirección de Área de Salud de San Marcos y coordinadora de la red de servicios " + "w" * 20
    signatories = [{"name": f"Dra. {LONGEST_NAMES[0]}", "post": post, "image": image}] * 3
    logos = [{"image": image, "institution": INSTITUTION}] * 4
    lines = ["ocho módulos, dos horas de estudio y " + "muchas lecturas provechosas " * 8] * 5
    words = {
        "name": LONGEST_NAMES[0],
        "clinic": "Centro de Atención Permanente de San Miguel Ixtahuacán y Santa Cruz Barillas " * 2,
        "statement": "terminó con dedicación y provecho el curso de atención respetuosa y confidencial " + "ñ" * 40,
        "course": "Trato digno en los servicios de salud del área " * 2,
        "subject": "sobre " + "la atención respetuosa y confidencial de todas las personas " * 3,
        "issuer": "Ministerio de Salud Pública y Asistencia Social · Dirección de Área de Salud · " * 2,
        "text": [*lines, "Válido hasta 2028"],
    }
    boxes = ink_boxes(render_pdf(printed(**words, signatories=signatories, logos=logos, paper_size=paper)))
    assert overlaps(boxes) == []
    assert [text for text, *_sides in boxes].count("Comadronas") == 4


@pytest.mark.django_db
def test_images_have_alternative_text_and_are_embedded_once():
    line, logo = (
        store(as_file(drawn(size=(900, 240))), ImageUse.SIGNATURE),
        store(as_file(drawn(size=(900, 300))), ImageUse.LOGO),
    )
    signatories = [{"name": "Dra. Tzoc", "post": "", "image": line}] * 2
    fields = printed(signatories=signatories, logos=[{"image": logo, "institution": INSTITUTION}] * 4)
    with pikepdf.open(io.BytesIO(render_pdf(fields))) as pdf:
        figures = [str(o.Alt) for o in pdf.objects if isinstance(o, pikepdf.Dictionary) and o.get("/S") == "/Figure"]
        images = [o for o in pdf.objects if isinstance(o, pikepdf.Stream) and o.get("/Subtype") == "/Image"]
        assert figures.count(INSTITUTION) == 4
        assert figures.count("Firma: Dra. Tzoc") == 2
        assert len(images) == 2
        assert all(image.get("/Interpolate") is not True and "/SMask" not in image for image in images)


@pytest.mark.parametrize("palette", ["weave", "indigo", "cochineal", "jade"])
def test_borders_use_few_lines(palette):
    drawn_ones = {border: band_svg(border, palette) for border in ("all", *"12345678")}
    assert len(set(drawn_ones.values())) == 9
    assert all(svg.count("<path") <= 9 and len(svg) < 16_000 for svg in drawn_ones.values())


def photograph():
    across = Image.linear_gradient("L").resize((320, 160))
    return Image.merge("RGB", (across.point(lambda v: v // 4), across.point(lambda v: 120 + v // 3), across.rotate(90)))


@pytest.mark.django_db
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
def test_drawings_and_photos_keep_their_colours(picture, kind, seen):
    logo = store(as_file(picture), ImageUse.LOGO)
    assert get_printed_image(logo)[0] == kind
    pdf = render_pdf(printed(signatories=[], logos=[{"image": logo, "institution": "DAS"}]))
    page = poppler("pdftoppm", "-r", "60", "-png", "-", pdf=pdf)
    # Below the band, where logos stand.
    dots = Image.open(io.BytesIO(page)).convert("RGB").crop((200, 86, 460, 126)).getcolors(20_000)
    assert sum(count for count, colour in dots if seen(*colour)) > 1000
