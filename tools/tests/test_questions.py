"""The craft of pools: what is counted over the quizzes of the course, and which part of them is one's own."""

from types import SimpleNamespace

import pytest

from quizzes.base.job_roles import Audience
from tests.modules.content import make_content
from tools.questions import measures_of_pools, own_part

DRAWS = [{"pool": "core", "count": 6}, {"pool": "own", "count": 4}]
# The right one is the longest, the shortest, or neither.
OPTIONS = (
    ("Le guarda un lugar en fila", "Le pide pasar adelante", "Le pide su nombre hoy"),
    ("Le pide su nombre hoy", "Le guarda un lugar en fila", "Le pide pasar adelante"),
    ("Le pide pasar adelante", "Le pide su nombre hoy", "Le guarda un lugar en fila"),
)


def question(number, **more):
    texts = OPTIONS[number % 3]
    choices = [{"id": "a", "text": texts[0], "correct": True, "feedback": "Ella pasó."}]
    choices += [
        {"id": letter, "text": text, "feedback": "Ella esperó.", "lesson": "M1-L1"}
        for letter, text in zip("bc", texts[1:], strict=True)
    ]
    question = {"id": f"M1-Q{number}", "kind": "single", "act": "M1-C1", "lesson": "M1-L1", "text": "¿Qué hace?"}
    return question | {"choices": choices} | more


def quiz():
    questions = [question(number, indispensable=number < 3) for number in range(12)]
    return questions + [question(number, roles=list(Audience.values)) for number in range(12, 20)]


def course(questions, *, lessons=(), draws=DRAWS):
    module = SimpleNamespace(
        module={"id": "M1", "role_tips": {"apoyo": "Salude."}},
        lessons=lessons,
        quiz={"questions": questions, "draws": draws},
    )
    return SimpleNamespace(modules=[module], language="es")


def missed(course):
    return [measure.key for measure in measures_of_pools(course) if not measure.holds]


def test_a_pool_that_can_be_asked_twice_and_owes_nothing_is_in_order():
    assert missed(course(quiz())) == []


@pytest.mark.parametrize(
    "change, keys",
    [
        (lambda questions: questions.pop(3), ["core"]),
        (lambda questions: questions.pop(), ["own"]),
        (lambda questions: questions[13].update(roles=["apoyo"]), ["own"]),
        (lambda questions: questions[0].update(indispensable=False), ["indispensable"]),
        (lambda questions: questions[0].update(act="M1-C2"), ["indispensable"]),
        (lambda questions: questions[5].pop("act"), ["unlinked"]),
        (lambda questions: questions[5].pop("lesson"), ["unlinked"]),
        (lambda questions: questions[5]["choices"][0].pop("feedback"), ["unsaid"]),
        (lambda questions: questions[5]["choices"][1].pop("lesson"), ["astray"]),
        (lambda questions: questions[5].update(text="Una palabra " * 20 + "más"), ["long"]),
        (lambda questions: questions[5]["choices"][1].update(text="Sí"), ["uneven"]),
        (lambda questions: questions.append({"id": "M1-Q99", "kind": "reflection", "text": "¿Y usted?"}), []),
    ],
)
def test_each_rule_is_missed_by_what_breaks_it(change, keys):
    questions = quiz()
    change(questions)
    assert missed(course(questions)) == keys


def test_a_rank_of_the_right_option_may_stand_in_two_of_five_questions():
    questions = [question(0 if number < 5 else number) for number in range(12)]
    assert "longest" in missed(course(questions))


def test_what_is_ones_own_is_measured_by_what_one_reads():
    tips = {"role_tips": {"apoyo": "Abra y salude a cada persona.", "clinica": "Cierre la puerta antes de preguntar."}}
    scene = {
        "title": "En la puerta",
        "role": "apoyo",
        "steps": [{"name": "inicio", "text": "Ana llega.", "choices": []}],
    }
    lessons = [{"body": [{"text": "Uno dos tres cuatro cinco seis."}, tips, {"scenario": scene}]}]
    module = course([question(0)], lessons=lessons).modules[0]
    # 6 words of the lesson and 6 times the 23 of a question; of the guard's own 1 + 6 of tips and 2 of the scene.
    assert own_part(module, "apoyo") == pytest.approx(100 * 9 / (9 + 6 + 6 * 23))
    # Nobody but the guard has a scene, so everybody else reads it twice.
    assert own_part(module, "clinica") == pytest.approx(100 * 6 / (6 + 6 + 2 * 2 + 6 * 23))
    module.quiz["questions"].append(question(1, roles=["clinica"]))
    assert own_part(module, "clinica") > 30
    assert own_part(course([]).modules[0], "clinica") == 0
    module.quiz["draws"] = []
    # Without pools each question is asked once.
    assert own_part(module, "clinica") == pytest.approx(100 * (6 + 23) / (6 + 23 + 6 + 2 * 2 + 23))


def test_the_check_counts_each_module_and_says_which_limit_is_missed(tmp_path, check, capsys):
    content = make_content(tmp_path)
    with pytest.raises(SystemExit, match="quizzes with twelve questions"):
        check("questions", content)
    said = capsys.readouterr().out
    assert "M1: 5 questions, 5 for everyone; clinica 0 (" in said
    assert "✕ 0 of 1 (0.0 %; at least 100 %): quizzes with twelve questions" in said
    with pytest.raises(SystemExit, match="no module “m9”"):
        check("questions", content, "--module", "m9")
    (content / "es/m1/quiz.yaml").write_text("id: [")
    with pytest.raises(SystemExit, match=r"quiz\.yaml"):
        check("questions", content)
