"""Of all whom the site knows only those are read whom a list may be about, whatever it knows them by."""

import pytest

from course.people.identifiers import keep_identifier
from course.roster.known import KnownPeople
from course.roster.rows import PlannedRow
from tests.factories import make_cohort, make_learner, make_trainer

pytestmark = pytest.mark.django_db
NAMES = ["Ana Lucía", "Rosa", "Noé", "Eva", "Vilma", "Íngrid", "Luz", "Ñusta"]
SURNAMES = ["Coj de la Cruz", "Tum", "Paz", "Sis", "Pec", "Muñoz", "Xol", "Ajú"]


@pytest.fixture
def cohort():
    cohort = make_cohort(trainers=[make_trainer()])
    for place, (given_names, surnames) in enumerate(zip(NAMES, SURNAMES, strict=True)):
        fields = {"phone": f"+5025555000{place}", "email": f"{place}@example.org"}
        person = make_learner(f"AAA23{place + 2}", given_names, surnames, cohort=cohort, **fields)
        keep_identifier(person, "employee", f"900{place}")
    return cohort


@pytest.mark.parametrize(
    ("row", "found"),
    [
        (PlannedRow(1, "Ana Lucía", "Coj de la Cruz"), ["AAA232"]),
        (PlannedRow(1, "Ana", "Coj"), ["AAA232"]),
        (PlannedRow(1, "Coj Cruz", "Ana Lucía de la"), ["AAA232"]),
        (PlannedRow(1, "Ingrid", "Munoz"), ["AAA237"]),
        (PlannedRow(1, "Ana", "Paz"), []),
        (PlannedRow(1, "Ana L.", "Coj"), ["AAA232"]),
        (PlannedRow(1, "Ana Rosa", "Coj"), []),
        (PlannedRow(1, "Ana", "Coj Tum"), []),
        (PlannedRow(1, "Ana Luzia", "Koj"), ["AAA232"]),
        (PlannedRow(1, "Bilma", "Peq"), ["AAA236"]),
        (PlannedRow(1, "Nusta", "Ahú"), []),
        (PlannedRow(1, "Otra", "Persona", code="AAA233"), ["AAA233"]),
        (PlannedRow(1, "Otra", "Persona", email="2@example.org"), ["AAA234"]),
        (PlannedRow(1, "Otra", "Persona", phone="+50255550003"), ["AAA235"]),
        (PlannedRow(1, "Otra", "Persona", identifiers={"employee": "9004"}), ["AAA236"]),
    ],
)
@pytest.mark.postgres
def test_those_are_read_whom_a_row_may_be_about(cohort, row, found):
    known = KnownPeople(cohort, cohort.trainers.get(), [row])
    assert [person.username for person in known.by_pk.values()] == found


@pytest.mark.nightly
def test_as_many_queries_for_many_people_as_for_few(cohort, django_assert_num_queries):
    by, rows = cohort.trainers.get(), [PlannedRow(1, "Ana", "Coj"), PlannedRow(2, "Rosa", "Tum", code="AAA233")]
    assert not by.administers  # What the roles are is asked once a page.
    with django_assert_num_queries(7):
        KnownPeople(cohort, by, rows)
    for number in range(40):
        make_learner(f"BBB{number:03}", "Ana", f"Coj {number}", cohort=cohort)
    with django_assert_num_queries(7):
        known = KnownPeople(cohort, by, rows)
    assert len(known.by_pk) == 42
    with django_assert_num_queries(6):
        assert not known.have_changed()
