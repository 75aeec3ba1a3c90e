"""A quiz whose questions are told one by one: the repeat of a missed indispensable one, the near round, the result."""

import random
from fractions import Fraction

import pytest
from django.utils import timezone

from quizzes.attempts import taking
from quizzes.attempts.responses import CHECK_CLIENT, IncomingAnswer
from quizzes.attempts.scoring import Score
from quizzes.attempts.second_chance import judge
from quizzes.kinds import get_kind
from quizzes.models import Answer, AnswerWrite, Attempt
from tests.factories import make_question, make_quiz

from .factories import NOW, address, choice_key, form_for, give, make_kind, page_of, post_answers, start, tell
from .test_review import make_act, make_marked
from .test_second_chance import repeats_of

pytestmark = pytest.mark.django_db


def make_told_quiz(count=10, *, indispensable=(1,), others=1, **fields):
    """Return a quiz of M2 with a competency a question, of which the bank has `others` more."""
    questions = []
    for n in range(count):
        act = make_act(f"M2-C{n}", f"Hace lo debido {n}")
        questions.append(make_marked(identifier=f"M2-Q{n}", act=act, is_indispensable=n in indispensable, lesson=""))
        for other in range(others):
            make_question(f"M2-otra-{n}-{other}", act=act, text=f"¿Y en el otro caso {n}-{other}?")
    return make_quiz("m2", questions, **{"pass_mark": 80, "feedback_time": "now"} | fields)


def answer(client, page, attempt, *, right=True):
    """Answer the question of a page as its form does; return (told text, address of «Siguiente»)."""
    attempt.refresh_from_db()
    items = [*attempt.snapshot["questions"], *repeats_of(attempt), *attempt.snapshot.get("near", ())]
    item = items[int(page.rstrip("/").rpartition("/")[2]) - 1]
    form = form_for(item, choice_key(item, "Saludar" if right else "Callar"), go="check")
    told = client.post(page, form, follow=True)
    assert told.redirect_chain == [(page, 302)]
    main = told.text.partition("</main>")[0]
    return main, main.rpartition('<a class="button" href="')[2].partition('"')[0]


def walk(client, attempt, wrong=()):
    """Answer the paper, wrongly where `wrong` says so; return where the last «Siguiente» leads."""
    page, visited = page_of(attempt), []
    while page.rstrip("/").rpartition("/")[2].isdigit():
        number = int(page.rstrip("/").rpartition("/")[2])
        visited.append(number)
        _text, page = answer(client, page, attempt, right=number not in wrong)
    return page, visited


@pytest.fixture
def attempt(learner):
    return start(learner, make_told_quiz())


def test_answer_is_told_and_the_last_one_sends_the_attempt(learner_client, attempt):
    page = learner_client.get(page_of(attempt)).text
    assert [words in page for words in ("Pregunta 1 de 10", "0 bien", ">Responder<", "Anterior", "Todas las")] == [
        *[True] * 3,
        *[False] * 2,
    ]
    text, following = answer(learner_client, page_of(attempt), attempt)
    said = (
        "Bien</h1>",
        "Usted eligió",
        "Saludar",
        "La retroalimentación general.",
        "1 bien",
        "Ver la pregunta otra vez",
    )
    assert [words for words in said if words not in text] == []
    assert following == page_of(attempt, 2)
    text, following = answer(learner_client, page_of(attempt, 3), attempt, right=False)
    said = ("Hay una mejor", "Callar", "Mejor", "El silencio se entiende como permiso.")
    assert [words for words in said if words not in text] == []
    assert following == page_of(attempt, 4)
    # Wherever one comes from, the way leads to what is open.
    for name in ("attempt_summary", "attempt_result"):
        assert learner_client.get(address(name, attempt.pk), follow=True).redirect_chain[-1][0] == page_of(attempt, 2)
    assert learner_client.post(address("quiz_start", "m2")).url == page_of(attempt, 2)
    for number in (2, 4, 5, 6, 7, 8, 9):
        _text, following = answer(learner_client, page_of(attempt, number), attempt)
    text, following = answer(learner_client, page_of(attempt, 10), attempt)
    assert (Attempt.objects.get().grade, Attempt.objects.get().passed) == (90, True)
    assert following == address("attempt_result", attempt.pk)
    result = learner_client.get(following).text
    assert [words for words in ("9 de 10", "Aprobado", "Ver mis 10 respuestas") if words not in result] == []
    # What was told can be read again by Back, and nothing is answered any more.
    assert "Hay una mejor" in learner_client.get(page_of(attempt, 3)).text


def test_told_answer_is_final_whoever_sends_it_and_how_often(learner_client, attempt):
    item = attempt.snapshot["questions"][2]
    good, wrong = choice_key(item, "Saludar"), choice_key(item, "Callar")
    answer(learner_client, page_of(attempt, 3), attempt, right=False)
    for go in ("check", "next", "save", ""):
        late = learner_client.post(page_of(attempt, 3), form_for(item, good, go=go), follow=True)
        assert "Hay una mejor" in late.text
    row = {"question": item["key"], "client": "tab", "number": 9, "response": good}
    assert post_answers(learner_client, attempt, row).json()["refused"]
    # Delivered by a device, twice, late, and against the first.
    for response in (wrong, good, wrong):
        checked = IncomingAnswer(item["key"], response, CHECK_CLIENT, 1, NOW)
        taking.save_answers(attempt.pk, [checked], learner=attempt.learner_id, now=timezone.now())
    [write] = AnswerWrite.objects.filter(question_key=item["key"])
    assert write.response == wrong
    assert Answer.objects.get(question_key=item["key"]).response == wrong


def test_missed_indispensable_question_is_asked_again_on_the_next_screen(learner_client, attempt):
    _text, following = answer(learner_client, page_of(attempt, 2), attempt, right=False)
    assert following == page_of(attempt, 11)
    page = learner_client.get(following).text
    assert [words for words in ("Una más, parecida", "¿Y en el otro caso 1-0?") if words not in page] == []
    assert learner_client.get(page_of(attempt, 12)).status_code == 404
    _text, following = answer(learner_client, following, attempt)
    assert following == page_of(attempt, 3)


@pytest.mark.parametrize("right", [True, False])
def test_repeat_earns_no_points_and_has_to_be_right(learner_client, attempt, right):
    end, visited = walk(learner_client, attempt, wrong={2} | ({11} if not right else set()))
    assert visited == [1, 2, 11, 3, 4, 5, 6, 7, 8, 9, 10]
    attempt = Attempt.objects.get()
    assert (attempt.grade, attempt.passed) == (90, right)
    said = "Aprobado" if right else "Tiene los puntos, y todavía falta algo indispensable."
    assert said in learner_client.get(end).text


def test_repeat_of_another_attempt_or_not_asked_is_not_shown(learner_client, attempt):
    assert learner_client.get(page_of(attempt, 11)).status_code == 404
    answer(learner_client, page_of(attempt, 2), attempt)
    assert learner_client.get(page_of(attempt, 11)).status_code == 404


def test_seven_of_ten_are_near_and_one_more_right_passes(learner, learner_client, announced):
    quiz = make_told_quiz(others=2)
    earlier = start(learner, quiz)
    walk(learner_client, earlier)
    Attempt.objects.update(passed=False, grade=0)
    attempt = start(learner, quiz)
    end, _visited = walk(learner_client, attempt, wrong={4, 5, 6})
    attempt.refresh_from_db()
    assert (attempt.grade, attempt.passed, attempt.is_in_second_chance) == (None, None, True)
    assert {item["instead_of"] for item in attempt.snapshot["near"]} == {
        item["key"] for item in attempt.snapshot["questions"][3:6]
    }
    assert end == address("attempt_result", attempt.pk)
    result = learner_client.get(end).text
    said = ("7 de 10", "Le falta una para pasar.", "solo las 3 que fallaron", "Contestar esas 3", page_of(attempt, 12))
    assert [words for words in said if words not in result] == []
    assert "Ver mis" not in result
    for name in ("attempt_answers", "attempt_summary"):
        assert learner_client.get(address(name, attempt.pk)).url == end
    assert learner_client.post(address("quiz_start", "m2")).url == end
    _text, following = answer(learner_client, page_of(attempt, 12), attempt, right=False)
    assert following == page_of(attempt, 13)
    _text, following = answer(learner_client, following, attempt)
    attempt.refresh_from_db()
    assert (attempt.grade, attempt.passed) == (70, True)
    assert following == end
    assert "Aprobado" in learner_client.get(end).text
    # What was not needed any more is not asked, nor told.
    assert learner_client.get(page_of(attempt, 14)).url == end


@pytest.mark.parametrize("others", [0, 2])
def test_near_round_asks_what_was_not_seen_and_without_another_the_same(learner, learner_client, others):
    quiz, asked = make_told_quiz(4, indispensable=(), others=others), []
    for _time in range(2):
        attempt = start(learner, quiz)
        walk(learner_client, attempt, wrong={1})
        attempt.refresh_from_db()
        [near] = attempt.snapshot["near"]
        asked.append(near)
        answer(learner_client, page_of(attempt, 5), attempt, right=False)
        attempt.refresh_from_db()
        assert (attempt.grade, attempt.passed) == (75, False)
    names = {item["identifier"] for item in asked}
    assert names == ({"M2-otra-0-0", "M2-otra-0-1"} if others else {"M2-Q0"})
    assert {item["key"] for item in asked}.isdisjoint({item["key"] for item in attempt.snapshot["questions"]})


def test_three_near_misses_end_in_another_draw(learner_client, attempt):
    end, _visited = walk(learner_client, attempt, wrong={4, 5, 6})
    for number in (12, 13, 14):
        _text, following = answer(learner_client, page_of(attempt, number), attempt, right=False)
    assert following == end
    attempt.refresh_from_db()
    assert (attempt.grade, attempt.passed) == (70, False)
    result = learner_client.get(end).text
    assert [words for words in ("Intentar otra vez", "Ver mis 10 respuestas") if words not in result] == []


@pytest.mark.parametrize(("wrong", "grade"), [({4, 5, 6, 7}, 60), ({2, 11, 4, 5}, 70)])
def test_six_of_ten_or_a_missed_indispensable_act_is_not_near(learner_client, attempt, wrong, grade):
    walk(learner_client, attempt, wrong=wrong)
    attempt.refresh_from_db()
    assert (attempt.grade, attempt.passed, "near" in attempt.snapshot) == (grade, False, False)


def test_parts_of_points_count_and_kinds_without_one_best_option_are_told_in_rows(learner, learner_client):
    questions = [make_kind("multiple", "M2-Q1"), *(make_kind(kind, f"M2-{kind}") for kind in ("gaps", "ordering"))]
    attempt = start(learner, make_quiz("m2", questions, pass_mark=80, feedback_time="now"))
    several, gaps, ordering = attempt.snapshot["questions"]
    form = form_for(several, choice_key(several, "Ocultar síntomas"), go="check")
    assert "Hay una mejor" in learner_client.post(page_of(attempt), form, follow=True).text
    right = get_kind(gaps).right_response(gaps)
    assert "Bien</h1>" in learner_client.post(page_of(attempt, 2), form_for(gaps, right, go="check"), follow=True).text
    right = get_kind(ordering).right_response(ordering)
    learner_client.post(page_of(attempt, 3), form_for(ordering, right, go="check"))
    attempt.refresh_from_db()
    # 2.5 of 3 points: over 80 %.
    assert (int(attempt.grade), attempt.passed) == (83, True)


def test_reflection_has_a_way_on_and_is_not_waited_for(learner, learner_client):
    questions = [make_question("M2-Q1"), make_kind("reflection", "M2-R1"), make_question("M2-Q2")]
    questions.append(make_kind("reflection", "M2-R2"))
    attempt = start(learner, make_quiz("m2", questions, feedback_time="now"))
    following = [answer(learner_client, page_of(attempt), attempt)[1]]
    text = learner_client.get(following[0]).text
    assert (f'href="{page_of(attempt, 3)}">Siguiente' in text, ">Responder<" in text) == (True, False)
    following.append(answer(learner_client, page_of(attempt, 3), attempt)[1])
    assert following == [page_of(attempt, 2), page_of(attempt, 4)]
    attempt.refresh_from_db()
    assert attempt.passed
    assert f'href="{address("attempt_result", attempt.pk)}">Siguiente' in learner_client.get(following[1]).text


def test_what_is_given_and_not_told_earns_nothing_more_than_it_is_sent_with(learner, attempt):
    for item in attempt.snapshot["questions"]:
        give(attempt, item, choice_key(item, "Saludar"))
    attempt.refresh_from_db()
    assert (attempt.submitted_at, attempt.grade) == (None, None)
    for item in attempt.snapshot["questions"]:
        tell(attempt, item)
    assert (attempt.grade, attempt.passed) == (100, True)


@pytest.mark.parametrize("rules", [{"is_exam": True}, {"time_limit": 30}, {"layout": "all"}])
def test_exam_timed_and_whole_page_quizzes_tell_at_the_end(learner, learner_client, rules):
    attempt = start(learner, make_told_quiz(3, **rules), now=timezone.now())
    page = learner_client.get(page_of(attempt)).text
    assert (">Responder<" in page, "Revisar y enviar" in page) == (False, True)
    item = attempt.snapshot["questions"][0]
    told = learner_client.post(page_of(attempt), form_for(item, choice_key(item, "Saludar"), go="check"), follow=True)
    assert "Así se recibe" not in told.text
    assert not AnswerWrite.objects.filter(client=CHECK_CLIENT).exists()


def expected(points, marks, indispensable, repeated, near, *, pass_mark):
    """The rule in words: enough points, or one more right where one more would do; and every indispensable act."""
    grade = Fraction(100 * sum(points), sum(marks))
    acts_right = all(points[n] == marks[n] or repeated[n] for n in indispensable)
    if grade >= pass_mark:
        return acts_right
    enough = [
        n
        for n in range(len(marks))
        if points[n] < marks[n] and grade + Fraction(100 * marks[n], sum(marks)) >= pass_mark
    ]
    return acts_right and any(near[n] for n in enough)


def test_formula_holds_for_any_length_and_for_parts_of_points():
    chance, seen = random.Random(11), set()
    for _time in range(3000):
        count, pass_mark = chance.randint(1, 14), chance.choice([50, 70, 80, 85, 100])
        marks = [chance.choice([1, 1, 1, 2, 3]) for _n in range(count)]
        fractions = [chance.choice([Fraction(1)] * 5 + [Fraction(0), Fraction(1, 2), Fraction(1, 3)]) for _n in marks]
        indispensable = {n for n in range(count) if chance.random() < 0.2}
        repeated, near = ([chance.random() < 0.5 for _n in marks] for _round in range(2))
        questions = [{"key": f"q{n}", "marks": marks[n]} for n in range(count)]
        snapshot = {
            "questions": questions,
            "pass_mark": pass_mark,
            "rules": {"feedback_time": "now"},
            "repeats": {f"q{n}": {"key": f"r{n}", "instead_of": f"q{n}"} for n in indispensable},
            "near": [{"key": f"n{n}", "instead_of": f"q{n}"} for n in range(count)],
        }
        points = [fraction * mark for fraction, mark in zip(fractions, marks, strict=True)]
        score = Score({f"q{n}": fractions[n] for n in range(count)}, sum(points), sum(marks))
        told = {f"r{n}": Fraction(repeated[n]) for n in range(count)} | {
            f"n{n}": Fraction(near[n]) for n in range(count)
        }
        passed = expected(points, marks, indispensable, repeated, near, pass_mark=pass_mark)
        assert judge(snapshot, score, told) == (passed, [])
        seen.add((score.grade >= pass_mark, passed))
    assert seen == {(True, True), (True, False), (False, True), (False, False)}
