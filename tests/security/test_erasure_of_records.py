from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection

from certificates.models import Certificate
from course.groups.summary import summary_of
from course.models import Area, Cohort, Role
from course.people.leaving import delete_person
from modules.models import Edition, ModulePage, Registration, TrainingRecord
from modules.progress.events import restart_course
from modules.progress.training_record import revoke_unsupported_records
from tests.factories import (
    NOW,
    finish_course,
    is_unfinished,
    make_clinic,
    make_cohort,
    make_course,
    make_learner,
    make_trainer,
)

pytestmark = pytest.mark.django_db
FINISHED = datetime(2026, 11, 1, 5, 30, tzinfo=UTC)
MONTH, HOUR = datetime(2026, 10, 1, 18, tzinfo=UTC), timedelta(hours=1)


@pytest.fixture
def trainer():
    make_course(modules=1, lessons=1, questions=1)
    return make_trainer()


def fill(clinic, count, role, cohort=None):
    for number in range(count):
        code = f"{clinic.pk}{role[:3]}{number}"
        make_learner(code, "Alguien", f"Más {number}", role=role, clinic=clinic, cohort=cohort)


def rows():
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM modules_trainingrecord ORDER BY id")
        names = [column[0] for column in cursor.description]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def left_of(person, trainer):
    mine = set(TrainingRecord.objects.filter(learner=person).values_list("pk", flat=True))
    delete_person(person, by=trainer, cohort=trainer.cohorts_trained.get(), now=NOW)
    left = [row for row in rows() if row["id"] in mine]
    assert len(left) == len(mine) > 0
    held = [{name: value for name, value in row.items() if name not in ("id", "key", "module_key")} for row in left]
    assert all(one == held[0] for one in held)
    return held[0]


def test_only_what_ten_others_share_stays_and_every_other_column_is_empty(trainer):
    north, south = Area.objects.create(name="Norte"), Area.objects.create(name="Sur")
    big, small = make_clinic("Grande", area=north), make_clinic("De tres", area=north)
    group = make_cohort("De cinco", trainers=[trainer])
    fill(big, 11, Role.CLINICAL)
    fill(small, 2, Role.CLINICAL)
    make_cohort("Otro", learners=[make_learner("AJENO2", clinic=make_clinic("Lejos", area=south))])

    def somebody(code, role, clinic):
        person = make_learner(code, "Zoraida", "Tzunún", role=role, clinic=clinic, job_title="Guardián I", cohort=group)
        finish_course(person, now=FINISHED)
        return person

    nurse, of_three = somebody("NURSE2", Role.CLINICAL, big), somebody("THREE2", Role.CLINICAL, small)
    guard = somebody("GUARD2", Role.SUPPORT, big)
    alone = somebody("ALONE2", Role.SUPPORT, make_clinic("Sur", area=south))
    bare = {
        "learner_id": None, "registration_id": None, "edition_id": Edition.objects.get().pk, "role": "",
        "job_title": "", "clinic": "", "clinic_key": None, "area": "", "area_key": None, "cohort": "",
        "cohort_key": None, "revoked_at": None, "revoked_by_id": None, "revoked_reason": "", "is_former": False,
    }  # fmt: skip
    keys = {record.clinic: (record.clinic_key, record.area_key) for record in TrainingRecord.objects.all()}

    def plain(value):
        return value if value is None else str(value).replace("-", "")

    for person, kept in [
        (nurse, {"role": "clinica", "clinic": "Grande", "clinic_key": plain(keys["Grande"][0]), "area": "Norte"}),
        (of_three, {"role": "clinica", "area": "Norte"}),
        # Nobody else guards in the area.
        (guard, {"area": "Norte"}),
        (alone, {}),
    ]:
        left = left_of(person, trainer)
        moments = [left.pop("finished_at"), left.pop("recorded_at")]
        if kept:
            kept |= {"area_key": plain(keys["Grande"][1])}
        assert left | {name: plain(left[name]) for name in left if name.endswith("_key")} == bare | kept, person
        assert {str(moment)[:16] for moment in moments} == {"2026-10-01 18:00"}
    assert TrainingRecord.objects.filter(learner=None, finished_at=MONTH).count() == TrainingRecord.objects.count() == 8
    assert not Registration.objects.filter(learner__isnull=False, learner__first_name="Zoraida").exists()


def test_whose_account_is_gone_counts_once_however_often_the_course_was_taken(trainer):
    group = make_cohort(trainers=[trainer])
    twice, once_more = make_learner("DOS222", cohort=group), make_learner("OTRA22", cohort=group)
    for person in (twice, once_more):
        finish_course(person, now=FINISHED)
    modules = [ModulePage.objects.get().translation_key]
    restart_course([twice, once_more], modules, since=NOW.date(), name="Repaso", now=NOW)
    finish_course(twice, now=NOW)

    def counted():
        return summary_of(Cohort.objects.all(), everything=True).everybody.total.finished

    assert counted() == 1
    for person in (twice, once_more):
        delete_person(person, by=trainer, cohort=group, now=NOW)
    assert (counted(), TrainingRecord.objects.of_the_course().count()) == (1, 3)


def test_neither_a_reason_nor_a_certificate_leads_from_a_row_to_the_name(trainer):
    group = make_cohort(trainers=[trainer])
    zoraida, luz = (
        make_learner(code, name, surname, cohort=group)
        for code, name, surname in (("ZOR234", "Zoraida", "Tzunún"), ("LUZ567", "Luz", "Ixcot"))
    )
    for person, why in ((zoraida, "La hoja era de otra persona."), (luz, "La hoja era de Zoraida Tzunún.")):
        finish_course(person, now=FINISHED)
        person.lessons_read.all().delete()
        more = {"reason": why, "by": trainer, "now": FINISHED + HOUR, "is_unsupported": is_unfinished}
        assert len(revoke_unsupported_records(person, **more)) == 2
        finish_course(person, now=NOW)
    whole = TrainingRecord.objects.valid().of_the_course().get(learner=zoraida)
    course = ModulePage.objects.get().get_parent()
    Certificate.objects.create(
        serial="0" * 13, learner=zoraida, course_key=course.translation_key, edition=1, record_key=whole.key,
        issued_at=NOW, printed={"name": "Zoraida Tzunún"},
    )  # fmt: skip
    delete_person(zoraida, by=trainer, cohort=group, now=NOW)
    reasons = [(row["learner_id"], row["revoked_reason"], row["revoked_by_id"]) for row in rows()]
    named = "El motivo nombraba a una persona cuya cuenta se eliminó."
    assert reasons == [
        *[(None, "La hoja era de otra persona.", trainer.pk)] * 2, *[(None, "", None)] * 2,
        *[(luz.pk, named, trainer.pk)] * 2, *[(luz.pk, "", None)] * 2,
    ]  # fmt: skip
    moments = {str(row[name])[8:16] for row in rows()[:4] for name in ("finished_at", "recorded_at", "revoked_at")}
    assert moments == {"01 18:00", ""}
    assert not TrainingRecord.objects.filter(key=Certificate.objects.get().record_key).exists()
