from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from wagtail.admin.rich_text.converters.contentstate import ContentstateConverter
from wagtail.models import Locale, ModelLogEntry, Page, ReferenceIndex, Revision, Site

from modules.content.loading.publishing import publish
from modules.models import CoursePage, Edition, GlossaryTerm, LessonPage, LoadedContent, ModulePage, Organisation
from modules.progress.events import mark_lesson_read
from quizzes.base.identifiers import stable_key
from quizzes.models import Choice, Question, Quiz, Source, Topic
from tests.factories import NOW, make_learner

from .content import FILES, bytes_of, load, make_content, save

pytestmark = pytest.mark.django_db


@pytest.fixture
def content(tmp_path):
    content = make_content(tmp_path)
    load(content)
    return content


def lesson(number=1):
    return LessonPage.objects.get(translation_key=stable_key(f"M1-L{number}"), locale__language_code="es")


def edit(page, **fields):
    for name, value in fields.items():
        setattr(page, name, value)
    page.save_revision().publish()


def test_everything_is_made_and_public(tmp_path):
    loaded = load(make_content(tmp_path))
    course, site, module = CoursePage.objects.get(), Site.objects.get(), ModulePage.objects.get()
    assert (course.title, course.translation_key) == ("Trato digno", stable_key("COURSE"))
    assert (site.root_page_id, site.hostname, site.port) == (course.pk, "localhost", 8000)
    assert not Page.objects.filter(slug="home").exists()
    assert (module.slug, module.live, module.quiz.identifier, module.minutes) == ("m1", True, "m1", 15)
    lessons = LessonPage.objects.child_of(module).order_by("path").values_list("slug", "title", "live")
    assert list(lessons) == [("1", "Una etiqueta", True), ("2", "Escenas: ¿qué haría usted?", True)]
    quiz, question = Quiz.objects.get(), Question.objects.get(identifier="M1-Q1")
    assert (quiz.title, quiz.pass_mark, quiz.live) == ("Cuestionario del módulo 1", 80, True)
    assert quiz.warning == module.warning == "Puede saltar las escenas."
    assert [entry.question.identifier for entry in quiz.entries.all()] == [f"M1-Q{number}" for number in range(1, 7)]
    assert (question.translation_key, question.topic.identifier) == (stable_key("M1-Q1"), "estigma")
    assert [(choice.identifier, choice.is_correct, choice.translation_key) for choice in question.choices.all()] == [
        ("a", False, stable_key("M1-Q1/a")),
        ("b", True, stable_key("M1-Q1/b")),
    ]
    assert len(loaded.created) == LoadedContent.objects.exclude(identifier__startswith="order:").count() == 24
    assert (loaded.updated, loaded.kept, loaded.left) == ([], [], [])


@pytest.mark.usefixtures("indexes")
def test_what_is_new_stands_as_if_it_had_been_published_by_itself(content):
    together = {row: standing_of(row) for model in (Question, Quiz) for row in model.objects.all()}
    for row in together:
        publish(row)
    assert {row: standing_of(row) for row in together} == together


def standing_of(row):
    row = type(row).objects.get(pk=row.pk)
    log = ModelLogEntry.objects.for_instance(row)[0]
    moments = ("latest_revision", "live_revision", "first_published_at", "last_published_at", "live")
    return {
        "live": (row.live, row.has_unpublished_changes, row.live_revision == row.latest_revision, str(row)),
        "dates": (row.first_published_at is None, row.last_published_at is None),
        "content": {name: value for name, value in row.latest_revision.content.items() if name not in moments},
        "revision": (row.latest_revision.object_str, row.latest_revision.base_content_type),
        "log": (log.action, log.label, log.revision == row.live_revision, log.content_changed),
        "references": set(ReferenceIndex.get_references_for_object(row).values_list("to_object_id", "model_path")),
    }


def test_loading_twice_is_loading_once(content):
    revisions = Revision.objects.count()
    assert not load(content).changed
    assert Revision.objects.count() == revisions


def test_a_change_of_the_files_makes_one_revision_and_keeps_rows(content, tmp_path):
    revisions, choices = Revision.objects.count(), set(Choice.objects.values_list("pk", flat=True))
    page_pk = lesson().pk

    loaded = load(
        make_content(
            tmp_path,
            m1_lesson_1=[("Primer párrafo", "Otro párrafo")],
            m1_quiz=[("Hacerla esperar", "Dejarla de última")],
            glossary=[("Etiqueta que", "Marca que")],
        )
    )

    assert (loaded.created, loaded.updated) == ([], ["term:estigma", "M1-Q1", "M1-L1"])
    assert Revision.objects.count() == revisions + 2
    assert set(Choice.objects.values_list("pk", flat=True)) == choices
    assert lesson().pk == page_pk
    assert "Otro párrafo" in lesson().body[0].value.source
    assert Choice.objects.get(text="Dejarla de última").identifier == "b"
    assert GlossaryTerm.objects.get(identifier="estigma").definition.startswith("Marca que")


def test_an_editors_change_is_kept_and_named(content, tmp_path):
    edit(lesson(), title="Como la editora lo escribió")
    edit(Question.objects.get(identifier="M1-Q1"), text="¿Y ahora?")
    Organisation.objects.filter(identifier="centro").update(phone="2411-0000")
    changed = make_content(
        tmp_path,
        m1_lesson_1=[("Una etiqueta", "De los archivos")],
        m1_quiz=[("¿Cuál es", "¿Cuál sería")],
        m1_module=[("Una frase", "Otra frase")],
    )

    loaded = load(changed)

    assert loaded.kept == ["organisation:centro", "M1-Q1", "M1-L1"]
    assert loaded.updated == ["M1"]
    assert lesson().title == "Como la editora lo escribió"
    assert Question.objects.get(identifier="M1-Q1").text == "¿Y ahora?"
    assert Organisation.objects.get(identifier="centro").phone == "2411-0000"
    assert load(changed).kept == loaded.kept


def test_replace_takes_the_files_version(content):
    edit(lesson(), title="Como la editora lo escribió")
    Organisation.objects.filter(identifier="centro").update(phone="2411-0000")
    loaded = load(content, replace=True)
    assert (loaded.updated, loaded.kept) == (["organisation:centro", "M1-L1"], [])
    assert lesson().title == "Una etiqueta"
    assert Organisation.objects.get(identifier="centro").phone == ""
    assert not load(content).changed


def test_an_editor_who_wrote_what_the_files_say_now_has_no_conflict(content, tmp_path):
    edit(lesson(), title="Otro título")
    loaded = load(make_content(tmp_path, m1_lesson_1=[("Una etiqueta", "Otro título")]))
    assert (loaded.updated, loaded.kept) == ([], [])
    assert load(make_content(tmp_path)).updated == ["M1-L1"]


def test_an_editors_draft_is_not_published_over(content, tmp_path):
    page = lesson()
    page.title = "Un borrador"
    page.save_revision()
    assert load(make_content(tmp_path, m1_lesson_1=[("Una etiqueta", "De los archivos")])).kept == ["M1-L1"]
    assert lesson().title == "Una etiqueta"
    assert lesson().get_latest_revision_as_object().title == "Un borrador"


def test_what_an_editor_took_away_stays_away(content, tmp_path):
    lesson(2).delete()
    edit(lesson(1), title="Una etiqueta")
    lesson(1).unpublish()

    changed = make_content(tmp_path, m1_lesson_1=[("Una etiqueta", "De los archivos")])
    assert load(changed).kept == ["M1-L1", "M1-L2"]
    assert not lesson(1).live

    assert load(changed, replace=True).created == ["M1-L2"]
    assert lesson(1).live
    assert lesson(2).title == "Escenas: ¿qué haría usted?"


def test_what_went_from_the_files_stays_in_the_cms_and_is_named(content, tmp_path):
    content = make_content(tmp_path, m1_lesson_1=[("la lección 2](M1-L2)", "la otra](https://example.org)")])
    (content / "es/m1/lesson-2.yaml").unlink()
    assert load(content).left == ["M1-L2"]
    assert lesson(2).live


def test_a_lesson_in_between_takes_its_place(content):
    folder = content / "es/m1"
    (folder / "lesson-3.yaml").write_text("id: M1-L3\ntitle: En medio\nminutes: 1\nbody:\n- key_message: Hola.\n")
    write_order(content, 1, 3, 2)
    assert load(content).created == ["M1-L3"]
    titles = LessonPage.objects.order_by("path").values_list("title", flat=True)
    assert list(titles) == ["Una etiqueta", "En medio", "Escenas: ¿qué haría usted?"]
    assert not load(content).changed


def write_order(content, *numbers):
    path = content / "es/m1/module.yaml"
    listed = "".join(f"- M1-L{number}\n" for number in numbers)
    path.write_text(path.read_text().replace("minutes: 15\n", f"minutes: 15\nlessons:\n{listed}"))


def slugs_of_lessons():
    return [page.slug for page in LessonPage.objects.order_by("path")]


def test_lessons_come_in_the_order_of_the_files_and_go_back_as_they_were(tmp_path):
    content = make_content(tmp_path)
    write_order(content, 2, 1)
    load(content)
    assert slugs_of_lessons() == ["2", "1"]
    assert lesson(2).url_path.endswith("/m1/2/")
    assert save(content) == ["es: sin cambios."]


def test_a_new_order_of_lessons_is_taken_and_moves_nothing_else(content):
    write_order(content, 2, 1)
    loaded = load(content)
    assert (loaded.created, loaded.updated, loaded.kept) == ([], ["order:M1"], [])
    assert slugs_of_lessons() == ["2", "1"]
    assert not load(content).changed


def test_an_order_of_the_cms_goes_into_the_modules_file_and_out_of_it(content):
    before = bytes_of(content)
    lesson(1).move(ModulePage.objects.get(), pos="last-child")
    assert save(content)[1:] == ["  - m1/module.yaml"]
    assert "minutes: 15\nlessons:\n- M1-L2\n- M1-L1\nwarning:" in (content / "es/m1/module.yaml").read_text()
    loaded = load(content)
    assert (loaded.changed, loaded.kept) == (False, [])

    lesson(2).move(ModulePage.objects.get(), pos="last-child")
    save(content)
    assert bytes_of(content) == before


def test_a_lesson_of_another_module_gets_a_free_file(content):
    folder = content / "es/m2"
    folder.mkdir()
    (folder / "module.yaml").write_text("id: M2\nnumber: 2\ntitle: Otro\nminutes: 5\n")
    (folder / "lesson-1.yaml").write_text("id: M2-L1\ntitle: Uno\nminutes: 1\nbody:\n- key_message: Hola.\n")
    load(content)
    page = lesson(1)
    page.slug = "de-antes"
    page.save()
    page.move(ModulePage.objects.get(number=2), pos="last-child")

    save(content)

    names = sorted(path.relative_to(content / "es").as_posix() for path in content.glob("es/m*/lesson-*.yaml"))
    assert names == ["m1/lesson-2.yaml", "m2/lesson-1.yaml", "m2/lesson-2.yaml"]
    assert (folder / "lesson-2.yaml").read_text().startswith("id: M1-L1\n")
    assert not load(content).changed
    assert save(content) == ["es: sin cambios."]


def test_the_quiz_repeats_the_warning_that_an_editor_writes_in_the_module(content):
    edit(ModulePage.objects.get(), warning="Otra advertencia.")
    assert Quiz.objects.get().warning == "Otra advertencia."
    assert Quiz.objects.get().get_latest_revision_as_object().warning == "Otra advertencia."
    assert load(content).kept == ["M1"]


def test_an_editors_order_is_kept_until_replaced(content):
    lesson(1).move(ModulePage.objects.get(), pos="last-child")
    lesson(2).refresh_from_db()
    assert load(content).kept == ["order:M1"]
    assert slugs_of_lessons() == ["2", "1"]
    load(content, replace=True)
    assert slugs_of_lessons() == ["1", "2"]


def test_a_new_order_of_the_directory_is_taken(content):
    path = content / "es/directory.yaml"
    first, second = path.read_text().split("- id: centro")
    path.write_text(f"- id: centro{second}{first}")
    assert load(content).updated == ["order:organisation"]
    assert list(Organisation.objects.order_by("sort_order").values_list("identifier", flat=True)) == ["centro", "omes"]


def test_another_language_joins_by_its_ids(tmp_path):
    content = make_content(tmp_path)
    make_content(tmp_path, language="en", course=[("Trato digno\nsub", "Care with dignity\nsub")])

    call_command("load_content", directory=content, stdout=StringIO())

    english = CoursePage.objects.get(locale__language_code="en")
    spanish = CoursePage.objects.get(locale__language_code="es")
    assert (english.title, english.translation_key) == ("Care with dignity", spanish.translation_key)
    assert Site.objects.get().root_page_id == spanish.pk
    assert spanish.get_translation(Locale.objects.get(language_code="en")).pk == english.pk
    assert LessonPage.objects.filter(translation_key=stable_key("M1-L1")).count() == 2
    assert Source.objects.filter(identifier="S42").count() == 2
    assert Question.objects.get(identifier="M1-Q1", locale=english.locale).topic.locale == english.locale


def test_the_command_says_in_words_what_it_did(tmp_path):
    content, said = make_content(tmp_path), StringIO()

    call_command("load_content", directory=content, stdout=said)
    call_command("load_content", directory=content, stdout=said)
    Topic.objects.filter(identifier="ley").update(name="Leyes")
    lesson(1).move(ModulePage.objects.get(), pos="last-child")
    call_command("load_content", directory=content, stdout=said)

    assert said.getvalue().splitlines() == [
        "es: 24 nuevos, 0 actualizados.",
        "es: sin cambios.",
        "es: sin cambios.",
        "Se dejó como lo editaron en el CMS (use --replace para tomar la versión de los archivos):",
        "  - topic:ley «Leyes»",
        "  - el orden en M1",
    ]


@pytest.mark.parametrize("flag", ["", "--from-now-on", "--for-those-in-the-middle"])
def test_the_command_says_whom_a_change_affects_and_what_it_did(tmp_path, flag):
    content, said = make_content(tmp_path), StringIO()
    make_content(tmp_path, language="en")
    call_command("load_content", directory=content, stdout=said)
    assert "Esto cambia" not in said.getvalue()
    learner = make_learner()
    mark_lesson_read(learner, lesson(1), now=NOW)
    for language in ("es", "en"):
        (content / language / "m1/lesson-3.yaml").write_text(
            "id: M1-L3\ntitle: Tres\nminutes: 2\nbody:\n- text: Tres.\n"
        )
        path = content / language / "m1/quiz.yaml"
        path.write_text(path.read_text().replace("pass_mark: 80", "pass_mark: 90"))
    whom = [
        "Esto cambia lo que el curso pide:",
        "  - Nuevo: Módulo 1, «Cuando la puerta se siente cerrada»: la lección «Tres».",
        "  - Módulo 1, «Cuando la puerta se siente cerrada»: el cuestionario «Cuestionario del módulo 1» se aprueba "
        "con 90\xa0% en lugar de 80\xa0%.",
        "1 persona está en el curso: 1 ya empezó, 0 terminó, 0 con certificado.",
    ]

    call_command("load_content", directory=content, check=True, stdout=(told := StringIO()))

    assert told.getvalue().splitlines()[1:] == [
        *whom,
        "Para quién vale, dígalo con: --from-now-on / --for-those-in-the-middle.",
    ]
    assert (Edition.objects.count(), LessonPage.objects.filter(title="Tres").exists()) == (1, False)

    call_command("load_content", *filter(None, [flag]), directory=content, stdout=(said := StringIO()))

    moved = flag == "--for-those-in-the-middle"
    assert said.getvalue().splitlines()[2:] == [
        *whom,
        "«Edición 2» vale desde ahora, para quien empiece.",
        "1 persona que no ha terminado pasa a ella." if moved else "1 persona sigue con una edición anterior.",
    ]
    assert learner.registrations.get().edition.number == 1 + moved
    assert Edition.objects.count() == 2


def test_load_and_save_gives_the_same_bytes_and_saving_over_them_writes_nothing(content, tmp_path):
    save(tmp_path / "saved")
    assert bytes_of(tmp_path / "saved") == bytes_of(content)
    assert sorted(bytes_of(content)) == sorted(f"es/{name}" for name in FILES)
    times = {path: path.stat().st_mtime_ns for path in content.rglob("*") if path.is_file()}
    assert save(content) == ["es: sin cambios."]
    assert {path: path.stat().st_mtime_ns for path in times} == times


def test_what_an_editor_wrote_comes_through(content):
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


def test_a_callout_about_the_text_goes_and_comes(tmp_path):
    content = make_content(tmp_path, m1_lesson_1=[("kind: legal", "kind: about")])
    load(content)
    assert save(content) == ["es: sin cambios."]


def test_opening_and_publishing_without_a_change_is_no_change(content):
    converter = ContentstateConverter(features=["h3", "bold", "italic", "ol", "ul", "link"])
    page = lesson()
    source = page.body[0].value.source
    page.body[0].value.source = converter.to_database_format(converter.from_database_format(source))
    page.save_revision().publish()

    assert page.body[0].value.source != ""
    assert save(content) == ["es: sin cambios."]
    assert load(content).kept == []


def test_a_lesson_made_in_the_cms_gets_the_next_id_and_a_file(content):
    ModulePage.objects.get().add_child(instance=LessonPage(title="Hecha aquí", body=[("key_message", "Nueva.")]))
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

    names = {path.relative_to(content / "es").as_posix() for path in content.rglob("*") if path.is_file()}
    assert names ^ set(FILES) == {"m1/lesson-1.yaml", "m1/notas.txt", "m2/module.yaml"}
    assert (content / "es/m1/lesson-2.yaml").read_text() == FILES["m1/lesson-2.yaml"]
    assert "  - m1/lesson-1.yaml" in said
    assert said[-2:] == ["Estas carpetas no están en el CMS; bórrelas si deben irse:", "  - m2"]


def test_drafts_are_not_saved(content):
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


def test_it_says_what_has_no_place_in_the_files(content):
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


def test_a_failed_write_leaves_the_file_as_it_was(content, monkeypatch):
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
