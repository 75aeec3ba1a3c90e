import io
import subprocess

import pikepdf
import pytest
from pikepdf import Array, Dictionary, Name

from certificates.pdf.combining import combine_pdfs


def pages_of(count, *, text="(12 0 R)", shared=b"\x07" * 900, inherited=False):
    with pikepdf.new() as pdf:
        image = pdf.make_stream(shared, Type=Name.XObject, Subtype=Name.Image, Width=30, Height=30)
        image.ColorSpace, image.BitsPerComponent = Name.DeviceGray, 8
        for number in range(count):
            pdf.add_blank_page(page_size=(200, 300))
            page = pdf.pages[-1].obj
            page.Contents = pdf.make_stream(b"/Image Do %d" % number)
            page.Resources = Dictionary(XObject=Dictionary(Image=image))
            page.PieceInfo = Dictionary(Words=pikepdf.String(text), Odd=Name("/a b#(12 0 R)"), Six=Array([1, 2, 3]))
        if inherited:
            tree = pdf.Root.Pages
            tree.MediaBox, tree.Rotate = pdf.pages[0].obj.MediaBox, 90
            for page in pdf.pages:
                del page.obj.MediaBox
        written = io.BytesIO()
        pdf.save(written)
        return written.getvalue()


def joined(*parts):
    return combine_pdfs(parts, title="Título (uno) ñ \\ 📄", language="es")


@pytest.mark.parametrize("number", [1, 2, 150, 700])
def test_however_many_objects_every_reader_finds_them(number, tmp_path):
    path = tmp_path / "whole.pdf"
    path.write_bytes(joined(pages_of(number), pages_of(1)))
    assert subprocess.run(["qpdf", "--check", path], capture_output=True, check=False).returncode == 0
    facts = subprocess.run(["pdfinfo", path], capture_output=True, check=True).stdout.decode()
    assert f"Pages:           {number + 1}\n" in facts
    with pikepdf.open(path) as pdf:
        assert pdf.open_metadata()["dc:title"] == "Título (uno) ñ \\ 📄"
        assert [page.Contents.read_bytes() for page in pdf.pages] == [b"/Image Do %d" % n for n in [*range(number), 0]]


@pytest.mark.parametrize("text", ["12 0 R", "(12 0 R) \\) 3 0 R (", "ñandú 7 0 R", "\x00\xff5 0 R\n", "📄 4 0 R"])
def test_signs_of_a_reference_in_a_text_or_a_name_stay_as_they_are(text):
    with pikepdf.open(io.BytesIO(joined(pages_of(2), pages_of(1, text=text)))) as pdf:
        words = pdf.pages[2].PieceInfo
        assert (str(words.Words), words.Odd, list(words.Six)) == (text, "/a b#(12 0 R)", [1, 2, 3])


def test_images_that_differ_stay_different():
    with pikepdf.open(io.BytesIO(joined(pages_of(1), pages_of(1, shared=b"\x08" * 900)))) as pdf:
        assert [page.Resources.XObject.Image.read_bytes()[:1] for page in pdf.pages] == [b"\x07", b"\x08"]


def test_a_page_keeps_what_it_has_from_above():
    with pikepdf.open(io.BytesIO(joined(pages_of(1), pages_of(2, inherited=True)))) as pdf:
        assert [page.get("/Rotate", 0) for page in pdf.pages] == [0, 90, 90]
        assert [list(page.MediaBox) for page in pdf.pages] == [[0, 0, 200, 300]] * 3


def test_a_part_on_both_sides_of_the_paper_begins_on_a_right_hand_page():
    parts = [pages_of(1), pages_of(2), pages_of(1)]
    with pikepdf.open(io.BytesIO(combine_pdfs(parts, title="Hojas", language="es", on_both_sides=True))) as pdf:
        printed = [page.obj.get("/Contents") is not None and b"Do" in page.Contents.read_bytes() for page in pdf.pages]
        assert printed == [True, False, True, True, True]
        assert {tuple(page.MediaBox) for page in pdf.pages} == {(0, 0, 200, 300)}
