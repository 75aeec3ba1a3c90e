import re

import pytest
from django.core.cache import caches
from django.core.files.storage import default_storage
from django.core.management import call_command
from django.urls import reverse
from django.utils import timezone

from modules.models import LessonPage, Recording
from modules.recorded.looking import look_at_film
from modules.rendering.lessons import get_references_digest
from tests.factories import make_course, make_learner, make_staff
from tests.modules.factories import scene, texts_of

from .kept import CAPTIONS, content_of, keep_film, keep_recording, lesson_with

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def course(folder):
    return make_course(modules=1, lessons=1, quiz=False)


def listen(*recordings, title="Cómo saludar"):
    return "listen", {"title": title, "recordings": list(recordings)}


def body_of(page):
    return page.text[page.text.index('class="cards"') : page.text.index("</main>")]


def addresses_of(recording):
    return [reverse("recording", args=[recording.key, source.ending]) for source in recording.sources]


def test_languages_stand_side_by_side_each_with_its_length_its_size_and_its_words(learner_client):
    spanish = keep_recording()
    kaqchikel = keep_recording("saludo-cak", language="cak", transcript="Kaqchikel tzij.\n\nChik.", mp3=None)
    lesson_with(listen(spanish, kaqchikel))
    body = body_of(learner_client.get("/es/m1/2/"))
    assert re.findall(r"<b>(Escuchar en [^<]+)</b>", body) == ["Escuchar en español", "Escuchar en kaqchikel"]
    assert "2\xa0s, 2\xa0KB o 5\xa0KB" in body
    assert "2\xa0s, 2\xa0KB</span>" in body
    assert '<div lang="cak"><p>Kaqchikel tzij.</p>\n\n<p>Chik.</p></div>' in body
    assert "Habla Rosa Ixim. Fuente: Radio Ixim." in body
    assert re.findall(r'<source src="([^"]+)" type="([^"]+)">', body) == [
        (addresses_of(spanish)[0], "audio/ogg; codecs=opus"),
        (addresses_of(spanish)[1], "audio/mpeg"),
        (addresses_of(kaqchikel)[0], "audio/ogg; codecs=opus"),
    ]


def test_nothing_loads_before_somebody_taps(learner_client):
    recording, film = keep_recording(), keep_film()
    lesson_with(
        listen(recording), ("film", {"film": film, "caption": ""}), ("scenario", scene() | {"recordings": [recording]})
    )
    players = re.findall(r"<(?:audio|video)\b[^>]*>", body_of(learner_client.get("/es/m1/2/")))
    assert len(players) == 3
    for player in players:
        assert 'preload="none"' in player
        assert " controls" in player
        assert "autoplay" not in player
        assert "src=" not in player
        assert "poster" not in re.sub(r'poster="data:[^"]*"', "", player)


def test_in_a_scene_the_recording_stands_at_the_opening_moment(learner_client):
    recording = keep_recording()
    lesson_with(("scenario", scene() | {"recordings": [recording]}), ("scenario", scene("M1-E2", warning="Gritos.")))
    body = body_of(learner_client.get("/es/m1/2/"))
    assert body.count("<audio") == 1
    assert body.index("<h2>En el portón</h2>") < body.index("<audio") < body.index('class="scene-text"')
    lesson_with(("scenario", scene("M1-E3", warning="Gritos.") | {"recordings": [recording]}), slug=3)
    body = body_of(learner_client.get("/es/m1/3/"))
    assert body.index("scene-warning") < body.index("<audio") < body.index('class="scene-text"')


def test_a_film_has_captions_words_its_length_and_its_size(learner_client):
    film = keep_film()
    lesson_with(("film", {"film": film, "caption": "En Sololá."}))
    body = body_of(learner_client.get("/es/m1/2/"))
    assert "Video en español, con subtítulos. 2\xa0s, 10\xa0KB" in body
    assert 'width="160" height="90"' in body
    assert '<div lang="es"><p>Se ve un biombo.</p></div>' in body
    captions = reverse("captions", args=[film.key])
    assert f'<track kind="captions" src="{captions}" srclang="es" label="español" default>' in body
    answer = learner_client.get(captions)
    assert (answer["Content-Type"], answer.text) == ("text/vtt; charset=utf-8", film.captions)
    assert answer.text != CAPTIONS
    answer = learner_client.get(reverse("film", args=[film.key, film.digest]))
    assert (answer["Content-Type"], answer.getvalue()) == ("video/mp4", look_at_film(content_of("film.mp4"))["content"])
    assert answer["Cache-Control"] == "private, max-age=31536000, immutable"
    assert learner_client.get(reverse("film", args=[film.key, "0" * 16])).status_code == 404


def test_a_player_gets_the_stretch_that_it_asks_for_and_no_more_is_read(learner_client):
    address, whole = addresses_of(keep_recording())[1], content_of("tone.mp3")
    size = len(whole)
    asked = {"": (200, whole), "bytes=0-": (206, whole), "bytes=4-9": (206, whole[4:10]), "bytes=-3": (206, whole[-3:])}
    asked |= {f"bytes={size}-": (416, b""), "bytes=0-1,3-4": (200, whole), "bytes=-": (200, whole), "x": (200, whole)}
    asked |= {"bytes=9-4": (200, whole), "bytes=-0": (416, b""), "bytes=4000-99999": (206, whole[4000:])}
    for header, (status, content) in asked.items():
        got = learner_client.get(address, headers={"Range": header} if header else {})
        assert (got.status_code, got.getvalue()) == (status, content), header
        assert got["Content-Length"] == str(len(content)), header
        assert got["Accept-Ranges"] == "bytes"
    got = learner_client.get(address, headers={"Range": "bytes=4-9"})
    assert got["Content-Range"] == f"bytes 4-9/{size}"
    same, other = {"If-Range": got["ETag"]}, {"If-Range": '"0"'}
    assert learner_client.get(address, headers={"Range": "bytes=4-9"} | same).status_code == 206
    assert learner_client.get(address, headers={"Range": "bytes=4-9"} | other).status_code == 200
    head = learner_client.head(address)
    assert (head.status_code, head["Content-Length"], head.content) == (200, str(size), b"")
    assert learner_client.post(address).status_code == 405


def test_what_is_given_out_is_compressed_by_nobody_and_taken_for_nothing_else(learner_client):
    answer = learner_client.get(addresses_of(keep_recording())[0], headers={"Accept-Encoding": "gzip"})
    wanted = {
        "Content-Type": "audio/ogg; codecs=opus",
        "Content-Disposition": "inline",
        "X-Content-Type-Options": "nosniff",
        "Cache-Control": "private, no-store",
    }
    assert {name: answer[name] for name in wanted} == wanted
    assert "Content-Encoding" not in answer
    assert "media-src 'self'" in answer["Content-Security-Policy"]


def test_nobody_else_gets_it_and_no_other_address_has_it(client):
    recording, film = keep_recording(), keep_film()
    ours = [
        *addresses_of(recording),
        reverse("captions", args=[film.key]),
        reverse("film", args=[film.key, film.digest]),
    ]
    for address in ours:
        assert client.get(address).status_code == 302
    for person in (make_learner("EVA222"), make_staff("editora", "Editoras")):
        client.force_login(person)
        for address in (recording.opus.url, recording.mp3.url, film.file.url):
            assert client.get(address).status_code == 404
    assert [client.get(address).status_code for address in ours] == [200] * 4


def test_other_endings_and_a_file_that_is_gone_are_not_there(learner_client):
    recording = keep_recording(mp3=None)
    opus = addresses_of(recording)[0]
    for ending in ("mp3", "ogg", "wav", "py"):
        assert learner_client.get(reverse("recording", args=[recording.key, ending])).status_code == 404
    default_storage.delete(recording.opus.name)
    assert learner_client.get(opus).status_code == 404


def places(client, recording, lesson):
    traces = ("Pase adelante", "Rosa Ixim", str(recording.key), "Cómo saludar", "escuchar")
    found = {
        name: any(trace in text for trace in traces) for name, text in texts_of(client, lesson, "adelante").items()
    }
    return found | {"file": client.get(addresses_of(recording)[0]).status_code == 200}


def test_what_is_taken_back_is_gone_from_everywhere_at_once_and_stays_so(learner_client, kept_bodies):
    recording = keep_recording()
    lesson = lesson_with(listen(recording), ("scenario", scene() | {"recordings": [recording]}))
    before, marked = places(learner_client, recording, lesson), get_references_digest()
    assert {name for name, is_there in before.items() if not is_there} == {"search"}
    recording.withdrawn_on = timezone.localdate()
    recording.save()
    assert not any(places(learner_client, recording, lesson).values())
    assert "En el portón" in learner_client.get("/es/m1/2/").text
    lesson.revisions.first().publish()
    LessonPage.objects.get(pk=lesson.pk).save_revision(approved_go_live_at=timezone.now())
    call_command("publish_scheduled")
    assert not any(places(learner_client, recording, lesson).values())
    caches["bodies"].delete("references-digest")
    assert get_references_digest() != marked


def test_a_film_that_is_taken_back_is_gone_too(learner_client):
    film = keep_film()
    lesson_with(("film", {"film": film, "caption": ""}))
    film.withdrawn_on = timezone.localdate()
    film.save()
    assert "biombo" not in body_of(learner_client.get("/es/m1/2/"))
    assert "biombo" not in learner_client.get("/es/hoja-de-leccion/m1/2/").text
    assert learner_client.get(reverse("film", args=[film.key, film.digest])).status_code == 404
    assert learner_client.get(reverse("captions", args=[film.key])).status_code == 404


def test_paper_says_what_there_is_to_hear_and_to_see(learner_client):
    recording = keep_recording()
    cak = keep_recording("saludo-cak", language="cak")
    lesson_with(
        listen(recording, cak),
        ("film", {"film": keep_film(), "caption": ""}),
        ("scenario", scene() | {"recordings": [recording, cak]}),
    )
    paper = re.sub(r"<[^>]+>", "", learner_client.get("/es/hoja-de-leccion/m1/2/").text)
    assert "En el curso se puede escuchar: Cómo saludar (español, kaqchikel)." in paper
    assert "En el curso se puede ver este video: El biombo (2\xa0s)." in paper
    assert "En el curso se puede escuchar cómo empieza: español, kaqchikel." in paper
    assert "Pase adelante." not in paper


def test_files_go_with_their_row_once_that_is_written(django_capture_on_commit_callbacks):
    recording, film = keep_recording(), keep_film()
    names = [recording.opus.name, recording.mp3.name, film.file.name]
    with django_capture_on_commit_callbacks() as waiting:
        recording.delete()
        film.delete()
    assert all(default_storage.exists(name) for name in names)
    for go in waiting:
        go()
    assert not any(default_storage.exists(name) for name in names)


def test_another_file_takes_the_place_of_the_one_before(django_capture_on_commit_callbacks):
    recording = keep_recording(mp3=None)
    before = recording.opus.name
    with django_capture_on_commit_callbacks(execute=True):
        recording.store_file("opus", content_of("phone.opus"), "opus")
        recording.save()
    assert recording.opus.name != before
    assert [default_storage.exists(name) for name in (before, recording.opus.name)] == [False, True]
    with django_capture_on_commit_callbacks(execute=True):
        recording.store_file("opus", content_of("phone.opus"), "opus")
    assert default_storage.exists(Recording.objects.get().opus.name)
