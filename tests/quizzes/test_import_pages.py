import json
import os
import re
import time
from functools import partial
from io import BytesIO
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from openpyxl import load_workbook
from wagtail.models import Locale

from course.people.roles import EDITORS
from quizzes.base.sandbox import child
from quizzes.importing.formats import LARGEST
from quizzes.models import Question
from tests.factories import make_course, make_learner, make_quiz, make_staff, spanish
from tests.quizzes.factories import make_topic, start
from tests.quizzes.test_importing import AIKEN
from tests.quizzes.test_importing_sheets import HEADINGS, sheet, with_member
from tests.security.bombs import zipped

BAD = AIKEN + "\n¿Sin opciones correctas?\nA. Sí\nB. No\nANSWER: D\n"
UPLOAD = "/cms/import-questions/"


@pytest.fixture(autouse=True)
def var(settings, site_roles, tmp_path):
    settings.VAR_DIR = settings.MEDIA_ROOT = tmp_path
    waiting = settings.STORAGES["waiting"] | {"OPTIONS": {"location": tmp_path / "imports"}}
    settings.STORAGES = settings.STORAGES | {"waiting": waiting}
    return tmp_path


@pytest.fixture
def editor(client, db):
    person = make_staff("editora", EDITORS)
    client.force_login(person)
    return person


def bring(client, text=AIKEN, **fields):
    fields = {"pasted": text, "format_name": "auto", "locale": spanish().pk} | fields
    return client.post(reverse("question_import:upload"), fields)


def bring_file(client, content, name="banco.txt", **fields):
    return bring(client, "", file=SimpleUploadedFile(name, content), **fields)


def waiting_files(folder):
    return sorted(path.suffix for path in Path(folder, "imports").glob("*"))


def test_every_question_is_shown_before_anything_is_written(client, editor):
    text = client.get(bring(client).url).text
    assert not Question.objects.exists()
    said = ["2 preguntas nuevas", "Todavía no se ha guardado nada.", "¿Qué se le dice primero a quien llega?"]
    assert [words for words in [*said, "Buenos días"] if words not in text] == []
    assert 'name="only_good"' not in text


def test_one_chooses_how_a_question_with_several_right_options_is_read(client, editor):
    texts = "\n\n".join(f"::P{n}::¿Cuáles {n}? {{=**a**{n} =b{n} ~c{n}}}" for n in (1, 2, 3))
    preview = bring(client, texts).url
    page = client.get(preview)
    assert "Varias opciones son correctas cada una por sí sola" in page.text
    checked = re.findall(r'<input type="radio" name="(kind-\d)" value="(\w+)" checked>', page.text)
    assert checked == [("kind-1", "multiple"), ("kind-2", "multiple"), ("kind-3", "multiple")]
    page = client.get(preview, {"kind-1": "short_text", "kind-3": "single", "kind-2": "open", "kind-9": "single"})
    shown = client.get(f"{preview}question/3/", {"kind-3": "single"})
    hidden = re.findall(r'<input type="hidden" name="(kind-\d)" value="(\w+)">', page.text.split("confirm/", 1)[1])[:3]
    client.post(f"{preview}confirm/", dict(hidden))
    assert 'type="radio"' in shown.text
    assert "?review&amp;kind-1=short_text&amp;kind-3=single" in page.text
    first, second, third = Question.objects.order_by("identifier")
    assert [question.kind for question in (first, second, third)] == ["short_text", "multiple", "single"]
    assert list(first.choices.values_list("text", "is_correct")) == [("**a**1", False), ("b1", False)]
    assert list(third.choices.values_list("is_correct", flat=True)) == [True, False, False]


def test_the_confirmed_questions_are_in_the_bank_and_in_the_quiz(client, editor, var):
    quiz = make_quiz("m1", 1)
    preview = bring_file(client, AIKEN.encode(), quiz=quiz.pk).url
    result = client.post(f"{preview}confirm/", follow=True).text
    assert [words for words in ("Se importaron 2 preguntas.", "2 preguntas más en") if words not in result] == []
    asked = [(entry.question.identifier, entry.question.live) for entry in quiz.entries.all()]
    assert asked == [("M1-Q1", True), ("PREGUNTA-001", True), ("PREGUNTA-002", True)]
    assert waiting_files(var) == [".json", ".result"]


def test_whom_questions_for_a_quiz_affect_is_said_before_they_come_into_it(client, editor):
    quiz = make_quiz("m1", 1)
    start(make_learner("EVA222"), quiz)
    text = client.get(bring(client, quiz=quiz.pk).url).text
    assert "1 persona: 1 en curso termina con la versión anterior." in text


def test_a_second_click_shows_the_result_of_the_first(client, editor):
    preview = bring(client).url
    first = client.post(f"{preview}confirm/", follow=True)
    second = client.post(f"{preview}confirm/", follow=True)
    assert first.text.split("nice-padding")[1] == second.text.split("nice-padding")[1]
    assert Question.objects.count() == 2


@pytest.mark.parametrize("kind, make", [("topic", partial(make_topic, "t")), ("quiz", make_quiz)])
def test_what_it_was_for_is_deleted_before_the_confirmation_and_nothing_is_written(client, editor, kind, make):
    chosen, before = make(), Question.objects.count()
    preview = bring(client, **{kind: chosen.pk}).url
    assert client.get(preview).status_code == 200
    chosen.delete()
    for answer in (client.post(f"{preview}confirm/", follow=True), client.get(preview, follow=True)):
        assert "El tema o el cuestionario que eligió se eliminó mientras tanto. No se importó nada." in answer.text
        assert answer.redirect_chain[-1][0] == UPLOAD
    assert Question.objects.count() == before


def test_a_click_while_the_first_is_at_work_waits_for_it(client, editor, var):
    preview = bring(client).url
    (file,) = Path(var, "imports").glob("*.file")
    file.with_suffix(".claimed").touch()
    second = client.post(f"{preview}confirm/", follow=True)
    assert "Las preguntas se están importando" in second.text
    assert not Question.objects.exists()


def test_all_or_nothing_comes_in_unless_the_good_ones_are_asked_for(client, editor):
    preview = bring(client, BAD).url
    page, refused = client.get(preview).text, client.post(f"{preview}confirm/", follow=True)
    assert (refused.redirect_chain, "No se importó nada" in refused.text) == ([(preview, 302)], True)
    assert not Question.objects.exists()
    result = client.post(f"{preview}confirm/", {"only_good": "1"}, follow=True).text
    bad = "La respuesta es D y ninguna opción tiene esa letra."
    assert [bad in page, "Importar solo las buenas" in page] == [True, True]
    assert [bad in result, "Lo que no se importó" in result] == [True, True]
    assert Question.objects.count() == 2


def test_a_question_is_shown_as_the_participant_and_the_review_see_it(client, editor):
    make_course(modules=1)
    preview, before = bring(client).url, Question.objects.count()
    asked, reviewed = (client.get(f"{preview}question/1/{query}").text for query in ("", "?review"))
    assert ['type="radio"' in text for text in (asked, reviewed)] == [True, False]
    assert ("¿Qué se le dice primero a quien llega?" in asked, "Buenos días" in reviewed) == (True, True)
    assert Question.objects.count() == before
    assert client.get(f"{preview}question/9/").url == preview


def test_a_file_that_is_given_up_is_gone(client, editor, var):
    preview = bring(client).url
    answer = client.post(f"{preview}cancel/", follow=True)
    assert "No se importó nada y el archivo se borró." in answer.text
    assert waiting_files(var) == []
    assert client.get(preview).url == UPLOAD


def test_a_file_waits_for_an_hour(client, editor, var):
    preview = bring(client).url
    (known,) = Path(var, "imports").glob("*.json")
    waiting = json.loads(known.read_text())
    known.write_text(json.dumps(waiting | {"at": waiting["at"] - 3601}))
    for path in Path(var, "imports").glob("*"):
        os.utime(path, (time.time() - 3601,) * 2)
    assert client.get(preview).url == UPLOAD
    assert client.post(f"{preview}confirm/").url == UPLOAD
    bring(client)
    assert waiting_files(var) == [".file", ".json"]


def test_what_another_version_of_the_site_read_is_brought_again(client, editor, var):
    preview = bring(client).url
    [file] = Path(var, "imports").glob("*.file")
    plain = child.unpack(file.read_bytes())
    del plain["cases"]
    file.write_bytes(child.pack(plain))
    reply = client.get(preview, follow=True)
    assert reply.redirect_chain == [(UPLOAD, 302)]
    assert "Tráigalo de nuevo" in reply.text
    assert not Question.objects.exists()


def test_a_file_waits_only_for_who_brought_it(client, editor):
    preview = bring(client).url
    client.force_login(make_staff("otra", EDITORS))
    assert client.get(preview).url == UPLOAD
    assert client.post(f"{preview}confirm/").url == UPLOAD
    assert not Question.objects.exists()


def test_who_may_not_change_quizzes_is_offered_none(client, db):
    person = make_staff("ayudante", EDITORS)
    group = person.groups.get()
    group.permissions.remove(group.permissions.get(codename="change_quiz"))
    client.force_login(person)
    quiz = make_quiz("m1", 1)
    assert 'name="quiz"' not in client.get(UPLOAD).text
    client.post(f"{bring(client, quiz=quiz.pk).url}confirm/")
    assert quiz.entries.count() == 1


def test_the_sheet_to_begin_with_has_the_headings_that_are_read(client, editor):
    assert f'href="{UPLOAD}template/"' in client.get(UPLOAD).text
    response = client.get(f"{UPLOAD}template/")
    assert 'filename="preguntas.xlsx"' in response["Content-Disposition"]
    book = load_workbook(BytesIO(b"".join(response.streaming_content)))
    book.active.append(["", "", "Trato", "¿Qué se dice?", "Buenos días", "sí", "", "", "", "Nada"])
    book.save(stream := BytesIO())
    client.post(f"{bring_file(client, stream.getvalue(), name='preguntas.xlsx').url}confirm/")
    assert [choice.text for choice in Question.objects.get().choices.all()] == ["Buenos días", "Nada"]


@pytest.mark.parametrize("fields", [{"pasted": ""}, {"pasted": AIKEN, "file": SimpleUploadedFile("a.txt", b"x")}])
def test_it_is_a_file_or_a_text(client, editor, fields):
    answer = bring(client, **fields)
    assert (answer.status_code, "Elija un archivo o pegue un texto" in answer.text) == (422, True)


def test_a_topic_of_another_language_is_refused(client, editor):
    english = Locale.objects.get(language_code="en")
    answer = bring(client, quiz=make_quiz("m1", 1).pk, locale=english.pk)
    assert "Está en otro idioma que las preguntas." in answer.text


def test_a_file_of_200_mb_is_refused_before_it_is_read(client, editor):
    sent = {"content_type": "multipart/form-data; boundary=x", "CONTENT_LENGTH": str(200 * 1024**2)}
    answer = client.generic("POST", UPLOAD, b"", **sent)
    assert (answer.status_code, "El archivo tiene 200 MB y el límite es 20 MB" in answer.text) == (413, True)
    assert not hasattr(answer.wsgi_request, "_files")
    just = bring_file(client, b"A" * (LARGEST + 1))
    assert (just.status_code, "el límite es 20 MB" in just.text) == (422, True)


def test_an_import_without_its_token_is_refused(editor):
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(editor)
    assert bring(strict).status_code == 403


def test_scripts_in_a_question_are_words(client, editor):
    page = client.get(bring(client, AIKEN.replace("Buenos días", "<script>alert(1)</script> <b>hola</b>")).url)
    assert "<script>alert(1)" not in page.text
    assert "&lt;script&gt;alert(1)" in page.text


@pytest.mark.parametrize(
    "content, sentence",
    [
        (zipped({"xl/workbook.xml": b"", "../../x": b""}), "nombra un archivo fuera de él"),
        (with_member(sheet(HEADINGS), "xl/sharedStrings.xml", b"<!DOCTYPE x []>"), "declara un tipo de documento"),
        (b"\x00\x01\x02", "no parece de ninguno de los formatos"),
        (b"", "vacío"),
    ],
)
def test_a_harmful_file_is_refused_with_a_sentence(client, editor, var, content, sentence):
    answer = bring_file(client, content, name="../../etc/banco.xlsx")
    assert (answer.status_code, sentence in answer.text) == (422, True)
    assert not Path(var, "imports").exists()
