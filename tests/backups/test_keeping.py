from datetime import UTC, datetime, timedelta

import pytest

from course.backups.keeping import kept, moment_of, name_of

# 03:15 in Guatemala.
FIRST = datetime(2026, 1, 1, 9, 15, tzinfo=UTC)


def days_kept(days, *, at=FIRST):
    names = set()
    for day in days:
        names.add(name_of(at + timedelta(days=day), encrypted=False))
        names = kept(names)
    return sorted((moment_of(name) - at).days for name in names)


# The newest first: days, weeks (their Sunday, or the last that was made), months (their last day).
@pytest.mark.parametrize(
    ("made", "stay"),
    [
        (range(1), "26-01-01"),
        (range(7), "26-01-01 26-01-02 26-01-03 26-01-04 26-01-05 26-01-06 26-01-07"),
        (range(8), "26-01-02 26-01-03 26-01-04 26-01-05 26-01-06 26-01-07 26-01-08"),
        (
            range(60),
            "26-01-31 26-02-08 26-02-15 26-02-22 26-02-23 26-02-24 26-02-25 26-02-26 26-02-27 26-02-28 26-03-01",
        ),
        (
            range(3 * 365),
            "28-01-31 28-02-29 28-03-31 28-04-30 28-05-31 28-06-30 28-07-31 28-08-31 28-09-30 28-10-31 "
            "28-11-30 28-12-10 28-12-17 28-12-24 28-12-25 28-12-26 28-12-27 28-12-28 28-12-29 28-12-30",
        ),
        # Switched off for a year: what was there stays as long as nothing newer is in its place.
        ([*range(5), 400], "26-01-01 26-01-02 26-01-03 26-01-04 26-01-05 27-02-05"),
    ],
)
def test_seven_days_four_weeks_and_twelve_months_stay(made, stay):
    assert [f"{FIRST + timedelta(days=day):%y-%m-%d}" for day in days_kept(made)] == stay.split()


def test_a_day_ends_at_midnight_in_guatemala():
    before, after = (datetime(2026, 1, 2, hour, 59, tzinfo=UTC) for hour in (5, 6))
    names = [name_of(moment, encrypted=True) for moment in (before, after)]
    later = [name_of(after + timedelta(days=day), encrypted=True) for day in range(1, 7)]
    assert names[0] in kept([*names, *later[:5]])
    assert set(names) & kept([*names, *later]) == {names[1]}


def test_all_of_the_newest_day_stay_and_the_last_of_each_other():
    moments = [FIRST, FIRST + timedelta(hours=6), FIRST + timedelta(hours=7)]
    names = [name_of(moment, encrypted=False) for moment in moments]
    assert kept(names) == set(names)
    tomorrow = name_of(FIRST + timedelta(days=1), encrypted=True)
    assert kept([*names, tomorrow]) == {names[2], tomorrow}


@pytest.mark.parametrize(
    "name",
    ["", "trato-digno-20260101T091500Z.tar.gz", "trato-digno-20261301T091500Z.tar", "otro-20260101T091500Z.tar",
     "trato-digno-20260101T091500Z.tar.age.part", "TRATO-DIGNO-20260101T091500Z.TAR", "trato-digno-2026.tar"],
)  # fmt: skip
def test_what_is_called_otherwise_is_of_somebody_else(name):
    assert moment_of(name) is None
    assert kept([name]) == set()
