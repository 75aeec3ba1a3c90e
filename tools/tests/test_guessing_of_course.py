"""The course that people read gives nothing away beyond the limits."""

import re

import pytest

from modules.content.loading.files import read_course
from quizzes.base.job_roles import Audience
from tests.modules.content import QUIZ, make_content
from tools.guessing.measuring import Scope, measure_pools
from tools.guessing.pools import pools_of

from .the_course import in_each_language, pools_in

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


@in_each_language
def test_the_course_gives_nothing_away_beyond_the_limits(language):
    """`python -m tools.check guessing --all --questions --words 40` says where it would."""
    measured = measure_pools(pools_in(language)).values()
    assert [
        (one.pool.title, figure.strategy) for one in measured for figure in one.figures if figure.is_guessable
    ] == []


def test_the_check_names_what_can_be_guessed_and_shows_how(tmp_path, check):
    content = with_questions(make_content(tmp_path), "abc" * 16 + "b" * 12)
    with pytest.raises(SystemExit, match=r"(?s)These can be guessed:.*The whole bank: larga \+13 \[\+2,"):
        check("guessing", content)

    with_questions(content, "abc" * 20)
    shown = check("guessing", content, "--module", "m1", "--all", "--questions")
    assert "M1 · Cuando la puerta se siente cerrada: 60, by chance 33 of 100. Not guessable." in shown
    assert re.search(r"    larga +0 \[−1\d,\s\+1\d\] +-\d+\.\d  the longest option", shown)
    assert "    M1-Q2: larga, amable, " in shown
    words = check("guessing", content, "--module", "m1", "--words", "30")
    assert "    «nunca»: 20 of 60 options with it are right" in words
    assert "The whole bank: " not in shown
    with pytest.raises(SystemExit, match="nothing to measure"):
        check("guessing", content, "--module", "M9")


def test_a_pool_holds_all_that_may_be_asked_with_the_lessons_that_teach_it(tmp_path):
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
    pools = pools_of(read_course(content, "es"))
    # What stands in no quiz, as M1-Q22, is never asked.
    asked = ["M1-Q1", "M1-Q3", "M1-Q20", "M1-Q21"]
    assert {pool.scope: [item.identifier for item in pool.items] for pool in pools if pool.identifier != "apoyo"} == {
        Scope.BANK: asked,
        Scope.AUDIENCE: asked,
        Scope.MODULE: asked,
        Scope.SCENES: ["M1-E1 · inicio", "M1-E1 · paso-2"],
        Scope.SCENES_OF_MODULE: ["M1-E1 · inicio", "M1-E1 · paso-2"],
    }
    assert [pool.identifier for pool in pools if pool.scope == Scope.AUDIENCE] == [
        Audience.SUPPORT,
        Audience.MANAGEMENT,
    ]
    assert {lesson.name for item in pools[0].items for lesson in item.lessons} == {"M1-L1"}
