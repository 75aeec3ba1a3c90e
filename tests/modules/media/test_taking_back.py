import functools
from datetime import timedelta

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from lxml.html import fromstring

from modules.cms import media_forms
from modules.models import LessonPage, Photo
from modules.pictures import keeping
from modules.pictures.keeping import make_sizes
from modules.rendering.usage import find_lessons_with_medium, find_uses
from tests.factories import make_course, make_staff
from tests.modules.factories import make_voice, picture, take_photo
from tests.modules.reviewing import edit, make_people, make_reviewed_course

from .kept import keep_film, keep_recording

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("folder")]
CONSENTED = {"shows": "consented", "consent_number": "7", "consent_scope": "En este curso"}


def take_back(row):
    type(row).objects.filter(pk=row.pk).update(withdrawn_on=timezone.localdate())


@pytest.mark.parametrize("make", [take_photo, keep_recording, keep_film, make_voice])
def test_whoever_saves_what_was_read_before_brings_nothing_back(make):
    row = make()
    take_back(row)
    row.withdrawn_on = None
    row.save()
    row.refresh_from_db()
    assert row.withdrawn_on == timezone.localdate()
    row.withdrawn_on = timezone.localdate() - timedelta(days=3)
    row.save()
    row.refresh_from_db()
    assert row.withdrawn_on == timezone.localdate()


def test_what_is_taken_back_while_another_picture_is_looked_at_stays_so(editor_client, monkeypatch):
    photo = take_photo(**CONSENTED)

    def look(content, *, name):
        take_back(photo)
        return keeping.prepare_picture(content, name=name)

    monkeypatch.setattr(media_forms, "prepare_picture", look)
    fields = {"identifier": "ventanilla", "made_by": "Rosa", "rights": "own", "rights_note": "", "taken_on": ""}
    fields |= CONSENTED | {"consent_until": "", "withdrawn_on": ""}
    fields["picture"] = SimpleUploadedFile("otra.jpg", picture(500))
    edited = editor_client.post(reverse("wagtailsnippets_modules_photo:edit", args=[photo.pk]), fields)
    assert (edited.status_code, Photo.objects.get().withdrawn_on) == (302, timezone.localdate())


def test_a_picture_that_was_taken_back_has_no_other_name(client):
    photo = take_photo(**CONSENTED)
    client.force_login(make_staff("jefa", "Editoras", is_superuser=True))
    name, preview = photo.sizes[0]["files"]["webp"], f"/cms/images/{photo.image.pk}/preview/original/"
    assert [client.get(address).status_code for address in (f"/media/{name}", preview)] == [200, 200]
    take_back(photo)
    around, file = name.rsplit("/", 1)
    others = [f"{around}//{file}", f"{around}/./{file}", f"./{name}", f"/{name}", f"{around}/../{name}"]
    for other in (name, *others, photo.image.file.name, photo.image.file.name.replace("/", "//")):
        assert client.get(f"/media/{other}").status_code == 404, other
    for address in (preview, preview.replace("original", "max-300x300")):
        assert client.get(address, follow=True).status_code == 404


def test_files_of_attempts_that_failed_go_with_the_row(django_capture_on_commit_callbacks, folder):
    recording, film, other = keep_recording(), keep_film(), keep_recording("otra")
    for row, where in ((recording, "recordings"), (film, "films")):
        default_storage.save(f"{where}/{row.key.hex}-0.opus", ContentFile(b"0"))
    with django_capture_on_commit_callbacks(execute=True):
        recording.delete()
        film.delete()
    left = {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()}
    assert left == {other.opus.name, other.mp3.name}


def test_who_comes_second_finds_the_copies_made(folder, monkeypatch, django_capture_on_commit_callbacks):
    photo = take_photo()
    for path in folder.rglob("*.avif"):
        path.unlink()
    first, second = Photo.objects.get(), Photo.objects.get()
    really = keeping.run_sandboxed

    @functools.wraps(really)
    def while_another_makes_them(*arguments, **options):
        monkeypatch.setattr(keeping, "run_sandboxed", really)
        make_sizes(second)
        return really(*arguments, **options)

    monkeypatch.setattr(keeping, "run_sandboxed", while_another_makes_them)
    with django_capture_on_commit_callbacks(execute=True):
        make_sizes(first)
    assert first.sizes == second.sizes == Photo.objects.get(pk=photo.pk).sizes
    assert all(default_storage.exists(name) for size in first.sizes for name in size["files"].values())


def test_what_is_scheduled_binds_though_a_newer_draft_has_it_no_more():
    photo = take_photo()
    make_course(modules=1, lessons=1, quiz=False)
    lesson = LessonPage.objects.get()
    lesson.body = [("photo", {"photo": photo, "alt": "Una ventanilla", "caption": ""})]
    lesson.go_live_at = timezone.now() + timedelta(days=2)
    lesson.save_revision().publish()
    lesson = LessonPage.objects.get().get_latest_revision_as_object()
    lesson.body, lesson.go_live_at = [("text", "<p>Nada.</p>")], None
    lesson.save_revision()
    assert LessonPage.objects.get().approved_schedule
    assert find_lessons_with_medium(photo) == find_uses(photo) == ["M1-L1 · Lección 1"]


def test_what_is_under_review_binds_though_a_newer_draft_has_it_no_more(client):
    photo, people = take_photo(), make_people()
    _module, lesson = make_reviewed_course()
    assert find_lessons_with_medium(photo) == []
    lesson.body = [("photo", {"photo": photo, "alt": "Una ventanilla", "caption": ""})]
    lesson.save_revision()
    assert find_lessons_with_medium(photo) == []
    lesson.get_workflow().start(lesson, people["editor"])
    edit(client, people["administrator"], LessonPage.objects.get())
    assert find_lessons_with_medium(photo) == find_uses(photo) == ["M1-L1 · Lección 1"]


@pytest.mark.parametrize("make", [take_photo, keep_recording, keep_film, make_voice])
def test_nobody_writes_over_a_consent_that_somebody_changed_meanwhile_unread(editor_client, make):
    row = make(**{name: value for name, value in CONSENTED.items() if make is take_photo or name != "shows"})
    address = reverse(f"wagtailsnippets_modules_{row._meta.model_name}:edit", args=[row.pk])
    fields = fields_of(editor_client.get(address)) | {"consent_scope": "En este curso y en la radio"}
    before, ends = row.consent_scope, timezone.localdate() + timedelta(days=9)
    type(row).objects.filter(pk=row.pk).update(consent_until=ends)
    came_back = editor_client.post(address, fields)
    assert "Otra persona cambió los derechos o el consentimiento mientras usted tenía esto abierto." in came_back.text
    assert f"Ahora dice: {date_format(ends)}" in came_back.text
    row.refresh_from_db()
    assert (row.consent_until, row.consent_scope) == (ends, before)
    again = fields_of(came_back)
    assert again["consent_scope"] == "En este curso y en la radio"
    assert editor_client.post(address, again | {"consent_until": ends.isoformat()}).status_code == 302
    row.refresh_from_db()
    assert (row.consent_until, row.consent_scope) == (ends, "En este curso y en la radio")


def fields_of(answer):
    [form] = [form for form in fromstring(answer.text).forms if "consent_scope" in form.fields]
    return dict(form.form_values())


def test_nor_over_one_that_changes_while_another_picture_is_looked_at(editor_client, monkeypatch):
    address = reverse("wagtailsnippets_modules_photo:edit", args=[take_photo(**CONSENTED).pk])
    fields = fields_of(editor_client.get(address)) | {"consent_until": ""}
    ends = timezone.localdate() + timedelta(days=9)

    def look(content, *, name):
        Photo.objects.update(consent_until=ends)
        return keeping.prepare_picture(content, name=name)

    monkeypatch.setattr(media_forms, "prepare_picture", look)
    came_back = editor_client.post(address, fields | {"picture": SimpleUploadedFile("otra.jpg", picture(500))})
    assert f"Ahora dice: {date_format(ends)}" in came_back.text
    assert "Elija otra vez el archivo" in came_back.text
    assert Photo.objects.get().consent_until == ends
