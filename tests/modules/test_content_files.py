from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from wagtail.models import Page

from modules.content.declarations.reading import ContentError
from modules.content.loading.files import read_course
from modules.models import LoadedContent
from quizzes.models import Source

from .content import FILES, make_content


def problems_of(content):
    with pytest.raises(ContentError) as caught:
        read_course(content, "es")
    return [(problem.path.removeprefix("content/es/"), problem.line) for problem in caught.value.problems]


def line_of(name, words):
    return FILES[name][: FILES[name].index(words)].count("\n") + 1


COURSE, SOURCES, DIRECTORY = "course.yaml", "sources.yaml", "directory.yaml"
MODULE, LESSON, SCENES, QUIZ = "m1/module.yaml", "m1/lesson-1.yaml", "m1/lesson-2.yaml", "m1/quiz.yaml"
MISTAKES = {
    "a colon in a text": (MODULE, "title: Cuando", "title: Así: cuando", "title:"),
    "a quote that is not closed": (SOURCES, "year: '2019'", "year: '2019", "year:"),
    "a tab": (MODULE, "number: 1", "\tnumber: 1", "number: 1"),
    "an unknown key": (LESSON, "minutes: 2", "minutes: 2\nduration: 2", "body:"),
    "a missing key": (LESSON, "title: Una etiqueta\n", "", "id: M1-L1"),
    "a key twice": (LESSON, "minutes: 2", "minutes: 2\nminutes: 3", "body:"),
    "an empty text": (LESSON, "title: Una etiqueta", "title:", "title:"),
    "a mark where none is resolved": (LESSON, "title: Una etiqueta", "title: Una etiqueta [VL]", "title:"),
    "a text where a list belongs": (
        MODULE,
        "objectives:\n- Explicar el estigma.\n- Elegir una respuesta.",
        "objectives: Explicar",
        "objectives:",
    ),
    "a list where a text belongs": (LESSON, "title: Una etiqueta", "title: [a, b]", "title:"),
    "a text where keys belong": (LESSON, "- figure:\n    drawing", "- figure: x\n- figure:\n    drawing", "- figure"),
    "an empty list": (
        MODULE,
        "key_messages:\n- El estigma es una *etiqueta* [S42].",
        "key_messages: []",
        "key_messages",
    ),
    "words for a number": (MODULE, "minutes: 15", "minutes: quince", "minutes"),
    "a number out of range": (QUIZ, "pass_mark: 80", "pass_mark: 180", "pass_mark"),
    "an unknown drawing": (LESSON, "drawing: porton", "drawing: foto", "drawing"),
    "an unknown role in tips": (MODULE, "  apoyo:", "  guardia:", "  apoyo:"),
    "an act that is not listed": (SCENES, "act: M1-C1", "act: M1-C9", "act: M1-C1"),
    "an unknown place": (SCENES, "place: fila", "place: sala", "place:"),
    "an ending before the end": (
        SCENES,
        "        next: paso-2\n",
        "        next: paso-2\n        ending: calla\n",
        "- text: No dice",
    ),
    "an ending that nobody knows": (
        SCENES,
        "        ending: le-cuesta\n        cost: true\n        their_side: «Me *oyó* [[estigma]] [S42]».",
        "        ending: no-se-sabe",
        "ending: le-cuesta",
    ),
    "a cost that is a sum": (SCENES, "cost: true", "cost: 20", "cost: true"),
    "an unknown kind of question": (QUIZ, "kind: single", "kind: essay", "kind: single"),
    "an unknown need": (DIRECTORY, "- denuncia_ddhh", "- denuncia", "- denuncia_ddhh"),
    "a need twice": (DIRECTORY, "- denuncia_ddhh", "- lideresas_pares", "- denuncia_ddhh"),
    "an unknown block": (LESSON, "- key_message:", "- keymessage:", "- key_message:"),
    "a block with two keys": (LESSON, "- quiz: M1", "- quiz: M1\n  text: x", "- quiz: M1"),
    "an unknown source in a text": (LESSON, "[S42] y el", "[S43] y el", "Primer párrafo"),
    "an unknown term": (LESSON, "[[estigma]]", "[[stigma]]", "[[estigma]]"),
    "an unknown topic": (QUIZ, "topic: ley", "topic: leyes", "topic: ley"),
    "an unknown quiz": (LESSON, "quiz: M1", "quiz: M9", "quiz: M1"),
    "a link to no lesson": (LESSON, "(M1-L2)", "(M1-L9)", "Segundo párrafo"),
    "a dangerous link": (COURSE, "(https://example.org/ley)", "(javascript:alert)", "**Trato digno**"),
    "a hidden dangerous link": (COURSE, "(https://example.org/ley)", "(<JaVaScript:alert(1)>)", "**Trato digno**"),
    "a data link": (COURSE, "(https://example.org/ley)", "(data:text/html;base64,PHM)", "**Trato digno**"),
    "a link in a line": ("glossary.yaml", "[S42].", "[aquí](https://x.org).", "definition"),
    "raw HTML in a text": (LESSON, "Segundo párrafo", "<b>Segundo</b> párrafo", "Segundo"),
    "a mark written badly": (MODULE, "general [VL]", "general [vl]", "notice"),
    "a term that is not closed": (LESSON, "[[estigma]]", "[[estigma]", "[[estigma]]"),
    "a question's id twice": (QUIZ, "id: M1-Q2", "id: M1-Q1", "- id: M1-Q2"),
    "a lesson's id that is not its file's": (SCENES, "id: M1-L2", "id: M1-L3", "id: M1-L2"),
    "a lesson's id twice": (SCENES, "id: M1-L2", "id: M1-L1", "id: M1-L2"),
    "an id that cannot be one": ("glossary.yaml", "id: autoestigma", "id: Auto Estigma", "- id: autoestigma"),
    "two right choices": (QUIZ, "text: Pensar mal", "text: Pensar mal\n    correct: true", "choices:"),
    "no right choice": (QUIZ, "    correct: true\n    feedback: Así", "    feedback: Así", "choices:"),
    "correct that is not true": (QUIZ, "correct: true", "correct: yes", "correct: true"),
    "a match outside matching": (QUIZ, "text: Pensar mal", "match: x\n    text: Pensar mal", "text: Pensar mal"),
    "a step that nothing leads to": (SCENES, "        next: paso-2\n", "        consequence: Fin.\n", "steps:"),
    "a choice that leads nowhere": (SCENES, "next: paso-2", "next: paso-3", "steps:"),
    "a choice without an end": (SCENES, "        consequence: Oye comentarios.\n", "", "- text: No dice"),
    "a day that does not exist": (DIRECTORY, "2026-03-01", "2026-02-30", "checked_on"),
    "a day without a person": (DIRECTORY, "  checked_by: Ana Coj\n", "", "checked_on"),
    "an address without https": (DIRECTORY, "https://redtrasex.org", "redtrasex.org", "website"),
    "a dangerous address": (SOURCES, "https://doi.org/10.1186/s12916-019-1256-2", "javascript:alert(1)", "address"),
    "a text that is too long": (MODULE, "Una frase", "Una frase" * 60, "summary"),
    "two lines in a title": (LESSON, "title: Una etiqueta", "title: |-\n  Una\n  etiqueta", "title"),
    "a number that is not the module's": (MODULE, "number: 1", "number: 2", "number"),
    "a reflection that is not last": (
        QUIZ,
        "kind: matching",
        "kind: reflection",
        "choices:\n  - id: a\n    text: Adulta",
    ),
}


@pytest.mark.parametrize("mistake", MISTAKES)
def test_a_mistake_is_told_with_its_file_and_line(tmp_path, mistake):
    name, old, new, words = MISTAKES[mistake]
    problems = problems_of(make_content(tmp_path, **{name[:-5].replace("/", "_").replace("-", "_"): [(old, new)]}))
    assert (name, line_of(name, words)) in problems


ORDERS = {
    "an unknown lesson": ("M1-L2 M1-L9 M1-L1", 2),
    "a lesson of another module": ("M1-L2 M1-L1 M2-L1", 3),
    "a lesson twice": ("M1-L2 M1-L1 M1-L2", 3),
    "a missing lesson": ("M1-L2", 0),
    "no id": ("M1-L2 uno", 2),
}


@pytest.mark.parametrize("mistake", ORDERS)
def test_a_wrong_order_of_lessons_is_told_with_its_line(tmp_path, mistake):
    order, place = ORDERS[mistake]
    listed = "".join(f"- {identifier}\n" for identifier in order.split())
    content = make_content(tmp_path, m1_module=[("minutes: 15\n", f"minutes: 15\nlessons:\n{listed}")])
    assert problems_of(content) == [(MODULE, line_of(MODULE, "minutes: 15") + 1 + place)]


def test_a_lesson_that_cannot_be_read_does_not_make_the_order_wrong(tmp_path):
    content = make_content(tmp_path, m1_module=[("minutes: 15\n", "minutes: 15\nlessons:\n- M1-L2\n- M1-L1\n")])
    (content / "es/m1/lesson-2.yaml").write_text("id: 'M1-L2\n")
    assert problems_of(content) == [(SCENES, 1)]


HOSTILE = {
    "an alias bomb": ("a: &a [x, x]\nb: &b [*a, *a]\nc: [*b, *b]\n", 1),
    "an alias": ("id: M1\nnumber: *one\n", 2),
    "a Python tag": ("id: M1\ntitle: !!python/object/apply:os.system ['true']\n", 2),
    "a tag of its own": ("id: !secret M1\n", 1),
    "two documents": ("id: M1\n---\nid: M2\n", 2),
    "very deep nesting": ("a: " + "[" * 5000 + "]" * 5000 + "\n", 1),
    "nothing": ("", 1),
    "only a comment": ("# nada\n", 1),
    "a control character": ("id: M1\ntitle: a\x07b\n", 2),
    "a key that is a list": ("? [a, b]\n: c\n", 1),
}


@pytest.mark.parametrize("kind", HOSTILE)
def test_hostile_yaml_is_refused(tmp_path, kind):
    text, line = HOSTILE[kind]
    content = make_content(tmp_path)
    (content / "es/m1/module.yaml").write_text(text)
    assert problems_of(content) == [("m1/module.yaml", line)]


def test_letters_that_are_not_utf_8_are_told_with_their_line(tmp_path):
    content = make_content(tmp_path)
    path = content / "es/m1/module.yaml"
    path.write_bytes(path.read_text().encode("latin-1"))
    assert problems_of(content) == [("m1/module.yaml", line_of("m1/module.yaml", "Qué es el estigma"))]


def test_a_huge_file_is_refused_without_being_read_as_yaml(tmp_path):
    content = make_content(tmp_path)
    (content / "es/glossary.yaml").write_bytes(b"- id: x\n" * 200_000)
    assert ("glossary.yaml", 0) in problems_of(content)


def test_a_file_with_a_byte_order_mark_and_windows_lines_is_read(tmp_path):
    content = make_content(tmp_path)
    for path in content.rglob("*.yaml"):
        path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes().replace(b"\n", b"\r\n"))
    assert read_course(content, "es") == read_course(make_content(tmp_path / "plain"), "es")


def test_a_word_is_a_text_where_a_text_belongs(tmp_path):
    content = make_content(
        tmp_path, sources=[("year: '2019'", "year: 2019")], glossary=[("english: Stigma", "english: no")]
    )
    text = read_course(content, "es")
    assert text.lists["sources.yaml"][1]["year"] == "2019"
    assert text.lists["glossary.yaml"][0]["english"] == "no"


def test_an_unreadable_file_does_not_make_others_wrong(tmp_path):
    content = make_content(tmp_path)
    (content / "es/sources.yaml").write_text("- id: 'S7\n")
    assert problems_of(content) == [("sources.yaml", 1)]


def test_missing_unknown_and_misnumbered_files_are_told(tmp_path):
    content = make_content(tmp_path, without=["glossary.yaml"])
    (content / "es/m1/lesson-2.yaml").rename(content / "es/m1/lesson-3.yaml")
    (content / "es/m1/leccion-4.yaml").write_text("id: M1-L4\n")
    (content / "es/README.md").write_text("Notas")
    assert problems_of(content) == [("glossary.yaml", 0), ("m1/leccion-4.yaml", 0), ("m1/lesson-3.yaml", 1)]


@pytest.mark.django_db
def test_every_problem_is_told_at_once_in_spanish_and_nothing_is_loaded(tmp_path):
    content = make_content(
        tmp_path, m1_quiz=[("kind: single", "kind: essay"), ("  - S42", "  - S43")], directory=[("2026-03-01", "ayer")]
    )
    before, said = Page.objects.count(), StringIO()

    with pytest.raises(CommandError) as caught:
        call_command("load_content", directory=content, stderr=said)

    assert said.getvalue().splitlines() == [
        "content/es/directory.yaml, línea 14: «ayer» no es una fecha. Escriba año, mes y día, por ejemplo 2026-03-14.",
        "content/es/m1/quiz.yaml, línea 7: «essay» no se conoce aquí. Use una de estas palabras: single, multiple, "
        "true_false, ordering, matching, gaps, places, short_text, number, open, reflection.",
        "content/es/m1/quiz.yaml, línea 21: La fuente «S43» no está en sources.yaml. Corrija el número o agregue la "
        "fuente allí.",
    ]
    assert str(caught.value) == "No se cargó nada: hay 3 problemas en los archivos."
    assert (Page.objects.count(), Source.objects.count(), LoadedContent.objects.count()) == (before, 0, 0)


@pytest.mark.django_db
def test_check_says_that_the_files_are_in_order_and_loads_nothing(tmp_path):
    said = StringIO()
    call_command("load_content", directory=make_content(tmp_path), check=True, stdout=said)
    assert said.getvalue() == "Los archivos están en orden: es.\n"
    assert Source.objects.count() == 0


@pytest.mark.django_db
def test_a_folder_without_content_is_told(tmp_path):
    with pytest.raises(CommandError, match="No hay contenido en"):
        call_command("load_content", directory=tmp_path)
    with pytest.raises(CommandError, match="No hay contenido en"):
        call_command("load_content", directory=tmp_path / "nada")
    with pytest.raises(CommandError, match=r"No hay contenido en .*fr"):
        call_command("load_content", directory=make_content(tmp_path), language="fr")


@pytest.mark.django_db
def test_a_language_that_the_site_does_not_have_is_told(tmp_path):
    with pytest.raises(CommandError, match="un idioma que el sitio no tiene: fr"):
        call_command("load_content", directory=make_content(tmp_path, language="fr"))
