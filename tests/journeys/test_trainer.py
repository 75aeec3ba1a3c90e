import csv
import io

import openpyxl
import pytest

from .browser import DESK, PASSWORD, PHONE, sign_in
from .conftest import axe_violations, sideways
from .learner import press


@pytest.mark.parametrize(
    ("size", "javascript"),
    [
        pytest.param(DESK, True, id="desk", marks=pytest.mark.nightly),
        pytest.param(PHONE, False, id="phone without JavaScript"),
    ],
)
def test_a_trainer_finds_who_is_stuck_and_takes_the_group_along(site, open_browser, size, javascript):
    page = open_browser(size, javascript=javascript)
    sign_in(page, "facilitadora", PASSWORD)
    press(page, "Mis grupos")
    press(page, "San Pedro Ayampuc, mañana")
    wide = size == DESK
    grid = page.locator("main table:visible")
    assert ("enviado 2 veces" if wide else "2 intentos sin aprobar el módulo 2") in grid.inner_text()
    people = [name.strip() for name in grid.locator("tbody th").all_inner_texts()]
    assert people.index("Núñez Chávez, Juan José") < people.index("Ñáñez Solís, Beatriz")
    assert people.index("de la Cruz Méndez, Héctor Rolando") < people.index("López y López, Carlos Enrique")
    assert (people.index("Ajú Xicará, Édgar") < people.index("de León Barrios, Dora Alicia")) == wide

    address = page.url.rstrip("/")
    sheet = page.request.get(f"{address}/grupo.csv").body()
    assert sheet.startswith(b"\xef\xbb\xbf")
    rows = list(csv.reader(io.StringIO(sheet.decode("utf-8-sig"))))
    book = openpyxl.load_workbook(io.BytesIO(page.request.get(f"{address}/grupo.xlsx").body()))
    for row in (
        [str(cell) for line in rows for cell in line],
        [str(c.value) for line in book.worksheets[0] for c in line],
    ):
        assert "Ñáñez Solís" in " ".join(row)
        assert "Necesita ayuda" in row

    press(page, "de León Barrios, Dora Alicia")
    person = page.inner_text("main")
    assert "Por repasar" in person
    assert "DOR294" in person
    if javascript:
        assert axe_violations(page) == []
        assert sideways(page) == 0
    assert page.complaints == []
