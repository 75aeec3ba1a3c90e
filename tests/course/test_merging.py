import uuid
from datetime import timedelta

import pytest
from django.urls import reverse

from certificates.issuing.correction_requests import request_correction
from certificates.issuing.issue import get_certificate
from certificates.issuing.status import CertificateStatus, get_events, get_status
from certificates.models import Certificate, CorrectionRequest
from certificates.verifying.verification import find_certificate, verification_context
from course.models import AuditEntry, Call, Enrolment, PersonAlias, User
from course.people.devices import known_device, new_device_cookie, remember_device
from course.people.identifiers import person_with_key
from course.people.merging import CannotMerge, check_can_merge, merge_accounts
from modules.models import LessonPage, LessonRead
from quizzes.models import Attempt, QuizStatistics
from tests.certificates.factories import issue, make_graduate
from tests.factories import (
    NOW,
    attempt_quiz,
    enrol,
    finish_course,
    make_cohort,
    make_course,
    make_learner,
    make_quiz,
    make_staff,
    make_trainer,
)
from tests.quizzes.factories import answer_all, start

pytestmark = pytest.mark.django_db


@pytest.fixture
def ana(cohort):
    return make_learner(cohort=cohort, role="")


@pytest.fixture
def twin(cohort):
    return make_learner("CDF234", cohort=cohort, role="labfar", email="ana@ejemplo.gt")


def merge(ana, twin, cohort, now=NOW):
    merge_accounts(ana, twin, by=cohort.trainers.get(), cohort=cohort, now=now)


def test_what_either_account_asked_to_have_corrected_is_the_persons(cohort, ana, twin):
    def ask(person, role):
        return request_correction(person, origin="confirming", requested={"role": role}, previous={}, now=NOW)

    decided = ask(twin, "Caja")
    CorrectionRequest.objects.filter(pk=decided.pk).update(decision="declined", decided_at=NOW)
    given_up, waiting = ask(twin, "Archivo"), ask(ana, "Medicina")
    merge(ana, twin, cohort)
    left = set(CorrectionRequest.objects.values_list("pk", "learner"))
    assert left == {(decided.pk, ana.pk), (waiting.pk, ana.pk)}
    assert given_up.pk not in dict(left)


def test_what_only_the_other_account_asked_goes_on(cohort, ana, twin):
    waiting = request_correction(twin, origin="confirming", requested={"role": "Caja"}, previous={}, now=NOW)
    merge(ana, twin, cohort)
    waiting.refresh_from_db()
    assert (waiting.learner, waiting.decided_at) == (ana, None)


def test_what_waited_for_a_first_certificate_is_about_the_one_of_the_other_account(cohort, ana, twin):
    make_course(modules=1)
    finish_course(twin)
    held = issue(twin)
    waiting = request_correction(ana, origin="confirming", requested={"role": "Caja"}, previous={}, now=NOW)
    merge(ana, twin, cohort)
    waiting.refresh_from_db()
    assert (waiting.learner, waiting.certificate) == (ana, held)


def test_of_what_was_asked_about_both_certificates_the_last_is_about_the_one_that_holds(cohort, ana, twin):
    make_course(modules=1)
    asked = []
    for number, person in enumerate((twin, ana)):
        finish_course(person)
        about, now = issue(person, now=NOW + timedelta(hours=number)), NOW + timedelta(hours=2 + number)
        asked.append(
            request_correction(
                person, origin="own", requested={"role": "Caja"}, previous={}, certificate=about, now=now
            )
        )
    merge(ana, twin, cohort, now=NOW + timedelta(hours=5))
    assert list(CorrectionRequest.objects.values_list("pk", "certificate")) == [(asked[1].pk, get_certificate(ana).pk)]


def test_who_decided_is_still_known(cohort, ana, twin):
    other = make_learner("EVA222", cohort=cohort)
    asked = request_correction(other, origin="confirming", requested={"role": "Caja"}, previous={}, now=NOW)
    CorrectionRequest.objects.filter(pk=asked.pk).update(decision="declined", decided_at=NOW, decided_by=twin)
    merge(ana, twin, cohort)
    asked.refresh_from_db()
    assert asked.decided_by == ana


def test_no_attempt_is_lost_and_the_fuller_of_two_open_ones_goes_on(cohort, ana, twin):
    quiz, other = make_quiz("m1"), make_quiz("m2", questions=2)
    sent = attempt_quiz(twin, other)
    emptier, fuller = start(ana, quiz), start(twin, quiz)
    answer_all(fuller)
    merge(ana, twin, cohort)
    assert set(ana.attempts.values_list("pk", flat=True)) == {sent.pk, emptier.pk, fuller.pk}
    emptier.refresh_from_db()
    fuller.refresh_from_db()
    assert (emptier.abandoned_at, fuller.abandoned_at) == (NOW, None)
    assert ana.attempts.get(pk=fuller.pk).answers.count() == 5


def test_in_the_figures_the_person_counts_once_by_the_first_attempt(cohort, ana, twin):
    quiz = make_quiz("m1")
    later = attempt_quiz(ana, quiz, now=NOW + timedelta(hours=1))
    first = attempt_quiz(twin, quiz, now=NOW)
    Attempt.objects.update(in_statistics=True)
    figures = QuizStatistics.objects.create(quiz_key=quiz.translation_key, counted_at=NOW)
    merge(ana, twin, cohort)
    assert list(Attempt.objects.filter(in_statistics=True)) == [first]
    figures.refresh_from_db()
    assert figures.is_stale
    assert later.pk in set(ana.attempts.values_list("pk", flat=True))


def test_a_lesson_read_in_both_was_read_the_first_time(cohort, ana, twin):
    make_course(modules=1, lessons=2, quiz=False)
    first, second = LessonPage.objects.order_by("pk")
    earlier = NOW - timedelta(days=3)
    LessonRead.objects.create(learner=ana, lesson_key=first.translation_key, read_at=NOW)
    LessonRead.objects.create(learner=twin, lesson_key=first.translation_key, read_at=earlier)
    LessonRead.objects.create(learner=twin, lesson_key=second.translation_key, read_at=NOW)
    merge(ana, twin, cohort)
    read = dict(ana.lessons_read.values_list("lesson_key", "read_at"))
    assert read == {first.translation_key: earlier, second.translation_key: NOW}


def test_the_older_of_two_certificates_is_replaced_and_leads_to_the_newer(course):
    ana, twin = make_graduate(), make_graduate("CDF234")
    cohort = make_cohort(trainers=[make_trainer()], learners=[ana, twin])
    older, newer = issue(twin), issue(ana, now=NOW + timedelta(days=2))
    bytes_before = bytes(older.pdf)
    later = NOW + timedelta(days=5)
    merge(ana, twin, cohort, now=later)
    older, newer = Certificate.objects.get(pk=older.pk), Certificate.objects.get(pk=newer.pk)
    assert (older.learner, newer.learner) == (ana, ana)
    assert get_status(older, today=later.date()) is CertificateStatus.REPLACED
    assert get_status(newer, today=later.date()) is CertificateStatus.VALID
    assert verification_context(find_certificate(older.serial), today=later.date())["successor"] == newer
    assert bytes(older.pdf) == bytes_before
    assert [(event.get_kind_display(), event.note) for event in get_events(older, newer)] == [
        ("Emitido", ""),
        ("Emitido", ""),
        ("Reemplazado al unir dos cuentas", f"Sigue como {newer.grouped_serial}."),
    ]


def test_groups_calls_and_what_is_lacking_go_along_and_the_account_goes(cohort, ana, twin):
    other = make_cohort("Otro", trainers=[cohort.trainers.get()])
    enrol(twin, other)
    Call.objects.create(cohort=cohort, learner=twin, made_by=cohort.trainers.get(), reason="9 días sin entrar")
    merge(ana, twin, cohort)
    ana.refresh_from_db()
    assert (ana.role, ana.email) == ("labfar", "ana@ejemplo.gt")
    assert set(Enrolment.objects.current().filter(learner=ana).values_list("cohort", flat=True)) == {
        cohort.pk,
        other.pk,
    }
    assert ana.calls.count() == 1
    assert not User.objects.filter(username="CDF234").exists()
    assert AuditEntry.objects.get().about_text == "Ana Lucía Coj de la Cruz (antes: CDF234)"


def test_nobody_merges_staff_the_own_account_or_people_of_others(cohort, ana, trainer):
    stranger = make_learner("XYZ234", cohort=make_cohort("Ajeno", trainers=[make_trainer("otra")]))
    boss = make_staff("jefa", is_staff=True)
    enrol(boss, cohort)
    enrol(trainer, cohort)
    for other in (stranger, boss, trainer, ana, None):
        with pytest.raises(CannotMerge):
            check_can_merge(ana, other, by=trainer)


def test_a_trainer_sees_what_merging_does_and_does_it_once(client, cohort, ana, twin):
    make_course(modules=1, lessons=2, quiz=False)
    for lesson in LessonPage.objects.all():
        LessonRead.objects.create(learner=twin, lesson_key=lesson.translation_key, read_at=NOW)
    client.force_login(cohort.trainers.get())
    page = reverse("desk_merge", args=[cohort.pk, ana.pk])
    assert "CDF234" in client.get(page).text
    assert "Pasan 2 lecciones leídas." in client.get(page, {"code": "cdf234"}).text
    assert User.objects.filter(username="CDF234").exists()
    assert client.post(page, {"code": "CDF234"}).url == reverse("desk_person", args=[cohort.pk, ana.pk])
    again = client.post(page, {"code": "CDF234"})
    assert (again.status_code, ana.lessons_read.count()) == (422, 2)
    assert "Nadie en sus grupos tiene este código" in again.text


def test_the_key_of_a_merged_account_leads_to_who_remains_however_often(trainer):
    cohort = make_cohort(trainers=[trainer])
    first, second, third = (make_learner(code, cohort=cohort) for code in ("ANA234", "ANA235", "ANA236"))
    keys, mark = (first.key, second.key, third.key), new_device_cookie()
    remember_device(first, mark, is_shared=False, now=NOW)
    merge_accounts(second, first, by=trainer, cohort=cohort, now=NOW)
    merge_accounts(third, second, by=trainer, cohort=cohort, now=NOW)
    assert [person_with_key(key) for key in keys] == [third, third, third]
    assert person_with_key(uuid.uuid4()) is None
    assert known_device(third, mark)
    third.enrolments.all().delete()
    third.delete()
    assert [person_with_key(key) for key in keys] == [None, None, None]
    assert not PersonAlias.objects.exists()
