"""A corrected mark, sheet or attendance ends what rested on it, with a reason, and whoever corrects it is told."""

import random
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from certificates.issuing.eligibility import certifies
from certificates.models import Certificate
from course.models import AuditEntry, PaperSheet, Session
from course.sessions.attendance import keep_attendance, save_session
from modules.models import LessonPage, ModulePage, TrainingRecord
from modules.progress.deriving import progress_of
from modules.progress.following import take_along
from modules.progress.records import annul_what_fails, record_finished
from quizzes.attempts.taking import start_attempt
from quizzes.models import Medium, Quiz
from tests.certificates.factories import edited, issue
from tests.factories import (
    NOW,
    attempt_quiz,
    finish_course,
    finish_lessons,
    is_unfinished,
    make_cohort,
    make_course,
    make_learner,
    make_lesson,
    make_trainer,
    pass_quiz,
)

from .test_desk_marking import hold_late, make_open_quiz, mark_page, posted, send

pytestmark = pytest.mark.django_db
LATER = NOW + timedelta(hours=2)


@pytest.fixture
def group(client):
    make_course(modules=2, lessons=1, questions=1)
    group = make_cohort(trainers=[make_trainer()], learners=[make_learner()])
    client.force_login(group.trainers.get())
    return group


def module(number):
    return ModulePage.objects.get(number=number)


def publish(page, **fields):
    for name, value in fields.items():
        setattr(page, name, value)
    page.save_revision().publish()


def let_count(rule):
    """Let the first attempt or the last one at the first quiz count, for whoever begins from now on."""
    quiz = Quiz.objects.get(identifier="m1")
    quiz.counting_attempt = rule
    quiz.save()
    return quiz


def on_record(learner):
    """Return how the person's records stand: [(number of the module, None for all; why annulled; by whom)]."""
    numbers = {page.translation_key: page.number for page in ModulePage.objects.all()}
    return [
        (numbers.get(one.module_key), one.annulled_reason, one.annulled_by)
        for one in TrainingRecord.objects.filter(learner=learner).order_by("pk")
    ]


def told(client, page, *args, **fields):
    """Post a form and return what the next page says."""
    answer = client.post(reverse(page, args=args), fields, follow=True)
    assert answer.status_code == 200
    return [str(one) for one in answer.context["messages"]]


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
        answer = client.post(mark_page(group, attempt), posted(points, **more), follow=True)
        return [str(one) for one in answer.context["messages"]]

    assert not any("terminado" in words for words in mark("3"))
    assert on_record(ana) == [(1, "", None), (None, "", None)]
    Certificate.objects.create(
        serial="0" * 13,
        learner=ana,
        course_key=module(1).get_parent().translation_key,
        edition=1,
        record_key=TrainingRecord.objects.standing().of_the_course().get().key,
        issued_at=NOW,
        printed={},
    )
    says = mark("0", seen=1, reason="Copió de otra hoja.")
    assert [words for words in says if "terminado" in words] == [
        "Ana Lucía Coj de la Cruz: con esto deja de estar terminado: 1. Módulo de prueba 1; todo el curso. "
        "El certificado que se emitió sigue valiendo: anúlelo si no debe valer."
    ]
    lowered = [(1, "Copió de otra hoja.", trainer), (None, "Copió de otra hoja.", trainer)]
    # One that was over anyway is not spoken of below.
    edited(Certificate.objects.all(), expires_on=NOW.date() - timedelta(days=400))
    assert on_record(ana) == lowered
    assert not progress_of(ana).finished
    # Achieved again it is another row, and what was annulled stays so.
    assert not any("terminado" in words for words in mark("3", seen=2, reason="Era suya."))
    assert on_record(ana) == [*lowered, (1, "", None), (None, "", None)]

    says = told(client, "desk_decide", hold_late(attempt).pk, decision="contar")
    assert any(words.endswith("deja de estar terminado: 1. Módulo de prueba 1; todo el curso.") for words in says)
    why = "Un cuestionario se calificó de nuevo y ya no está aprobado."
    assert on_record(ana) == [*lowered, (1, why, trainer), (None, why, trainer)]


def test_a_corrected_attendance_ends_what_it_bore_unless_something_else_bears_it(client, group):
    ana, trainer = group.learners.get(), group.trainers.get()
    eva = make_learner("EVA222", "Eva", "Tum", cohort=group)
    one, two = ([str(module(number).translation_key)] for number in (1, 2))
    sessions = [
        Session.objects.create(cohort=group, made_by=trainer, held_on=day, modules=keys, counts_for=keys)
        for keys, day in ((one, NOW.date()), (one, NOW.date() + timedelta(days=1)), (two, NOW.date()))
    ]
    first, second, _of_another = sessions
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
    assert TrainingRecord.objects.standing().get(learner=eva).finished_at == NOW + timedelta(days=1)

    # The session was on another module, after all.
    fields = {"held_on": "2026-11-25", "place": "", "minutes": "60"}
    fields |= {"modules": second.modules, "counts": second.modules}
    assert told(client, "desk_session_change", group.pk, second.pk, **fields) == ["Guardado."]
    fields["modules"] = [str(module(2).translation_key)]
    # Whom it affects is shown first, and confirmed then.
    shown = client.post(reverse("desk_session_change", args=[group.pk, second.pk]), fields).context["shown"]
    says = told(client, "desk_session_change", group.pk, second.pk, **fields, confirmado=shown)
    assert says == [
        "Guardado.",
        "Falta 1 lección del módulo 1 (1): Eva Tum.",
        "Eva Tum: con esto deja de estar terminado: 1. Módulo de prueba 1.",
    ]
    assert on_record(eva)[1:] == [(1, why, trainer)]


def hold(group, *numbers, day=None):
    """Hold a session that counts for these modules, on the day of NOW or another; nobody is noted yet."""
    keys = [str(module(number).translation_key) for number in numbers]
    return Session.objects.create(
        cohort=group, made_by=group.trainers.get(), held_on=day or NOW.date(), modules=keys, counts_for=keys
    )


def rows_of(learner):
    return list(TrainingRecord.objects.filter(learner=learner).order_by("pk").values())


def test_a_tick_that_is_put_right_leaves_record_and_certificate_as_they_were(client, group):
    ana, trainer = group.learners.get(), group.trainers.get()
    session = hold(group, 1, 2)
    for number in (1, 2):
        pass_quiz(ana, module(number).quiz)
    keep_attendance(session, {ana.pk}, shown=set(), by=trainer, now=NOW + timedelta(hours=1))
    certificate, rows = issue(ana, now=LATER), rows_of(ana)
    told(client, "desk_session", group.pk, session.pk, estaba=[ana.pk])
    assert {annulled for _number, annulled, _by in on_record(ana)} == {"Se corrigió la asistencia de la que dependía."}
    annulled_at = TrainingRecord.objects.first().annulled_at
    told(client, "desk_session", group.pk, session.pk, persona=[ana.pk])
    assert rows_of(ana) == rows
    assert certifies(certificate, progress_of(ana))
    assert issue(ana).pk == certificate.pk
    # What a session counts for is changed, and changed back.
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
    assert [entry.action for entry in noted] == ["records_annulled", "records_stand_again"] * 3
    assert {(entry.by, *(one.person for one in entry.about.all())) for entry in noted} == {(trainer, ana)}
    assert noted[1].subject == f"{session} · {timezone.localtime(annulled_at):%Y-%m-%d %H:%M}"


def test_what_is_finished_on_a_later_day_is_another_record_and_said_to_be(client, group):
    ana, trainer = group.learners.get(), group.trainers.get()
    first, second = hold(group, 1, 2), hold(group, 1, 2, day=NOW.date() + timedelta(days=1))
    for number in (1, 2):
        pass_quiz(ana, module(number).quiz)
    keep_attendance(first, {ana.pk}, shown=set(), by=trainer, now=NOW)
    certificate = issue(ana)
    keep_attendance(second, {ana.pk}, shown=set(), by=trainer, now=NOW + timedelta(days=1))
    assert certifies(certificate, progress_of(ana))
    says = told(client, "desk_session", group.pk, first.pk, estaba=[ana.pk])
    assert says == [
        "Asistencia guardada: 0.",
        "Ana Lucía Coj de la Cruz: lo terminó con otra cosa, el 26 de noviembre de 2026. El certificado que se emitió "
        "es de antes: emita otro en la página de la persona.",
    ]
    assert not certifies(certificate, progress_of(ana))
    assert TrainingRecord.objects.standing().count() == TrainingRecord.objects.exclude(annulled_at=None).count() == 3


def test_a_record_stands_again_only_as_long_as_nothing_took_its_place(group):
    ana, trainer = group.learners.get(), group.trainers.get()
    session = hold(group, 1, 2)
    for number in (1, 2):
        pass_quiz(ana, module(number).quiz)
    keep_attendance(session, {ana.pk}, shown=set(), by=trainer, now=NOW)
    keep_attendance(session, set(), shown={ana.pk}, by=trainer, now=LATER)
    finish_lessons(ana, module(1), now=LATER)
    assert [number for number, why, _by in on_record(ana) if not why] == [1]
    keep_attendance(session, {ana.pk}, shown=set(), by=trainer, now=LATER)
    # The first module was finished later by now, and so was the whole.
    standing = {row.module_key: row for row in TrainingRecord.objects.standing()}
    assert (len(standing), TrainingRecord.objects.count()) == (3, 5)
    assert standing[module(1).translation_key].finished_at == LATER
    assert standing[module(2).translation_key].finished_at == NOW
    assert standing[None].finished_at == LATER


def test_attempts_that_come_from_another_account_may_end_what_the_first_one_decides(client, group):
    quiz = let_count("first")
    ana, twin = make_learner("LUZ567", cohort=group), make_learner("CDF234", cohort=group)
    attempt_quiz(twin, quiz, right=False)
    finish_course(ana, now=LATER)
    says = told(client, "desk_merge", group.pk, ana.pk, code="CDF234")
    assert any("deja de estar terminado: 1. Módulo de prueba 1; todo el curso." in words for words in says), says
    why = "Se unieron dos cuentas de una misma persona."
    by = group.trainers.get()
    assert on_record(ana) == [(1, why, by), (2, "", None), (None, why, by)]


def test_what_was_finished_in_the_other_account_is_not_said_to_end(client, group):
    ana, twin = group.learners.get(), make_learner("CDF234", cohort=group)
    finish_course(twin)
    finish_lessons(ana, module(1), now=LATER)
    says = told(client, "desk_merge", group.pk, ana.pk, code="CDF234")
    assert not any("terminado" in words for words in says)
    assert on_record(ana) == [(1, "", None), (2, "", None), (None, "", None)]
    assert progress_of(ana).finished


def test_neither_practice_nor_a_sheet_nor_an_edit_ends_anything(client, group):
    quiz = let_count("last")
    ana, trainer = make_learner("LUZ567", cohort=group), group.trainers.get()
    finish_course(ana)
    stands = [(1, "", None), (2, "", None), (None, "", None)]
    # Once more, for practice, and not passed; and a sheet that was never used.
    attempt_quiz(ana, quiz, right=False, now=LATER)
    sheet = start_attempt(
        ana, quiz, language="es", now=LATER + timedelta(hours=1), chance=random.Random(1), medium=Medium.PAPER
    )
    PaperSheet.objects.create(code="34679ACD", attempt=sheet, cohort=group, printed_by=trainer)
    assert not any("terminado" in words for words in told(client, "desk_withdraw_sheet", group.pk, "34679ACD"))
    # Somebody in the middle has to read more by now, and keeps what they finished.
    eva = make_learner("EVA222", "Eva", "Tum", cohort=group)
    finish_lessons(eva, module(2))
    pass_quiz(eva, module(2).quiz)
    record_finished([eva], now=NOW)
    make_lesson(module(2), 2)
    take_along(progress_of(make_learner("NEW222")).edition)
    for person in (ana, eva):
        assert annul_what_fails(person, why="Nada.", by=trainer, now=LATER, falls=is_unfinished) == []
    assert on_record(ana) == stands
    assert on_record(eva) == [(2, "", None)]
    assert LessonPage.objects.count() == 3
