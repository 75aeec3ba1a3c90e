"""The PDF: one page whatever the names, our font inside, a QR that can be scanned, nothing from outside."""

import io
import os
import socket
import subprocess
import sys

import pikepdf
import pytest
import zxingcpp
from PIL import Image

from certificates.issuing.designs import built_in_design
from certificates.paper.rendering import render_pdf, short_address
from certificates.wording.typesetting import fit_line, fit_name, set_text, width_of
from modules.paper.press import BOLD, press_for

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


def poppler(tool, *options, pdf):
    return subprocess.run([tool, *options], input=pdf, stdout=subprocess.PIPE, check=True).stdout


def words_in(pdf):
    return " ".join(poppler("pdftotext", "-layout", "-", "-", pdf=pdf).decode().split())


def ink_boxes(pdf):
    """Return [(word, left, top, right, bottom)] in points."""
    lines = poppler("pdftotext", "-bbox", "-", "-", pdf=pdf).decode().splitlines()
    words = [line.split('"') for line in lines if "<word" in line]
    return [(w[8].strip("></word"), *(float(w[i]) for i in (1, 3, 5, 7))) for w in words]


def test_what_is_printed_can_be_read_on_one_page():
    pdf = render_pdf(printed())
    text = words_in(pdf)
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
    # The facts end above the signatures and the QR, and everything between the two bands.
    date = next(bottom for word, _l, _t, _r, bottom in boxes if word == "2026")
    assert date < next(top for word, _l, top, _r, _b in boxes if word == "Verifique") - 8
    assert all(top > 100 and bottom < height - 100 for _word, _left, top, _right, bottom in boxes)


@pytest.mark.parametrize("name", ["Ana Coj", "Ana Lucía Coj de la Cruz", *LONGEST_NAMES[:2]])
def test_the_name_is_the_largest_thing_on_the_paper(name):
    heights = {word: bottom - top for word, _left, top, _right, bottom in ink_boxes(render_pdf(printed(name=name)))}
    of_name = min(heights[word] for word in (name.split()[0], name.split()[-1]))
    assert of_name > 1.25 * max(height for word, height in heights.items() if word not in name.split())


def test_only_our_font_is_used_and_it_is_inside():
    table = poppler("pdffonts", "-", pdf=render_pdf(printed())).decode().splitlines()[2:]
    fonts = [(line.split()[0].partition("+")[2], line.split()[-5:-2]) for line in table]
    assert sorted(fonts) == [
        ("Atkinson-Hyperlegible", ["yes", "yes", "yes"]),
        ("Atkinson-Hyperlegible-Bold", ["yes", "yes", "yes"]),
    ]


@pytest.mark.parametrize("paper", ["letter", "A4"])
def test_the_qr_of_the_printed_page_leads_to_the_verification_page(paper):
    image = poppler("pdftoppm", "-r", "150", "-gray", "-png", "-", pdf=render_pdf(printed(paper_size=paper)))
    codes = zxingcpp.read_barcodes(Image.open(io.BytesIO(image)))
    assert [(code.format.name, code.text) for code in codes] == [("QRCode", URL)]


def test_the_file_says_what_it_is_and_is_tagged_for_screen_readers():
    with pikepdf.open(io.BytesIO(render_pdf(printed()))) as pdf:
        assert str(pdf.docinfo["/Title"]) == "Certificado de finalización · Trato digno · Ana Lucía Coj de la Cruz"
        assert str(pdf.docinfo["/Author"]) == "Trato digno · Curso para el personal de los centros de salud"
        assert str(pdf.Root.Lang) == "es"
        assert pdf.Root.MarkInfo.Marked
        assert pdf.open_metadata()["{http://www.aiim.org/pdfua/ns/id/}part"] == "1"
        figures = [o.Alt for o in pdf.objects if isinstance(o, pikepdf.Dictionary) and o.get("/S") == "/Figure"]
    assert [str(alt) for alt in figures] == [f"Código QR con la dirección de la página de verificación: {URL}"]


def test_the_same_fields_give_the_same_bytes_and_others_do_not():
    assert render_pdf(printed()) == render_pdf(printed())
    assert render_pdf(printed()) != render_pdf(printed(name="Ana Lucia Coj de la Cruz"))


def test_text_is_text_and_nothing_is_loaded_from_elsewhere(caplog):
    pdf = render_pdf(printed(clinic='<img src="http://127.0.0.1:9/x.png"> & <link rel=stylesheet href="//x/y.css">'))
    assert '<img src="http://127.0.0.1:9/x.png">' in words_in(pdf)
    assert caplog.records == []


@pytest.mark.parametrize("url", ["https://ejemplo.gt/x.png", "file:///etc/hostname", "data:text/plain,x"])
def test_the_renderer_refuses_every_address_but_its_own_files(url):
    with pytest.raises(PermissionError):
        press_for("", ()).fetcher.fetch(url)


def test_printing_opens_no_connection(monkeypatch):
    def refuse(*_args):
        raise AssertionError("The press wanted to reach the network")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    hostile = (
        "url(http://127.0.0.1:9/x.png) <img src=//127.0.0.1:9/x.png> <style>@import 'http://127.0.0.1:9/x'</style>"
    )
    sign = [{"name": hostile, "post": hostile, "image": ""}]
    fields = dict.fromkeys(("clinic", "issuer", "subject", "heading"), hostile)
    pdf = render_pdf(printed(**fields, signatories=sign, logos=[{"image": "", "institution": hostile}]))
    assert "http://127.0.0.1:9/x.png" in words_in(pdf)


FORK_AFTER_PRINTING = """
import os, sys
import django
django.setup()
from certificates.paper.rendering import render_pdf
from tests.certificates.test_rendering import printed
before = render_pdf(printed())
child = os.fork()
if child == 0:
    os._exit(0 if render_pdf(printed()) == before else 1)
sys.exit(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
"""


@pytest.mark.nightly
def test_a_process_forked_after_printing_prints_the_same():
    settings = {"DJANGO_SETTINGS_MODULE": "course.settings.test"}
    command = [sys.executable, "-c", FORK_AFTER_PRINTING]
    assert subprocess.run(command, timeout=60, env=os.environ | settings, check=False).returncode == 0


def test_type_steps_down_until_a_line_fits():
    assert fit_line("corto", width=500, sizes=(20, 16, 12)) == 20
    long = "palabras " * 8
    size = fit_line(long, width=350, sizes=(20, 16, 12))
    assert width_of(long, size=size, font="AtkinsonHyperlegible-Regular.ttf") <= 350
    assert set_text("corto", width=500, largest=19, smallest=7) == (("corto",), 19)
    two = set_text("palabras " * 14 + "palabras", width=500, largest=16, smallest=7)
    assert two == (("palabras " * 7 + "palabras", "palabras " * 6 + "palabras"), 15)
    assert set_text("W" * 200, width=500, largest=19, smallest=7).size == 2


def test_a_long_name_breaks_in_two_similar_lines_never_after_de_or_la():
    lines, size = fit_name("María de los Ángeles Guadalupe Xicará Ñáñez de la Cruz y Paz", width=640)
    assert lines == ("María de los Ángeles Guadalupe", "Xicará Ñáñez de la Cruz y Paz")
    assert size >= 30
    assert max(width_of(line, size=size, font=BOLD) for line in lines) <= 640


def test_the_short_address_is_what_people_type():
    assert short_address("https://ejemplo.gt/v/7QK4M2XD9WTRC/") == "ejemplo.gt/v"
    assert short_address("http://localhost:8000/v/7QK4M2XD9WTRC/") == "localhost:8000/v"
