from datetime import timedelta
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.urls import reverse
from django.utils import timezone

from modules.content.writing.files import save_course
from modules.models import LessonPage, ModulePage, Voice
from modules.models.media import ConsentState
from quizzes.base.identifiers import stable_key
from tests.factories import make_course, make_lesson

from .content import load, make_content
from .factories import make_voice, texts_of

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
    texts = texts_of(client, lesson, "llamaron nombre")
    found = {name: WORDS in text or "Alma" in text or str(voice.key) in text for name, text in texts.items()}
    return found | {"recording": client.get(reverse("voice", args=[voice.key])).status_code == 200}


def test_withdrawn_voice_disappears_everywhere_at_once(learner_client, voice, lesson, kept_bodies, tmp_path):
    before = places(learner_client, voice, lesson)
    # Paper cannot be taken back, so there is none of it; nobody finds her by searching.
    shown = {"lesson", "in English", "preview", "old revision", "recording"}
    assert {name for name, is_there in before.items() if is_there} == shown
    assert '<section class="voice no-print">' in learner_client.get("/es/m1/2/").text
    take_back(voice)
    assert not any(places(learner_client, voice, lesson).values())
    page = learner_client.get("/es/m1/2/").text
    assert "Antes." in page
    assert "voz" not in page[page.index('class="cards"') : page.index("</main>")].replace("voz alta", "")
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
def test_voice_is_never_shown_without_valid_consent(learner_client, voice, lesson, fields, state):
    today = timezone.localdate()
    days = {name: today + timedelta(days=days) for name, days in fields.items() if isinstance(days, int)}
    for name, value in (fields | days).items():
        setattr(voice, name, value)
    voice.save()
    LessonPage.objects.get(pk=lesson.pk).save_revision().publish()
    assert voice.consent_state(today) is state
    assert Voice.objects.shown_on(today).exists() is voice.can_be_shown(today) is (state is ConsentState.SHOWN)
    assert places(learner_client, voice, lesson)["lesson"] is (state is ConsentState.SHOWN)
    assert places(learner_client, voice, lesson)["recording"] is (state is ConsentState.SHOWN)
    assert ("(" in str(voice)) is (state is not ConsentState.SHOWN)


def test_recording_of_voice_is_not_cached(learner_client, voice):
    heard = learner_client.get(reverse("voice", args=[voice.key]), headers={"Range": "bytes=4-9"})
    assert (heard.status_code, heard.getvalue(), heard["Content-Type"]) == (206, AUDIO[4:10], "audio/ogg")
    assert "no-store" in heard["Cache-Control"]


def form_of(**fields):
    fields = {"speaker": "Alma", "identifier": "omes-1", "organisation": "OMES", "transcript": WORDS} | fields
    return {"consent_number": "", "consent_scope": "", "consent_until": "", "read_by": "", "recorded_on": ""} | fields


def test_editor_adds_voice_and_withdraws_it_for_good(editor_client):
    add = reverse("wagtailsnippets_modules_voice:add")
    mp3 = SimpleUploadedFile("voz.mp3", (FILES / "phone.mp3").read_bytes())
    assert editor_client.post(add, form_of(recording=mp3)).status_code == 302
    voice = Voice.objects.get()
    assert (voice.audio_type, str(voice)) == ("audio/mpeg", "Alma (No se muestra: falta el consentimiento)")
    assert b"Telefono" not in bytes(voice.audio)
    assert (voice.size_label, voice.audio_bytes) == ("1\xa0s, 3\xa0KB", len(voice.audio))
    edit = reverse("wagtailsnippets_modules_voice:edit", args=[voice.pk])
    consent = {"consent_number": "7", "consent_scope": "En este curso"}
    editor_client.post(edit, form_of(**consent))
    assert Voice.objects.get().can_be_shown(timezone.localdate())
    assert Voice.objects.get().has_recording
    tomorrow = timezone.localdate() + timedelta(days=1)
    assert editor_client.post(edit, form_of(**consent, withdrawn_on=tomorrow)).status_code == 200
    editor_client.post(edit, form_of(**consent, withdrawn_on=timezone.localdate(), drops_recording="on"))
    voice = Voice.objects.get()
    assert (voice.consent_state(timezone.localdate()), voice.has_recording) == (ConsentState.WITHDRAWN, False)
    editor_client.post(edit, form_of(**consent, withdrawn_on=""))
    assert Voice.objects.get().withdrawn_on == timezone.localdate()
    assert "No se muestra: retirada" in editor_client.get(reverse("wagtailsnippets_modules_voice:list")).text
    make_course(modules=1, lessons=1, quiz=False)
    lesson = make_lesson(ModulePage.objects.get(), 2, [("voice", voice)])
    assert editor_client.post(reverse("wagtailsnippets_modules_voice:delete", args=[voice.pk])).status_code == 302
    assert not Voice.objects.exists()
    lesson = LessonPage.objects.get(pk=lesson.pk)
    lesson.save_revision().publish()
    assert 'class="voice' not in lesson.make_preview_request(preview_mode="").text


@pytest.mark.parametrize("content", [b"OggS" + bytes(300 * 1024), b"\x89PNG", b"<html>"], ids=["long", "png", "html"])
def test_invalid_recording_of_voice_is_refused(editor_client, content):
    answer = editor_client.post(
        reverse("wagtailsnippets_modules_voice:add"), form_of(recording=SimpleUploadedFile("voz.ogg", content))
    )
    assert answer.status_code == 200
    assert not Voice.objects.exists()


def test_content_file_may_name_missing_voice(tmp_path):
    content = make_content(tmp_path)
    path = content / "es/m1/lesson-1.yaml"
    path.write_text(path.read_text() + "- voice: omes-1\n")

    def last():
        return LessonPage.objects.get(translation_key=stable_key("M1-L1")).body[-1]

    load(content)
    assert last().block_type != "voice"
    voice = make_voice()
    assert load(content).updated == ["M1-L1"]
    assert last().value == voice
    save_course("es", tmp_path / "saved")
    assert (tmp_path / "saved/es/m1/lesson-1.yaml").read_bytes() == path.read_bytes()
    take_back(voice)
    assert not load(content).kept
    save_course("es", tmp_path / "saved")
    assert "voice" not in (tmp_path / "saved/es/m1/lesson-1.yaml").read_text()
    voice.delete()
    assert last().value is None or last().block_type != "voice"
