"""Recordings and films with files that play, and lessons with them."""

from pathlib import Path

from modules.models import Film, LessonPage, ModulePage, Recording
from modules.recorded.captions import check_captions
from modules.recorded.looking import look_at_film, look_at_sound
from tests.factories import make_lesson
from tests.modules.factories import make_photo

FILES = Path(__file__).parent / "files"
CAPTIONS = "WEBVTT\n\n00:00.000 --> 00:01.000\nBuenos días.\n\n00:01.000 --> 00:02.000\nPase adelante.\n"


def content_of(name):
    return (FILES / name).read_bytes()


def keep_recording(identifier="saludo", *, opus="tone.opus", mp3="tone.mp3", **fields):
    fields = {"title": "El saludo", "language": "es", "speaker": "Rosa Ixim", "transcript": "Pase adelante."} | fields
    fields = {"made_by": "Radio Ixim", "rights": "own", "consent_number": "8", "consent_scope": "Aquí"} | fields
    recording = Recording(identifier=identifier, **fields)
    for field, name in (("opus", opus), ("mp3", mp3)):
        if name:
            recording.set_file(field, look_at_sound(content_of(name)))
    recording.save()
    return recording


def keep_film(identifier="biombo", *, file="film.mp4", **fields):
    fields = {"title": "El biombo", "language": "es", "transcript": "Se ve un biombo."} | fields
    fields = {"made_by": "Equipo del curso", "rights": "own", "shows": "nobody"} | fields
    film = Film(identifier=identifier, captions=check_captions(CAPTIONS), **fields)
    film.set_file(look_at_film(content_of(file)))
    film.poster = fields.get("poster") or make_photo(f"{identifier}-quieto")
    film.save()
    return film


def lesson_with(*body, slug=2):
    lesson = make_lesson(ModulePage.objects.order_by("path").first(), slug, list(body))
    lesson.save_revision().publish()
    return LessonPage.objects.get(pk=lesson.pk)
