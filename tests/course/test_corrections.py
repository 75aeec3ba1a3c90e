import random
import re
from datetime import timedelta

import lxml.html
import pytest
from django.urls import reverse
from django.utils import timezone
from wagtail.models import Page

from certificates.issuing.eligibility import certifies
from certificates.issuing.issue import get_certificate, issue_certificate
from certificates.models import Certificate
from course.models import AuditEntry, Enrolment, PaperSheet, Session
from course.people.merging import merge_accounts
from course.sessions.attendance import keep_attendance, save_session
from modules.models import LessonPage, LessonRead, ModulePage, Registration, TrainingRecord
from modules.progress.deriving import progress_of
from modules.progress.events import mark_lesson_read, restart_course
from modules.progress.following import take_along
from modules.progress.training_record import record_attempt, record_finished, revoke_unsupported_records
from quizzes.attempts.taking import start_attempt
from quizzes.models import Medium, Quiz
from tests.certificates.factories import edited, issue
from tests.factories import (
    NOW,
    attempt_quiz,
    finish_course,
    finish_lessons,
    finish_module,
    is_unfinished,
    make_cohort,
    make_course,
    make_learner,
    make_lesson,
    make_module,
    make_quiz,
    make_trainer,
    pass_quiz,
)

from .test_desk_marking import hold_late, make_open_quiz, mark_page, posted, send

pytestmark = pytest.mark.django_db
LATER = NOW + timedelta(hours=2)


@pytest.fixture
def group(client, trainer, ana):
    make_course(modules=2, lessons=1, questions=1)
    group = make_cohort(trainers=[trainer], learners=[ana])
    client.force_login(trainer)
    return group


def module(number):
    return ModulePage.objects.get(number=number)


def publish(page, **fields):
    for name, value in fields.items():
        setattr(page, name, value)
    page.save_revision().publish()


def let_count(rule):
    quiz = Quiz.objects.get(identifier="m1")
    quiz.counting_attempt = rule
    quiz.save()
    return quiz


def on_record(learner):
    numbers = {page.translation_key: page.number for page in ModulePage.objects.all()}
    return [
        (numbers.get(one.module_key), one.revoked_reason, one.revoked_by)
        for one in TrainingRecord.objects.filter(learner=learner).order_by("pk")
    ]


def told(client, page, *args, **fields):
    answer = client.post(reverse(page, args=args), fields, follow=True)
    assert answer.status_code == 200
    return said_in(answer)


def said_in(answer):
    return lxml.html.fromstring(answer.text).xpath("//ul[@class='messages']/li/text()")


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_a_lowered_mark_and_a_late_answer_end_what_rested_on_them(client):
    make_course(modules=1, lessons=1, quiz=False)
    publish(module(1), quiz=make_open_quiz(pass_mark=80))
    ana, trainer = make_learner(), make_trainer()
    group = make_cohort(trainers=[trainer], learners=[ana])
    client.force_login(trainer)
    finish_lessons(ana, module(1))
    attempt = send(ana, module(1).quiz)

    def mark(points, **more):
        return said_in(client.post(mark_page(group, attempt), posted(points, **more), follow=True))

    assert not any("terminado" in words for words in mark("3"))
    assert on_record(ana) == [(1, "", None), (None, "", None)]
    Certificate.objects.create(
        serial="0" * 13,
        learner=ana,
        course_key=module(1).get_parent().translation_key,
        edition=1,
        record_key=TrainingRecord.objects.valid().of_the_course().get().key,
        issued_at=NOW,
        printed={},
    )
    says = mark("0", seen=1, reason="Copió de otra hoja.")
    assert [words for words in says if "terminado" in words] == [
        "Ana Lucía Coj de la Cruz: con esto deja de estar terminado: 1. Módulo de prueba 1; todo el curso. "
        "El certificado que se emitió sigue valiendo: anúlelo si no debe valer."
    ]
    lowered = [(1, "Copió de otra hoja.", trainer), (None, "Copió de otra hoja.", trainer)]
    edited(Certificate.objects.all(), expires_on=NOW.date() - timedelta(days=400))
    assert on_record(ana) == lowered
    assert not progress_of(ana).finished
    assert not any("terminado" in words for words in mark("3", seen=2, reason="Era suya."))
    assert on_record(ana) == [*lowered, (1, "", None), (None, "", None)]

    says = told(client, "desk_decide", hold_late(attempt).pk, decision="contar")
    assert any(words.endswith("deja de estar terminado: 1. Módulo de prueba 1; todo el curso.") for words in says)
    why = "Un cuestionario se calificó de nuevo y ya no está aprobado."
    assert on_record(ana) == [*lowered, (1, why, trainer), (None, why, trainer)]


def test_a_corrected_attendance_ends_what_it_bore_unless_something_else_bears_it(client, group, ana, trainer):
    eva = make_learner("EVA222", "Eva", "Tum", cohort=group)
    first, second = hold(group, 1), hold(group, 1, day=NOW.date() + timedelta(days=1))
    hold(group, 2)
    for person in (ana, eva):
        pass_quiz(person, Quiz.objects.get(identifier="m1"))
    keep_attendance(first, {ana.pk, eva.pk}, shown=set(), by=trainer, now=NOW)
    keep_attendance(second, {eva.pk}, shown=set(), by=trainer, now=NOW + timedelta(days=1))
    assert on_record(ana) == on_record(eva) == [(1, "", None)]

    says = told(client, "desk_session", group.pk, first.pk, estaba=[ana.pk, eva.pk])
    why = "Se corrigió la asistencia de la que dependía."
    assert [words for words in says if "terminado" in words] == [
        "Ana Lucía Coj de la Cruz: con esto deja de estar terminado: 1. Módulo de prueba 1."
    ]
    assert on_record(ana) == [(1, why, trainer)]
    # Eva was at a session of a later day too: finished by that, on its day.
    assert on_record(eva) == [(1, why, trainer), (1, "", None)]
    assert TrainingRecord.objects.valid().get(learner=eva).finished_at == NOW + timedelta(days=1)

    fields = {"held_on": "2026-11-25", "place": "", "minutes": "60"}
    fields |= {"modules": second.modules, "counts": second.modules}
    assert told(client, "desk_session_change", group.pk, second.pk, **fields) == ["Guardado."]
    fields["modules"] = [str(module(2).translation_key)]
    asked = client.post(reverse("desk_session_change", args=[group.pk, second.pk]), fields).text
    shown = re.search(r'name="confirmado" value="(\w+)"', asked)[1]
    says = told(client, "desk_session_change", group.pk, second.pk, **fields, confirmado=shown)
    assert says == [
        "Guardado.",
        "Falta 1 lección del módulo 1 (1): Eva Tum.",
        "Eva Tum: con esto deja de estar terminado: 1. Módulo de prueba 1.",
    ]
    assert on_record(eva)[1:] == [(1, why, trainer)]


def hold(group, *numbers, day=None):
    keys = [str(module(number).translation_key) for number in numbers]
    return Session.objects.create(
        cohort=group, made_by=group.trainers.get(), held_on=day or NOW.date(), modules=keys, counts_for=keys
    )


def rows_of(learner):
    return list(TrainingRecord.objects.filter(learner=learner).order_by("pk").values())


def test_a_tick_that_is_put_right_leaves_record_and_certificate_as_they_were(client, group, ana, trainer):
    session = hold(group, 1, 2)
    for number in (1, 2):
        pass_quiz(ana, module(number).quiz)
    keep_attendance(session, {ana.pk}, shown=set(), by=trainer, now=NOW + timedelta(hours=1))
    certificate, rows = issue(ana, now=LATER), rows_of(ana)
    told(client, "desk_session", group.pk, session.pk, estaba=[ana.pk])
    assert {revoked for _number, revoked, _by in on_record(ana)} == {"Se corrigió la asistencia de la que dependía."}
    revoked_at = TrainingRecord.objects.first().revoked_at
    told(client, "desk_session", group.pk, session.pk, persona=[ana.pk])
    assert rows_of(ana) == rows
    assert certifies(certificate, progress_of(ana))
    assert issue(ana).pk == certificate.pk
    for counts in ([session.counts_for[0]], session.modules):
        session.counts_for = counts
        save_session(session, by=trainer, now=LATER)
        assert (rows_of(ana) == rows) is (counts == session.modules)
    # A third one of the same day bears it just as well, before the first is taken back and after.
    other = hold(group, 1, 2)
    keep_attendance(session, set(), shown={ana.pk}, by=trainer, now=LATER)
    keep_attendance(other, {ana.pk}, shown=set(), by=trainer, now=LATER)
    assert rows_of(ana) == rows
    keep_attendance(session, {ana.pk}, shown=set(), by=trainer, now=LATER)
    keep_attendance(other, set(), shown={ana.pk}, by=trainer, now=LATER)
    assert rows_of(ana) == rows
    assert Certificate.objects.get().replaced_at is None
    noted = AuditEntry.objects.filter(action__startswith="records_").order_by("pk")
    assert [entry.action for entry in noted] == ["records_revoked", "records_stand_again"] * 3
    assert {(entry.by, *(one.person for one in entry.about.all())) for entry in noted} == {(trainer, ana)}
    assert noted[1].subject == f"{session} · {timezone.localtime(revoked_at):%Y-%m-%d %H:%M}"


def test_what_is_finished_on_a_later_day_is_another_record_and_said_to_be(client, group, ana, trainer):
    first, second = hold(group, 1, 2), hold(group, 1, 2, day=NOW.date() + timedelta(days=1))
    for number in (1, 2):
        pass_quiz(ana, module(number).quiz)
    keep_attendance(first, {ana.pk}, shown=set(), by=trainer, now=NOW)
    certificate = issue(ana)
    keep_attendance(second, {ana.pk}, shown=set(), by=trainer, now=NOW + timedelta(days=1))
    assert certifies(certificate, progress_of(ana))
    assert told(client, "desk_session", group.pk, first.pk, estaba=[ana.pk]) == [
        "Asistencia guardada: 0.",
        "Ana Lucía Coj de la Cruz: lo terminó con otra cosa, el 26 de noviembre de 2026. El certificado que se emitió "
        "es de antes: emita otro en la página de la persona.",
    ]
    assert not certifies(certificate, progress_of(ana))
    assert TrainingRecord.objects.valid().count() == TrainingRecord.objects.exclude(revoked_at=None).count() == 3


def test_a_record_stands_again_only_as_long_as_nothing_took_its_place(group, ana, trainer):
    session = hold(group, 1, 2)
    for number in (1, 2):
        pass_quiz(ana, module(number).quiz)
    keep_attendance(session, {ana.pk}, shown=set(), by=trainer, now=NOW)
    keep_attendance(session, set(), shown={ana.pk}, by=trainer, now=LATER)
    finish_lessons(ana, module(1), now=LATER)
    assert [number for number, why, _by in on_record(ana) if not why] == [1]
    keep_attendance(session, {ana.pk}, shown=set(), by=trainer, now=LATER)
    standing = {row.module_key: row for row in TrainingRecord.objects.valid()}
    assert (len(standing), TrainingRecord.objects.count()) == (3, 5)
    assert standing[module(1).translation_key].finished_at == LATER
    assert standing[module(2).translation_key].finished_at == NOW
    assert standing[None].finished_at == LATER


def test_attempts_that_come_from_another_account_may_end_what_the_first_one_decides(client, group, trainer):
    quiz = let_count("first")
    ana, twin = make_learner("LUZ567", cohort=group), make_learner("CDF234", cohort=group)
    attempt_quiz(twin, quiz, right=False)
    finish_course(ana, now=LATER)
    says = told(client, "desk_merge", group.pk, ana.pk, code="CDF234")
    assert any("deja de estar terminado: 1. Módulo de prueba 1; todo el curso." in words for words in says), says
    why = "Se unieron dos cuentas de una misma persona."
    assert on_record(ana) == [(1, why, trainer), (2, "", None), (None, why, trainer)]


def test_what_was_finished_in_the_other_account_is_not_said_to_end(client, group):
    ana, twin = group.learners.get(), make_learner("CDF234", cohort=group)
    finish_course(twin)
    finish_lessons(ana, module(1), now=LATER)
    assert not any("terminado" in words for words in told(client, "desk_merge", group.pk, ana.pk, code="CDF234"))
    assert on_record(ana) == [(1, "", None), (2, "", None), (None, "", None)]
    assert progress_of(ana).finished


def test_neither_practice_nor_a_sheet_nor_an_edit_ends_anything(client, group):
    quiz = let_count("last")
    ana, trainer = make_learner("LUZ567", cohort=group), group.trainers.get()
    finish_course(ana)
    stands = [(1, "", None), (2, "", None), (None, "", None)]
    attempt_quiz(ana, quiz, right=False, now=LATER)
    sheet = start_attempt(
        ana, quiz, language="es", now=LATER + timedelta(hours=1), chance=random.Random(1), medium=Medium.PAPER
    )
    PaperSheet.objects.create(code="34679ACD", attempt=sheet, cohort=group, printed_by=trainer)
    assert not any("terminado" in words for words in told(client, "desk_withdraw_sheet", group.pk, "34679ACD"))
    eva = make_learner("EVA222", "Eva", "Tum", cohort=group)
    finish_lessons(eva, module(2))
    pass_quiz(eva, module(2).quiz)
    record_finished([eva], now=NOW)
    make_lesson(module(2), 2)
    take_along(progress_of(make_learner("NEW222")).edition)
    for person in (ana, eva):
        assert (
            revoke_unsupported_records(person, reason="Nada.", by=trainer, now=LATER, is_unsupported=is_unfinished)
            == []
        )
    assert on_record(ana) == stands
    assert on_record(eva) == [(2, "", None)]
    assert LessonPage.objects.count() == 3


@pytest.fixture
def course():
    return make_course(modules=3, lessons=2, questions=1)


def finished(learner):
    progress = progress_of(learner, now=LATER)
    return [one.outline.number for one in progress.modules if one.is_finished], progress.finished


def two_accounts():
    kept, old, trainer = make_learner(), make_learner("OLD222"), make_trainer()
    make_cohort(trainers=[trainer], learners=[kept, old])
    return kept, old, trainer


def fail_quiz(learner, quiz, now=LATER):
    record_attempt(attempt_quiz(learner, quiz, right=False, now=now))


def test_a_failed_quiz_ends_nothing_that_was_finished_while_less_was_asked(course, ana):
    first, second = module(1).get_children().specific()
    mark_lesson_read(ana, first, now=NOW)
    second.unpublish()
    pass_quiz(ana, module(1).quiz)
    record_finished([ana], now=NOW)
    assert finished(ana) == ([1], False)
    publish(LessonPage.objects.get(pk=second.pk))
    fail_quiz(ana, module(2).quiz)
    assert finished(ana) == ([1], False)
    fail_quiz(ana, module(1).quiz)
    assert finished(ana) == ([1], False)


def test_a_failed_quiz_ends_nothing_that_rests_on_a_quiz_of_before(course):
    ana, eva = make_learner(), make_learner("EVA222")
    former = module(1).quiz
    for person in (ana, eva):
        finish_lessons(person, module(1))
        attempt_quiz(person, former, right=False)
    publish(module(1), quiz=make_quiz("otro", questions=1))
    pass_quiz(ana, module(1).quiz)
    record_finished([ana], now=NOW)
    assert finished(ana) == ([1], False)
    publish(module(1), quiz=None)
    record_finished([eva], now=NOW)
    assert finished(eva) == ([1], False)
    publish(module(1), quiz=former)
    for person in (ana, eva):
        fail_quiz(person, module(2).quiz)
        assert finished(person) == ([1], False)
        fail_quiz(person, module(1).quiz, now=LATER)
        assert finished(person) == ([1], False)


def test_what_a_session_finished_stays_whatever_the_module_says(course, ana, trainer):
    session = hold(make_cohort(trainers=[trainer], learners=[ana]), 1)
    pass_quiz(ana, module(1).quiz)
    keep_attendance(session, {ana.pk}, shown=set(), by=trainer, now=NOW)
    publish(module(1), attendance_counts=True)
    assert finished(ana) == ([1], False)
    publish(module(1), attendance_counts=False)
    assert finished(ana) == ([1], False)
    fail_quiz(ana, module(2).quiz)
    assert finished(ana) == ([1], False)


def test_who_only_attended_a_session_that_counts_has_begun(course, ana, trainer):
    group = make_cohort(trainers=[trainer], learners=[ana])
    # Enrolled before there was a course.
    Enrolment.objects.update(enrolled_at=NOW - timedelta(days=900))
    keep_attendance(hold(group, 1), {ana.pk}, shown=set(), by=trainer, now=NOW)
    make_module(Page.objects.get(pk=course.pk).specific, 4)
    assert Registration.objects.get(learner=ana).edition.number == 1


def test_who_finished_by_what_was_taken_away_bit_by_bit_has_finished(course, ana):
    first, second = module(1).get_children().specific()
    mark_lesson_read(ana, first, now=NOW)
    pass_quiz(ana, module(1).quiz)
    finish_module(ana, module(2))
    second.unpublish()
    assert finished(ana) == ([1, 2], False)
    module(3).unpublish()
    assert finished(ana) == ([1, 2], True)
    publish(module(3))
    publish(LessonPage.objects.get(pk=second.pk))
    assert finished(ana) == ([1, 2], True)


def test_a_module_that_holds_nothing_keeps_nobody_from_finishing(course):
    before, between = make_learner(), make_learner("BET222")
    publish(module(3), quiz=None)
    for number in (1, 2):
        finish_module(before, module(number))
    for lesson in list(module(3).get_children().specific()):
        lesson.unpublish()
    finish_module(between, module(1))
    make_lesson(module(3), 3)
    finish_module(between, module(2))
    assert finished(before) == ([1, 2], True)
    assert not finished(between)[1]
    finish_module(between, module(3))
    assert finished(between) == ([1, 2, 3], True)


def test_two_accounts_of_which_one_takes_the_course_anew(course):
    kept, old, trainer = two_accounts()
    long_ago = NOW - timedelta(days=300)
    finish_course(old, now=long_ago)
    mark_lesson_read(kept, LessonPage.objects.first(), now=long_ago)
    restart_course([kept], [module(1).translation_key], since=timezone.localdate(NOW), name="Repaso", now=NOW)
    finish_module(kept, module(1))
    before = set(TrainingRecord.objects.valid().values_list("key", "finished_at"))
    merge_accounts(kept, old, by=trainer, cohort=None, now=LATER)
    assert before <= set(TrainingRecord.objects.valid().values_list("key", "finished_at"))
    assert finished(kept) == ([1, 2, 3], True)


def test_two_accounts_that_failed_a_quiz_that_was_not_asked_then(course):
    kept, old, trainer = two_accounts()
    quiz = module(1).quiz
    finish_lessons(kept, module(1))
    for person in (kept, old):
        attempt_quiz(person, quiz, right=False)
    publish(module(1), quiz=None)
    publish(module(1), quiz=quiz)
    assert finished(kept) == ([1], False)
    merge_accounts(kept, old, by=trainer, cohort=None, now=LATER)
    assert finished(kept) == ([1], False)


def test_two_accounts_of_which_the_other_read_a_lesson_before(course):
    kept, old, trainer = two_accounts()
    long_ago = NOW - timedelta(days=300)
    finish_module(kept, module(2), now=long_ago)
    finish_lessons(old, module(1), now=long_ago)
    restart_course([kept], [module(1).translation_key], since=timezone.localdate(NOW), name="Repaso", now=NOW)
    finish_module(kept, module(1))
    before = set(TrainingRecord.objects.valid().values_list("key", flat=True))
    merge_accounts(kept, old, by=trainer, cohort=None, now=LATER)
    assert before <= set(TrainingRecord.objects.valid().values_list("key", flat=True))
    assert LessonRead.objects.filter(learner=kept).count() == 6


@pytest.mark.parametrize("is_first", [True, False])
def test_two_accounts_with_certificates_of_two_editions(course, is_first):
    kept, old, trainer = two_accounts()
    first, second = (kept, old) if is_first else (old, kept)

    def issue(person, now):
        return issue_certificate(person, printed_name="Ana Lucía Coj de la Cruz", role="", clinic="", now=now)

    finish_course(first, now=NOW - timedelta(days=1))
    of_first = issue(first, NOW)
    make_module(Page.objects.get(pk=course.pk).specific, 4)
    finish_course(second)
    of_second = issue(second, NOW + timedelta(minutes=1))
    merge_accounts(kept, old, by=trainer, cohort=None, now=LATER)
    assert issue(kept, LATER) == of_second
    assert Certificate.objects.get(pk=of_first.pk).replaced_at
    restart_course([kept], [module(1).translation_key], since=timezone.localdate(LATER), name="Repaso", now=LATER)
    finish_module(kept, module(1), now=LATER)
    anew = issue(kept, LATER)
    assert get_certificate(kept) == anew
    assert anew.edition == 2


def test_a_module_that_comes_back_without_a_lesson_may_be_finished_by_that(course, ana):
    first, second = module(1).get_children().specific()
    mark_lesson_read(ana, first, now=NOW)
    pass_quiz(ana, module(1).quiz)
    module(1).unpublish()
    second.unpublish()
    publish(module(1))
    assert finished(ana) == ([1], False)
    publish(LessonPage.objects.get(pk=second.pk))
    assert finished(ana) == ([1], False)
