"""A trainer makes the certificates of a group, reloads in the middle, and fetches the PDF twice."""

import subprocess
import sys

import pytest
from playwright.sync_api import expect

from .conftest import DESK, PATIENCE, PHONE, ROOT, axe_violations, sideways, sign_in
from .learner import press

pytestmark = pytest.mark.nightly


PASSWORD = "cuatro-volcanes-y-un-lago"


@pytest.fixture
def worker(site):
    """Return a function that starts the worker beside the site."""
    started = []

    def start():
        started.append(subprocess.Popen([sys.executable, "manage.py", "work"], cwd=ROOT, env=site.environment))

    yield start
    for process in started:
        process.terminate()
        process.wait(60)


def load_again(page, by_itself):
    """Load the page once more; without JavaScript it does so itself, which a reload would come in the way of."""
    with page.expect_navigation():
        if not by_itself:
            page.reload()


@pytest.mark.parametrize(
    ("size", "javascript"), [(DESK, True), (PHONE, False)], ids=["desk", "phone without JavaScript"]
)
def test_a_trainer_makes_the_certificates_of_a_group(site, open_browser, worker, tmp_path, size, javascript):
    # What was asked for a moment ago is not made again.
    site.shell("from certificates.models import CertificateBatch; CertificateBatch.objects.all().delete()")
    page = open_browser(size, javascript=javascript)
    sign_in(page, "facilitadora", PASSWORD)
    press(page, "Mis grupos")
    press(page, "San Pedro Ayampuc, mañana")
    press(page, "Certificados del grupo")
    if javascript:
        assert axe_violations(page) == []
    page.get_by_label("Todos").check()
    press(page, "Hacer los certificados")
    expect(page.get_by_text("Esperando su turno.")).to_be_visible()
    load_again(page, by_itself=not javascript)
    expect(page.get_by_role("progressbar")).to_be_visible()
    address = page.url
    if javascript:
        assert axe_violations(page) == []
    worker()
    fetch = page.get_by_role("link", name="Descargar el PDF")
    expect(fetch).to_be_visible(timeout=2 * PATIENCE)
    assert page.url == address
    files = []
    for _ in range(2):
        with page.expect_download() as download:
            fetch.click()
        assert download.value.suggested_filename.startswith("certificados-san-pedro-ayampuc-manana-")
        files.append(tmp_path / f"{len(files)}.pdf")
        download.value.save_as(files[-1])
    assert files[0].read_bytes() == files[1].read_bytes()
    words = subprocess.run(["pdftotext", files[0], "-"], capture_output=True, text=True, check=True).stdout
    names = ["Carlos Enrique López y López", "Irma Yolanda Noriega Nuñez", "Beatriz Ñáñez Solís"]
    for places in ([words.index(name) for name in names], [words.rindex(name) for name in names]):
        assert places == sorted(places)
    if javascript:
        assert axe_violations(page) == []
    assert sideways(page) == 0
    assert page.complaints == []
