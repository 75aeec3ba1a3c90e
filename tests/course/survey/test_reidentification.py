import random
from collections import defaultdict

import pytest
from django.db import connection

from course.models import SurveyEnvelope, SurveyLot, SurveyPassed, SurveyRound
from course.survey.closing import close_clinic
from course.survey.passing import pass_page
from quizzes.surveys.reading import items_in
from tests.course.survey.factories import make_area, make_centre, make_contents, make_edition, make_people, make_wording
from tests.factories import NOW, make_trainer

pytestmark = pytest.mark.django_db

PEOPLE, CLINICAL, DAYS, RUNS = 12, 7, 28, 100
TABLES = [SurveyRound, SurveyEnvelope, SurveyPassed, SurveyLot]
DEVIATIONS = 5


def test_answers_of_a_clinic_of_twelve_are_joined_to_people_by_luck_alone():
    wording, edition = make_wording(), make_edition()
    clinic = make_centre(1, make_area())
    people, lead = make_people(clinic, PEOPLE), make_trainer("encargada")
    hits = defaultdict(list)
    for run in range(RUNS):
        chance = random.Random(run)
        sheets = {person.pk: _sheet(chance, clinical=at < CLINICAL) for at, person in enumerate(people)}
        days = {person.pk: chance.randrange(DAYS) for person in people}
        copies = []
        for day in range(DAYS):
            came = [person for person in people if days[person.pk] == day]
            chance.shuffle(came)
            for person in came:
                pass_page(person, edition, "pre", sheets[person.pk], wording=wording)
            copies.append(_copy())
        [lot] = close_clinic(clinic, edition, "pre", by=lead, now=NOW).lots
        copies.append(_copy())
        for way, named in _name_everybody(copies, lot.figures["items"]).items():
            hits[way] += [sheets[person].get(item) == code for (item, code), person in named.items()]
        for model in (SurveyPassed, SurveyRound, SurveyLot):
            model.objects.all().delete()
    luck = 1 / PEOPLE
    for way, came_true in hits.items():
        share = sum(came_true) / len(came_true)
        print(f"{way}: {share:.3f} of {len(came_true)} (luck: {luck:.3f})")
        assert share <= luck + DEVIATIONS * (luck * (1 - luck) / len(came_true)) ** 0.5, way
    assert min(map(len, hits.values())) > 100


def test_the_same_program_joins_rows_that_carry_a_week_and_a_kind_of_work():
    share = _share_joined(days_with_a_copy=[DAYS - 1])
    print(f"with week and work: {share:.3f}")
    assert share > 0.3


def test_the_same_program_joins_rows_that_stand_in_daily_copies():
    share = _share_joined(days_with_a_copy=range(DAYS))
    print(f"with week, work and daily copies: {share:.3f}")
    assert share > 0.7


def _sheet(chance, *, clinical):
    sheet = {item["id"]: chance.choice("1234") for item in items_in(make_contents(), "pre") if item["id"] != "F3"}
    return sheet | {"F1": "1" if clinical else "2", "F2": chance.choice("12"), "F3": chance.choice("123")}


def _copy():
    order = "ctid" if connection.vendor == "postgresql" else "rowid"
    with connection.cursor() as cursor:
        found = {}
        for model in TABLES:
            cursor.execute(f"SELECT * FROM {model._meta.db_table} ORDER BY {order}")
            names = [column[0] for column in cursor.description]
            found[model] = [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
    return found


def _name_everybody(copies, figures):
    alone = [(item, code) for item, codes in figures.items() for code, count in codes.items() if count == 1]
    linked = _linked(copies)
    orders = {
        "in the order of passing": list(linked),
        "in the order of the flags": [row["person_id"] for row in copies[-1][SurveyPassed]],
        "by their keys": [row["person_id"] for row in sorted(copies[-1][SurveyPassed], key=lambda row: str(row["id"]))],
        "by the bytes of their envelopes": sorted(linked, key=lambda person: bytes(linked[person])),
    }
    named = {
        way: {answer: order[place % len(order)] for place, answer in enumerate(alone)} for way, order in orders.items()
    }
    # What an envelope might give away: a byte that stands for a code.
    named["by a byte that is like the code"] = {
        (item, code): min(linked, key=lambda person: abs(bytes(linked[person])[place] - ord(code)))
        for place, (item, code) in enumerate(alone, start=32)
    }
    return named


def _linked(copies):
    return _joined(
        [
            (
                [(row["person_id"], None) for row in copy[SurveyPassed]],
                [(row["id"], None, row["sealed"]) for row in copy[SurveyEnvelope]],
            )
            for copy in copies[:-1]
        ]
    )


def _joined(copies):
    joined, people, rows = {}, set(), set()
    for known, found in copies:
        new = [(person, told) for person, told in known if person not in people]
        fresh = [row for row in found if row[0] not in rows]
        for person, told in new:
            alike = [row for row in fresh if row[1] == told]
            if alike:
                joined[person] = alike[0][2]
                fresh.remove(alike[0])
        people.update(person for person, _told in new)
        rows.update(row[0] for row in found)
    return joined


def _share_joined(*, days_with_a_copy):
    joined = 0
    for run in range(RUNS):
        chance = random.Random(run)
        days = [chance.randrange(DAYS) for _person in range(PEOPLE)]
        tell = [(day // 7, person < CLINICAL) for person, day in enumerate(days)]
        copies = []
        for after in days_with_a_copy:
            came = [person for person in range(PEOPLE) if days[person] <= after]
            known, rows = [(one, tell[one]) for one in came], [(one, tell[one], one) for one in came]
            chance.shuffle(rows)
            copies.append((known, rows))
        joined += sum(person == row for person, row in _joined(copies).items())
    return joined / (RUNS * PEOPLE)
