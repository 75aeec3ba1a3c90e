"""A voice is read and heard as long as she consents, and nowhere a moment longer."""

from datetime import timedelta
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.urls import reverse
from django.utils import timezone
from wagtail.models import Locale

from modules.blocks.lessons import VoiceBlock
from modules.content.loading.files import read_course
from modules.content.loading.loading import load_course
from modules.content.writing.files import save_course
from modules.models import LessonPage, ModulePage, Voice
from modules.models.consented import ConsentState
from quizzes.identity import stable_key
from tests.factories import make_course, make_lesson

from .content import make_content
from .factories import make_voice

pytestmark = pytest.mark.django_db
WORDS = "Me llamaron por mi nombre."
AUDIO = b"OggS" + bytes(range(200))
FILES = Path(__file__).parent / "media/files"


@pytest.fixture
def voice():
    return make_voice(transcript=WORDS, audio=AUDIO, audio_type="audio/ogg", read_by="Rosa")


@pytest.fixture
def lesson(voice):
    make_course(modules=1, lessons=1, quiz=False)
    lesson = make_lesson(ModulePage.objects.get(), 2, [("text", "<p>Antes.</p>"), ("voice", voice)])
    lesson.save_revision().publish()
    return LessonPage.objects.get(pk=lesson.pk)


def take_back(voice):
    voice.withdrawn_on = timezone.localdate()
    voice.save()


def places(client, voice, lesson):
    """Return {where: whether her words, her name or her recording are there}."""
    draft = LessonPage.objects.get(pk=lesson.pk)
    texts = {
        "lesson": client.get("/es/m1/2/").content.decode(),
        "in English": client.get("/en/m1/2/").content.decode(),
        "paper": client.get("/es/hoja-de-leccion/m1/2/").content.decode(),
        "search": client.post("/es/buscar/", {"q": "llamaron nombre"}, follow=True).content.decode(),
        "preview": draft.make_preview_request(preview_mode="").content.decode(),
        "old revision": lesson.revisions.first().as_object().make_preview_request(preview_mode="").content.decode(),
    }
    found = {name: WORDS in text or "Alma" in text or str(voice.key) in text for name, text in texts.items()}
    return found | {"recording": client.get(reverse("voice", args=[voice.key])).status_code == 200}


def test_what_she_takes_back_is_gone_from_everywhere_at_once(learner_client, voice, lesson, kept_bodies, tmp_path):
    before = places(learner_client, voice, lesson)
    # Paper cannot be taken back, so there is none of it; nobody finds her by searching.
    shown = {"lesson", "in English", "preview", "old revision", "recording"}
    assert {name for name, is_there in before.items() if is_there} == shown
    assert '<section class="voice no-print">' in learner_client.get("/es/m1/2/").text
    take_back(voice)
    assert not any(places(learner_client, voice, lesson).values())
    page = learner_client.get("/es/m1/2/").content.decode()
    assert "Antes." in page
    # Learners read nothing about it, not even that something is missing.
    assert "voz" not in page[page.index('class="lesson-body"') : page.index("</main>")].replace("voz alta", "")
    # Nothing that is done to the lesson brings her back.
    lesson.revisions.first().publish()
    LessonPage.objects.get(pk=lesson.pk).save_revision(approved_go_live_at=timezone.now())
    call_command("publish_scheduled")
    assert not any(places(learner_client, voice, lesson).values())
    save_course("es", tmp_path)
    assert not [path for path in tmp_path.rglob("*.yaml") if "omes-1" in path.read_text() or WORDS in path.read_text()]


@pytest.mark.parametrize(
    ("fields", "state"),
    [
        ({"consent_number": ""}, ConsentState.NO_CONSENT),
        ({"consent_scope": ""}, ConsentState.NO_CONSENT),
        ({"consent_until": -1}, ConsentState.OVER),
        ({"withdrawn_on": 0}, ConsentState.WITHDRAWN),
        ({"withdrawn_on": 30}, ConsentState.WITHDRAWN),
        ({"consent_until": 0}, ConsentState.SHOWN),
    ],
)
def test_no_way_of_publishing_shows_her_without_a_consent_that_holds(learner_client, voice, lesson, fields, state):
    today = timezone.localdate()
    days = {name: today + timedelta(days=days) for name, days in fields.items() if isinstance(days, int)}
    for name, value in (fields | days).items():
        setattr(voice, name, value)
    voice.save()
    LessonPage.objects.get(pk=lesson.pk).save_revision().publish()
    assert voice.state_on(today) is state
    assert Voice.objects.shown_on(today).exists() is voice.may_be_shown(today) is (state is ConsentState.SHOWN)
    assert places(learner_client, voice, lesson)["lesson"] is (state is ConsentState.SHOWN)
    assert places(learner_client, voice, lesson)["recording"] is (state is ConsentState.SHOWN)
    assert ("(" in str(voice)) is (state is not ConsentState.SHOWN)


def test_the_last_day_passes_by_itself(learner_client, voice, lesson, kept_bodies):
    voice.consent_until = timezone.localdate() + timedelta(days=1)
    voice.save()
    block, today = VoiceBlock(), timezone.localdate()
    shown = [block.get_context(voice, {"today": today + timedelta(days=days)})["is_shown"] for days in range(4)]
    assert shown == [True, True, False, False]


def test_a_player_gets_the_stretch_that_it_asks_for(learner_client, voice):
    address = reverse("voice", args=[voice.key])
    whole = learner_client.get(address)
    assert (whole.getvalue(), whole["Content-Type"], whole["Accept-Ranges"]) == (AUDIO, "audio/ogg", "bytes")
    assert "no-store" in whole["Cache-Control"]
    asked = {"bytes=0-": (206, AUDIO), "bytes=4-9": (206, AUDIO[4:10]), "bytes=-3": (206, AUDIO[-3:])}
    asked |= {"bytes=900-": (416, b""), "bytes=0-1,3-4": (200, AUDIO), "bytes=-": (200, AUDIO)}
    for header, answer in asked.items():
        got = learner_client.get(address, headers={"Range": header})
        assert (got.status_code, got.getvalue()) == answer, header
    assert learner_client.get(address, headers={"Range": "bytes=4-9"})["Content-Range"] == "bytes 4-9/204"


def form_of(**fields):
    fields = {"speaker": "Alma", "identifier": "omes-1", "organisation": "OMES", "transcript": WORDS} | fields
    return {"consent_number": "", "consent_scope": "", "consent_until": "", "read_by": "", "recorded_on": ""} | fields


def test_an_editor_records_a_voice_and_takes_it_back_without_review_and_for_good(editor_client):
    add = reverse("wagtailsnippets_modules_voice:add")
    mp3 = SimpleUploadedFile("voz.mp3", (FILES / "phone.mp3").read_bytes())
    assert editor_client.post(add, form_of(recording=mp3)).status_code == 302
    voice = Voice.objects.get()
    assert (voice.audio_type, str(voice)) == ("audio/mpeg", "Alma (No se muestra: falta el consentimiento)")
    # What the recorder wrote of itself is gone.
    assert b"Telefono" not in bytes(voice.audio)
    assert (voice.takes, voice.audio_bytes) == ("1\xa0s, 3\xa0KB", len(voice.audio))
    edit = reverse("wagtailsnippets_modules_voice:edit", args=[voice.pk])
    consent = {"consent_number": "7", "consent_scope": "En este curso"}
    editor_client.post(edit, form_of(**consent))
    assert Voice.objects.get().may_be_shown(timezone.localdate())
    # What is saved without a new file keeps the old one.
    assert Voice.objects.get().has_recording
    tomorrow = timezone.localdate() + timedelta(days=1)
    assert editor_client.post(edit, form_of(**consent, withdrawn_on=tomorrow)).status_code == 200
    editor_client.post(edit, form_of(**consent, withdrawn_on=timezone.localdate(), drops_recording="on"))
    voice = Voice.objects.get()
    assert (voice.state_on(timezone.localdate()), voice.has_recording) == (ConsentState.WITHDRAWN, False)
    editor_client.post(edit, form_of(**consent, withdrawn_on=""))
    assert Voice.objects.get().withdrawn_on == timezone.localdate()
    listed = editor_client.get(reverse("wagtailsnippets_modules_voice:list")).content.decode()
    assert "No se muestra: retirada" in listed
    # It goes whole, too, even while a lesson has its block.
    make_course(modules=1, lessons=1, quiz=False)
    lesson = make_lesson(ModulePage.objects.get(), 2, [("voice", voice)])
    assert editor_client.post(reverse("wagtailsnippets_modules_voice:delete", args=[voice.pk])).status_code == 302
    assert not Voice.objects.exists()
    lesson = LessonPage.objects.get(pk=lesson.pk)
    lesson.save_revision().publish()
    assert 'class="voice' not in lesson.make_preview_request(preview_mode="").content.decode()


@pytest.mark.parametrize("content", [b"OggS" + bytes(300 * 1024), b"\x89PNG", b"<html>"], ids=["long", "png", "html"])
def test_what_is_no_short_recording_is_refused(editor_client, content):
    answer = editor_client.post(
        reverse("wagtailsnippets_modules_voice:add"), form_of(recording=SimpleUploadedFile("voz.ogg", content))
    )
    assert answer.status_code == 200
    assert not Voice.objects.exists()


def test_a_file_names_a_voice_of_this_site_and_where_there_is_none_the_lesson_is_whole_without(tmp_path):
    content = make_content(tmp_path)
    path = content / "es/m1/lesson-1.yaml"
    path.write_text(path.read_text() + "- voice: omes-1\n")
    load = lambda: load_course(read_course(content, "es"))  # noqa: E731
    lesson = lambda: LessonPage.objects.get(translation_key=stable_key("M1-L1"))  # noqa: E731
    load()
    assert "voice" not in [block.block_type for block in lesson().body]
    voice = make_voice()
    assert load().updated == ["M1-L1"]
    assert lesson().body[-1].value == voice
    save_course("es", tmp_path / "saved")
    assert (tmp_path / "saved/es/m1/lesson-1.yaml").read_bytes() == path.read_bytes()
    take_back(voice)
    # Nobody changed the lesson; what goes out and what comes in both leave her out.
    assert not load().kept
    save_course("es", tmp_path / "saved")
    assert "voice" not in (tmp_path / "saved/es/m1/lesson-1.yaml").read_text()
    Locale.objects.get_or_create(language_code="en")
    voice.delete()
    assert lesson().body[-1].value is None or lesson().body[-1].block_type != "voice"
