"""Saving the course back to files: the same bytes, and an editor's change comes through whole."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from wagtail.admin.rich_text.converters.contentstate import ContentstateConverter
from wagtail.models import Revision

from modules.content.loading.files import read_course
from modules.content.loading.loading import load_course
from modules.models import LessonPage, ModulePage, Organisation
from quizzes.identity import stable_key
from quizzes.models import Question, Quiz, Source

from .content import FILES, bytes_of, make_content

pytestmark = pytest.mark.django_db


def load(content):
    return load_course(read_course(content, "es"))


def save(directory):
    said = StringIO()
    call_command("save_content", directory=directory, stdout=said, stderr=said)
    return said.getvalue().splitlines()


def lesson(number=1):
    return LessonPage.objects.get(translation_key=stable_key(f"M1-L{number}"))


def test_load_and_save_gives_the_same_bytes(tmp_path):
    content = make_content(tmp_path)
    load(content)

    save(tmp_path / "saved")

    assert bytes_of(tmp_path / "saved") == bytes_of(content)
    assert sorted(bytes_of(content)) == sorted(f"es/{name}" for name in FILES)


def test_load_save_load_changes_nothing(tmp_path):
    load(make_content(tmp_path))
    save(tmp_path / "saved")
    revisions = Revision.objects.count()

    loaded = load(tmp_path / "saved")

    assert (loaded.changed, loaded.kept, loaded.left) == (False, [], [])
    assert Revision.objects.count() == revisions


def test_saving_over_the_same_files_writes_nothing(tmp_path):
    content = make_content(tmp_path)
    load(content)
    times = {path: path.stat().st_mtime_ns for path in content.rglob("*.yaml")}

    assert save(content) == ["es: sin cambios."]
    assert {path: path.stat().st_mtime_ns for path in content.rglob("*") if path.is_file()} == times


def test_what_an_editor_wrote_comes_through(tmp_path):
    content = make_content(tmp_path)
    load(content)
    page = lesson()
    page.title = "«Ñandú»: una etiqueta 😀"
    page.body[0].value.source = (
        '<p data-block-key="x1">Dice <b>«Pase, seño»</b> y <i>calla </i>[S42]&nbsp;&amp; nada más.<br/>Otra línea</p>'
        '<ul><li data-block-key="x2">Uno</li><li data-block-key="x3">Dos'
        '<ul><li data-block-key="x4">2.1</li></ul></li></ul>'
        '<p data-block-key="x5"></p><p data-block-key="x6">1. No es lista, cuesta 2*3*4 y a_b_c &lt;5</p>'
        f'<p data-block-key="x7"><a linktype="page" id="{lesson(2).pk}">Siga</a> o '
        '<a href="https://example.org/a?b=1&amp;c=2">lea</a></p>'
    )
    page.save_revision().publish()
    question = Question.objects.get(identifier="M1-Q1")
    question.text = "¿Cuál es\r\n*discriminación*: la 1.ª?  "
    question.save_revision().publish()

    assert save(content)[:1] == ["es: 2 archivos escritos, 9 como estaban."]

    text = (content / "es/m1/lesson-1.yaml").read_text()
    assert text.startswith("""\
id: M1-L1
title: '«Ñandú»: una etiqueta 😀'
minutes: 2
body:
- text: |-
    Dice **«Pase, seño»** y *calla* [S42]\xa0& nada más.\\
    Otra línea

    - Uno
    - Dos
      - 2.1

    1\\. No es lista, cuesta 2\\*3\\*4 y a_b_c <5

    [Siga](M1-L2) o [lea](https://example.org/a?b=1&c=2)
- key_message: La atención empieza en el portón. 😀
""")
    assert "  text: |-\n    ¿Cuál es\n    *discriminación*: la 1.ª?\n" in (content / "es/m1/quiz.yaml").read_text()
    before = bytes_of(content)
    assert not load(content).changed
    assert save(content) == ["es: sin cambios."]
    assert bytes_of(content) == before


def test_opening_and_publishing_without_a_change_is_no_change(tmp_path):
    content = make_content(tmp_path)
    load(content)
    converter = ContentstateConverter(features=["h3", "bold", "italic", "ol", "ul", "link"])
    page = lesson()
    source = page.body[0].value.source
    page.body[0].value.source = converter.to_database_format(converter.from_database_format(source))
    page.save_revision().publish()

    assert page.body[0].value.source != ""
    assert save(content) == ["es: sin cambios."]
    assert load(content).kept == []


def test_a_lesson_made_in_the_cms_gets_the_next_id_and_a_file(tmp_path):
    content = make_content(tmp_path)
    load(content)
    module = ModulePage.objects.get()
    module.add_child(instance=LessonPage(title="Hecha aquí", body=[("key_message", "Nueva.")]))

    save(content)

    assert (content / "es/m1/lesson-3.yaml").read_text() == (
        "id: M1-L3\ntitle: Hecha aquí\nminutes: 2\nbody:\n- key_message: Nueva.\n"
    )
    assert lesson(3).title == "Hecha aquí"
    assert not load(content).changed


def test_a_lesson_that_went_takes_its_file_along_and_others_are_left(tmp_path):
    content = make_content(tmp_path, m1_lesson_1=[("la lección 2](M1-L2)", "la otra](https://example.org)")])
    load(content)
    lesson(1).delete()
    (content / "es/m1/notas.txt").write_text("De la autora")
    (content / "es/m2").mkdir()
    (content / "es/m2/module.yaml").write_text("id: M2\nnumber: 2\ntitle: Otro\nminutes: 5\n")

    said = save(content)

    names = sorted(path.relative_to(content / "es").as_posix() for path in content.rglob("*") if path.is_file())
    assert names == [
        *(
            "acts.yaml",
            "course.yaml",
            "directory.yaml",
            "glossary.yaml",
            "language.yaml",
            "m1/lesson-1.yaml",
            "m1/module.yaml",
        ),
        *("m1/notas.txt", "m1/quiz.yaml", "m2/module.yaml", "printables.yaml", "sources.yaml"),
    ]
    assert (content / "es/m1/lesson-1.yaml").read_text().startswith("id: M1-L2\n")
    assert "  - m1/lesson-2.yaml" in said
    assert said[-2:] == ["Estas carpetas no están en el CMS; bórrelas si deben irse:", "  - m2"]


def test_drafts_are_not_saved(tmp_path):
    content = make_content(tmp_path)
    load(content)
    page = lesson()
    page.title = "Un borrador"
    page.save_revision()

    assert save(content) == ["es: sin cambios."]


def test_a_new_source_comes_after_the_others_and_a_file_keeps_its_order(tmp_path):
    content = make_content(tmp_path)
    path = content / "es/sources.yaml"
    first, second = path.read_text().split("- id: S42")
    path.write_text(f"- id: S42{second}{first}")
    load(content)
    Source.objects.create(identifier="S1", title="Artículo", locale=lesson().locale)

    save(content)

    assert path.read_text() == f"- id: S42{second}{first}- id: S1\n  title: Artículo\n"
    assert not load(content).changed


def test_a_question_of_two_quizzes_is_written_once(tmp_path):
    content = make_content(tmp_path)
    folder = content / "es/m2"
    folder.mkdir()
    (folder / "module.yaml").write_text("id: M2\nnumber: 2\ntitle: Otro\nminutes: 5\n")
    (folder / "quiz.yaml").write_text("id: M2\ntitle: Otro\npass_mark: 80\nquestions:\n- same_as: M1-Q1\n")
    load(content)

    assert save(content) == ["es: sin cambios."]


def test_it_says_what_has_no_place_in_the_files(tmp_path):
    content = make_content(tmp_path)
    load(content)
    quiz = Quiz.objects.get()
    quiz.entries = [entry for entry in quiz.entries.all() if entry.question.identifier != "M1-Q4"]
    quiz.save_revision().publish()
    Organisation.objects.filter(identifier="centro").update(note="Vea <b>esto</b> [S99]")

    assert save(content) == [
        "es: 3 archivos escritos, 9 como estaban.",
        "  - directory.yaml",
        "  - m1/quiz.yaml",
        "  - questions.yaml",
        "Corrija esto en el CMS; load_content lo rechazaría:",
        "  - content/es/directory.yaml, línea 20: La fuente «S99» no está en sources.yaml. Corrija el número o agregue "
        "la fuente allí.",
        "  - content/es/directory.yaml, línea 20: No se permite HTML: «<b>». Use **negrita**, *cursiva* o palabras "
        "sin formato.",
    ]


def test_without_a_course_nothing_is_written(tmp_path):
    with pytest.raises(CommandError, match="No hay un curso en el CMS"):
        save(tmp_path)
    assert bytes_of(tmp_path) == {}


def test_a_failed_write_leaves_the_file_as_it_was(tmp_path, monkeypatch):
    content = make_content(tmp_path)
    load(content)
    lesson_page = lesson()
    lesson_page.title = "Otro"
    lesson_page.save_revision().publish()
    before = bytes_of(content)

    def no_space(source, target):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.replace", no_space)
    with pytest.raises(CommandError, match="No se pueden escribir los archivos"):
        save(content)
    assert bytes_of(content) == before
