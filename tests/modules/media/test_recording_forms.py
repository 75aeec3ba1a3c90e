import re
from datetime import timedelta

import pytest
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone
from lxml.html import fromstring

from modules.cms.media_forms import MOST_BYTES_OF_FILM, MOST_BYTES_OF_SOUND
from modules.models import Film, Recording
from tests.factories import make_course
from tests.modules.factories import make_photo

from .kept import CAPTIONS, content_of, keep_film, keep_recording, lesson_with

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("folder")]
RIGHTS = {"made_by": "Radio Ixim", "rights": "own", "rights_note": ""}
CONSENT = {"consent_number": "12", "consent_scope": "En este curso", "consent_until": "", "withdrawn_on": ""}
CONSENT_IS_MISSING = ("Escriba el número", "Write the number of the paper")


def brought(name, content=None):
    return SimpleUploadedFile(name, content_of(name) if content is None else content)


def recording_form(**fields):
    fields = {"title": "El saludo", "identifier": "saludo", "language": "cak", "speaker": "María Xol"} | fields
    fields = {"other_language": "", "recorded_on": "", "transcript": "Xsaqër.", "is_spoken_by_a_person": "on"} | fields
    return RIGHTS | CONSENT | fields


def film_form(**fields):
    fields = {"title": "El biombo", "identifier": "biombo", "language": "es", "other_language": ""} | fields
    fields = {"captions": CAPTIONS, "transcript": "Se ve un biombo.", "shows": "nobody", "filmed_on": ""} | fields
    return RIGHTS | CONSENT | {"consent_number": "", "consent_scope": "", "is_spoken_by_a_person": "on"} | fields


def add(client, model, fields):
    answer = client.post(reverse(f"wagtailsnippets_modules_{model}:add"), fields)
    return [] if answer.status_code == 302 else mistakes_of(answer)


def edit(client, row, fields):
    answer = client.post(reverse(f"wagtailsnippets_modules_{row._meta.model_name}:edit", args=[row.pk]), fields)
    return [] if answer.status_code == 302 else mistakes_of(answer)


def mistakes_of(answer):
    return [mistake.text_content().strip() for mistake in fromstring(answer.text).find_class("error-message")]


def test_an_editor_brings_a_recording_in_both_kinds(editor_client):
    fields = recording_form(brought_opus=brought("phone.opus"), brought_mp3=brought("tone.mp3"))
    assert add(editor_client, "recording", fields) == []
    recording = Recording.objects.get()
    assert (recording.language, recording.seconds, recording.mp3_bytes) == ("cak", 2, len(content_of("tone.mp3")))
    assert str(recording) == "El saludo (kaqchikel)"
    assert re.fullmatch(r"recordings/[0-9a-f]{32}-[0-9a-f]{64}\.opus", recording.opus.name)
    with default_storage.open(recording.opus.name) as file:
        assert b"Telefono" not in file.read()
    assert "2\xa0s, 3\xa0KB o 5\xa0KB" in editor_client.get(reverse("wagtailsnippets_modules_recording:list")).text
    page = editor_client.get(reverse("wagtailsnippets_modules_recording:edit", args=[recording.pk])).text
    assert page.count('<audio controls preload="none"') == 2


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({}, "Suba la grabación: en Opus, en MP3 o en los dos."),
        ({"is_spoken_by_a_person": ""}, "Marque esto si es así: una voz hecha por una máquina no se acepta."),
        ({"consent_number": ""}, CONSENT_IS_MISSING),
        ({"language": "other"}, "Escriba el código del idioma."),
        ({"language": "other", "other_language": "zz"}, "Aquí no se conoce ningún idioma con el código «zz»."),
        ({"brought_opus": "tone.mp3"}, "Este archivo es de otro tipo que el que va aquí."),
        ({"brought_opus": "tone.ogg"}, "Este archivo es de otro tipo que el que va aquí."),
        ({"brought_mp3": "film.mp4"}, "Esto no es Opus (en Ogg) ni MP3."),
    ],
)
def test_what_is_missing_or_wrong_is_said(editor_client, fields, sentence):
    if not any(name.startswith("brought") for name in fields) and fields:
        fields |= {"brought_opus": "tone.opus"}
    fields = {name: brought(value) if name.startswith("brought") else value for name, value in fields.items()}
    found = add(editor_client, "recording", recording_form(**fields))
    assert [mistake for mistake in found if mistake.startswith(sentence)], found
    assert not Recording.objects.exists()


def test_a_file_that_is_right_has_to_be_chosen_again_where_the_form_comes_back(editor_client):
    files = {"brought_opus": brought("tone.mp3"), "brought_mp3": brought("tone.mp3")}
    assert add(editor_client, "recording", recording_form(**files)) == [
        "Este archivo es de otro tipo que el que va aquí.",
        "Elija otra vez el archivo cuando lo demás esté bien: el navegador lo olvida.",
    ]
    film = film_form(brought_file=brought("film.webm"), captions="Hola")
    assert "Elija otra vez el archivo" in " ".join(add(editor_client, "film", film))


def test_a_language_without_a_place_in_the_list_is_named_by_its_code(editor_client):
    fields = recording_form(language="other", other_language="FR", brought_opus=brought("tone.opus"))
    assert add(editor_client, "recording", fields) == []
    recording = Recording.objects.get()
    assert (recording.language, recording.language_info.name, recording.language_info.native_name) == (
        "fr",
        "francés",
        "français",
    )
    page = editor_client.get(reverse("wagtailsnippets_modules_recording:edit", args=[recording.pk])).text
    assert 'value="fr"' in page


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"<html><script>alert(1)</script></html>", "Esto no es Opus (en Ogg) ni MP3."),
        (b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>', "Esto no es Opus (en Ogg) ni MP3."),
        (b"PK\x03\x04" + bytes(500), "Esto no es Opus (en Ogg) ni MP3."),
        (b"OggS" + b"<html>" * 99, "El archivo está dañado o incompleto."),
        (b"ID3" + bytes(500), "Esto no es Opus (en Ogg) ni MP3."),
        (b"", "El fichero enviado está vacío."),
    ],
)
def test_hostile_files_are_refused_in_words(editor_client, content, sentence):
    fields = recording_form(brought_opus=brought("voz.opus", content), brought_mp3=brought("voz.mp3", content))
    found = add(editor_client, "recording", fields)
    assert len([mistake for mistake in found if mistake.startswith(sentence)]) == 2, found
    found = add(editor_client, "film", film_form(brought_file=brought("video.mp4", content)))
    assert found
    assert not default_storage.exists("recordings")


def test_what_is_too_large_is_not_even_looked_at(editor_client):
    sound = brought("voz.opus", content_of("tone.opus") + bytes(MOST_BYTES_OF_SOUND))
    found = add(editor_client, "recording", recording_form(brought_opus=sound))
    assert found == ["El archivo pesa más de 3 MB. Acórtelo o guárdelo con menos calidad."]
    film = brought("video.mp4", content_of("film.mp4") + bytes(MOST_BYTES_OF_FILM))
    found = add(editor_client, "film", film_form(brought_file=film))
    assert "El archivo pesa más de 30 MB. Acórtelo o guárdelo con menos calidad." in found


def test_an_editor_brings_a_film_with_captions_words_and_a_still_picture(editor_client):
    poster = make_photo()
    assert add(editor_client, "film", film_form(brought_file=brought("phone.mp4"), poster=poster.pk)) == []
    film = Film.objects.get()
    assert (film.kind, film.seconds, film.width, film.height) == ("video/mp4", 2, 160, 90)
    assert film.captions.startswith("WEBVTT\n\n00:00:00.000 --> 00:00:01.000\nBuenos días.\n")
    with default_storage.open(film.file.name) as file:
        assert b"Telefono" not in file.read()


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"captions": ""}, "Este campo es necesario."),
        ({"captions": "Hola"}, "Línea 1 de los subtítulos: los subtítulos empiezan con una línea que dice WEBVTT."),
        (
            {"captions": "WEBVTT\n\n00:59.000 --> 01:00.000\nHola"},
            "Línea 3 de los subtítulos: el video ya terminó para entonces: dura 2 segundos.",
        ),
        ({"poster": ""}, "Este campo es necesario."),
        ({"shows": "consented"}, CONSENT_IS_MISSING),
        ({"brought_file": ""}, "Suba el video."),
    ],
)
def test_a_film_without_what_it_needs_is_refused(editor_client, fields, sentence):
    fields = film_form(brought_file=brought("film.webm"), poster=make_photo().pk) | fields
    found = add(editor_client, "film", fields)
    assert [mistake for mistake in found if mistake.startswith(sentence)], found
    assert not Film.objects.exists()


def as_browsers_send(**fields):
    return {name: value.replace("\n", "\r\n") if isinstance(value, str) else value for name, value in fields.items()}


def saved_recording(recording, **fields):
    names = ("title", "identifier", "language", "speaker", "transcript", "made_by", "consent_number", "consent_scope")
    return as_browsers_send(**recording_form() | {name: getattr(recording, name) for name in names} | fields)


def test_what_a_published_lesson_shows_keeps_its_file_and_its_words(editor_client):
    make_course(modules=1, lessons=1, quiz=False)
    recording = keep_recording(transcript="Pase.\n\nAdelante.")
    lesson = lesson_with(("listen", {"title": "Saludo", "recordings": [recording]}))
    for change in ({"transcript": "Otra cosa."}, {"brought_opus": brought("phone.opus")}, {"language": "mam"}):
        found = edit(editor_client, recording, saved_recording(recording, **change))
        assert len(found) == 1, (change, found)
        assert lesson.title in found[0]
    assert Recording.objects.get().transcript == "Pase.\n\nAdelante."
    assert edit(editor_client, recording, saved_recording(recording, made_by="Radio Otra")) == []
    lesson.unpublish()
    assert edit(editor_client, recording, saved_recording(recording, transcript="Otra cosa.", made_by="X")) == []
    assert Recording.objects.get().transcript == "Otra cosa."


def test_a_draft_under_review_binds_it_too(editor_client):
    make_course(modules=1, lessons=1, quiz=False)
    recording = keep_recording()
    lesson = lesson_with(("text", "<p>Antes.</p>"))
    lesson.body = [("listen", {"title": "Saludo", "recordings": [recording]})]
    lesson.save_revision()
    assert edit(editor_client, recording, saved_recording(recording, transcript="Uno.")) == []
    lesson.save_revision(approved_go_live_at=timezone.now() + timedelta(days=3))
    assert len(edit(editor_client, recording, saved_recording(recording, transcript="Dos."))) == 1


def test_a_film_of_a_published_lesson_can_be_taken_back_but_not_changed(editor_client):
    make_course(modules=1, lessons=1, quiz=False)
    film = keep_film()
    lesson_with(("film", {"film": film, "caption": ""}))
    saved = film_form(captions=film.captions, poster=film.poster_id, made_by=film.made_by)
    found = edit(editor_client, film, as_browsers_send(**saved | {"captions": CAPTIONS.replace("días", "tardes")}))
    assert len(found) == 1
    today = timezone.localdate()
    assert edit(editor_client, film, as_browsers_send(**saved | {"withdrawn_on": today})) == []
    assert edit(editor_client, film, as_browsers_send(**saved | {"withdrawn_on": ""})) == []
    assert Film.objects.get().withdrawn_on == today


def test_what_lessons_use_is_not_deleted_until_it_is_taken_back(editor_client, django_capture_on_commit_callbacks):
    make_course(modules=1, lessons=1, quiz=False)
    recording = keep_recording()
    lesson_with(("listen", {"title": "Saludo", "recordings": [recording]}))
    delete = reverse("wagtailsnippets_modules_recording:delete", args=[recording.pk])
    editor_client.post(delete)
    assert Recording.objects.exists()
    recording.withdrawn_on = timezone.localdate()
    recording.save()
    with django_capture_on_commit_callbacks(execute=True):
        editor_client.post(delete)
    assert not Recording.objects.exists()
    assert not default_storage.exists(recording.opus.name)
