"""Guessing cleverly, on questions so small that the right figures are known by hand."""

import math
from dataclasses import replace
from itertools import pairwise

import pytest

from quizzes.guessing.items import Lesson
from quizzes.models import Choice
from tools.guessing.bayes import learn_words, telling_words
from tools.guessing.bootstrap import limits_of
from tools.guessing.items import Item, audiences_in, for_audience, items_of
from tools.guessing.logit import comparisons_of, fit, learn_and_weigh
from tools.guessing.measuring import Pool, Scope, Verdict, measure_pools
from tools.guessing.strategies import STRATEGIES
from tools.guessing.telling import tell_figure, tell_measured
from tools.guessing.words import count_courtesies

LESSON = Lesson("M1-L1", "Salude igual a toda persona antes de mirar su ropa. Anote el orden de llegada.")
SHARES = {strategy.name: strategy.share for strategy in STRATEGIES}


def item(*options, right="a", kind="single", text="¿Qué hace?", name="Q1", **more):
    """Make an Item; `right` are the letters of its right options."""
    letters = "abcdefgh"[: len(options)]
    return Item(kind, text, options, tuple(letter in right for letter in letters), identifier=name, **more)


def bank(*items, scope=Scope.BANK, name=""):
    return measure_pools((Pool(scope, name, "Banco", items),))[scope, name]


def figure_of(measured, strategy):
    return next(figure for figure in measured.figures if figure.strategy == strategy)


def test_courtesies_are_counted_in_the_language_of_the_text():
    assert count_courtesies("Por favor, ¿le parece? Le ofrecemos y respetamos") == 5
    assert count_courtesies("Would you like…? Please: we explain and respect, if she’d like", "en") == 6
    assert count_courtesies("He tasks the ladies", "en") == 0


def test_strategies_look_at_the_words_of_the_language():
    english = {"language": "en"}
    assert SHARES["sin-absolutos"](item("He never goes", "He goes", "Everybody goes", right="b", **english)) == 1
    assert SHARES["amable"](item("Ask if she wants that", "Ask", "Go on", **english)) == 1
    assert SHARES["todas"](item("one", "two", "All of the above", right="c", **english)) == 1
    assert SHARES["eco"](item("Open the door", "Call", right="a", text="Somebody at the door?", **english)) == 1
    lesson = Lesson("M1-L1", "Write down the order in which people came.", "en")
    assert SHARES["lección"](item("Write the order", "Which is there", lessons=(lesson,), **english)) == 1
    # Of a language without lists, lengths and places still count.
    kaqchikel = {"language": "cak"}
    assert SHARES["amable"](item("Por favor", "Please", **kaqchikel)) == 1 / 2
    assert SHARES["larga"](item("Jun ruk’u’x tzij", "Jun", **kaqchikel)) == 1


@pytest.mark.parametrize(
    ("strategy", "options", "right", "share"),
    [
        ("larga", ("corto", "el que es más largo", "mediano sí"), "b", 1),
        ("corta", ("corto", "el que es más largo", "mediano sí"), "a", 1),
        ("media", ("corto", "el que es más largo", "mediano sí"), "c", 1),
        # Less than a tenth apart: nobody sees which is the longest.
        ("larga", ("veinte letras y signo", "veinte letras, signos", "veinte letras, signo"), "a", 1 / 3),
        # Two share the longest place, and the right one is one of them.
        ("larga", ("uno", "tres palabras sí", "tres palabras no"), "b", 1 / 2),
        ("sin-absolutos", ("Nunca sale", "A veces sale", "Siempre sale"), "b", 1),
        ("con-absolutos", ("Nunca sale", "A veces sale", "Siempre sale"), "a", 1 / 2),
        ("amable", ("Le pregunta si quiere", "Le pregunta", "Sigue"), "a", 1),
        ("seca", ("Le pregunta si quiere", "Le pregunta", "Sigue"), "c", 1),
        ("lección", ("Anota el orden", "Mira el reloj", "Anota otra cosa rara"), "a", 1),
        ("lección-menos", ("Anote el orden", "Calla rápido", "Anote otra cosa rara"), "b", 1),
        ("lección-media", ("Anote el orden", "Calla rápido", "Anote cosas"), "c", 1),
        ("lección-más-palabras", ("Anote", "Anote el orden de llegada con cosas raras", "Sigue"), "b", 1),
        ("lección-menos-palabras", ("Anote", "Anote el orden de llegada con cosas raras", "Sigue"), "c", 1),
        ("lección-medias-palabras", ("Anote", "Anote el orden de llegada con cosas raras", "Sigue"), "a", 1),
        ("eco", ("Abre la puerta", "Sigue barriendo", "Llama"), "a", 1),
        ("sin-eco", ("Abre la puerta", "Sigue barriendo", "Llama"), "b", 1 / 2),
        ("primera", ("uno", "dos", "tres"), "a", 1),
        ("última", ("uno", "dos", "tres"), "a", 0),
        ("centro", ("uno", "dos", "tres", "cuatro"), "b", 1 / 2),
        ("todas", ("uno", "dos", "Todas las anteriores"), "c", 1),
        ("todas", ("uno", "dos", "tres"), "c", 1 / 3),
    ],
)
def test_a_strategy_takes_what_it_says_and_ties_share(strategy, options, right, share):
    question = item(*options, right=right, text="Tocan la puerta. ¿Qué hace?", lessons=(LESSON,))
    assert SHARES[strategy](question) == pytest.approx(share)


def test_where_several_are_right_half_is_marked_and_chance_marks_as_many_as_are_right():
    question = item("a", "bb", "ccc", "dddd", "eeeee", right="abc", kind="multiple")
    # Of the ten ways to mark three, one earns all, six a third less a half twice over: 1/10 + 6/10 · 1/6.
    assert question.chance == pytest.approx(0.2)
    assert (SHARES["corta"](question), SHARES["larga"](question)) == (1, 0)
    # c, d and e: a third less both wrong ones.
    assert SHARES["todas"](question) == 0
    # The two nearest the middle are sure, the third is one of two: a+b+c, b+c+d … → b, c and either a or d.
    four = item("a", "b", "c", "d", right="bc", kind="multiple")
    assert (four.marks, SHARES["centro"](four)) == (2, 1)
    # Its wrong options take what the kind says, or what their own per cent says.
    own = item("uno", "dos", "tres", right="ab", kind="multiple", shares=("0.5", "0.5", "-0.25"))
    assert own.earn((0, 2)) == 0.25
    assert item("uno", "dos", right="a", shares=(None, "0.5")).chance == 0.75


def test_lists_in_gaps_are_choices_and_what_is_unfinished_is_none():
    gap = [
        Choice(text="recepción", gap=2, is_correct=True),
        Choice(text="portón", gap=2),
        Choice(text="escrita", gap=1, is_correct=True),
    ]
    assert [(one.identifier, one.kind, one.right) for one in items_of("M1-Q5", "gaps", "[[1]] [[2]]", gap)] == [
        ("M1-Q5 [[2]]", "single", (True, False))
    ]
    assert items_of("M1-Q6", "single", "¿?", [Choice(text="a"), Choice(text="b")]) == []
    assert (
        items_of("M1-Q7", "true_false", "¿?", [Choice(text="Verdadero", is_correct=True), Choice(text="Falso")]) == []
    )


def test_who_is_asked_what():
    items = [item("a", "b", name="1"), item("a", "b", name="2", audiences=("apoyo",))]
    assert audiences_in(items) == ["apoyo"]
    assert [[one.identifier for one in for_audience(items, job)] for job in ("apoyo", "clinica")] == [["1", "2"], ["1"]]


def test_the_logit_agrees_with_what_is_known_in_closed_form():
    # With one feature that is 1 for the right option in 3 of 4 pairs, the odds are 3 to 1: b = log 3.
    pairs = [([[1.0], [0.0]], (True, False))] * 3 + [([[1.0], [0.0]], (False, True))]
    comparisons = [one for features, right in pairs for one in comparisons_of(features, right)]
    assert fit(comparisons, 1, ridge=0) == pytest.approx([math.log(3)])
    # Of three options where the marked one is right in 6 of 10: exp(b) / (exp(b) + 2) = 0.6.
    triples = [([[1.0], [0.0], [0.0]], (True, False, False))] * 6 + [([[1.0], [0.0], [0.0]], (False, True, False))] * 4
    comparisons = [one for features, right in triples for one in comparisons_of(features, right)]
    assert fit(comparisons, 1, ridge=0) == pytest.approx([math.log(3)])
    # Two features that stand apart are found apart, and the ridge holds what would run away.
    both = [([[1.0, 0.0], [0.0, 0.0]], (right, not right)) for right in (True, True, False)]
    both += [([[0.0, 1.0], [0.0, 0.0]], (right, not right)) for right in (True, True, True, True, False)]
    comparisons = [one for features, right in both for one in comparisons_of(features, right)]
    assert fit(comparisons, 2, ridge=0) == pytest.approx([math.log(2), math.log(4)])
    [b] = fit([one for _time in range(5) for one in comparisons_of([[1.0], [0.0]], (True, False))], 1, ridge=1)
    # Where the slope is nought: 5 / (1 + exp(b)) = b.
    assert 5 / (1 + math.exp(b)) == pytest.approx(b)


def test_the_combined_strategy_learns_from_the_other_quizzes_alone():
    right_first = ("A", [[1.0], [0.0]], (True, False))
    right_last = ("B", [[1.0], [0.0]], (False, True))
    weights = learn_and_weigh([right_first] * 3 + [right_last] * 3)
    # Each takes what is wrong in its own quiz.
    assert [first > last for first, last in weights] == [False] * 3 + [True] * 3
    assert learn_and_weigh([right_first] * 3) == [None] * 3


def test_limits_are_the_same_each_time_and_as_wide_as_they_should_be():
    column = [0.75] * 30 + [-0.25] * 70
    [[(lower, upper), (surely, most)]] = limits_of([column], percents=(95, 99.9))
    assert limits_of([column, [0.0] * 100], percents=(95, 99.9))[0] == [(lower, upper), (surely, most)]
    # The mean is 0.05 and its error √(0.3 · 0.7 / 100).
    error = math.sqrt(0.3 * 0.7 / 100)
    assert (lower, upper) == pytest.approx((0.05 - 1.96 * error, 0.05 + 1.96 * error), abs=0.011)
    assert (surely, most) == pytest.approx((0.05 - 3.29 * error, 0.05 + 3.29 * error), abs=0.03)
    # As on any other machine.
    assert (lower, upper, surely, most) == pytest.approx((-0.04, 0.14, -0.1, 0.2))
    assert limits_of([[0.5]], percents=(95,)) == [[(0.5, 0.5)]]
    assert limits_of([[], []], percents=(95,)) == [[(0.0, 0.0)]] * 2


# Options that differ in every way that is looked at, and in no word of LESSON.
OPTIONS = ("Sigue", "Le ofrece una silla nueva", "Nunca contesta ahí")


def spread(count, right_at, **more):
    """Make questions of three options; `right_at(number)` says in which place the right one stands."""
    return [item(*OPTIONS, right="abc"[right_at(n)], name=f"Q{n}", group=str(n % 2), **more) for n in range(count)]


def test_a_bank_built_to_be_guessed_is_caught_and_one_at_chance_is_not():
    fair = bank(*spread(60, lambda n: n % 3))
    assert (fair.verdict, fair.count, round(fair.chance)) == (Verdict.FINE, 60, 33)
    # Each third of the options is right in a third of the questions: nothing earns anything.
    assert {figure.advantage for figure in fair.figures if figure.strategy not in ("combinada", "palabras")} == {0}
    # The longest is right in 20 of 40 others and in all of the last 20.
    leaky = bank(*spread(60, lambda n: n % 3 if n < 36 else 1))
    assert (leaky.verdict, figure_of(leaky, "larga").advantage) == (Verdict.GUESSABLE, pytest.approx(26.6667, abs=1e-3))
    assert {"larga", "amable", "centro"} <= {one.strategy for one in leaky.figures if one.is_guessable}
    assert leaky.found[1][:2] == ("larga", "amable")
    # A mirror is looked at in the same way: the shortest, and the one as written first.
    mirrored = bank(*spread(60, lambda n: n % 3 if n < 36 else 0))
    assert {"corta", "primera"} <= {one.strategy for one in mirrored.figures if one.is_guessable}


def test_verdicts_of_few_of_a_quiz_and_of_a_bank_that_is_small():
    always = spread(19, lambda n: 1)
    assert bank(*always, scope=Scope.MODULE, name="M1").verdict == Verdict.FEW
    assert bank(*spread(20, lambda n: 1), scope=Scope.MODULE, name="M1").verdict == Verdict.GUESSABLE
    # More than half right for the longest of a quiz: not yet sure at 99.9 %.
    some = bank(*spread(20, lambda n: 1 if n < 7 else n % 3), scope=Scope.MODULE, name="M1")
    larga = figure_of(some, "larga")
    assert larga.advantage > 12
    assert larga.surely < 0
    assert larga.verdict == Verdict.FINE
    # Over a bank of fewer than 60 the lower limit is read: the point is above 12, and it is watched.
    small = bank(*spread(30, lambda n: 1 if n < 10 else n % 3))
    larga = figure_of(small, "larga")
    assert larga.advantage > 12 > larga.lower
    assert larga.verdict == Verdict.WATCH
    assert bank(*spread(60, lambda n: 1 if n < 20 else n % 3)).verdict == Verdict.GUESSABLE


def test_a_quiz_without_a_module_has_no_strategies_of_lessons():
    names = {figure.strategy for figure in bank(*spread(20, lambda n: n % 3)).figures}
    assert names == {one.name for one in STRATEGIES if not one.needs_lessons} | {"combinada", "palabras"}
    taught = spread(20, lambda n: n % 3, lessons=(LESSON,))
    whole = bank(*taught)
    assert {figure.strategy for figure in whole.figures} == {one.name for one in STRATEGIES} | {"combinada", "palabras"}
    # Questions of no module leave these as they are, and count for the others.
    mixed = bank(
        *taught, *(replace(one, identifier=f"otra {one.identifier}", lessons=()) for one in spread(9, lambda n: 1))
    )
    assert figure_of(mixed, "lección") == figure_of(whole, "lección")
    assert figure_of(mixed, "larga").advantage > figure_of(whole, "larga").advantage


def test_scenes_are_looked_at_for_length_and_kindness():
    names = {figure.strategy for figure in bank(*spread(20, lambda n: n % 3), scope=Scope.SCENES).figures}
    assert names == {"larga", "corta", "media", "amable", "seca", "combinada", "palabras"}


def test_what_it_means_in_a_sentence():
    leaky = bank(*spread(60, lambda n: n % 3 if n < 36 else 1))
    assert tell_figure(figure_of(leaky, "larga")) == (
        "Whoever always takes the longest option earns 27 points of 100 more than by chance."
    )
    assert tell_figure(figure_of(leaky, "corta")).endswith("earns 13 points of 100 less than by chance.")
    assert tell_measured(leaky).endswith("That is above the limit: one passes without knowing.")
    # The largest comes first.
    assert all(a.advantage >= b.advantage for a, b in pairwise(leaky.figures))


def test_words_are_learned_from_the_other_quizzes_by_counts_that_one_can_check():
    options = ("Le explica la regla", "Va por la enfermera", "Le explica todo")
    examples = [(group, options, (False, True, False)) for group in ("M1", "M2", "M3")]
    first, _second, third = learn_words(examples)
    assert first == third
    # Of the two other quizzes «la» stands in four options, so in enough; «regla», in two, is too few.
    ways = {
        "le": (0, 4),
        "explica": (0, 4),
        "le explica": (0, 4),
        "la": (2, 2),
    }
    expected = sum(math.log((right + 0.5) / 3 / ((wrong + 1) / 6)) for right, wrong in ways.values())
    assert first[0] == pytest.approx(expected)
    # «va», «por», «enfermera» and their pairs stand in two options of the others: they say nothing.
    assert first[1] == pytest.approx(math.log(2.5 / 3 / (3 / 6)))
    assert learn_words(examples[:1]) == [None]


def test_whoever_learns_words_finds_what_the_right_options_have_in_common():
    def items(quiz, right):
        fillers = ("la fila", "el turno", "su hoja", "un papel", "esa silla", "otra cita", "mi reloj", "ese patio")
        return [
            item(f"Le explica {one}", f"Va por {one}", f"Le explica y va por {one}", right=right, name=one, group=quiz)
            for one in fillers
        ]

    told = bank(*[one for number in range(3) for one in items(f"M{number}", "b")])
    assert figure_of(told, "palabras").advantage == pytest.approx(100 - 100 / 3, abs=0.1)
    mixed = [one for number, right in enumerate("abcabc") for one in items(f"M{number}", right)]
    assert figure_of(bank(*mixed), "palabras").advantage < 12
    most = telling_words(told.pool.items, 2)
    assert [(one.word, one.right, one.wrong) for one in most] == [("explica", 0, 48), ("le", 0, 48)]
    assert telling_words(told.pool.items, 0) == []
