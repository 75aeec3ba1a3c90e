import io
import re
from urllib.parse import urlsplit

import pikepdf
import pytest
import zxingcpp
from PIL import Image

from certificates.images import ImageUse
from certificates.pdf.combining import combine_pdfs
from certificates.pdf.rendering import Attachment, render_pdf

from .measuring import check_norms, poppler, run
from .pictures import as_file, drawn, store
from .test_rendering import printed

CREDENTIAL = Attachment("credential.json", b'{"type": "OpenBadgeCredential"}', "application/vc+ld+json", "Insignia")
PDFA, PDFUA = "http://www.aiim.org/pdfa/ns/id/", "http://www.aiim.org/pdfua/ns/id/"
PAPERS = {
    "letter": printed(),
    "A4 in English": printed(paper_size="A4", language="en"),
    "nothing but the name": printed(role="", clinic="", signatories=[]),
    "a long name": printed(name="María de los Ángeles Guadalupe Xicará Ñáñez de la Cruz y Paz"),
}


@pytest.fixture(scope="module", params=PAPERS)
def file(request, tmp_path_factory):
    path = tmp_path_factory.mktemp("issued") / "certificate.pdf"
    path.write_bytes(render_pdf(PAPERS[request.param], [CREDENTIAL]))
    return path


@pytest.mark.django_db
@pytest.mark.parametrize("paper", ["letter", "A4"])
def test_pdf_with_images_conforms_to_both_standards(paper, tmp_path):
    signature, logo = (
        store(as_file(drawn()), ImageUse.SIGNATURE),
        store(as_file(drawn(ink="maroon"), "JPEG"), ImageUse.LOGO),
    )
    path = tmp_path / "certificate.pdf"
    fields = {
        "signatories": [
            {"name": f"Dra. {name}", "post": "Directora", "image": signature} for name in ("Tzoc", "Coj", "Chub")
        ],
        "logos": [{"institution": f"Área de salud {number}", "image": logo} for number in range(4)],
        "paper_size": paper,
    }
    path.write_bytes(render_pdf(printed(**fields), [CREDENTIAL]))
    check_norms(path)
    with pikepdf.open(path) as pdf:
        streams = [thing for thing in pdf.objects if isinstance(thing, pikepdf.Stream)]
        images = [stream for stream in streams if stream.get("/Subtype") == "/Image"]
        # No smoothing, and colours by the profile of the file: RGB, or a palette of it.
        assert {str(image.get("/Interpolate", False)) for image in images} == {"False"}
        spaces = [image.ColorSpace for image in images]
        bases = {str(space[1]) if isinstance(space, pikepdf.Array) else str(space) for space in spaces}
        assert bases == {"/DeviceRGB"}
        tags = [thing for thing in pdf.objects if isinstance(thing, pikepdf.Dictionary)]
        words = [str(tag.Alt) for tag in tags if tag.get("/S") == "/Figure"]
    assert len(words) == 1 + 3 + 4
    assert all(words)


def test_pdf_passes_pdf_ua_checker(file):
    check_norms(file)


def test_poppler_reports_tags_and_attachments(file):
    told = run("pdfinfo", file)[1]
    assert re.search(r"Tagged: +yes", told)
    assert re.search(r"JavaScript: +no", told)
    assert re.search(r"Encrypted: +no", told)
    assert re.search(r"Pages: +1\n", told)
    assert run("pdfdetach", "-list", file)[1].splitlines() == ["1 embedded files", "1: credential.json"]


def test_fonts_are_embedded_subsets(file):
    lines = run("pdffonts", file)[1].splitlines()[2:]
    assert len(lines) == 2
    for line in lines:
        assert re.match(r"[A-Z]{6}\+Atkinson-Hyperlegible", line)
        assert line.split()[-5:-2] == ["yes", "yes", "yes"]


def test_pdf_declares_both_standards(file):
    with pikepdf.open(file) as pdf:
        metadata = pdf.open_metadata()
        xml = pdf.Root.Metadata.read_bytes().decode()
    assert metadata[f"{{{PDFA}}}part"] == "3"
    assert metadata[f"{{{PDFA}}}conformance"] == "A"
    assert metadata[f"{{{PDFUA}}}part"] == "1"
    assert xml.count("<rdf:RDF") == 1
    assert f"<pdfaSchema:namespaceURI>{PDFUA}</pdfaSchema:namespaceURI>" in xml


def test_pdf_follows_pdf_a_structure(file):
    with pikepdf.open(file) as pdf:
        intent = pdf.Root.OutputIntents[0]
        assert (len(pdf.Root.OutputIntents), intent.S, intent.DestOutputProfile.N) == (1, "/GTS_PDFA1", 3)
        assert intent.DestOutputProfile.read_bytes()[36:40] == b"acsp"
        assert pdf.Root.MarkInfo.Marked
        assert pdf.Root.StructTreeRoot.K
        assert str(pdf.Root.Lang) in ("es", "en")
        assert pdf.Root.ViewerPreferences.DisplayDocTitle
        assert not {"/OpenAction", "/AA", "/AcroForm"} & set(pdf.Root.keys())
        for link in pdf.pages[0].Annots:
            assert (link.Subtype, link.F) == ("/Link", 4)
        things = [thing for thing in pdf.objects if isinstance(thing, (pikepdf.Dictionary, pikepdf.Stream))]
        assert all(thing.Alt for thing in things if thing.get("/S") == "/Figure")
        assert {str(thing.get("/Filter")) for thing in things} <= {"/FlateDecode", "/DCTDecode", "None"}


def test_attachment_is_described_and_listed_once(file):
    with pikepdf.open(file) as pdf:
        named = pdf.Root.Names.EmbeddedFiles.Names
        assert [str(name) for name in list(named)[::2]] == ["credential.json"]
        assert [spec.objgen for spec in pdf.Root.AF] == [named[1].objgen]
        spec = pdf.Root.AF[0]
        assert (spec.AFRelationship, str(spec.UF), str(spec.Desc)) == ("/Alternative", "credential.json", "Insignia")
        assert spec.EF.F.Subtype == "/application/vc+ld+json"
        assert spec.EF.F.read_bytes() == CREDENTIAL.content
        assert str(spec.EF.F.Params.CreationDate) == str(spec.EF.F.Params.ModDate) == "D:20260314000000-06'00"


def test_the_same_fields_and_attachments_give_the_same_bytes():
    file = render_pdf(printed(), [CREDENTIAL])
    assert render_pdf(printed(), [Attachment(*CREDENTIAL)]) == file
    assert file not in (render_pdf(printed(), [CREDENTIAL._replace(content=b"{}")]), render_pdf(printed()))


def test_pdf_dates_are_the_printed_ones(file, monkeypatch):
    with pikepdf.open(file) as pdf:
        assert str(pdf.docinfo.CreationDate) == str(pdf.docinfo.ModDate) == "D:20260314000000-06'00"
        told = pdf.open_metadata()
    assert told["xmp:CreateDate"] == told["xmp:ModifyDate"] == "2026-03-14T00:00:00-06:00"
    monkeypatch.setenv("TZ", "America/Guatemala")
    dates = re.findall(r"^\w+Date: +(.*)$", run("pdfinfo", file)[1], re.MULTILINE)
    assert dates == ["Sat Mar 14 00:00:00 2026 CST"] * 2


def test_corrected_pdf_is_modified_on_correction_day(tmp_path):
    path = tmp_path / "corrected.pdf"
    path.write_bytes(render_pdf(printed(corrected="2026-04-02", corrected_in_words="2 de abril de 2026"), [CREDENTIAL]))
    with pikepdf.open(path) as pdf:
        assert str(pdf.docinfo.CreationDate) == "D:20260314000000-06'00"
        changed = "D:20260402000000-06'00"
        assert str(pdf.docinfo.ModDate) == str(pdf.Root.AF[0].EF.F.Params.ModDate) == changed


def test_border_is_embedded_once():
    with pikepdf.open(io.BytesIO(render_pdf(printed()))) as pdf:
        forms = [thing for thing in pdf.objects if isinstance(thing, pikepdf.Stream) and "/BBox" in thing]
        long = [form for form in forms if len(form.read_bytes()) > 1000]
    assert len(long) == 2
    assert len(forms) == 4


def test_joined_certificates_look_as_they_do_alone():
    parts = [render_pdf(printed(serial=f"7QK4M2XD9WT{n}C", verify_url=f"https://ejemplo.gt/v/{n}/")) for n in range(4)]
    written = combine_pdfs(parts, title="Certificados", language="es")
    for number, part in enumerate(parts, start=1):
        options = ["-r", "40", "-png", "-f"]
        alone = poppler("pdftoppm", *options, "1", "-l", "1", "-", pdf=part)
        assert poppler("pdftoppm", *options, str(number), "-l", str(number), "-", pdf=written) == alone


@pytest.mark.django_db
def test_printed_qr_leads_to_verification_page(client, certificate):
    image = poppler("pdftoppm", "-r", "110", "-png", "-", pdf=certificate.pdf)
    [code] = zxingcpp.read_barcodes(Image.open(io.BytesIO(image)))
    page = client.get(urlsplit(code.text).path)
    assert page.status_code == 200
    assert "Ana Lucía Coj de la Cruz" in page.text
