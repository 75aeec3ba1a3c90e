"""The course that people read gives no more away than it did; its files and the CMS are measured alike."""

import json
import re
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from modules.content.loading.files import read_course
from modules.content.loading.loading import load_course
from modules.guessing.from_cms import pools_of_cms
from modules.guessing.from_files import pools_of_files
from quizzes.guessing.measuring import Scope, measure_pools

from .content import QUIZ, make_content
from .the_course import FOLDER, LANGUAGES, in_each_language, pools_in

# As people tick in the course: three short ways, and one of them longer and kinder than the others.
OPTIONS = ("Sigue con lo suyo", "Le pregunta si quiere pasar adentro", "Nunca contesta ahí")


def question(number, right, *more):
    lines = [f"- id: M1-Q{number}", "  kind: single", *more, f"  text: Caso {number}. ¿Qué hace?", "  choices:"]
    for letter, text in zip("abc", OPTIONS, strict=True):
        lines += [f"  - id: {letter}", f"    text: {text}", *["    correct: true"] * (letter == right)]
    return "\n".join(lines) + "\n"


def with_questions(content, rights):
    """Ask as many questions as there are letters, of which each says what is right."""
    head = QUIZ[: QUIZ.index("- id: M1-Q1")]
    quiz = head + "".join(question(number, right) for number, right in enumerate(rights, start=1))
    (content / "es/m1/quiz.yaml").write_text(quiz, encoding="utf-8")
    return content


def check(content=None, **options):
    said = StringIO()
    place = {"directory": content} if content else {}
    call_command("check_guessing", stdout=said, **place, **options)
    return said.getvalue()


@in_each_language
def test_the_course_gives_nothing_away_beyond_the_limits(language):
    """`manage.py check_guessing --all --questions --words 40` says where it would. Nothing is held above a limit."""
    measured = measure_pools(pools_in(language)).values()
    guessable = [(one.pool.title, figure.strategy) for one in measured for figure in one.figures if figure.is_guessable]
    assert guessable == []
    held = json.loads((FOLDER / "guessing.json").read_text())
    assert held == {code: {} for code in LANGUAGES}


def test_the_command_holds_what_is_so_and_names_what_got_worse(tmp_path):
    content = with_questions(make_content(tmp_path), "abc" * 16 + "b" * 12)
    assert "Escrito en" in check(content, accept=True)
    held = json.loads((content / "guessing.json").read_text())
    assert held["es"]["bank"]["larga"] == 13.3
    assert "No es peor que lo anotado." in check(content)
    with pytest.raises(CommandError, match=r"(?s)Se adivinan:.*Todo el banco: larga \+13 \[\+2,"):
        check(content, strict=True)

    with_questions(content, "abc" * 10 + "b" * 30)
    with pytest.raises(CommandError) as worse:
        check(content)
    assert (
        "Todo el banco: «larga» (la opción más larga) saca 33.3 puntos de 100 más que al azar; se permitían 13.3, así "
        "que sobran 20.0. Cambie las opciones, no el límite." in str(worse.value).splitlines()
    )
    assert "M1 · Cuando la puerta se siente cerrada: «larga»" in str(worse.value)

    with_questions(content, "abc" * 20)
    assert "Mejor que lo anotado: " in check(content)
    assert "No se adivina." in check(content, strict=True)
    shown = check(content, only="m1", all=True, questions=True)
    assert "M1 · Cuando la puerta se siente cerrada: 60, al azar 33 de 100. No se adivina." in shown
    assert re.search(r"    larga +0 \[−1\d,\s\+1\d\] +-\d+\.\d  la opción más larga", shown)
    assert "    M1-Q2: larga, amable, " in shown
    assert "    «nunca»: son correctas 20 de 60 opciones que la tienen" in check(content, only="m1", words=30)
    assert "Todo el banco: " not in shown
    with pytest.raises(CommandError, match="«M9»"):
        check(content, only="M9")


@pytest.mark.nightly
@pytest.mark.django_db
def test_files_and_cms_are_measured_alike_in_as_many_queries_however_much_there_is(tmp_path):
    content = make_content(
        tmp_path,
        m1_quiz=[("pass_mark: 80\n", "pass_mark: 80\ndraws:\n- topic: ley\n  count: 1\n")],
        course=[("  name: Ley y deberes\n", "  name: Ley y deberes\n- id: penal\n  name: Penal\n  part_of: ley\n")],
    )
    more = [
        question(20, "a", "  topic: penal", "  roles:", "  - apoyo", "  - jefatura"),
        question(21, "b", "  topic: ley"),
        question(22, "c"),
    ]
    (content / "es/questions.yaml").write_text("".join(more), encoding="utf-8")
    course = read_course(content, "es")
    load_course(course)
    pools = pools_of_files(course)
    with CaptureQueriesContext(connection) as few:
        of_cms = pools_of_cms("es")
    assert of_cms == pools
    assert {pool.scope: [item.identifier for item in pool.items] for pool in pools if pool.identifier != "apoyo"} == {
        # What stands in no quiz, as M1-Q22, is never asked.
        Scope.BANK: ["M1-Q1", "M1-Q3", "M1-Q20", "M1-Q21"],
        Scope.AUDIENCE: ["M1-Q1", "M1-Q3", "M1-Q20", "M1-Q21"],
        Scope.MODULE: ["M1-Q1", "M1-Q3", "M1-Q20", "M1-Q21"],
        Scope.SCENES: ["M1-E1 · inicio", "M1-E1 · paso-2"],
        Scope.SCENES_OF_MODULE: ["M1-E1 · inicio", "M1-E1 · paso-2"],
    }
    assert {lesson.name for item in pools[0].items for lesson in item.lessons} == {"M1-L1", "M1-L2"}

    other = make_content(tmp_path / "more")
    with_questions(other, "abc" * 8)
    load_course(read_course(other, "es"))
    with CaptureQueriesContext(connection) as many:
        assert len(pools_of_cms("es")[0].items) == 24
    assert len(many) <= len(few)
    assert "Todo el banco: 24, " in check(database=True, directory=other)
    assert measure_pools(pools_of_cms("es"))[Scope.BANK, ""].count == 24
