import base64
import contextlib
import io
import zlib
from pathlib import Path

import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from PIL import Image
from wagtail.images import get_image_model
from wagtail.users.models import UserProfile

from certificates.images import ImageUse, check_image
from certificates.verifying.verification import MAX_FILE_SIZE as LARGEST_PDF
from course.models import RosterUpload
from course.people.roles import EDITORS
from modules.translating.po_files import look_at_translation
from quizzes.models import Question
from tests.certificates.pictures import upload
from tests.factories import make_clinic, make_cohort, make_staff, make_trainer, spanish
from tests.quizzes.test_importing import AIKEN

from .bombs import gif, png, workbook, zipped

HEAVY = "Lo que trajo es demasiado pesado"
# What a request with a file of 5 MB takes of the site's own process: a few copies of it.
GROWTH = 60_000


@pytest.fixture(autouse=True)
def places(settings, tmp_path, db):
    settings.VAR_DIR = settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def short(settings):
    return lambda sentence: setattr(settings, "READING_SECONDS", 1 if sentence == HEAVY else settings.READING_SECONDS)


def memory(name):
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith(name))


@contextlib.contextmanager
def little_memory():
    Path("/proc/self/clear_refs").write_text("5")
    before = memory("VmRSS")
    yield
    assert memory("VmHWM") - before < GROWTH


def some_in_a_push(cases, *names):
    marks = {name: [] if name in names else pytest.mark.nightly for name in cases}
    return [pytest.param(*case, id=name, marks=marks[name]) for name, case in cases.items()]


@pytest.fixture
def desk(client):
    cohort = make_cohort(trainers=[make_trainer()], clinic=make_clinic())
    client.force_login(cohort.trainers.get())
    return client, reverse("desk_roster", args=[cohort.pk])


def many_texts(count):
    return workbook(strings=f"<si><t>{'a' * 1000}</t></si>" * count, strings_name="xl/x.dat")


_SAME = '<c t="s"><v>0</v></c>'
LISTS = {
    "95 MB of texts under another name": (lambda: many_texts(95_000), "mucho más grande"),
    "19 MB of the shortest texts": (lambda: workbook(strings="<si/>" * 3_800_000), HEAVY),
    "a row of a million cells": (lambda: workbook(rows=f"<row>{'<c><v>1</v></c>' * 1_200_000}</row>"), HEAVY),
    "tags in tags": (lambda: workbook(strings="<a>" * 6_000_000), HEAVY),
    "one long text in every cell": (
        lambda: workbook(rows=f"<row>{_SAME * 30}</row>" * 700, strings=f"<si><t>{'ab' * 200}</t></si>"),
        "mucho más texto",
    ),
    "the last cell of the largest sheet": (
        lambda: workbook(rows='<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>', dimension="A1:XFD1048576"),
        "La lista está vacía",
    ),
    "an archive in an archive": (lambda: zipped({"xl/workbook.xml": zipped({"a": bytes(10**7)})}), "dañado"),
    "an unusual compression": (lambda: zipped({"xl/workbook.xml": bytes(10**6)}, 14), "poco usual"),
    "thousands of parts": (lambda: zipped(dict.fromkeys(map(str, range(3_000)), b"")), "el límite es 2000"),
    "entities": (
        lambda: workbook(strings_name="xl/s.bin", strings='<!DOCTYPE a [<!ENTITY b "c">]>'),
        "declara un tipo de documento",
    ),
    "2 MB of ends of lines": (lambda: b"\n" * 2_000_000, "La lista está vacía"),
    "5 MB of separators": (lambda: b";" * 5_000_000, "La lista está vacía"),
    "a cell of 5 MB": (lambda: b"a" * 5_000_000, "no se puede leer como tabla"),
    "a quotation that does not end": (lambda: b'"' + b"a\n" * 2_400_000, "no se puede leer como tabla"),
    "NUL": (lambda: b"a\0b;c\n" * 1_000, "no es una lista"),
    "half of UTF-16": (lambda: b"\xff\xfea", "no se pueden leer"),
}


@pytest.mark.parametrize("make, sentence", some_in_a_push(LISTS, "95 MB of texts under another name", "entities"))
def test_staff_list_bomb_is_refused(desk, short, make, sentence):
    client, page = desk
    content = make()
    assert len(content) < 5 * 1024 * 1024
    short(sentence)
    with little_memory():
        answer = client.post(page, {"file": SimpleUploadedFile("lista.xlsx", content)})
    assert (answer.status_code, sentence in answer.text) == (422, True)
    assert 'name="pasted"' in answer.text
    assert not RosterUpload.objects.exists()


def test_people_before_a_million_empty_rows_are_imported(desk):
    client, page = desk
    with little_memory():
        file = SimpleUploadedFile("lista.csv", b"Nombres;Apellidos\nAna;Coj\n" + b"\n" * 1_000_000)
        answer = client.post(page, {"file": file})
    assert "1 persona es nueva" in client.get(answer.url).text


def test_pasted_cells_are_read_in_sandbox_and_stay_in_form(desk):
    client, page = desk
    answer = client.post(page, {"pasted": "Nombres\n" + "a" * 200_000})
    assert (answer.status_code, "no se puede leer como tabla" in answer.text) == (422, True)
    assert "a" * 200_000 in answer.text


@pytest.fixture
def editor(client, settings):
    settings.AUTHENTICATION_BACKENDS = ["django.contrib.auth.backends.ModelBackend"]
    client.force_login(make_staff("editora", EDITORS))
    return client


def bring(client, content, *, format_name="auto", name="banco"):
    fields = {"file": SimpleUploadedFile(name, content), "format_name": format_name, "locale": spanish().pk}
    return client.post(reverse("question_import:upload"), fields)


def with_image(content, questions=1):
    question = (
        '<question type="essay"><name><text>P</text></name><questiontext format="html">'
        '<text>&lt;p&gt;¿Qué ve?&lt;img src="@@PLUGINFILE@@/a.png"&gt;&lt;/p&gt;</text>'
        f'<file name="a.png" encoding="base64">{base64.b64encode(content).decode()}</file></questiontext>'
        "</question>"
    )
    return f"<quiz>{question * questions}</quiz>".encode()


LAUGHS = b'<!DOCTYPE q [<!ENTITY a "ja"><!ENTITY b "&a;&a;&a;">]><quiz><question>&b;</question></quiz>'
FILES = {
    "billion laughs": (lambda: LAUGHS, "moodle-xml", "define entidades"),
    "tags in tags": (lambda: b"<quiz>" + b"<a>" * 1_000_000, "moodle-xml", "más partes"),
    "a million attributes": (
        lambda: b"<quiz><question %s/></quiz>" % b" ".join(b"a%d=''" % n for n in range(400_000)),
        "moodle-xml",
        "más partes",
    ),
    "lists in lists": (lambda: b"[" * 4_000_000, "django-quiz-app", "no es un JSON"),
    "a million lists": (lambda: b"[" + b"[]," * 1_600_000 + b"1]", "django-quiz-app", "no un dumpdata"),
    "a number of a million digits": (lambda: b"[" + b"1" * 1_000_000 + b"]", "django-quiz-app", "no es un JSON"),
    "a million questions": (lambda: b"q {=a ~b}\n\n" * 400_000, "gift", HEAVY),
    "thousands of questions": (lambda: b"q {=a ~b}\n\n" * 5_100, "gift", "se puede revisar"),
    "a question of thousands of options": (lambda: b"q {=a" + b"~b" * 2_000 + b"}", "gift", "se puede revisar"),
    "a topic in a million topics": (
        lambda: b"$CATEGORY: " + b"a/" * 200_000 + b"\n\nq {=a ~b}",
        "gift",
        "se puede revisar",
    ),
    "45 pictures of 25 million dots": (lambda: with_image(png(5000, 4990), 45), "moodle-xml", HEAVY),
    "texts of a sheet under another name": (lambda: many_texts(32_000), "xlsx", "más de 30 MB"),
    "an archive that is only large": (
        lambda: zipped({"xl/workbook.xml": "", **{f"{n}.xml": bytes(11 * 1024**2) for n in range(10)}}),
        "xlsx",
        "más de 100 MB",
    ),
}


@pytest.mark.parametrize(
    "make, format_name, sentence",
    some_in_a_push(FILES, "billion laughs", "lists in lists", "an archive that is only large"),
)
def test_question_file_bomb_is_refused(editor, short, tmp_path, make, format_name, sentence):
    content = make()
    assert len(content) < 5 * 1024 * 1024
    short(sentence)
    with little_memory():
        answer = bring(editor, content, format_name=format_name)
    assert (answer.status_code, sentence in answer.text) == (422, True)
    assert 'name="pasted"' in answer.text
    assert not (tmp_path / "imports").exists()
    assert not Question.objects.exists()


@pytest.mark.parametrize(
    "content, format_name",
    [
        (b"A." + b" " * 4_000_000 + b"\nANSWER: A", "aiken"),
        (b"q {=" + b"\\" * 40_000 + b"}", "gift"),
        (b" " * 4_000_000 + b"<quiz><question type='essay'/></quiz>" + b" " * 1_000, "moodle-xml"),
        (b"[html]" + b"<a " * 16_000 + b"{=a ~b}", "gift"),
        (b"[[a|" * 12_000 + b"{=a ~b}", "gift"),
    ],
    ids=["spaces", "backslashes", "spaces before", "tags that do not end", "marks that do not end"],
)
def test_long_runs_of_characters_are_read(editor, content, format_name):
    assert bring(editor, content, format_name=format_name).status_code == 302


def moving_webp():
    stream = io.BytesIO()
    frames = [Image.new("RGB", (8, 8), (2 * n, 255 - n, n)) for n in range(110)]
    frames[0].save(stream, "WEBP", save_all=True, append_images=frames[1:], lossless=True)
    return stream.getvalue()


def much_text_inside():
    whole, note = png(4, 4), zlib.compress(bytes(80 * 1024 * 1024), 9)
    chunk = b"zTXta\0\0" + note
    return whole[:33] + len(chunk[4:]).to_bytes(4) + chunk + zlib.crc32(chunk).to_bytes(4) + whole[33:]


PICTURES = {
    "180 million dots": (lambda: png(20_000, 9_000, rows=1), "puntos"),
    "60 thousand each way": (lambda: png(60_000, 60_000, rows=1), "puntos"),
    "thousands that move": (lambda: gif(20_000), "cuadros en movimiento"),
    "a WebP that moves": (moving_webp, "cuadros en movimiento"),
    "a drawing": (lambda: b"<svg xmlns='http://www.w3.org/2000/svg'/>", "no es una imagen"),
    "notes of 80 MB": (much_text_inside, "no es una imagen"),
}


@pytest.mark.parametrize("make, sentence", some_in_a_push(PICTURES, "180 million dots", "a WebP that moves"))
def test_image_bomb_is_reported_at_its_question(editor, make, sentence):
    with little_memory():
        page = editor.get(bring(editor, with_image(make())).url)
    assert sentence in page.text
    assert "no entra" in page.text or "no se puede" in page.text or "Problemas" in page.text
    assert "data:image/webp" not in page.text


def test_largest_image_is_previewed_small_and_imported_whole(editor):
    content = png(5000, 4990)
    with little_memory():
        preview = bring(editor, with_image(content)).url
        page = editor.get(preview)
    assert "data:image/webp;base64," in page.text
    editor.post(f"{preview}confirm/")
    assert Question.objects.get().image.file.read() == content


def test_valid_file_after_bomb_is_read(editor):
    bring(editor, LAUGHS)
    assert "2 preguntas nuevas" in editor.get(bring(editor, AIKEN.encode()).url).text


@pytest.mark.parametrize("make, sentence", list(PICTURES.values())[:3], ids=list(PICTURES)[:3])
def test_image_bomb_for_library_is_refused(editor, make, sentence):
    with little_memory():
        fields = {"title": "x", "files[]": SimpleUploadedFile("a.png", make())}
        told = editor.post(reverse("wagtailimages:add_multiple"), fields).json()
    assert (told["success"], sentence in told["error_message"]) == (False, True)
    assert not get_image_model().objects.exists()


def test_valid_image_enters_library(editor):
    fields = {"title": "Puerta", "files[]": SimpleUploadedFile("a.png", png(9, 9))}
    editor.post(reverse("wagtailimages:add_multiple"), fields)
    assert get_image_model().objects.get().width == 9


def test_photo_of_person_is_stored_small(editor):
    def send(content):
        fields = {"name_email-first_name": "Elena", "name_email-last_name": "Xicará", "theme-theme": "system"}
        fields |= {"theme-contrast": "system", "theme-density": "default", "locale-preferred_language": "es"}
        fields |= {"theme-keyboard_shortcuts": "on", "locale-current_time_zone": "America/Guatemala"}
        return editor.post("/cms/account/", fields | {"avatar-avatar": SimpleUploadedFile("a.png", content)})

    with little_memory():
        refused = send(png(20_000, 9_000, rows=1))
        assert send(png(5_000, 4_990)).status_code == 302
    assert "«a.png» tiene demasiados puntos" in refused.text
    assert Image.open(UserProfile.objects.get().avatar).size == (320, 319)


def test_table_of_redirects_is_read_in_sandbox(client, settings):
    client.force_login(make_staff("administra", is_superuser=True, is_staff=True))
    page = reverse("wagtailredirects:start_import")
    settings.READING_SECONDS = 1
    bomb = workbook(strings="<si/>" * 3_800_000)
    with little_memory():
        answer = client.post(page, {"import_file": SimpleUploadedFile("a.xlsx", bomb)}, follow=True)
    assert HEAVY in answer.text
    good = client.post(page, {"import_file": SimpleUploadedFile("a.csv", b"viejo,nuevo\n/antes/,/es/\n")})
    assert "/antes/" in good.text


@pytest.mark.parametrize("content", [b"", b"/etc/hostname", b"\xff\xfe", b'msgid ""\nmsgstr ""\n'])
def test_invalid_translation_file_is_refused(content):
    with pytest.raises(ValidationError):
        look_at_translation(content)


def test_signature_image_is_read_in_sandbox():
    with little_memory(), pytest.raises(ValidationError, match="oscura casi por completo"):
        check_image(upload(png(5000, 4990)), ImageUse.SIGNATURE)


def test_pdf_is_never_opened(client):
    flood = zlib.compress(bytes(200 * 1024 * 1024), 9)
    content = b"%PDF-1.7\n1 0 obj <</Type/Pages/Kids[1 0 R]/Count 9>> endobj\n2 0 obj <</Filter/FlateDecode>> stream\n"
    assert len(content + flood) < LARGEST_PDF
    with little_memory():
        answer = client.post(reverse("verify_file"), {"pdf": SimpleUploadedFile("c.pdf", content + flood)})
    assert (answer.status_code, "no es ninguno de los que se emitieron aquí" in answer.text) == (400, True)
