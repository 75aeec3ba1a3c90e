import random
from datetime import date, datetime, timedelta
from itertools import combinations
from zoneinfo import ZoneInfo

import pytest
from django.urls import reverse

from course.models import ADMINISTRATORS, Area, User
from course.people.identifiers import set_optional_fields
from course.reports.by_sex import FEWEST, by_sex
from course.reports.periods import Period, month_of
from course.reports.scope import Scope
from modules.models import Edition, ModuleStart, TrainingRecord
from tests.factories import make_clinic, make_cohort, make_course, make_learner, make_staff, make_trainer

pytestmark = [pytest.mark.django_db, pytest.mark.postgres]
HOME = ZoneInfo("America/Guatemala")
TODAY = date(2026, 10, 20)
YEAR_BEFORE, YEAR = Period.of_year(2025), Period.of_year(2026)
MONTHS = [month_of(date(2025, month, 1)) for month in range(1, 13)]


@pytest.fixture(scope="module")
def admin(filled_once):
    make_course(modules=1, lessons=1, questions=1)
    admin, trainer = make_staff("admina", ADMINISTRATORS), make_trainer()
    set_optional_fields("Lo pide el ministerio.", "", by=admin, now=datetime(2025, 1, 1, tzinfo=HOME))
    clinic = make_clinic("Ayampuc", area=Area.objects.create(name="Norte"))
    group = make_cohort(clinic=clinic, trainers=[trainer])
    people = {
        sex: make_learner(f"{sex.upper() or 'NONE'}2", clinic=clinic, sex=sex, cohort=group)
        for sex in ("woman", "man", "")
    }
    chance, edition = random.Random(1), Edition.objects.get()
    of_months = {1: (12, 14, 0), 2: (3, 20, 0), 3: (25, 11, 10), 4: (15, 8, 0), 5: (30, 0, 0), 6: (11, 11, 1)}
    for month in range(1, 13):
        for sex, count in zip(people, of_months.get(month, (0, 0, 0)), strict=True):
            moments = [datetime(2025, month, chance.randint(1, 28), 12, tzinfo=HOME) for _each in range(count)]
            TrainingRecord.objects.bulk_create(
                TrainingRecord(learner=people[sex], edition=edition, finished_at=when, cohort_key=group.key)
                for when in moments
            )
    return admin


def cells(who, period, today=TODAY, **narrowed):
    found = by_sex(Scope(who, **narrowed), period, today=today)
    if found is None:
        return None
    told = {words: finished for words, _began, finished in found.lines}
    return None if None in told.values() else told


def true_cells(period):
    rows = TrainingRecord.objects.filter(**period.holds("finished_at"))
    named = {"woman": "Mujer", "man": "Hombre", "": "Sin dato"}
    return {words: rows.filter(learner__sex=sex).count() for sex, words in named.items()} | {"Otro": 0}


def test_a_month_with_few_of_a_sex_says_nothing_and_the_others_the_truth(admin):
    shown = {month.since.month: cells(admin, month) for month in MONTHS}
    assert [month for month, told in shown.items() if told is None] == [2, 4, 6]
    for month in (1, 3, 5, 7):
        assert shown[month] == true_cells(MONTHS[month - 1])
    assert shown[1]["Mujer"] == 12


def test_the_year_is_said_only_while_what_its_months_leave_out_is_of_many(admin):
    # The three months that are left out hold 29 women, 39 men, and one person who did not say.
    assert cells(admin, YEAR_BEFORE) is None
    TrainingRecord.objects.filter(learner__sex="", finished_at__month=6).update(learner=User.objects.get(sex="man"))
    assert cells(admin, YEAR_BEFORE) == true_cells(YEAR_BEFORE)


def test_no_difference_of_what_can_be_asked_tells_of_a_few(admin):
    for _round in range(2):
        told = {month: cells(admin, month) for month in MONTHS}
        shown = [month for month in MONTHS if told[month]]
        whole = cells(admin, YEAR_BEFORE)
        assert shown
        for taken in range(len(shown) + 1) if whole else ():
            for months in combinations(shown, taken):
                left = {sex: whole[sex] - sum(told[month][sex] for month in months) for sex in whole}
                assert not [count for count in left.values() if 0 < count < FEWEST], (months, left)
        TrainingRecord.objects.filter(learner__sex="", finished_at__month=6).update(learner=User.objects.get(sex="man"))


def test_nothing_is_said_of_other_days_nor_narrowed_nor_while_they_last(admin):
    clinic = User.objects.get(sex="woman").clinic
    group = clinic.cohorts.get()
    january = MONTHS[0]
    for period in (
        Period(january.since, january.until - timedelta(days=1)),
        Period(january.since, MONTHS[2].until),
        Period(january.since + timedelta(days=1), january.until),
        Period(date(2024, 12, 1), january.until),
    ):
        assert by_sex(Scope(admin), period, today=TODAY) is None
    for narrowed in ({"area": clinic.area.key}, {"clinic": clinic.key}, {"cohort": group.key}):
        assert by_sex(Scope(admin, **narrowed), january, today=TODAY) is None
    assert by_sex(Scope(admin), january, today=january.until) is None
    assert by_sex(Scope(admin), YEAR, today=TODAY) is None
    assert by_sex(Scope(User.objects.get(username="facilitadora")), january, today=TODAY) is not None


def test_who_began_follows_the_same_rule_apart(admin):
    ModuleStart.objects.create(learner=User.objects.get(sex="woman"), started_at=datetime(2025, 1, 9, tzinfo=HOME))
    lines = by_sex(Scope(admin), MONTHS[0], today=TODAY).lines
    assert {words: (began, finished) for words, began, finished in lines}["Mujer"] == (None, 12)


def test_the_page_and_the_workbook_say_it_only_where_the_site_asks(admin, client):
    client.force_login(admin)
    month = {"desde": "2025-01-01", "hasta": "2025-01-31"}
    assert "Por sexo" in client.get(reverse("desk_report"), month).text
    few = client.get(reverse("desk_report"), {"desde": "2025-02-01", "hasta": "2025-02-28"}).text
    assert "de pocas personas no se dice" in few
    assert "Por sexo" not in client.get(reverse("desk_report"), {**month, "hasta": "2025-01-30"}).text
    set_optional_fields("", "", by=admin, now=datetime(2026, 1, 1, tzinfo=HOME))
    assert "Por sexo" not in client.get(reverse("desk_report"), month).text
