import hashlib
import secrets
from datetime import UTC, date, datetime, timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError

from certificates.issuing.eligibility import NotEligible, get_finished_progress, is_eligible, missing_items
from certificates.issuing.field_values import PRINTED_FIELDS
from certificates.issuing.issue import get_certificate, get_certificates
from certificates.issuing.status import get_events, record_printing
from certificates.models import Certificate
from certificates.pdf.rendering import render_pdf
from modules.models import ModulePage, TrainingRecord
from modules.progress.deriving import progress_of
from modules.progress.training_record import revoke_unsupported_records
from tests.factories import (
    NOW,
    finish_course,
    finish_lessons,
    finish_module,
    is_unfinished,
    make_learner,
    make_module,
    pass_quiz,
)
from tests.races import at_once

from .factories import CLINIC, begin_again, issue, make_design, make_graduate, make_small_course

pytestmark = pytest.mark.django_db
SERIAL = "0000000000000"


def test_all_printed_fields_are_stored():
    make_small_course(modules=2)
    certificate = issue(make_graduate(), randbits=lambda bits: 0, now=datetime(2026, 3, 15, 3, 0, tzinfo=UTC))
    assert certificate.printed == {
        "heading": "Certificado de finalización",
        "name": "Ana Lucía Coj de la Cruz",
        "role": "Recepción, archivo y caja",
        "clinic": CLINIC,
        "statement": "completó el curso",
        "course": "Trato digno",
        "subject": "sobre atención respetuosa y confidencial en el centro de salud",
        "edition": "Edición 1",
        "modules_count": "dos módulos",
        "modules": ["Módulo de prueba 1", "Módulo de prueba 2"],
        "hours": "dos horas de estudio",
        "minutes": 120,
        "finished_in_words": "14 de marzo de 2026",
        "finished": "2026-03-14",
        # It is still the 14th in Guatemala.
        "date_in_words": "14 de marzo de 2026",
        "date": "2026-03-14",
        "expires_in_words": "",
        "grade": "",
        "text": ["dos módulos, dos horas de estudio", "14 de marzo de 2026"],
        "issuer": "Trato digno · Curso para el personal de los centros de salud",
        "signatories": [
            {"name": "", "post": "Dirección del área de salud", "image": ""},
            {"name": "", "post": "Facilitación del curso", "image": ""},
        ],
        "logos": [],
        "language": "es",
        "paper_size": "letter",
        "border": "all",
        "palette": "weave",
        "serial": SERIAL,
        "verify_url": f"http://localhost:8000/v/{SERIAL}/",
    }
    assert list(certificate.printed) == list(PRINTED_FIELDS)
    assert certificate.serial == SERIAL
    assert certificate.sort_key == "coj de la cruz, ana lucia"
    assert certificate.sha256 == hashlib.sha256(certificate.pdf).hexdigest()


def test_late_certificate_prints_finish_and_issue_dates(course):
    ana, eva = make_learner("ANA234"), make_learner("EVA234")
    for one in (ana, eva):
        finish_course(one, now=datetime(2026, 3, 14, 18, tzinfo=UTC))
    later = datetime(2026, 5, 13, 18, tzinfo=UTC)
    finished, issued = "Finalizado el 14 de marzo de 2026", "Emitido el 13 de mayo de 2026"
    assert issue(ana, now=later).printed["text"] == ["un módulo, dos horas de estudio", finished, issued]
    make_design(text="Guatemala, {fecha}")
    assert issue(eva, now=later).printed["text"] == ["Guatemala, 13 de mayo de 2026", finished]


def test_second_issue_returns_the_first_certificate(ana, certificate):
    again = issue(ana, printed_name="Otro Nombre", clinic="Otro centro", now=NOW + timedelta(days=1))
    assert again == certificate
    assert again.printed == certificate.printed
    assert Certificate.objects.count() == 1
    assert event_rows(certificate) == [("issued", "Ana Lucía Coj de la Cruz", NOW)]


def test_later_edits_do_not_change_issued_certificate(course, ana):
    design = make_design()
    before = Certificate.objects.values().get(pk=issue(ana).pk)
    ana.first_name, ana.last_name = "Otra", "Persona"
    ana.save()
    design.heading = "Otro encabezado"
    design.save()
    course.title, course.minutes = "Otro curso", 30
    course.save()
    make_module(course, 2)
    assert issue(ana).pk == before["id"]
    assert Certificate.objects.values().get() == before


def test_the_same_fields_give_the_same_bytes(certificate):
    assert render_pdf(certificate.printed) == bytes(certificate.pdf)


def test_new_edition_earns_another_certificate(course, ana, certificate):
    new = make_module(course, 2)
    assert issue(ana) == certificate
    begin_again(ana, now=NOW + timedelta(days=300))
    with pytest.raises(NotEligible):
        issue(ana, now=NOW + timedelta(days=400))
    finish_course(ana, now=NOW + timedelta(days=400))
    second = issue(ana, now=NOW + timedelta(days=400))
    assert (certificate.edition, second.edition, second.replaces) == (1, 2, certificate)
    assert second.printed["modules"] == ["Módulo de prueba 1", new.title]
    assert get_certificate(ana) == second
    assert issue(ana, now=NOW + timedelta(days=401)) == second


def test_unfinished_course_is_refused(course):
    with pytest.raises(NotEligible, match="El certificado se emite al finalizar el curso, y todavía falta algo"):
        issue(make_learner())
    assert not Certificate.objects.exists()


def test_unprintable_name_is_refused(ana):
    with pytest.raises(ValidationError, match="Un nombre no puede llevar «🌸»"):
        issue(ana, printed_name="Ana 🌸 Coj")
    assert not Certificate.objects.exists()


@pytest.mark.postgres
def test_get_certificates_sorts_by_surname_and_defers_files(course):
    in_order = ["Ajú", "Noj", "Ñáñez"]
    learners = [make_graduate(f"P{surname}", last_name=surname) for surname in reversed(in_order)]
    for learner in learners:
        issue(learner)
    found = list(get_certificates(learners))
    assert [c.printed["name"] for c in found] == [f"Ana Lucía {surname}" for surname in in_order]
    assert all("pdf" in c.get_deferred_fields() for c in found)


def test_without_a_course_there_are_no_certificates():
    assert list(get_certificates([make_learner()])) == []


def test_no_clinic_or_course_is_certified_free_of_stigma(course, ana):
    course.title = "Trato libre de estigma"
    course.save()
    printed = issue(ana, clinic="Centro de Salud Libre de Estigma").printed
    assert (printed["clinic"], printed["course"]) == ("", "Trato digno")


def test_last_valid_day_is_frozen(ana):
    design = make_design(validity_months=12)
    # Still the 14th in Guatemala.
    assert issue(ana, now=datetime(2026, 3, 15, 3, tzinfo=UTC)).expires_on == date(2027, 3, 14)
    design.validity_months = 1
    design.save()
    assert get_certificate(ana).expires_on == date(2027, 3, 14)


def test_late_certificate_names_the_finished_edition():
    course = make_small_course(modules=2)
    ana = make_graduate()
    make_module(course, 3)
    ModulePage.objects.get(number=2).unpublish()
    printed = issue(ana, now=NOW + timedelta(days=3 * 365)).printed
    assert (printed["edition"], printed["finished"], printed["modules_count"], printed["modules"]) == (
        "Edición 1",
        "2026-11-25",
        "dos módulos",
        ["Módulo de prueba 1", "Módulo de prueba 2"],
    )


def test_validity_counts_from_the_finish(ana):
    make_design(validity_months=12)
    late = make_graduate("EVA234")
    assert issue(ana, now=NOW + timedelta(days=200)).expires_on == date(2027, 11, 25)
    with pytest.raises(NotEligible, match="valió hasta el 25 de noviembre de 2027"):
        issue(late, now=NOW + timedelta(days=366))
    assert Certificate.objects.count() == 1


@pytest.mark.postgres
@pytest.mark.usefixtures("database_on_disk")
@pytest.mark.django_db(transaction=True)
def test_four_confirmations_at_once_issue_one_certificate(ana):
    assert at_once(*[lambda: issue(ana)] * 4) == [Certificate.objects.get()] * 4


@pytest.mark.postgres
def test_concurrently_issued_certificate_is_returned(ana):
    in_another_tab = []

    def chance_that_takes_long(bits):
        in_another_tab.append(issue(ana))
        return secrets.randbits(bits)

    assert issue(ana, randbits=chance_that_takes_long) == in_another_tab[0]
    assert Certificate.objects.count() == 1


@pytest.mark.postgres
def test_existing_serial_is_never_reused(ana):
    berta = make_graduate("BER234", first_name="Berta")
    issue(ana, randbits=lambda bits: 0)
    with pytest.raises(IntegrityError):
        issue(berta, randbits=lambda bits: 0)
    assert issue(berta).serial != get_certificate(ana).serial


def event_rows(*certificates):
    return [(event.kind, event.who, event.at) for event in get_events(*certificates)]


def test_reopening_soon_counts_as_one_print(ana, certificate, trainer):
    for minutes in (1, 5, 9, 30):
        record_printing([certificate], by=trainer, now=NOW + timedelta(minutes=minutes))
    record_printing([certificate], by=ana, now=NOW + timedelta(minutes=31))
    assert [(kind, name, at - NOW) for kind, name, at in event_rows(certificate)[1:]] == [
        ("printed", "Marta Ajú Ñáñez", timedelta(minutes=1)),
        ("printed", "Marta Ajú Ñáñez", timedelta(minutes=30)),
        ("printed", "Ana Lucía Coj de la Cruz", timedelta(minutes=31)),
    ]


def test_events_remain_after_accounts_are_deleted(ana, certificate, trainer):
    record_printing([certificate], by=trainer, now=NOW)
    before = event_rows(certificate)
    ana.attempts.all().delete()
    ana.lessons_read.all().delete()
    for person in (ana, trainer):
        person.delete()
    kept = Certificate.objects.get()
    assert kept.learner is None
    assert event_rows(kept) == [(kind, "una cuenta eliminada", at) for kind, _who, at in before]
    assert [event.by for event in get_events(kept)] == [None, None]


def missing(learner):
    parts = missing_items(progress_of(learner))
    return [(part.module.title, [lesson.title for lesson in part.lessons], part.quiz) for part in parts]


def test_missing_items_list_lessons_and_quizzes_by_module():
    make_small_course(modules=3, lessons=2)
    first, second, _third = ModulePage.objects.order_by("number")
    ana = make_learner()
    finish_module(ana, first)
    finish_lessons(ana, second)
    assert missing(ana) == [("Módulo de prueba 2", [], True), ("Módulo de prueba 3", ["Lección 1", "Lección 2"], True)]
    assert not is_eligible(ana)
    with pytest.raises(NotEligible):
        get_finished_progress(ana, now=NOW)


def test_quizzes_alone_are_not_enough(course):
    ana = make_learner()
    pass_quiz(ana, ModulePage.objects.get().quiz)
    assert missing(ana) == [("Módulo de prueba 1", ["Lección 1"], False)]
    assert not is_eligible(ana)


def test_finished_course_is_eligible(ana):
    assert is_eligible(ana)
    assert missing_items(progress_of(ana)) == []
    assert get_finished_progress(ana, now=NOW).record_key == TrainingRecord.objects.get(module_key=None).key


def test_course_without_modules_makes_no_one_eligible():
    make_small_course(modules=0)
    assert not is_eligible(make_learner())


def test_revoked_record_is_not_certified(ana, trainer):
    ana.lessons_read.all().delete()
    revoke_unsupported_records(ana, reason="Firmó otra persona.", by=trainer, now=NOW, is_unsupported=is_unfinished)
    for by in (ana, trainer):
        with pytest.raises(NotEligible):
            issue(ana, by=by)
    assert not Certificate.objects.exists()
