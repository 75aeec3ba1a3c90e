"""From the printed card to the printed certificate: with the mouse, without JavaScript, on a small phone."""

import hashlib
import io
import subprocess

import pytest
import zxingcpp
from PIL import Image

from .conftest import DESK, PHONE, axe_violations, sideways, sign_in
from .learner import choose_own_pin, choose_role, finish_course, make_newcomer, press, right_answers

pytestmark = pytest.mark.journey


@pytest.mark.parametrize(
    ("code", "role", "size", "javascript"),
    [("ROS222", "clinica", DESK, True), ("ROS333", "apoyo", PHONE, True), ("ROS444", "recepcion", PHONE, False)],
    ids=["mouse", "phone", "phone without JavaScript"],
)
def test_a_newcomer_goes_from_the_card_to_the_certificate(site, open_browser, tmp_path, code, role, size, javascript):
    code, pin = make_newcomer(site, code)
    known = right_answers(site)
    page = open_browser(size, javascript=javascript)

    sign_in(page, code.lower(), pin)
    choose_own_pin(page)
    choose_role(page, role)
    assert page.get_by_role("heading", name="Mi curso").is_visible()
    finish_course(page, known)
    if not page.url.endswith("/certificado/"):
        press(page, "Obtener mi certificado")
    page.fill("input[name=printed_name]", "Rosa Ñandú Ixmatá de la Cruz")
    press(page, "Confirmar y emitir")

    pdf = page.request.get(page.locator("a", has_text="PDF").get_attribute("href")).body()
    again = page.request.get(page.locator("a", has_text="PDF").get_attribute("href")).body()
    assert hashlib.sha256(pdf).hexdigest() == hashlib.sha256(again).hexdigest()
    (tmp_path / "certificate.pdf").write_bytes(pdf)
    words = subprocess.run(
        ["pdftotext", "-layout", tmp_path / "certificate.pdf", "-"], capture_output=True, text=True, check=True
    ).stdout
    assert "Rosa Ñandú Ixmatá de la Cruz" in words
    assert "libre de estigma" not in words.casefold()

    address = qr_in(pdf, tmp_path)
    assert address.startswith(f"{site.url}/v/")
    anyone = open_browser(PHONE, javascript=javascript)
    anyone.goto(address)
    shown = anyone.inner_text("main")
    for field in ("Rosa Ñandú Ixmatá de la Cruz", "Trato digno", "Centro de Salud de San Pedro Ayampuc", "Válido"):
        assert field in shown
    if javascript:
        assert axe_violations(anyone) == []
        assert sideways(anyone) == 0
    assert page.complaints == []
    assert anyone.complaints == []


def qr_in(pdf, folder):
    """Return the address that a telephone reads from the printed page."""
    (folder / "page.pdf").write_bytes(pdf)
    picture = subprocess.run(
        ["pdftoppm", "-r", "150", "-png", "-singlefile", folder / "page.pdf"], capture_output=True, check=True
    ).stdout
    return zxingcpp.read_barcodes(Image.open(io.BytesIO(picture)))[0].text


def test_the_serial_is_forgiven_spaces_and_lower_case(site, open_browser):
    code = site.shell("from certificates.models import Certificate; print(Certificate.objects.earliest('pk').serial)")
    serial = code.strip()
    page = open_browser(PHONE)
    page.goto("/v/")
    page.locator("main input[type=text], main input:not([type=hidden])").first.fill(
        f" {serial[:4].lower()} {serial[4:8].lower()}-{serial[8:].lower()} "
    )
    page.locator("main form button").first.click()
    page.wait_for_url(f"**/v/{serial}/")
    assert "Válido" in page.inner_text("main")
    page.goto(f"/v/{serial[:-1]}{'A' if serial[-1] != 'A' else 'B'}/")
    assert "Válido" not in page.inner_text("main")
