import copy
import random
from statistics import fmean, stdev

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quizzes.surveys.figures import Gap, Lot, figures_of
from quizzes.surveys.intervals import Sample, newcombe, welch
from quizzes.surveys.measures import Change, Score, Share, Shown, answered, rounded, show
from quizzes.surveys.readings import change_words, points_words
from quizzes.surveys.tally import score_of, tally
from tests.survey_factories import contents, make_sheets

WORDING = contents()


def lot_of(sheets, wave="pre", wording=WORDING, place=None):
    return Lot(wave, len(sheets), wording, tally(wording, wave, sheets), place)


@pytest.mark.parametrize(
    ("percent", "n", "shown"),
    [
        (37.4, 19, Shown(35)),
        (37.5, 19, Shown(40)),
        (10, 19, Shown(10, -1)),
        (11.8, 17, Shown(10)),
        (0, 10, Shown(10, -1)),
        (90, 10, Shown(90, 1)),
        (37.4, 20, Shown(37)),
        (37.5, 20, Shown(38)),
        (5, 20, Shown(5, -1)),
        (0, 99, Shown(5, -1)),
        (5.1, 98, Shown(5)),
        (95, 20, Shown(95, 1)),
        (100, 99, Shown(95, 1)),
        (0, 100, Shown(0)),
        (100, 100, Shown(100)),
    ],
)
def test_the_fewer_people_the_rougher_the_number(percent, n, shown):
    assert show(percent, n) == shown


def test_halves_are_rounded_away_from_nothing():
    assert [rounded(one) for one in (0.5, -0.5, 1.5, -1.5, 0.4)] == [1, -1, 2, -2, 0]
    assert [rounded(one, 5) for one in (2.5, -2.5, 7.4, 12.49)] == [5, -5, 5, 10]


@given(st.integers(10, 99).flatmap(lambda n: st.tuples(st.just(n), st.integers(0, n), st.integers(0, n))))
def test_nothing_tells_apart_what_is_hidden_at_an_end_of_the_scale(numbers):
    n, one, other = numbers
    shares = [Share(hits, n, n) for hits in (one, other)]
    if shares[0].shown.end and shares[0].shown == shares[1].shown:
        other_wave = Share(17, 30, 30)
        assert shares[0].interval == shares[1].interval
        assert shares[0].since(other_wave) == shares[1].since(other_wave)
        assert other_wave.since(shares[0]) == other_wave.since(shares[1])


@given(st.integers(10, 99), st.sampled_from([0, 40, 100]))
def test_nothing_tells_that_all_have_the_same_score(n, mean):
    end = 10 if n < 20 else 5
    alike = Score(Sample(n, mean, 0), n)
    unlike = Score(Sample(n, min(max(mean, end), 100 - end), end), n)
    before = Score(Sample(30, 60, 20), 30)
    assert (alike.shown, alike.interval, alike.since(before)) == (unlike.shown, unlike.interval, unlike.since(before))


@given(st.integers(10, 99))
def test_the_ends_of_the_scale_hold_more_than_nobody_and_everybody(n):
    assert Share(0, n).shown == Share(1, n).shown == show(0, n)
    assert Share(n, n).shown == Share(n - 1, n).shown == show(100, n)


@given(st.integers(10, 400), st.integers(0, 400))
def test_an_interval_holds_its_figure(n, hits):
    share = Share(min(hits, n), n, n)
    low, high = share.interval
    assert low.value <= share.shown.value <= high.value


@given(st.integers(10, 300), st.integers(10, 300))
def test_how_many_answered_tells_of_no_fewer_than_ten(n, people):
    told = answered(min(n, people), people)
    if told.exact:
        assert told.number == people
    else:
        assert told.number <= max(10, min(n, people))
        assert people < 20 or people - told.number >= 10
    assert answered(37, None) == (30, False)


def test_lots_added_are_all_their_people_counted_at_once():
    chance = random.Random(9)
    lots = [make_sheets(chance, people) for people in (14, 25, 60)]
    everybody = [sheet for lot in lots for sheet in lot]
    found = figures_of([lot_of(sheets, place=number) for number, sheets in enumerate(lots)])
    assert (found.waves["pre"].people, found.waves["pre"].lots) == (99, 3)
    assert found.waves["pre"].places == {0, 1, 2}
    for name, hits in {"A1": "12", "B1": "12", "C4": "12", "F3": "23"}.items():
        given = [sheet[name] for sheet in everybody if sheet[name] not in "09"]
        expected = Share(sum(code in hits for code in given), len(given), 99, small=True)
        assert found.statements[name].waves["pre"] == expected
    block = next(one for one in WORDING["blocks"] if one["id"] == "D")
    scores = [s for sheet in everybody if (s := score_of(WORDING, block, sheet)) is not None]
    score = found.scores["D"].waves["pre"].sample
    assert score.n == len(scores)
    assert score.mean == pytest.approx(fmean(scores), abs=0.5)
    assert score.sd == pytest.approx(stdev(scores), abs=0.75)


def test_a_statement_is_added_where_it_stands_and_says_of_how_many():
    chance = random.Random(3)
    few, many = lot_of(make_sheets(chance, 12)), lot_of(make_sheets(chance, 40))
    del few.figures["items"]["B2"], few.figures["blocks"]["B"]
    found = figures_of([few, many])
    assert found.statements["B2"].waves["pre"].people == 40
    assert found.scores["B"].waves["pre"].people == 40
    assert found.statements["B1"].waves["pre"].people == 52
    alone = figures_of([few])
    assert alone.statements["B2"].waves == {"pre": Gap.TOO_FEW, "post": Gap.NO_LOT, "seg": Gap.NO_LOT}
    assert alone.statements["F3"].waves["post"] is Gap.NOT_ASKED


def test_groups_are_added_where_both_stand():
    chance = random.Random(4)
    lots = [lot_of(make_sheets(chance, 80)) for _lot in range(2)]
    assert all(set(lot.figures["groups"]) == {"clinical", "other"} for lot in lots)
    both = figures_of(lots).groups
    counts = [lot.figures["groups"]["other"]["items"]["A1"] for lot in lots]
    hits, n = (sum(one.get(code, 0) for one in counts for code in codes) for codes in ("12", "1234"))
    assert both["other"].statements["A1"].waves["pre"] == Share(hits, n)
    del lots[0].figures["groups"]["clinical"]["items"]["A1"]
    one = figures_of(lots).groups
    n = sum(counts[1].values())
    assert one["other"].statements["A1"].waves["pre"] == Share(sum(counts[1][c] for c in "12"), n)
    del lots[0].figures["groups"], lots[1].figures["groups"]
    assert figures_of(lots).groups == {}


def test_of_groups_the_official_statements_may_be_asked_alone():
    chance = random.Random(5)
    lots = [lot_of(make_sheets(chance, people)) for people in (80, 12, 45)]
    whole, short = figures_of(lots), figures_of(lots, groups_in_full=False)
    assert short.groups
    assert (short.statements, short.scores) == (whole.statements, whole.scores)
    for group, one in short.groups.items():
        assert list(one.statements) == ["A1"]
        assert len(whole.groups[group].statements) > 1
        assert one.statements["A1"] == whole.groups[group].statements["A1"]
        assert one.scores == whole.groups[group].scores


def test_what_was_worded_otherwise_is_neither_added_nor_compared():
    chance = random.Random(5)
    other = copy.deepcopy(WORDING)
    block = next(one for one in other["blocks"] if one["id"] == "C")
    block["items"][0]["text"]["es"] = "Otra frase."
    before, after = make_sheets(chance, 30), make_sheets(chance, 30, "post")
    mixed = figures_of([lot_of(before), lot_of(before, wording=other)])
    assert mixed.statements["C1"].waves["pre"] is Gap.OTHER_WORDING
    assert mixed.scores["C"].waves["pre"] is Gap.OTHER_WORDING
    assert mixed.statements["C2"].waves["pre"].people == 60
    changed = figures_of([lot_of(before), lot_of(after, "post", other)])
    assert changed.statements["C1"].words["es"] == "Otra frase."
    assert changed.statements["C1"].changes["pre", "post"] is Gap.OTHER_WORDING
    assert changed.scores["C"].changes["pre", "post"] is Gap.OTHER_WORDING
    assert isinstance(changed.statements["C2"].changes["pre", "post"], Change)
    assert changed.statements["C2"].changes["pre", "seg"] is Gap.NO_LOT


def test_the_same_words_in_two_wordings_are_added():
    chance = random.Random(6)
    sheets = make_sheets(chance, 30)
    both = figures_of([lot_of(sheets), lot_of(sheets, "post", contents(verified=True))])
    assert isinstance(both.statements["A1"].changes["pre", "post"], Change)
    assert both.headline[0].about.is_verified


def test_the_words_of_another_language_change_nothing():
    other = contents(verified=True)
    item = next(one for one in other["blocks"] if one["id"] == "C")["items"][0]
    item["text"]["en"] = "Better English."
    other["scales"]["agreement"][0]["label"]["en"] = "Agree very much"
    sheets = make_sheets(random.Random(7), 30)
    both = figures_of([lot_of(sheets), lot_of(sheets, wording=other), lot_of(sheets, "post", other)])
    assert both.statements["C1"].waves["pre"].people == 60
    assert isinstance(both.statements["C1"].changes["pre", "post"], Change)
    assert isinstance(both.scores["C"].changes["pre", "post"], Change)
    other["scales"]["agreement"][0]["label"]["es"] = "Totalmente de acuerdo"
    again = figures_of([lot_of(sheets), lot_of(sheets, "post", other)])
    assert again.statements["C1"].changes["pre", "post"] is Gap.OTHER_WORDING


def test_changes_are_as_rough_as_their_rougher_side():
    assert Share(15, 30, 30).since(Share(24, 30, 30)) == Change(-30, -50, -6, False)
    # Of 18 people «10 or more» answered: the limits are those of ten.
    assert Share(9, 18, 18).since(Share(24, 30, 30)) == Change(-30, -60, 0, False)
    assert Share(0, 30, 30).since(Share(24, 30, 30)) == Share(1, 30, 30).since(Share(24, 30, 30))
    assert Share(0, 30, 30).since(Share(24, 30, 30)).at_least
    change = Score(Sample(30, 70, 20)).since(Score(Sample(30, 60, 20)))
    assert change == Change(10, 0, 20, False)
    assert not change.is_sure
    assert Score(Sample(30, 75, 20)).since(Score(Sample(30, 60, 20))).is_sure


def test_of_no_lots_every_figure_is_missing():
    nothing = figures_of([])
    assert (nothing.blocks, nothing.statements, nothing.scores, nothing.groups) == ([], {}, {}, {})
    assert {wave.people for wave in nothing.waves.values()} == {0}


def true_limits(now, before):
    if isinstance(now, Share):
        limits = newcombe(now.hits, now.n, before.hits, before.n)
        return [100 * one for one in (now.hits / now.n - before.hits / before.n, *limits)]
    return [now.sample.mean - before.sample.mean, *welch(now.sample, before.sample)]


def check_change(now, before):
    change = now.since(before)
    rounding = max(5 if one.weight < 20 else 1 for one in (now, before)) / 2 + 1e-6
    hidden = bool(now.shown.end or before.shown.end)
    points, low, high = true_limits(now, before)
    # The interval that is told holds the true one, up to rounding where nothing is hidden.
    slack = 1e-6 if hidden else rounding
    assert change.low <= max(low, -100) + slack
    assert change.high >= min(high, 100) - slack
    if change.points is None:
        assert hidden
        assert not change.is_sure
    elif change.at_least:
        assert change.points * points > 0
        assert abs(points) >= abs(change.points) - 1e-6
    else:
        assert abs(points - change.points) <= rounding
    if change.is_sure:
        assert points * change.low > 0
        least = min(abs(change.low), abs(change.high))
        assert abs(points) >= least - slack
    assert change.same_end == bool(now.shown.end and now.shown.end == before.shown.end)


SHARES = st.integers(10, 500).flatmap(
    lambda n: st.builds(Share, st.integers(0, n), st.just(n), st.sampled_from([n, n + 1, n + 9, None]))
)
SCORES = st.builds(
    Score, st.builds(Sample, st.integers(10, 500), st.integers(0, 100), st.integers(0, 40)), st.none() | st.just(600)
)


@given(st.tuples(SHARES, SHARES) | st.tuples(SCORES, SCORES))
def test_whatever_is_said_of_a_change_is_true(pair):
    check_change(*pair)


@pytest.mark.parametrize(
    ("now", "before", "words"),
    [
        (Share(0, 400, 400), Share(0, 99, 99), "no se puede decir que haya cambiado"),
        (Share(0, 100_000, 100_000), Share(0, 99, 99), "no se puede decir que haya cambiado"),
        (Share(400, 400, 400), Share(99, 99, 99), "no se puede decir que haya cambiado"),
        (Score(Sample(100, 98, 3), 100), Score(Sample(99, 100, 0), 99), "no se puede decir que haya cambiado"),
        (Share(0, 19, 19), Share(0, 12, 12), "las dos están en el mismo extremo de la escala"),
        (Score(Sample(60, 95, 8), 60), Score(Sample(19, 97, 8), 19), "las dos están en el mismo extremo de la escala"),
        (Share(0, 99, 99), Share(60, 99, 99), "bajó al menos"),
    ],
)
def test_an_end_of_the_scale_invents_no_change(now, before, words):
    change = now.since(before)
    assert change_words(change).startswith(words)
    assert ("o más" in points_words(change)[0]) == words.startswith("bajó")
