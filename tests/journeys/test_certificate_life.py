import io
import re
from urllib.parse import urlsplit

import pikepdf

from .browser import DESK, PASSWORD, PHONE, sign_in
from .conftest import axe_violations, sideways
from .learner import press

RIGHT = "Ofelia Raxón-Mús"


def code_beside_state(page):
    return re.search(r"[0-9A-Z]{4}(?:-[0-9A-Z]{4}){2}-[0-9A-Z]", page.inner_text("#certificate + .notice"))[0]


def address_on(pdf):
    with pikepdf.open(io.BytesIO(pdf)) as paper:
        return next(str(note.A.URI) for note in paper.pages[0].Annots)


def test_a_name_is_corrected_and_both_papers_say_how_they_stand(site, open_browser):
    page = open_browser(DESK)
    sign_in(page, "facilitadora", PASSWORD)
    press(page, "Mis grupos")
    press(page, "Los Encinos, tarde")
    press(page, "Raxón Mús, Ofelia")
    old = code_beside_state(page).replace("-", "")
    old_pdf = page.request.get(f"/es/certificado/{old}.pdf").body()
    press(page, "Corregir el certificado")
    assert axe_violations(page) == []
    page.get_by_label("Apellidos").fill("Raxón-Mús")
    page.get_by_label("Motivo").fill("Lleva guion entre los apellidos.")
    press(page, "Corregir y emitir")
    new = code_beside_state(page).replace("-", "")
    assert new != old
    assert RIGHT in page.inner_text("main .notice-valid")
    assert axe_violations(page) == []
    new_pdf = page.request.get(f"/es/certificado/{new}.pdf").body()

    phone = open_browser(PHONE)
    assert address_on(new_pdf) == f"{site.url}/v/{new}/"
    # The old one was printed where the site was prepared: see `prepared.py`.
    phone.goto(urlsplit(address_on(old_pdf)).path)
    assert phone.inner_text("main .status") == "Reemplazado"
    assert axe_violations(phone) == []
    assert sideways(phone) == 0
    press(phone, "Ver el certificado")
    assert phone.inner_text("main .status") == "Válido"
    assert RIGHT in phone.inner_text("main .printed >> nth=0")
    files_are_compared_in_the_browser(phone, new_pdf, old_pdf)
    files_are_compared_without_javascript(open_browser(PHONE, javascript=False), new, new_pdf, old_pdf)

    press(page, "Anular")
    page.get_by_label("Motivo").fill("Se emitió antes de tiempo.")
    press(page, "Anular el certificado")
    assert "Anulado" in page.inner_text("main .notice-revoked")
    english = open_browser(PHONE, language="en")
    english.goto(f"/v/{new}/")
    assert english.inner_text("main .status") == "Revoked"
    assert "Se emitió antes de tiempo." in english.inner_text("main .certificate-status")
    assert axe_violations(english) == []
    assert page.complaints == phone.complaints == english.complaints == []


def files_are_compared_in_the_browser(page, same, other):
    sent = []
    page.on("request", lambda request: sent.append(request))
    page.locator("summary", has_text="Comparar el PDF").click()
    for content, words, standing, place in [
        (same, "Es el mismo archivo que se emitió.", "Válido", "file-confirmed"),
        (other, "Este archivo no es el que se emitió: pudo ser alterado.", "Archivo alterado", "file-verdict"),
    ]:
        page.set_input_files("[name=pdf]", {"name": "c.pdf", "mimeType": "application/pdf", "buffer": content})
        page.get_by_text(words).wait_for()
        # Of a file that was changed that leads the page; the focus is where it is said.
        assert page.inner_text("main .status >> nth=0") == standing
        assert page.evaluate("document.activeElement.id") == place
    drop(page, same)
    page.get_by_text("Es el mismo archivo que se emitió.").wait_for()
    assert sent == []
    assert sideways(page) == 0
    assert axe_violations(page) == []
    page.goto("/v/")
    page.set_input_files("[name=pdf]", {"name": "c.pdf", "mimeType": "application/pdf", "buffer": same})
    sent.clear()
    press(page, "Buscar su certificado")
    assert page.inner_text("main .status") == "Válido"
    [posted] = [request for request in sent if request.method == "POST"]
    assert b"%PDF" not in posted.post_data_buffer
    assert len(posted.post_data_buffer) < 1000


def drop(page, content):
    carried = page.evaluate_handle(
        """bytes => {
          const carried = new DataTransfer();
          carried.items.add(new File([new Uint8Array(bytes)], "c.pdf", { type: "application/pdf" }));
          return carried;
        }""",
        list(content),
    )
    page.dispatch_event("file-check", "drop", {"dataTransfer": carried})


def files_are_compared_without_javascript(page, serial, same, other):
    page.goto(f"/v/{serial}/")
    for content, words in [(same, "Es el mismo archivo que se emitió."), (other, "Es el archivo de otro certificado")]:
        if not page.locator("details#file[open]").count():
            page.locator("summary", has_text="Comparar el PDF").click()
        page.set_input_files("[name=pdf]", {"name": "c.pdf", "mimeType": "application/pdf", "buffer": content})
        press(page, "Comparar el archivo")
        assert words in page.inner_text("main")
    assert page.complaints == []
