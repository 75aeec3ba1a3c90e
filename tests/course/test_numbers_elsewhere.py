from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from course.models import ADMINISTRATORS, TRAINERS, Area, AuditEntry, Enrolment, PersonIdentifier
from course.people import limits
from course.people.delays import NUMBERS
from course.people.identifiers import save_identifier
from course.roster.mending import mend
from course.roster.rows import Fate
from course.roster.uploads import choose_columns, plan_of
from tests.course.roster.factories import bring
from tests.factories import NOW, make_clinic, make_cohort, make_learner, make_staff, make_trainer

pytestmark = pytest.mark.django_db

FOREIGN, OWN, NOBODYS = "2547896540101", "1998765430101", "3012345670101"
HEADINGS = ["Apellidos", "Nombres", "CUI", "Correo"]


@pytest.fixture
def stranger():
    theirs = make_cohort("Ajena", trainers=[make_staff("otra", TRAINERS)])
    person = make_learner("ZZZ222", "Zoila", "Chavajay", cohort=theirs, email="zoila@ejemplo.gt")
    save_identifier(person, "cui", FOREIGN)
    return person


def lines_of(upload):
    return plan_of(upload).lines


def traces():
    entries = AuditEntry.objects.filter(action="numbers_known_elsewhere").order_by("pk")
    return list(entries.values_list("by__username", "cohort__name", "people"))


def use_up(trainer, *, all_but=0, now=NOW):
    assert limits.take_many("numbers elsewhere", str(trainer.pk), NUMBERS, NUMBERS.free - all_but, now=now)


def test_whoever_has_a_number_elsewhere_is_answered_alike_whatever_the_name(trainer_client, cohort, stranger):
    rows = [["Chavajay", "Zoila", FOREIGN, ""], ["Xol", "Pedro", "", "zoila@ejemplo.gt"], ["Paz", "Luz", NOBODYS, ""]]
    upload = bring(cohort, [HEADINGS, *rows])
    fits, email, new = lines_of(upload)
    [other] = lines_of(bring(cohort, [HEADINGS, ["Xol", "Pedro", FOREIGN, ""]]))
    [named] = lines_of(bring(cohort, [HEADINGS, ["Chavajay", "Zoila", "", "zoila@ejemplo.gt"]]))
    assert (fits.fate, new.fate) == (Fate.PROBLEM, Fate.CREATE)
    assert {line.problem for line in (fits, email, other, named)} == {fits.problem}
    assert fits.problem.startswith("Una cuenta que usted no ve")
    # Once for each list, however often it is looked at; and never the number.
    for _look in range(2):
        assert trainer_client.get(reverse("desk_roster_plan", args=[cohort.pk, upload.pk])).status_code == 200
    assert traces() == [("facilitadora", cohort.name, count) for count in (2, 1, 1)]
    assert not AuditEntry.objects.exclude(subject="").exists()


def test_what_is_read_anew_counts_anew_and_no_row_is_left_out_of_the_count(cohort, stranger):
    upload = bring(cohort, [["Apellidos", "Nombres", "Número"], ["Xol", "Pedro", FOREIGN], ["", "", FOREIGN]])
    assert traces() == []
    for _choice in range(2):
        choose_columns(upload, {0: "surnames", 1: "given", 2: "cui"}, first=1, now=NOW)
    upload.refresh_from_db()
    assert [count for _by, _group, count in traces()] == [1, 1]
    # A row that is made a person later is no new try: all rows of the column were compared.
    upload = bring(cohort, [HEADINGS, ["Paz", "Luz", "", ""], ["Total", "", FOREIGN, ""]])
    assert len(traces()) == 3
    mend(upload, {"person-3": "on"})
    upload.refresh_from_db()
    assert len(traces()) == 3


def test_the_same_day_no_more_are_compared_and_known_and_unknown_are_alike(client, cohort, trainer, stranger):
    ana = make_learner(cohort=cohort)
    use_up(trainer)
    names = [["Chavajay", "Zoila"], ["Paz", "Luz"]]
    known, new = lines_of(
        bring(cohort, [HEADINGS, [*names[0], FOREIGN, "zoila@ejemplo.gt"], [*names[1], NOBODYS, "luz@ejemplo.gt"]])
    )
    for line in (known, new):
        assert (line.fate, line.identifiers, line.email, line.new_identifiers) == (Fate.CREATE, {}, "", ())
        assert [note for note in line.notes if "Hoy ya no se comparan" in note]
    assert known.notes == new.notes
    assert traces() == []
    bring(cohort, [HEADINGS, ["Xol", "Pedro", FOREIGN, ""]], now=NOW + timedelta(days=1))
    colleague = make_trainer("colega")
    cohort.trainers.add(colleague)
    bring(cohort, [HEADINGS, ["Xol", "Pedro", FOREIGN, ""]], by=colleague)
    assert [by for by, _group, _count in traces()] == ["facilitadora", "colega"]
    use_up(colleague, now=timezone.now())
    client.force_login(colleague)
    page = reverse("desk_change_person", args=[cohort.pk, ana.pk])
    fields = {"first_name": ana.first_name, "last_name": ana.last_name, "role": ana.role}
    answers = [client.post(page, fields | {"cui": number}) for number in (FOREIGN, NOBODYS)]
    assert [answer.status_code for answer in answers] == [422, 422]
    assert not ana.identifiers.exists()


def test_more_than_is_left_is_not_told_and_uses_up_what_is_left(cohort, trainer, stranger):
    save_identifier(make_learner("ZZZ333", "Eva", "Sis", cohort=stranger.cohorts.get()), "cui", OWN)
    use_up(trainer, all_but=1)
    rows = [HEADINGS, ["Xol", "Pedro", FOREIGN, ""], ["Sis", "Eva", OWN, ""], ["Paz", "Luz", NOBODYS, ""]]
    assert [line.fate for line in lines_of(bring(cohort, rows))] == [Fate.CREATE] * 3
    assert [line.fate for line in lines_of(bring(cohort, rows[:2]))] == [Fate.CREATE]
    assert [count for _by, _group, count in traces()] == [2]


def test_the_form_keeps_a_trace_of_a_number_elsewhere_and_none_of_ones_own(trainer_client, cohort, trainer, stranger):
    ana, eva = make_learner(cohort=cohort), make_learner("EVA222", "Eva", "Tum", cohort=cohort)
    save_identifier(eva, "cui", OWN)
    page = reverse("desk_change_person", args=[cohort.pk, ana.pk])
    fields = {"first_name": ana.first_name, "last_name": ana.last_name, "role": ana.role}
    assert trainer_client.post(page, fields | {"cui": OWN}).status_code == 422
    assert traces() == []
    use_up(trainer, all_but=2, now=timezone.now())
    for _tab in range(2):
        answer = trainer_client.post(page, fields | {"cui": FOREIGN})
        assert "Otra persona ya tiene este número" in answer.text
    assert traces() == [("facilitadora", cohort.name, 1)] * 2
    for number in (FOREIGN, NOBODYS, OWN):
        answer = trainer_client.post(page, fields | {"cui": number})
        assert answer.status_code == 422
        assert "Hoy ya no se comparan más números" in answer.text
    assert len(traces()) == 2
    assert not PersonIdentifier.objects.filter(person=ana).exists()
    assert trainer_client.post(page, fields).status_code == 302


def test_who_went_on_and_who_is_of_another_area_are_people_elsewhere_and_nobody_is_to_an_administrator(
    cohort, trainer, stranger
):
    Enrolment.objects.create(learner=stranger, cohort=cohort, enrolled_at=NOW, left_at=NOW)
    rows = [HEADINGS, ["Chavajay", "Zoila", FOREIGN, ""]]
    [line] = lines_of(bring(cohort, rows))
    assert (line.person, line.fate) == (None, Fate.PROBLEM)
    area, lead = Area.objects.create(name="Petén"), make_staff("jefa", TRAINERS)
    area.leads.add(lead)
    [line] = lines_of(bring(make_cohort("Petén", clinic=make_clinic("Puesto de Petén", area=area)), rows, by=lead))
    assert (line.person, line.fate) == (None, Fate.PROBLEM)
    assert [by for by, _group, _count in traces()] == ["facilitadora", "jefa"]
    [line] = lines_of(bring(cohort, rows, by=make_staff("admin", ADMINISTRATORS)))
    assert (line.person, len(traces())) == (stranger, 2)


def test_a_name_of_small_words_fits_nobody(cohort):
    save_identifier(make_learner(cohort=cohort), "cui", OWN)
    [line] = lines_of(bring(cohort, [HEADINGS, ["De La", "Los", OWN, ""]]))
    assert (line.person, line.fate) == (None, Fate.ASK)


def test_what_is_left_comes_back_evenly_within_a_day(trainer):
    use_up(trainer)

    def left(**later):
        return limits.left_of("numbers elsewhere", str(trainer.pk), NUMBERS, now=NOW + timedelta(**later))

    assert [left(), left(hours=12), left(days=1), left(days=9)] == [0, NUMBERS.free // 2, NUMBERS.free, NUMBERS.free]
