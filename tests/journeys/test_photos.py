from io import BytesIO

import PIL.Image
import pytest
from playwright.sync_api import expect

from .browser import DESK, PASSWORD, PHONE, sign_in
from .conftest import axe_violations, sideways

pytestmark = pytest.mark.nightly


ALT = "La ventanilla, con un biombo a cada lado"
# Put into the lesson as published: who reviews is another journey's.
SHOW = """
from django.utils import timezone
from modules.models import LessonPage, Photo
photo = Photo.objects.get(identifier="ventanilla")
lesson = LessonPage.objects.filter(locale__language_code="es", slug="2").order_by("path").first()
lesson.body = [*((block.block_type, block.value) for block in lesson.body)] + [
    ("photo", {{"photo": photo, "alt": {alt!r}, "caption": ""}}) for _time in range(2)
]
lesson.last_published_at = timezone.now()
lesson.save()
print(lesson.get_url())
"""
TAKE_OUT = """
from django.utils import timezone
from modules.models import LessonPage
lesson = LessonPage.objects.filter(locale__language_code="es", slug="2").order_by("path").first()
lesson.body = [(block.block_type, block.value) for block in lesson.body if block.block_type != "photo"]
lesson.last_published_at = timezone.now()
lesson.save()
"""
WATCH = """
window.shifted = 0;
new PerformanceObserver((list) => list.getEntries().forEach((entry) => { window.shifted += entry.value; }))
    .observe({ type: "layout-shift" });
"""


@pytest.fixture
def lesson(site):
    yield lambda: site.shell(SHOW.format(alt=ALT)).split()[-1]
    site.shell(TAKE_OUT)


def photograph():
    exif, written = PIL.Image.Exif(), BytesIO()
    exif.get_ifd(0x8825)[1] = "N"
    PIL.Image.effect_noise((1600, 1200), 60).convert("RGB").save(written, "JPEG", exif=exif)
    return {"name": "IMG_2026.jpg", "mimeType": "image/jpeg", "buffer": written.getvalue()}


def test_a_photograph_is_brought_seen_and_taken_back(site, open_browser, lesson):
    editor = open_browser(DESK)
    sign_in(editor, "editora", PASSWORD)
    editor.goto("/cms/snippets/modules/photo/add/")
    expect(editor.get_by_text("Nunca una paciente ni una trabajadora sexual").first).to_be_visible()
    editor.set_input_files("[name=picture]", photograph())
    editor.fill("[name=identifier]", "ventanilla")
    editor.check("[name=shows][value=nobody]")
    editor.fill("[name=made_by]", "Equipo del curso")
    editor.select_option("[name=rights]", "own")
    with editor.expect_navigation():
        editor.get_by_role("button", name="Guardar").click()
    expect(editor.get_by_role("link", name="ventanilla")).to_be_visible()
    address = lesson()

    reader = open_browser(PHONE)
    sign_in(reader, "ANA234", "482913")
    asked = []
    reader.on("request", lambda request: asked.append(request.url))
    reader.goto(address)
    reader.wait_for_load_state("networkidle")
    assert not [url for url in asked if "/foto/" in url]
    reader.evaluate(WATCH)
    photo = reader.get_by_alt_text(ALT).last
    photo.scroll_into_view_if_needed()
    reader.wait_for_function("image => image.complete && image.naturalWidth", arg=photo.element_handle())
    assert "avif" in photo.evaluate("image => image.currentSrc")
    assert reader.evaluate("window.shifted") == 0
    assert sideways(reader) == 0
    assert axe_violations(reader) == []
    with reader.expect_navigation():
        reader.get_by_role("link", name="Ver en grande").last.click()
    assert reader.url.endswith(".1200.jpg")

    editor.get_by_role("link", name="ventanilla").click()
    editor.fill("[name=withdrawn_on]", site.shell("from django.utils import timezone; print(timezone.localdate())"))
    with editor.expect_navigation():
        editor.get_by_role("button", name="Guardar").click()
    gone = reader.reload()
    assert gone.status == 404
    reader.goto(address)
    expect(reader.get_by_alt_text(ALT)).to_have_count(0)
