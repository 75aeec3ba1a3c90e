import io
import random
import re
from datetime import date

import pikepdf
import pytest

from certificates.models import Certificate
from certificates.pdf import lists
from certificates.pdf.combining import combine_pdfs
from certificates.pdf.lists import DeliveryList, DeliveryRow, delivery_list_pdf
from modules.pdf.renderer import Renderer

from .factories import issue, make_graduate
from .measuring import check_norms, words_of

SURNAMES = ["Ajú", "de la Cruz", "Noj"]
GIVEN = ["Ana ", "Eva ", "Carlos ", "Dora ", "Édgar "]
SYLLABLES = ["Coj", "Ixmatá", "Ñáñez", "Pop", "Quiej", "Raxón", "Tzoc", "Sis", "Zet"]


@pytest.fixture
def certificates(course, db):
    for surname in reversed(SURNAMES):
        issue(make_graduate(f"P{surname}", last_name=surname))
    return [bytes(certificate.pdf) for certificate in Certificate.objects.by_surname()]


def joined(parts):
    return combine_pdfs(parts, title="Grupo", language="es")


def list_of(people, *, paper_size="letter"):
    # Names that differ: a line that is alike on every page is taken for a footer.
    words = random.Random(3).sample([f"{a}{b} {c}" for a in GIVEN for b in SYLLABLES for c in SYLLABLES], k=people)
    lines = [DeliveryRow(f"Centro {n // 40}", word, "Recepción", f"{n:013}") for n, word in enumerate(words)]
    return delivery_list_pdf(DeliveryList("Grupo", "es", paper_size, date(2026, 11, 25), lines))


def test_joined_pdf_keeps_the_order(certificates):
    pdf = joined(certificates)
    with pikepdf.open(io.BytesIO(pdf)) as whole:
        assert len(whole.pages) == len(SURNAMES)
        assert whole.check_pdf_syntax() == []
    for page, surname in enumerate(SURNAMES, start=1):
        assert f"Ana Lucía {surname}" in words_of(pdf, page)


def test_joined_pdf_is_deterministic(certificates):
    assert joined(certificates) == joined(certificates)


def test_joined_pdf_is_tagged_and_has_no_attachments(certificates, tmp_path):
    pdf = joined([list_of(3), *certificates])
    path = tmp_path / "joined.pdf"
    path.write_bytes(pdf)
    check_norms(path)
    with pikepdf.open(io.BytesIO(pdf)) as whole:
        assert (len(whole.pages), str(whole.Root.Lang), len(whole.attachments)) == (4, "es", 0)
        numbers = pikepdf.NumberTree(whole.Root.StructTreeRoot.ParentTree)
        assert len({int(page.StructParents) for page in whole.pages}) == 4
        for page in whole.pages:
            assert all(element.Pg.objgen == page.obj.objgen for element in numbers[int(page.StructParents)])
            for link in page.get("/Annots", []):
                assert numbers[int(link.StructParent)].S == "/Link"


@pytest.mark.nightly
@pytest.mark.parametrize(("paper_size", "points"), [("letter", (612, 792)), ("A4", (595.3, 841.9))])
@pytest.mark.parametrize("people", [80, 130])
def test_long_list_is_tagged_and_numbered(people, paper_size, points, tmp_path):
    pdf = list_of(people, paper_size=paper_size)
    path = tmp_path / "list.pdf"
    path.write_bytes(pdf)
    check_norms(path, "--skip", "PAG-001")
    with pikepdf.open(io.BytesIO(pdf)) as pages:
        count = len(pages.pages)
        assert [float(side) for side in pages.pages[0].MediaBox[2:]] == pytest.approx(points, abs=0.1)
    texts = [words_of(pdf, page) for page in range(1, count + 1)]
    assert count > 3
    for page, text in enumerate(texts, start=1):
        assert f"{page}/{count}" in text.replace(" ", "")
    rows = re.findall(r"^ *(\d+) .* \d{4}-", "\n".join(texts), re.MULTILINE)
    assert [int(row) for row in rows] == list(range(1, people + 1))
    assert ["Entrega: nombre y firma" in text for text in texts] == [False] * (count - 1) + [True]


@pytest.mark.nightly
def test_list_is_the_same_in_any_order_of_parts(monkeypatch):
    laid_out = []
    lay_out = Renderer.lay_out

    def lay_out_and_count(press, html, *rest):
        laid_out.append(html.count("<tr>"))
        return lay_out(press, html, *rest)

    def last_first(function, arguments, *, processes):
        return reversed([function(argument) for argument in arguments])

    monkeypatch.setattr(Renderer, "lay_out", lay_out_and_count)
    in_order = list_of(230)
    assert max(laid_out) <= 100 + 3
    monkeypatch.setattr(lists, "run_in_processes", last_first)
    assert list_of(230) == in_order
