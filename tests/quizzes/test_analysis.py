import random
from datetime import timedelta
from decimal import Decimal
from math import isclose, sqrt

import pytest
from django.core.management import call_command
from hypothesis import given
from hypothesis import strategies as st

from quizzes.analysis.counts import count_new_attempts, recount
from quizzes.analysis.indices import (
    SCALE,
    Advice,
    Option,
    Sums,
    advise,
    analyse,
    sample_size,
    sum_of_sorted_products,
)
from quizzes.analysis.report import build_report
from quizzes.attempts.grading import regrade_attempt
from quizzes.models import Attempt, ItemChoices, ItemScores, ManualMark, QuizStatistics
from tests.factories import make_learner, make_quiz

from .factories import NOW, choice_key, give, item_of, make_kind, start, submit

pytestmark = pytest.mark.django_db
LATER = NOW + timedelta(days=1)


def people(count, first=1):
    return [make_learner(f"FIG{n:03}") for n in range(first, first + count)]


def take(learner, quiz, chosen, *, now=NOW):
    attempt = start(learner, quiz, now=now)
    items = sorted(attempt.snapshot["questions"], key=lambda item: item["identifier"])
    for item, letter in zip(items, chosen, strict=True):
        if letter != "-":
            text = {"a": "Saludar", "b": "Callar", "c": "Preguntar en voz alta"}[letter]
            give(attempt, item, choice_key(item, text))
    return submit(attempt)


def take_all(learners, quiz, chosen, *, now=NOW):
    for learner in learners:
        take(learner, quiz, chosen, now=now)


def count(quiz, **options):
    return count_new_attempts(quiz.translation_key, now=LATER, **options)


def rows(model, *fields):
    return sorted(model.objects.values_list(*fields, "people"))


def all_counts():
    return (
        rows(ItemScores, "quiz_key", "question_key", "fraction", "rest"),
        rows(ItemChoices, "quiz_key", "question_key", "option"),
        sorted(QuizStatistics.objects.values_list("quiz_key", "people", "is_stale")),
        sorted(Attempt.objects.filter(in_statistics=True).values_list("pk", flat=True)),
    )


def test_counting_starts_with_ten_people():
    quiz = make_quiz("m1", 2)
    take_all(people(9), quiz, "ab")
    assert count(quiz) == 0
    assert not QuizStatistics.objects.exists()
    assert not Attempt.objects.filter(in_statistics=True).exists()
    take(*people(1, first=10), quiz, "-a")
    assert count(quiz) == 10
    first, second = (entry.question for entry in quiz.entries.all())
    a, b, _c = second.choices.all()
    # Nine had the first right and the second wrong; one left the first open and had the second right.
    one, other = first.translation_key, second.translation_key
    scores = [(one, 1, 0, 9), (one, 0, 100, 1), (other, 0, 100, 9), (other, 1, 0, 1)]
    assert rows(ItemScores, "question_key", "fraction", "rest") == sorted(scores)
    choices = [(one, str(first.choices.first().translation_key), 9), (one, "", 1)]
    choices += [(other, str(b.translation_key), 9), (other, str(a.translation_key), 1)]
    assert rows(ItemChoices, "question_key", "option") == sorted(choices)
    figures = QuizStatistics.objects.get()
    assert (figures.quiz_key, figures.people, figures.counted_at) == (quiz.translation_key, 10, LATER)


def test_statistics_change_with_ten_more_people_counted_once():
    quiz = make_quiz("m1", 1)
    learners = people(10)
    take_all(learners, quiz, "a")
    count(quiz)
    before = all_counts()
    # The same people again, and nine more: not enough for a new state.
    take_all([*learners, *people(9, first=11)], quiz, "b", now=LATER)
    assert count(quiz) == 0
    assert all_counts() == before
    take(*people(1, first=20), quiz, "b", now=LATER)
    assert count(quiz) == 10
    assert rows(ItemScores, "fraction", "rest") == [(0, 0, 10), (1, 0, 10)]


def test_incremental_counts_equal_a_recount():
    quiz = make_quiz("m1", 3)
    chance = random.Random(8)
    for round_ in range(3):
        for learner in people(11, first=1 + 11 * round_):
            take(learner, quiz, [chance.choice("aabc-") for _ in range(3)])
        assert count(quiz) == 11
    step_by_step = all_counts()
    assert step_by_step[2] == [(quiz.translation_key, 33, False)]
    recount(quiz.translation_key, now=LATER)
    assert all_counts() == step_by_step
    call_command("count_figures", "--rebuild", verbosity=0)
    assert all_counts() == step_by_step


def test_command_counts_more_people_than_one_transaction(monkeypatch):
    monkeypatch.setattr("quizzes.analysis.counts.MAX_PEOPLE", 12)
    monkeypatch.setattr("quizzes.analysis.counts.SNAPSHOT_BATCH", 5)
    quiz = make_quiz("m1", 1)
    take_all(people(29), quiz, "a")
    call_command("count_figures", verbosity=0)
    # 12, 12, and five who wait for five more.
    assert QuizStatistics.objects.get().people == 24
    assert rows(ItemScores, "fraction") == [(1, 24)]


def test_undrawn_question_is_not_counted():
    quiz = make_quiz("m1", 2)
    take_all(people(12), quiz, "ab")
    quiz.entries.first().delete()
    take_all(people(8, first=13), quiz, "b")
    count(quiz)
    report = build_report(quiz, language="es")
    assert report.people == 20
    found = [(row.identifier, row.statistics.people, row.statistics.facility) for row in report.rows]
    assert found == [("M1-Q2", 20, 0), ("M1-Q1", 12, 100)]


def test_changed_manual_mark_is_counted_with_next_ten_people():
    quiz = make_quiz("m1", [make_kind("open", "M1-Q1")])
    marker = make_learner("MARCA1")

    def write(learner):
        attempt = start(learner, quiz)
        give(attempt, item_of(attempt, "open"), "Saludar")
        submit(attempt)
        mark(attempt, 1, "0.5")
        return attempt

    def mark(attempt, number, fraction):
        attempt = Attempt.objects.get(pk=attempt.pk)
        more = {"question_key": attempt.snapshot["questions"][0]["key"], "number": number, "fraction": fraction}
        more["reason"] = "" if number == 1 else "Se leyó de nuevo"
        ManualMark.objects.create(attempt=attempt, marked_by=marker, **more)
        regrade_attempt(attempt, now=NOW)

    first = [write(learner) for learner in people(10)]
    count(quiz)
    assert rows(ItemScores, "fraction") == [(Decimal("0.5"), 10)]
    assert rows(ItemChoices, "option") == []
    mark(first[0], 2, "1")
    assert QuizStatistics.objects.get().is_stale
    assert count(quiz) == 0
    assert rows(ItemScores, "fraction") == [(Decimal("0.5"), 10)]
    for learner in people(10, first=11):
        write(learner)
    count(quiz)
    assert rows(ItemScores, "fraction") == [(Decimal("0.5"), 19), (Decimal(1), 1)]
    assert not QuizStatistics.objects.get().is_stale


def test_earlier_attempt_graded_later_replaces_counted_one():
    quiz = make_quiz("m1", 1)
    learners = people(10)
    take_all(learners, quiz, "b")
    early = Attempt.objects.get(learner=learners[0])
    Attempt.objects.filter(pk=early.pk).update(grade=None, passed=None)
    take(learners[0], quiz, "a", now=LATER)
    count(quiz)
    assert rows(ItemScores, "fraction") == [(0, 9), (1, 1)]
    Attempt.objects.filter(pk=early.pk).update(grade=0, passed=False)
    assert count(quiz) == 0
    take_all(people(10, first=11), quiz, "b")
    count(quiz)
    assert rows(ItemScores, "fraction") == [(0, 20)]
    assert Attempt.objects.filter(in_statistics=True).count() == 20
    in_steps = all_counts()
    recount(quiz.translation_key, now=LATER)
    assert all_counts() == in_steps


def test_attempt_without_grade_is_not_counted_until_graded():
    quiz = make_quiz("m1", 1)
    first, *others = people(10)
    take_all([first, *others], quiz, "a")
    count(quiz)
    # As after a late answer to an open question that a trainer counted.
    Attempt.objects.filter(learner=first).update(grade=None, passed=None)
    QuizStatistics.objects.update(is_stale=True)
    take_all(people(10, first=11), quiz, "b")
    count(quiz)
    assert rows(ItemScores, "fraction") == [(0, 10), (1, 9)]
    assert QuizStatistics.objects.get().people == 19
    Attempt.objects.filter(learner=first).update(grade=100, passed=True)
    take_all(people(9, first=21), quiz, "b")
    assert count(quiz) == 10
    assert rows(ItemScores, "fraction") == [(0, 19), (1, 10)]


def test_page_leaves_large_recount_to_command():
    quiz = make_quiz("m1", 1)
    take_all(people(11), quiz, "a")
    count(quiz, max_recount=10)
    QuizStatistics.objects.update(is_stale=True)
    take_all(people(10, first=12), quiz, "b")
    before = all_counts()
    assert count(quiz, max_recount=10) == 0
    assert all_counts() == before
    call_command("count_figures", verbosity=0)
    assert all_counts()[2] == [(quiz.translation_key, 21, False)]


def test_second_and_ungraded_attempts_are_not_new_people():
    quiz = make_quiz("m1", 1)
    take_all(people(10), quiz, "a")
    count(quiz)
    for learner in people(9, first=11):
        for _time in range(3):
            take(learner, quiz, "a")
    waiting = take(*people(1, first=20), quiz, "a")
    Attempt.objects.filter(pk=waiting.pk).update(grade=None, passed=None)
    assert count(quiz) == 0


def test_statistics_never_contain_typed_text():
    quiz = make_quiz("m1", [make_kind("open", "M1-Q1"), make_kind("single", "M1-Q2")])
    for learner in people(10):
        attempt = start(learner, quiz)
        give(attempt, item_of(attempt, "open"), "Mi secreto")
        submit(attempt)
        Attempt.objects.filter(pk=attempt.pk).update(grade=0, passed=False)
    count(quiz)
    assert {option for (option,) in ItemChoices.objects.values_list("option")} == {""}


def test_typed_answers_are_counted_by_accepted_answer():
    kinds = [make_kind("short_text", "M1-Q1"), make_kind("number", "M1-Q2", unit="horas")]
    quiz = make_quiz("m1", kinds)
    written = [("Estigma", "71 horas")] * 5 + [("discriminacion", "48")] * 3 + [("Otra cosa", "")] * 2
    for learner, texts in zip(people(10), written, strict=True):
        attempt = start(learner, quiz)
        for kind, text in zip(("short_text", "number"), texts, strict=True):
            give(attempt, item_of(attempt, kind), text)
        submit(attempt)
    count(quiz)
    word, hours = build_report(quiz, language="es").rows
    found = [[(option.text, option.right, option.people) for option in row.statistics.options] for row in (word, hours)]
    assert found == [
        [("estigma", True, 5), ("discriminación", False, 3), ("Cualquier otra respuesta", False, 2)],
        [("72", True, 5), ("48", False, 3)],
    ]
    assert (word.statistics.left_open, hours.statistics.left_open) == (0, 2)
    assert "Otra" not in str(all_counts())


def test_options_of_gaps_and_places_are_counted():
    quiz = make_quiz("m1", [make_kind("gaps", "M1-Q1"), make_kind("places", "M1-Q2")])
    for n, learner in enumerate(people(10)):
        attempt = start(learner, quiz)
        gaps, places = item_of(attempt, "gaps"), item_of(attempt, "places")
        first = choice_key(gaps, "usuaria" if n < 6 else "sospechosa")
        typed = ("Dolor", "Doña Marta, de San Pedro")[n % 2]
        chosen = [choice_key(places, "La ventanilla")] + [choice_key(places, "La puerta")] * (n < 2)
        give(attempt, gaps, {"1": first, "2": typed})
        give(attempt, places, chosen)
        submit(attempt)
    count(quiz)
    found = [
        [(option.text, option.right, option.partly, option.people) for option in row.statistics.options]
        for row in build_report(quiz, language="es").rows
    ]
    assert found == [
        [
            ("(1) usuaria", True, False, 6),
            ("(1) sospechosa", False, False, 4),
            ("(1) paciente", False, True, 0),
            ("(2) dolor", True, False, 5),
            ("(3) de costumbre", False, False, 0),
            ("(3) por primera vez", True, False, 0),
        ],
        [("La ventanilla", True, False, 10), ("La pizarra", True, False, 0), ("La puerta", False, False, 2)],
    ]
    assert "Marta" not in str(all_counts())


def near(value, expected):
    return isclose(value, expected, rel_tol=1e-9, abs_tol=1e-9)


def test_indices_of_example_computed_by_hand():
    # Five people: x (the question) 1 1 1 0 0; y (the rest, per cent) 90 70 50 60 30.
    # Means 0.6 and 60. Differences: x .4 .4 .4 -.6 -.6; y 30 10 -10 0 -30.
    # Squares: Σdx² = 3·.16 + 2·.36 = 1.2; Σdy² = 900 + 100 + 100 + 0 + 900 = 2000.
    # Σdx·dy = 12 + 4 - 4 + 0 + 18 = 30. r = 30 / √(1.2 · 2000) = 30 / 48.98979 = 0.61237.
    # Sorted apart: x 0 0 1 1 1, y 30 50 60 70 90: Σdx·dy = 18 + 6 + 0 + 4 + 12 = 40, so 30/40 = 75 %.
    # Standard deviation of x: √(1.2 / 4) = 0.54772.
    item = analyse([(1, 90, 1), (1, 70, 1), (1, 50, 1), (0, 60, 1), (0, 30, 1)])
    assert item.people == 5
    assert item.full_points == 3
    assert near(item.facility, 60)
    assert near(item.deviation, 100 * sqrt(1.2 / 4))
    assert near(item.discrimination, 3000 / sqrt(1.2 * 2000))
    assert near(item.efficiency, 75)


@pytest.mark.parametrize(("scores", "index"), [([(1, 100, 3), (0, 0, 3)], 100), ([(0, 100, 3), (1, 0, 3)], -100)])
def test_indices_of_perfect_and_reversed_question(scores, index):
    item = analyse(scores)
    assert near(item.discrimination, index)
    assert near(item.efficiency, index)


def test_indices_without_variance_are_none():
    item = analyse([(1, 50, 10), (1, 75, 10)])
    assert (item.facility, item.deviation, item.discrimination, item.efficiency) == (100, 0, None, None)
    item = analyse([(1, 0, 5), (0, 0, 5)])
    assert (item.facility, item.discrimination, item.efficiency) == (50, None, None)
    assert analyse([(1, 50, 1)]).deviation is None
    assert analyse([]) is None
    assert advise(None) is None


@pytest.mark.parametrize(
    ("people", "size"),
    [(0, "HIDDEN"), (9, "HIDDEN"), (10, "FEW"), (19, "FEW"), (20, "ENOUGH")],
)
def test_sample_size_by_number_of_people(people, size):
    assert sample_size(people).name == size


def options(a, b, c):
    return [Option("a", "Saludar", True, a), Option("b", "Callar", False, b), Option("c", "Esperar", False, c)]


@pytest.mark.parametrize(
    ("scores", "left_open", "chosen", "advice"),
    [
        # 20 people: 6 right and 12 on the same wrong option; and just as bad as anything else is.
        ([(1, 90, 6), (0, 20, 14)], 0, (6, 12, 2), Advice.KEY),
        # As many on the wrong one as on the right one is not more.
        ([(1, 90, 9), (0, 20, 11)], 0, (9, 9, 2), Advice.FINE),
        ([(1, 40, 14), (0, 80, 6)], 0, (14, 3, 3), Advice.BACKWARDS),
        # 5 of 20 is 25 %, below the 30 that is «very few»; 6 of 20 is not.
        ([(1, 90, 5), (0, 20, 15)], 6, (5, 5, 4), Advice.HARD),
        ([(1, 90, 6), (0, 20, 14)], 2, (6, 6, 6), Advice.FINE),
        # 4 of 20 is a fifth.
        ([(1, 90, 12), (0, 20, 8)], 4, (12, 2, 2), Advice.OPEN),
        ([(1, 90, 12), (0, 20, 8)], 3, (12, 3, 2), Advice.FINE),
        ([(1, 90, 19), (0, 20, 1)], 0, (19, 1, 0), Advice.EASY),
        # Σdx·dy is 5·90 + 5·52 - 10·71 = 0: no correlation at all.
        ([(1, 90, 5), (1, 52, 5), (0, 90, 5), (0, 52, 5)], 0, (10, 5, 5), Advice.WEAK),
        ([(1, 90, 12), (0, 20, 8)], 0, (12, 8, 0), Advice.UNUSED),
        ([(1, 90, 12), (0, 20, 8)], 0, (12, 5, 3), Advice.FINE),
        # Without wrong options, and with 19 answers.
        ([(1, 90, 5), (1, 52, 5), (0, 90, 5), (0, 52, 5)], 0, None, Advice.UNCLEAR),
        ([(1, 90, 5), (0, 20, 14)], 0, (5, 14, 0), None),
    ],
)
def test_gravest_advice_is_given_from_twenty_answers(scores, left_open, chosen, advice):
    assert advise(analyse(scores, left_open=left_open, options=options(*chosen) if chosen else ())) == advice


def test_partly_right_option_is_not_wrong():
    partly = Option("b", "discriminación", False, 12, partly=True)
    item = analyse([(1, 90, 8), (0.5, 20, 12)], options=[Option("a", "estigma", True, 8), partly])
    assert (advise(item), item.top_distractor) == (Advice.FINE, None)


def test_pairs_and_steps_are_compared_within_their_group():
    # Step 1 was put right by 12 and second by 8; step 2 in its place by 7, and first by 13: more than its right place.
    steps = [
        Option("1:1", "Saludar → 1", True, 12, "1"),
        Option("1:2", "Saludar → 2", False, 8, "1"),
        Option("2:2", "Escuchar → 2", True, 7, "2"),
        Option("2:1", "Escuchar → 1", False, 13, "2"),
    ]
    scores = [(1, 90, 12), (0, 20, 8)]
    assert advise(analyse(scores, options=steps)) == Advice.KEY
    assert advise(analyse(scores, options=steps[:2])) == Advice.FINE


def test_top_distractor_is_most_chosen_wrong_option():
    assert analyse([(1, 0, 12)], options=options(7, 1, 4)).top_distractor.key == "c"
    assert analyse([(1, 0, 12)], options=options(12, 0, 0)).top_distractor is None


fractions = st.integers(0, SCALE).map(lambda n: n / SCALE) | st.sampled_from([0, 1])
rests = st.integers(0, 1000).map(lambda n: n / 10)
any_scores = st.lists(st.tuples(fractions, rests, st.integers(1, 400)), min_size=1, max_size=30)


@given(any_scores)
def test_indices_stay_within_bounds(scores):
    item = analyse(scores)
    assert 0 <= item.facility <= 100
    assert item.full_points <= item.people == sum(people for _fraction, _rest, people in scores)
    # The most a deviation can be: half of the people at 0 and half at 1, by n - 1.
    assert item.deviation is None or 0 <= item.deviation <= 50 * sqrt(item.people / (item.people - 1)) + 1e-9
    assert item.discrimination is None or -100 <= item.discrimination <= 100
    assert item.efficiency is None or item.efficiency <= 100 + 1e-9
    if item.discrimination is not None:
        assert item.efficiency is not None
        assert (item.efficiency > 0) == (item.discrimination > 0)


@given(any_scores, st.randoms())
def test_order_and_grouping_of_scores_do_not_matter(scores, chance):
    single = [(fraction, rest, 1) for fraction, rest, people in scores for _person in range(min(people, 5))]
    bundled = [(fraction, rest, min(people, 5)) for fraction, rest, people in scores]
    chance.shuffle(single)
    assert analyse(single) == analyse(bundled)


@given(st.lists(st.tuples(st.integers(0, 50), st.integers(0, 50), st.integers(1, 9)), min_size=1, max_size=12))
def test_sorted_products_of_groups_equal_those_of_people(scores):
    xs = sorted(x for x, _y, people in scores for _person in range(people))
    ys = sorted(y for _x, y, people in scores for _person in range(people))
    assert sum_of_sorted_products(scores) == sum(x * y for x, y in zip(xs, ys, strict=True))


@given(any_scores)
def test_sorted_covariance_is_the_largest(scores):
    whole = [(int(fraction * SCALE), int(rest * SCALE), people) for fraction, rest, people in scores]
    sums = Sums.of(whole)
    assert sums.people * sum_of_sorted_products(whole) - sums.x * sums.y >= sums.covariance
