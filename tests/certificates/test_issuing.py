"""Issuing: once, for whoever finished; frozen whatever changes afterwards."""

import hashlib
from datetime import UTC, date, datetime, timedelta

import pytest
from django.core.exceptions import ValidationError

from certificates.issuing.composing import PRINTED_FIELDS, expiry
from certificates.issuing.eligibility import NotEligible
from certificates.issuing.issue import certificate_of, certificates_of
from certificates.models import Certificate, CertificateDesign
from certificates.paper.rendering import render_pdf
from modules.models import ModulePage
from tests.factories import NOW, finish_course, make_learner, make_module

from .factories import CLINIC, begin_again, in_english, issue, make_design, make_graduate, make_small_course

pytestmark = pytest.mark.django_db
SERIAL = "0000000000000"


def no_chance(bits):
    return 0


def test_everything_printed_is_frozen_in_the_row():
    make_small_course(modules=2)
    ana = make_graduate()
    certificate = issue(ana, randbits=no_chance, now=datetime(2026, 3, 15, 3, 0, tzinfo=UTC))
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


def test_a_paper_that_was_asked_for_later_says_which_day_is_which():
    make_small_course()
    ana, eva = make_learner("ANA234"), make_learner("EVA234")
    for one in (ana, eva):
        finish_course(one, now=datetime(2026, 3, 14, 18, tzinfo=UTC))
    later = datetime(2026, 5, 13, 18, tzinfo=UTC)
    finished, issued = "Finalizado el 14 de marzo de 2026", "Emitido el 13 de mayo de 2026"
    assert issue(ana, now=later).printed["text"] == ["un módulo, dos horas de estudio", finished, issued]
    # Words of an area's own stay as they were written.
    make_design(text="Guatemala, {fecha}")
    assert issue(eva, now=later).printed["text"] == ["Guatemala, 13 de mayo de 2026", finished]


def test_in_english_the_paper_is_english():
    make_small_course()
    ana = make_graduate()
    with in_english():
        printed = issue(ana).printed
    assert [
        printed[field] for field in ("heading", "role", "statement", "modules_count", "hours", "date_in_words")
    ] == [
        "Certificate of completion",
        "Front desk, records and cashier",
        "completed the course",
        "one module",
        "two hours of study",
        "25 November 2026",
    ]
    assert printed["language"] == "en"


def test_the_design_in_use_gives_the_words():
    make_small_course()
    make_design(paper_size="A4")
    printed = issue(make_graduate()).printed
    assert (printed["heading"], printed["statement"], printed["issuer"], printed["paper_size"]) == (
        "Constancia de finalización",
        "terminó el curso",
        "Dirección de Área de Salud",
        "A4",
    )
    assert printed["signatories"] == [{"name": "Dra. Julia Tzoc", "post": "Directora", "image": ""}]


def test_issuing_twice_is_issuing_once():
    make_small_course()
    ana = make_graduate()
    first = issue(ana)
    again = issue(ana, printed_name="Otro Nombre", clinic="Otro centro")
    assert again == first
    assert again.printed == first.printed
    assert Certificate.objects.count() == 1


def test_nothing_issued_changes_when_name_design_and_course_do():
    course = make_small_course()
    design = make_design()
    ana = make_graduate()
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


def test_the_same_fields_give_the_same_bytes():
    make_small_course()
    certificate = issue(make_graduate())
    assert render_pdf(certificate.printed) == bytes(certificate.pdf)


def test_a_new_edition_can_be_earned_again():
    course = make_small_course()
    ana = make_graduate()
    first = issue(ana)
    new = make_module(course, 2)
    # Whoever finished has finished, and has it.
    assert issue(ana) == first
    begin_again(ana, now=NOW + timedelta(days=300))
    with pytest.raises(NotEligible):
        issue(ana, now=NOW + timedelta(days=400))
    finish_course(ana, now=NOW + timedelta(days=400))
    second = issue(ana, now=NOW + timedelta(days=400))
    assert (first.edition, second.edition, second.replaces) == (1, 2, first)
    assert second.printed["modules"] == ["Módulo de prueba 1", new.title]
    assert certificate_of(ana) == second
    assert issue(ana, now=NOW + timedelta(days=401)) == second


def test_who_has_not_finished_is_refused_with_a_sentence():
    make_small_course()
    with pytest.raises(NotEligible, match="El certificado se emite al finalizar el curso, y todavía falta algo"):
        issue(make_learner())
    assert not Certificate.objects.exists()


def test_a_name_that_cannot_be_printed_is_refused():
    make_small_course()
    ana = make_graduate()
    with pytest.raises(ValidationError, match="Un nombre no puede llevar «🌸»"):
        issue(ana, printed_name="Ana 🌸 Coj")
    assert not Certificate.objects.exists()


def test_role_and_clinic_may_be_left_out():
    make_small_course()
    printed = issue(make_graduate(), role="", clinic="").printed
    assert (printed["role"], printed["clinic"]) == ("", "")


def test_a_certificate_outlives_the_account():
    make_small_course()
    certificate = issue(make_graduate())
    Certificate.objects.update(learner=None)
    assert Certificate.objects.get().printed == certificate.printed


@pytest.mark.postgres
@pytest.mark.parametrize("in_order", [["Ñáñez"], ["Ajú", "Noj", "Ñáñez"]])
def test_certificates_of_people_come_by_surname_without_bytes_in_two_queries(in_order, django_assert_num_queries):
    make_small_course()
    learners = [make_graduate(f"P{surname}", last_name=surname) for surname in reversed(in_order)]
    for learner in learners:
        issue(learner)
    with django_assert_num_queries(2):
        found = list(certificates_of(learners))
    assert [c.printed["name"] for c in found] == [f"Ana Lucía {surname}" for surname in in_order]
    assert all("pdf" in c.get_deferred_fields() for c in found)


def test_without_a_course_there_are_no_certificates():
    assert list(certificates_of([make_learner()])) == []


def test_no_clinic_and_no_course_is_certified_as_free_of_stigma():
    course = make_small_course()
    course.title = "Trato libre de estigma"
    course.save()
    printed = issue(make_graduate(), clinic="Centro de Salud Libre de Estigma").printed
    assert (printed["clinic"], printed["course"]) == ("", "Trato digno")


@pytest.mark.parametrize(
    ("months", "issued_on", "last_day"),
    [
        (None, date(2026, 3, 14), None),
        (1, date(2026, 1, 31), date(2026, 2, 28)),
        (12, date(2026, 12, 1), date(2027, 12, 1)),
        (24, date(2028, 2, 29), date(2030, 2, 28)),
    ],
)
def test_the_last_day_follows_from_the_design(months, issued_on, last_day):
    assert expiry(CertificateDesign(validity_months=months), issued_on) == last_day


def test_the_last_day_is_frozen():
    make_small_course()
    design = make_design(validity_months=12)
    ana = make_graduate()
    # Still the 14th in Guatemala.
    assert issue(ana, now=datetime(2026, 3, 15, 3, tzinfo=UTC)).expires_on == date(2027, 3, 14)
    design.validity_months = 1
    design.save()
    assert certificate_of(ana).expires_on == date(2027, 3, 14)


def test_late_certificate_names_the_edition_that_was_finished():
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


def test_validity_is_counted_from_the_finish_and_not_from_the_issue():
    make_small_course()
    make_design(validity_months=12)
    finished, late = make_graduate(), make_graduate("EVA234")
    assert issue(finished, now=NOW + timedelta(days=200)).expires_on == date(2027, 11, 25)
    with pytest.raises(NotEligible, match="valió hasta el 25 de noviembre de 2027"):
        issue(late, now=NOW + timedelta(days=366))
    assert Certificate.objects.count() == 1
