"""Thirty lists as clinics write them: what becomes of every row of each."""

import pytest
from django.utils import translation

from course.models import Enrolment
from course.people.enrolling import enrol_people
from course.roster.reading import read_list
from course.roster.uploads import bring_sheets, columns_to_choose, hidden_in, plan_of, sheets_of, unused_columns
from tests.factories import NOW, make_clinic, make_cohort, make_learner, make_trainer

from .messy import LISTS

pytestmark = pytest.mark.django_db


@pytest.fixture
def cohort():
    trainer = make_trainer()
    cohort = make_cohort(trainers=[trainer], clinic=make_clinic("Centro de Salud de San Pedro Ayampuc"))
    make_learner("ANA234", "Zoila", "Chavajay", cohort=cohort, clinic=cohort.clinic)
    make_learner("LUZ222", "Luz Marina", "Ixcot Sical", cohort=cohort, clinic=cohort.clinic, role="apoyo")
    earlier = make_cohort("El año pasado", trainers=[trainer])
    make_learner("RSA222", "Rosa", "Tuyuc", cohort=earlier, clinic=cohort.clinic)
    pedro = make_learner("PDR222", "Pedro Antonio", "Yat Choc", cohort=cohort, clinic=cohort.clinic, is_active=False)
    Enrolment.objects.filter(learner=pedro).update(left_at=NOW)
    # Somebody of a trainer whom this one does not know.
    foreign = make_cohort("Ajeno", trainers=[make_trainer("otra")])
    enrol_people(foreign, [make_learner("MRO222", "Mario", "Xol", cohort=foreign)], now=NOW)
    return cohort


def plain(line, facts):
    return (line.fate.value, f"{line.surnames}, {line.given_names}", {name: getattr(line, name) for name in facts})


def test_every_row_of_thirty_lists_becomes_what_it_is(cohort):
    assert len(LISTS) == 30
    found, expected = {}, {}
    with translation.override("es"):
        for make in LISTS:
            messy = make()
            sheets = read_list(messy.content)
            upload = bring_sheets(cohort, sheets, name=messy.name, by=cohort.trainers.get(), now=NOW)
            plan = plan_of(upload)
            assert plan is not None, messy.name
            facts = {number: one[2] for number, one in messy.rows.items() if not isinstance(one, str)}
            rows = {line.number: plain(line, facts.get(line.number, {})) for line in plan.lines}
            rows |= {other.number: other.kind.value for other in plan.others}
            expected[messy.name], found[messy.name] = messy.rows, rows
            if messy.sheet:
                (read,) = [sheet.name for sheet in sheets_of(upload) if sheet.is_read]
                assert read == messy.sheet
            assert hidden_in(upload, columns_to_choose(upload)) == messy.hidden, messy.name
            if messy.unused:
                assert unused_columns(columns_to_choose(upload), plan.asked)[0] == list(messy.unused), messy.name
    wrong = {
        (name, row): (found[name].get(row), expected[name].get(row))
        for name in found
        for row in {*found[name], *expected[name]}
        if found[name].get(row) != expected[name].get(row)
    }
    assert wrong == {}
