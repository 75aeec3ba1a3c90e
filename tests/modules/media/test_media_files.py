from datetime import timedelta
from io import BytesIO

import pytest
from django.utils import timezone
from PIL import Image as Picture

from modules.content.declarations.reading import ContentError
from modules.content.loading.files import languages_in, read_course
from modules.content.writing.files import save_course
from modules.models import Film, LessonPage, Photo, Recording
from modules.recorded.captions import check_captions
from modules.recorded.looking import look_at_film, look_at_sound
from tests.modules.content import bytes_of, load, make_content
from tests.modules.media.kept import CAPTIONS, content_of

pytestmark = pytest.mark.django_db

PHOTOS = """\
- id: ventanilla
  file: ventanilla.jpg
  shows: nobody
  taken_on: 2026-10-01
  made_by: Equipo del curso
  rights: own
- id: biombo-quieto
  file: biombo-quieto.png
  shows: consented
  made_by: Ana Coj
  rights: permission
  rights_note: Carta del 3 de octubre, en la dirección
  consent_number: F-7
  consent_scope: En este curso
"""
RECORDINGS = """\
- id: saludo
  title: El saludo
  language: es
  speaker: Rosa Ixim
  opus: saludo.opus
  mp3: saludo.mp3
  transcript: |-
    Buenos días.

    Pase adelante.
  made_by: Radio Ixim
  rights: own
  consent_number: F-8
  consent_scope: En este curso
- id: saludo-cak
  title: El saludo
  language: cak
  speaker: Rosa Ixim
  opus: saludo-cak.opus
  transcript: Pase adelante.
  recorded_on: 2026-10-02
  made_by: Radio Ixim
  rights: cc-by
  rights_note: En su página
  consent_number: F-9
  consent_scope: En este curso
  consent_until: 2099-01-01
"""
FILMS = """\
- id: biombo
  title: El biombo
  language: es
  file: biombo.mp4
  poster: biombo-quieto
  captions: biombo.vtt
  transcript: Se ve un biombo.
  shows: nobody
  made_by: Equipo del curso
  rights: own
"""
BLOCKS = """\
- photo:
    photo: ventanilla
    alt: La ventanilla, con un biombo.
    caption: El biombo no tapa la voz.
- listen:
    title: El saludo
    recordings:
    - saludo
    - saludo-cak
- film:
    film: biombo
    caption: Así se pone.
"""


def picture(kind="JPEG", **options):
    drawn = BytesIO()
    Picture.new("RGB", (400, 250), "teal").save(drawn, kind, **options)
    return drawn.getvalue()


def clean(look, name):
    return look(content_of(name))["content"]


@pytest.fixture
def content(tmp_path):
    content = make_content(tmp_path)
    lesson = content / "es/m1/lesson-1.yaml"
    lesson.write_text(lesson.read_text() + BLOCKS)
    scenes = next(path for path in sorted(content.glob("es/m1/lesson-*.yaml")) if "- scenario:" in path.read_text())
    scenes.write_text(scenes.read_text().replace("    steps:\n", "    recordings:\n    - saludo\n    steps:\n", 1))
    folder = content / "media"
    folder.mkdir()
    files = {"photos.yaml": PHOTOS.encode(), "recordings.yaml": RECORDINGS.encode(), "films.yaml": FILMS.encode()}
    files |= {"ventanilla.jpg": picture(), "biombo-quieto.png": picture("PNG")}
    sound = clean(look_at_sound, "tone.opus")
    files |= {"saludo.opus": sound, "saludo-cak.opus": sound, "saludo.mp3": clean(look_at_sound, "tone.mp3")}
    files |= {"biombo.mp4": clean(look_at_film, "film.mp4"), "biombo.vtt": check_captions(CAPTIONS).encode()}
    for name, inside in files.items():
        (folder / name).write_bytes(inside)
    return content


def kinds_of(path="/curso/m1/1/"):
    return [block.block_type for block in LessonPage.objects.get(url_path=path).body]


def problems(content):
    with pytest.raises(ContentError) as refused:
        read_course(content, "es")
    return {(problem.path.removeprefix("content/"), str(problem.sentence)) for problem in refused.value.problems}


def test_what_is_loaded_is_saved_in_the_same_bytes_and_loading_twice_is_loading_once(content, tmp_path):
    before = bytes_of(content)
    assert load(content).changed
    again = load(content)
    assert (again.changed, again.kept, again.left) == (False, [], [])
    save_course("es", content)
    assert bytes_of(content) == before
    save_course("es", tmp_path / "elsewhere")
    assert bytes_of(tmp_path / "elsewhere") == before


def test_the_folder_of_media_is_no_language(content):
    assert languages_in(content) == ["es"]


def test_what_was_taken_back_is_in_no_file_and_no_file_brings_it_back(content):
    load(content)
    for model in (Photo, Recording, Film):
        model.objects.update(withdrawn_on=timezone.localdate())
    load(content)
    load(content, replace=True)
    assert {model.objects.filter(withdrawn_on=None).count() for model in (Photo, Recording, Film)} == {0}
    save_course("es", content)
    assert not list((content / "media").iterdir())
    written = "".join(path.read_text() for path in content.rglob("*.yaml"))
    assert [word for word in ("ventanilla.jpg", "Rosa Ixim", "saludo.opus") if word in written] == []
    assert not load(content).changed


def test_no_file_brings_back_what_was_taken_back_and_deleted(content):
    load(content)
    for model in (Film, Photo, Recording):
        model.objects.update(withdrawn_on=timezone.localdate())
        model.objects.all().delete()
    load(content)
    load(content, replace=True)
    assert {model.objects.count() for model in (Photo, Recording, Film)} == {0}


def test_a_consent_that_is_over_takes_its_recording_out_of_the_files_and_leaves_the_others(content):
    load(content)
    yesterday = timezone.localdate() - timedelta(days=1)
    Recording.objects.filter(identifier="saludo-cak").update(consent_until=yesterday)
    save_course("es", content)
    names = {path.name for path in (content / "media").iterdir()}
    assert names & {"saludo.opus", "saludo-cak.opus"} == {"saludo.opus"}
    assert "saludo-cak" not in (content / "es/m1/lesson-1.yaml").read_text()


def test_without_its_media_a_course_is_loaded_whole(content):
    assert load(content, stores_images=False).changed
    assert not set(kinds_of()) & {"photo", "listen", "film"}


def test_what_is_wrong_is_said_with_the_file_and_what_to_do(content):
    media = content / "media"
    (media / "saludo.mp3").write_bytes(b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>")
    (media / "ventanilla.jpg").write_bytes(b"<html>" + picture())
    (media / "saludo-cak.opus").rename(media / "otro.opus")
    (media / "Mal Nombre.opus").write_bytes(content_of("tone.opus"))
    (media / "biombo.vtt").write_text("00:01 hola")
    text = (media / "photos.yaml").read_text()
    (media / "photos.yaml").write_text(text.replace("  consent_scope: En este curso\n", ""))
    found = problems(content)
    assert {path for path, _sentence in found} == {
        "media/saludo.mp3",
        "media/ventanilla.jpg",
        "media/recordings.yaml",
        "media/Mal Nombre.opus",
        "media/biombo.vtt",
        "media/photos.yaml",
    }
    sentences = dict(found)
    assert "consent_scope" in sentences["media/photos.yaml"]
    assert "saludo-cak.opus" in sentences["media/recordings.yaml"]


def test_a_photograph_that_tells_where_it_was_taken_is_refused_in_words(content):
    exif = Picture.Exif()
    exif[0x010F] = "Teléfono de Rosa"
    (content / "media/ventanilla.jpg").write_bytes(picture(exif=exif))
    ((path, sentence),) = problems(content)
    assert (path, "exiftool" in sentence) == ("media/ventanilla.jpg", True)


def test_a_lesson_names_only_what_is_there(content):
    (content / "media/films.yaml").unlink()
    assert problems(content) == {
        (
            "es/m1/lesson-1.yaml",
            "No hay ningún video «biombo» en media/films.yaml. Corrija el identificador o agréguelo allí.",
        )
    }
