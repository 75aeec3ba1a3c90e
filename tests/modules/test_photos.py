import re
import struct
import zlib
from datetime import timedelta
from io import BytesIO

import PIL.Image
import pytest
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.urls import reverse
from django.utils import timezone
from PIL import ImageCms
from wagtail.images import get_image_model

from modules.content.writing.files import save_course
from modules.models import LessonPage, ModulePage, Photo
from modules.models.media import ConsentState
from modules.pictures.keeping import find_photo_problem, make_sizes
from modules.pictures.looking import bring_photo, is_alone, make_copies
from modules.rendering.lessons import simplify_for_offline
from tests.factories import make_course, make_learner, make_lesson, make_staff

from .factories import picture, take_photo, texts_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("folder")]
ALT = "La ventanilla, con un biombo a cada lado"
GPS = 0x8825


def lesson_with(*photos):
    make_course(modules=1, lessons=1, quiz=False)
    blocks = [("photo", {"photo": photo, "alt": ALT, "caption": "Así se oye menos."}) for photo in photos]
    lesson = make_lesson(ModulePage.objects.get(), 2, [("text", "<p>Antes.</p>"), *blocks])
    lesson.save_revision().publish()
    return LessonPage.objects.get(pk=lesson.pk)


def address_of(photo, ending="avif", place=0):
    return photo.address_of(photo.sizes[place], ending)


def from_a_telephone(width=1600, height=1200):
    exif = PIL.Image.Exif()
    exif[0x0112], exif[0x0110], exif[0x013B] = 6, "Moto G", "Rosa Tum"
    exif.get_ifd(GPS)[1], exif.get_ifd(GPS)[2] = "N", (14.0, 38.0, 12.0)
    return picture(width, height, exif=exif, comment=b"<script>alert(1)</script>")


def form_of(**fields):
    fields = {"identifier": "ventanilla", "made_by": "Rosa Tum", "rights": "own", "shows": "nobody"} | fields
    empty = ("rights_note", "taken_on", "consent_number", "consent_scope", "consent_until", "withdrawn_on")
    return dict.fromkeys(empty, "") | fields


def brought(content, name="foto.jpg", **fields):
    return form_of(picture=SimpleUploadedFile(name, content), **fields)


ADD = "wagtailsnippets_modules_photo:add"


def test_what_the_camera_wrote_is_kept_nowhere_and_the_picture_stands_upright(editor_client, folder):
    content = from_a_telephone()
    with PIL.Image.open(BytesIO(content)) as taken:
        assert taken.getexif().get_ifd(GPS)
    assert editor_client.post(reverse(ADD), brought(content)).status_code == 302
    photo = Photo.objects.select_related("image").get()
    assert (photo.image.width, photo.image.height, photo.image.uploaded_by_user) == (1200, 1600, None)
    assert [(size["width"], size["height"]) for size in photo.sizes] == [(480, 640), (800, 1067), (1200, 1600)]
    files = [photo.image.file.name, *(name for size in photo.sizes for name in size["files"].values())]
    assert len(set(files)) == 10
    for name in files:
        with default_storage.open(name) as file:
            kept = file.read()
        assert not [word for word in (b"Moto", b"Rosa", b"script", b"Exif") if word in kept], name
        with PIL.Image.open(BytesIO(kept)) as shown:
            assert not dict(shown.getexif())
            assert shown.height > shown.width
    assert sorted(path.name for path in folder.rglob("*") if path.is_file()) == sorted(
        name.rpartition("/")[2] for name in files
    )
    for size in photo.sizes:
        assert size["bytes"] == {ending: default_storage.size(name) for ending, name in size["files"].items()}


def test_a_page_asks_for_the_size_of_the_screen_and_nothing_moves(learner_client):
    photo = take_photo(content=picture(1000, 750), rights="cc-by", rights_note="https://ejemplo.gt/foto")
    lesson_with(photo)
    figure = re.search(r'<figure class="photo">.*?</figure>', learner_client.get("/es/m1/2/").text, re.DOTALL)[0]
    assert re.findall(r'type="(.*?)"', figure) == ["image/avif", "image/webp"]
    assert [name.rsplit(" ", 1)[1] for name in re.search(r'srcset="(.*?)"', figure)[1].split(", ")] == [
        "480w",
        "800w",
        "1000w",
    ]
    shown = f'width="1000" height="750" alt="{ALT}" loading="lazy" decoding="async"'
    assert f'<img src="{address_of(photo, "jpg", 1)}" {shown}' in figure
    assert f'<a class="larger" href="{address_of(photo, "jpg", 2)}">Ver en grande (' in figure
    assert "Fuente: Equipo del curso. CC BY 4.0, https://ejemplo.gt/foto." in figure
    assert "Así se oye menos." in figure


def test_whoever_may_read_lessons_gets_a_copy_and_nobody_else(client, learner_client):
    photo = take_photo()
    answers = {}
    for ending, kind in {"avif": "image/avif", "webp": "image/webp", "jpg": "image/jpeg"}.items():
        answer = learner_client.get(address_of(photo, ending))
        answers[ending] = b"".join(answer.streaming_content)
        assert (answer.status_code, answer["Content-Type"], answer["Content-Disposition"]) == (200, kind, "inline")
        assert answer["Cache-Control"] == "private, max-age=31536000, immutable"
        assert answer["X-Content-Type-Options"] == "nosniff"
        assert int(answer["Content-Length"]) == len(answers[ending]) == photo.sizes[0]["bytes"][ending]
    assert learner_client.head(address_of(photo)).status_code == 200
    assert learner_client.post(address_of(photo)).status_code == 405
    # Under the name of another picture it comes, and is not kept.
    stale = address_of(photo).replace(photo.sizes[0]["mark"], "0" * 16)
    assert learner_client.get(stale)["Cache-Control"] == "private, no-store"
    assert learner_client.get(address_of(photo).replace(".400.", ".480.")).status_code == 404
    assert learner_client.get(address_of(photo).replace(".avif", ".png")).status_code == 404
    Photo.objects.update(shows="consented", consent_number="7", consent_scope="En este curso")
    assert learner_client.get(address_of(photo))["Cache-Control"] == "private, no-store"
    client.logout()
    assert client.get(address_of(photo)).status_code == 302
    client.force_login(make_learner("NUE222"))
    assert client.get(address_of(photo)).status_code == 403


def test_a_copy_that_somebody_deleted_is_made_again(learner_client, folder):
    photo = take_photo()
    for path in folder.rglob("*.avif"):
        path.unlink()
    photo.image.renditions.all().delete()
    assert learner_client.get(address_of(photo)).status_code == 200
    again = Photo.objects.get()
    assert all(default_storage.exists(name) for size in again.sizes for name in size["files"].values())
    assert again.image.renditions.count() == 3
    make_sizes(again)
    assert again.sizes == Photo.objects.get().sizes
    for path in folder.rglob("*"):
        path.is_file() and path.unlink()
    assert learner_client.get(address_of(photo)).status_code == 404


def places(client, photo, lesson):
    texts = texts_of(client, lesson, "ventanilla")
    found = {name for name, text in texts.items() if ALT in text or str(photo.key) in text}
    return found | {"file"} if client.get(address_of(photo)).status_code == 200 else found


def test_what_is_taken_back_is_gone_from_everywhere_at_once(learner_client, kept_bodies, tmp_path):
    photo = take_photo(shows="consented", consent_number="7", consent_scope="En este curso")
    lesson = lesson_with(photo)
    screens = {"lesson", "in English", "preview", "old revision", "file"}
    assert places(learner_client, photo, lesson) == screens | {"paper", "preview of paper"}
    # Paper cannot be taken back: of who consented it has the words alone.
    paper = learner_client.get("/es/hoja-de-leccion/m1/2/").text
    assert (str(photo.key) in paper, "por eso no se imprime" in paper) == (False, True)
    photo.withdrawn_on = timezone.localdate()
    photo.save()
    assert places(learner_client, photo, lesson) == set()
    assert "Antes." in learner_client.get("/es/m1/2/").text
    lesson.revisions.first().publish()
    LessonPage.objects.get(pk=lesson.pk).save_revision(approved_go_live_at=timezone.now())
    call_command("publish_scheduled")
    assert places(learner_client, photo, lesson) == set()
    save_course("es", tmp_path / "saved")
    saved = [path for path in (tmp_path / "saved").rglob("*") if path.is_file()]
    assert not [path for path in saved if path.suffix != ".yaml" or "ventanilla" in path.read_text()]
    learner_client.force_login(make_staff("editora", "Editoras"))
    for name in (photo.image.file.name, photo.sizes[0]["files"]["webp"]):
        assert learner_client.get(reverse("upload", args=[name])).status_code == 404


@pytest.mark.parametrize(
    ("fields", "state"),
    [
        ({"consent_number": ""}, ConsentState.NO_CONSENT),
        ({"consent_until": -1}, ConsentState.OVER),
        ({"consent_until": 0}, ConsentState.SHOWN),
        ({"shows": "nobody", "consent_number": ""}, ConsentState.SHOWN),
        ({"shows": "nobody", "withdrawn_on": 0}, ConsentState.WITHDRAWN),
    ],
)
def test_people_are_shown_only_with_a_consent_that_holds(learner_client, fields, state):
    photo = take_photo(shows="consented", consent_number="7", consent_scope="En este curso")
    lesson_with(photo)
    today = timezone.localdate()
    for name, value in fields.items():
        setattr(photo, name, today + timedelta(days=value) if isinstance(value, int) else value)
    photo.save()
    assert photo.consent_state(today) is state
    is_shown = state is ConsentState.SHOWN
    assert (ALT in learner_client.get("/es/m1/2/").text) is is_shown
    assert (learner_client.get(address_of(photo)).status_code == 200) is is_shown


@pytest.mark.usefixtures("indexes")
def test_an_editor_brings_a_photograph_and_takes_it_back_for_good(
    editor_client, folder, django_capture_on_commit_callbacks
):
    page = editor_client.get(reverse(ADD)).text
    assert "Nunca una paciente ni una trabajadora sexual a quien se pueda reconocer" in page
    assert "ni un expediente, ni una lista con nombres" in page
    refused = editor_client.post(reverse(ADD), form_of(shows="consented", rights="permission", identifier="Ventanilla"))
    for sentence in (
        "Elija el archivo de la fotografía.",
        "Escriba dónde consta el permiso o la licencia.",
        "Escriba el número del papel",
        "Escriba qué autoriza la persona",
        "Use minúsculas sin tildes",
    ):
        assert sentence in refused.text
    # Of a photograph in which perhaps nobody is, no consent is asked before that is said.
    assert "Escriba el número del papel" not in editor_client.post(reverse(ADD), form_of(shows="")).text
    assert "Elija otra vez el archivo" in editor_client.post(reverse(ADD), brought(picture(), made_by="")).text
    assert not Photo.objects.exists()
    assert not get_image_model().objects.exists()
    assert editor_client.post(reverse(ADD), brought(picture())).status_code == 302
    photo = Photo.objects.get()
    edit = reverse("wagtailsnippets_modules_photo:edit", args=[photo.pk])
    assert reverse("upload", args=[photo.sizes[0]["files"]["webp"]]) in editor_client.get(edit).text
    assert "El identificador sigue siendo «ventanilla»" in editor_client.post(edit, form_of(identifier="otra")).text
    # A draft may have another picture; what was there before goes.
    with django_capture_on_commit_callbacks(execute=True):
        assert editor_client.post(edit, brought(picture(500, 300))).status_code == 302
    assert [size["width"] for size in Photo.objects.get().sizes] == [480, 500]
    assert get_image_model().objects.count() == 1
    lesson_with(Photo.objects.get())
    kept = editor_client.post(edit, brought(picture(600, 300)))
    assert "Lecciones publicadas la muestran tal como se revisó: M1-L2 · Lección 2." in kept.text
    assert editor_client.post(edit, form_of(made_by="Ana")).status_code == 302
    tomorrow = timezone.localdate() + timedelta(days=1)
    assert editor_client.post(edit, form_of(withdrawn_on=tomorrow)).status_code == 200
    editor_client.post(edit, form_of(withdrawn_on=timezone.localdate()))
    editor_client.post(edit, form_of(withdrawn_on=""))
    assert Photo.objects.get().withdrawn_on == timezone.localdate()
    listed = editor_client.get(reverse("wagtailsnippets_modules_photo:list")).text
    assert "No se muestra: retirada" in listed
    assert "/media/" not in listed
    with django_capture_on_commit_callbacks(execute=True):
        assert editor_client.post(reverse("wagtailsnippets_modules_photo:delete", args=[photo.pk])).status_code == 302
    assert not Photo.objects.exists()
    assert not get_image_model().objects.exists()
    assert [path for path in folder.rglob("*") if path.is_file()] == []


def test_the_library_offers_no_photograph_and_says_what_it_never_holds(editor_client):
    photo = take_photo()
    other = get_image_model().objects.create(title="Sello", file=SimpleUploadedFile("sello.png", picture(kind="PNG")))
    page = editor_client.get(reverse("wagtailimages_chooser:choose")).json()["html"]
    assert (f"/{photo.image.pk}/" in page, f"/{other.pk}/" in page) == (False, True)
    assert "Nunca una paciente ni una trabajadora sexual a quien se pueda reconocer" in page
    assert "Nunca una paciente" in editor_client.get(reverse("wagtailimages:add")).text


def gif(frames):
    written = BytesIO()
    pictures = [PIL.Image.new("P", (400, 300), number) for number in range(frames)]
    pictures[0].save(written, "GIF", save_all=True, append_images=pictures[1:])
    return written.getvalue()


def moving(kind):
    written = BytesIO()
    frames = [PIL.Image.new("RGB", (400, 300), colour) for colour in ("red", "blue")]
    frames[0].save(written, kind, save_all=True, append_images=frames[1:])
    return written.getvalue()


SVG = b'<svg xmlns="http://www.w3.org/2000/svg" width="400" height="300"><script>alert(1)</script></svg>'
IS_NONE = "no es una fotografía JPEG, PNG, WebP o AVIF que se pueda leer"
HOSTILE = {
    "an SVG": (SVG, IS_NONE),
    "a page with the head of a picture": (b"\xff\xd8\xff\xe0<html><script>alert(1)</script>", IS_NONE),
    "cut off": (picture(1000, 800, quality=95)[:3000], IS_NONE),
    "a head alone": (picture(400, 300, "PNG")[:60], IS_NONE),
    "too many bytes": (picture() + bytes(10 * 1024 * 1024), "tiene más de 10 MB"),
    "a GIF": (gif(1), "es un GIF"),
    "a GIF that moves": (gif(3), "es un GIF"),
    "WebP that moves": (moving("WEBP"), "se mueve"),
    "PNG that moves": (moving("PNG"), "se mueve"),
    "AVIF that moves": (moving("AVIF"), "se mueve"),
    "HEIC": (b"\0\0\0\x18ftypheic\0\0\0\0mif1heic" + bytes(300), "es HEIC"),
    "too narrow": (picture(200, 200), "solo tiene 200 puntos de ancho"),
    "empty": (b"", "vacío"),
}


@pytest.mark.parametrize(("content", "sentence"), HOSTILE.values(), ids=HOSTILE)
def test_what_is_no_photograph_is_refused_in_words(editor_client, content, sentence, folder):
    answer = editor_client.post(reverse(ADD), brought(content))
    assert (answer.status_code, sentence in answer.text) == (200, True)
    assert not Photo.objects.exists()
    assert not list(folder.rglob("*.*"))


def test_what_hides_behind_a_picture_is_not_kept(editor_client, folder):
    content = picture(500, 400) + b"PK\x03\x04<html><script>alert(1)</script>" + SVG
    assert editor_client.post(reverse(ADD), brought(content)).status_code == 302
    assert all(b"script" not in path.read_bytes() for path in folder.rglob("*") if path.is_file())


def test_a_file_that_is_kept_as_it_is_may_hold_nothing_but_its_picture():
    assert find_photo_problem(picture(), name="foto.jpg") == ""
    assert find_photo_problem(bring_photo(from_a_telephone(), name="a.jpg")["content"], name="foto.jpg") == ""
    assert "exiftool -all= foto.jpg" in find_photo_problem(from_a_telephone(), name="foto.jpg")
    for kind in ("PNG", "WEBP", "AVIF"):
        exif = PIL.Image.Exif()
        exif[0x0110] = "Moto G"
        assert "exiftool" in find_photo_problem(picture(kind=kind, exif=exif), name="foto"), kind
    assert "exiftool" in find_photo_problem(picture(comment=b"<b>"), name="foto.jpg")
    assert IS_NONE in find_photo_problem(SVG, name="foto.jpg")


def dots_of(copies, ending="webp"):
    with PIL.Image.open(BytesIO(copies[0]["files"][ending])) as shown:
        return [round(value, -1) for value in shown.convert("RGB").getpixel((200, 100))]


def test_colours_are_those_of_a_screen_and_what_is_transparent_is_white():
    assert dots_of(make_copies(picture(400, 300, "PNG", (0, 0, 0, 0), mode="RGBA"), name="a.png")) == [260, 260, 260]
    assert dots_of(make_copies(picture(400, 300, "PNG", 0, mode="P", transparency=0), name="a.png"), "jpg") == [260] * 3
    assert dots_of(make_copies(picture(400, 300, "PNG", 40_000, mode="I;16"), name="a.png")) == [160] * 3
    assert dots_of(make_copies(picture(400, 300, "JPEG", (0, 255, 255, 0), mode="CMYK"), name="a.jpg"))[0] > 200
    for profile in (ImageCms.ImageCmsProfile(ImageCms.createProfile("XYZ")).tobytes(), b"no profile"):
        assert len(dots_of(make_copies(picture(icc_profile=profile), name="a.jpg"))) == 3


def test_paper_has_the_photograph_at_once_and_a_copy_on_a_device_its_words(learner_client):
    photo = take_photo()
    lesson_with(photo)
    paper = learner_client.get("/es/hoja-de-leccion/m1/2/").text
    assert f'<img src="{address_of(photo, "jpg")}" width="400" height="300" alt="{ALT}">' in paper
    assert "Fuente: Equipo del curso." in paper
    assert "Ver en grande" not in paper
    copy = simplify_for_offline(learner_client.get("/es/m1/2/").text)
    assert f"<p><span>{ALT}</span></p>" in copy
    assert "La fotografía se ve cuando hay conexión." in copy
    assert not [part for part in ("/foto/", "<picture", "Ver en grande") if part in copy]


ZIP = b"PK\x03\x04" + b"Ana Coj, 14.6349" * 3
PROFILE = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
KINDS = ("JPEG", "PNG", "WEBP", "AVIF")


def with_segment(mark, content):
    return (plain := picture())[:2] + bytes([0xFF, mark]) + struct.pack(">H", len(content) + 2) + content + plain[2:]


def with_chunk(name, content):
    plain = picture(kind="PNG")
    chunk = struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))
    return plain[:33] + chunk + plain[33:]


def with_box(content):
    plain = picture(kind="WEBP", lossless=True)
    chunk = b"XYZ " + struct.pack("<I", len(content)) + content + bytes(len(content) % 2)
    return plain[:4] + struct.pack("<I", len(plain) - 8 + len(chunk)) + plain[8:] + chunk


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    "options", [{}, {"icc_profile": PROFILE}, {"quality": 100, "progressive": True, "optimize": True}]
)
def test_a_picture_with_its_colours_is_alone(kind, options):
    assert is_alone(picture(640, 480, kind, **options), kind)


MORE = {
    "behind a JPEG": ("JPEG", picture() + ZIP),
    "behind a PNG": ("PNG", picture(kind="PNG") + ZIP),
    "behind a WebP": ("WEBP", picture(kind="WEBP") + ZIP),
    "behind an AVIF": ("AVIF", picture(kind="AVIF") + ZIP),
    "in a box behind an AVIF": ("AVIF", picture(kind="AVIF") + struct.pack(">I4s", 8 + len(ZIP), b"uuid") + ZIP),
    "who made it and when, signed (C2PA)": ("JPEG", with_segment(0xEB, b"JP\0\0" + ZIP)),
    "in the place of colours": ("JPEG", with_segment(0xE2, ZIP)),
    "in a comment": ("JPEG", with_segment(0xFE, ZIP)),
    "the day in a PNG": ("PNG", with_chunk(b"tIME", struct.pack(">HBBBBB", 2026, 3, 1, 10, 0, 0))),
    "in a chunk of a PNG": ("PNG", with_chunk(b"prVt", ZIP)),
    "in a chunk of a WebP": ("WEBP", with_box(ZIP)),
}


@pytest.mark.parametrize(("kind", "content"), MORE.values(), ids=MORE)
def test_what_stands_beside_or_behind_it_is_found(kind, content):
    assert not is_alone(content, kind)
    assert "exiftool -all= foto" in find_photo_problem(content, name="foto")


@pytest.mark.parametrize("kind", KINDS)
def test_one_that_is_cut_off_anywhere_is_not_alone(kind):
    whole = picture(kind=kind)
    for stop in range(12, len(whole), 7):
        assert not is_alone(whole[:stop], kind), stop
