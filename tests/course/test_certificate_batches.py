import io
from datetime import timedelta

import pikepdf
import pytest
from django.utils import timezone, translation
from django_tasks_db.models import DBTaskResult

from certificates.issuing.corrections import revoke_certificate
from certificates.issuing.integrity import AlteredCertificateError
from certificates.issuing.issue import get_certificate
from certificates.models import Certificate, CertificateEvent
from course.groups import certificate_batches
from course.groups.certificate_batches import (
    NobodyToPrint,
    Which,
    candidates_among,
    lots_of,
    print_left_out,
    print_lot,
    request_certificates,
)
from course.jobs import run_job
from course.models import Cohort, Job
from course.models.jobs import STALLED_AFTER
from modules.models import ModulePage
from tests.certificates.factories import edited, issue, make_graduate, make_small_course
from tests.certificates.measuring import check_norms, words_of
from tests.factories import NOW, finish_course, finish_module, make_clinic, make_cohort, make_learner, make_trainer
from tests.races import at_once

from .test_jobs import DATABASE_TASKS

pytestmark = pytest.mark.django_db


@pytest.fixture
def people(db):
    make_cohort("Grupo", trainers=[make_trainer()])
    make_small_course(modules=2)
    ayampuc, nena = make_clinic("Centro de Salud de San Pedro Ayampuc"), make_clinic("Centro de Salud de Ñeñá")
    people = {
        "has": make_graduate("HAS234", first_name="Zoila", last_name="Álvarez", clinic=ayampuc),
        "may": make_graduate("MAY234", first_name="Bea", last_name="Ñáñez", clinic=ayampuc),
        "may_too": make_graduate("TOO234", first_name="Ana", last_name="Noj", clinic=ayampuc),
        "elsewhere": make_graduate("ELS234", first_name="Ana", last_name="Ajú", clinic=nena),
        "not_yet": make_learner("NOT234", first_name="Cruz", last_name="Ochoa", clinic=ayampuc),
        "nowhere": make_graduate("NOW234", first_name="Ada", last_name="Ab"),
    }
    issue(people["has"], role="recepcion")
    finish_module(people["not_yet"], ModulePage.objects.order_by("path")[0])
    return people


def ask(people, which=Which.ALL, *, group=None, now=NOW, language="es", **fields):
    group = group or Cohort.objects.get(name="Grupo")
    by = group.trainers.get()
    return request_certificates(group, people, which=which, by=by, language=language, now=now, **fields)


def made(job):
    run_job.call(str(job.pk))
    return Job.objects.get(pk=job.pk)


def pdf_of(job):
    [serials] = lots_of(job)
    return print_lot(job, serials, by=job.requested_by, now=NOW)


def test_people_stand_where_the_facts_say(people):
    candidates = candidates_among(people.values(), now=NOW)
    assert [(bool(s.certificate), s.may_be_issued, s.can_be_printed) for s in candidates] == [
        (True, False, True),
        (False, True, True),
        (False, True, True),
        (False, True, True),
        (False, False, False),
        (False, True, True),
    ]
    assert candidates_among([], now=NOW) == []


@pytest.mark.postgres
def test_all_of_a_group_is_one_pdf_by_clinic_and_surname_behind_the_list_to_sign(people):
    batch = made(ask(people.values()))
    assert (batch.done, batch.problem) == (6, "")
    assert batch.result["left_out"] == [
        {
            "name": "Ochoa, Cruz",
            "reason": "Ha finalizado 1 de 2 módulos. Le faltan: 2.",
        }
    ]
    order = ["elsewhere", "has", "may_too", "may", "nowhere"]
    assert batch.result["certificates"] == [get_certificate(people[code]).serial for code in order]
    to_sign = words_of(batch.file)
    names = ["Ana Ajú", "Zoila Álvarez", "Ana Noj", "Bea Ñáñez", "Ada Ab"]
    assert sorted(names, key=to_sign.index) == names
    clinics = ["Centro de Salud de Ñeñá (1)", "Centro de Salud de San Pedro Ayampuc (3)", "Sin centro de salud (1)"]
    assert sorted(clinics, key=to_sign.index) == clinics
    for words in ("Entrega de certificados · Grupo", "5 certificados", "1/1", "Firma"):
        assert words in to_sign
    with pikepdf.open(io.BytesIO(pdf_of(batch))) as pdf:
        assert len(pdf.pages) == 5
        assert pdf.check_pdf_syntax() == []
    for page, name in enumerate(names, start=1):
        assert name in words_of(pdf_of(batch), page)


def test_certificates_come_in_lots_in_the_order_of_the_list_and_each_print_is_recorded(people, monkeypatch):
    monkeypatch.setattr(certificate_batches, "LOT", 2)
    job = made(ask(people.values()))
    lots = lots_of(job)
    assert [len(lot) for lot in lots] == [2, 2, 1]
    assert [serial for lot in lots for serial in lot] == job.result["certificates"]
    first = print_lot(job, lots[0], by=job.requested_by, now=NOW)
    assert [name in words_of(first) for name in ("Ana Ajú", "Zoila Álvarez", "Ana Noj")] == [True, True, False]
    assert print_lot(job, lots[0], by=job.requested_by, now=NOW) == first
    printed = CertificateEvent.objects.filter(kind=CertificateEvent.Kind.PRINTED)
    assert set(printed.values_list("certificate__serial", flat=True)) == set(lots[0])


def test_names_posts_and_who_issued_are_those_of_the_registry(people):
    made(ask([people["may"]], Which.CHOSEN))
    certificate = get_certificate(people["may"])
    assert certificate.printed["name"] == "Bea Ñáñez"
    assert certificate.printed["clinic"] == "Centro de Salud de San Pedro Ayampuc"
    event = certificate.events.get()
    assert (event.kind, event.by) == (CertificateEvent.Kind.ISSUED, Cohort.objects.get().trainers.get())


def test_only_the_new_ones_are_those_who_have_none(people):
    batch, new = made(ask(people.values(), Which.NEW)), ("may", "may_too", "elsewhere", "nowhere")
    assert sorted(batch.params["people"]) == sorted(people[code].pk for code in new)
    assert len(batch.result["certificates"]) == 4
    with pytest.raises(NobodyToPrint, match="Nadie nuevo ha finalizado el curso"):
        ask(people.values(), Which.NEW, now=NOW + timedelta(hours=1))


def test_nobody_chosen_and_nobody_ready_are_said(people):
    with pytest.raises(NobodyToPrint, match="No ha marcado a nadie"):
        ask([], Which.CHOSEN)
    with pytest.raises(NobodyToPrint, match="Nadie de este grupo ha finalizado"):
        ask([people["not_yet"]])


def test_what_was_issued_is_printed_again_and_issued_no_more(people):
    before = made(ask(people.values()))
    count = Certificate.objects.count()
    after = made(ask(people.values(), now=NOW + timedelta(hours=1)))
    assert after.pk != before.pk
    assert after.result["certificates"] == before.result["certificates"]
    assert Certificate.objects.count() == count


def test_a_second_click_gets_the_batch_of_the_first_also_when_that_is_done(people):
    first = ask(people.values(), Which.NEW)
    assert ask(people.values(), Which.NEW, now=NOW + timedelta(minutes=5)) == first
    made(first)
    assert ask(people.values(), Which.NEW, now=NOW + timedelta(seconds=3)) == first
    assert Job.objects.count() == 1


def test_two_different_wishes_are_two_batches(people):
    chosen = [ask([people[code]], Which.CHOSEN) for code in ("may", "may_too")]
    everyone = ask(people.values())
    other_group = ask(people.values(), group=make_cohort("Otro", trainers=[make_trainer("otra")]))
    assert len({batch.pk for batch in [*chosen, everyone, other_group]}) == 4


def test_who_finishes_in_between_gets_one_too(people):
    batch = ask(people.values())
    finish_course(people["not_yet"])
    batch = made(batch)
    assert batch.result["left_out"] == []
    assert len(batch.result["certificates"]) == 6


def test_the_list_to_sign_names_nobody_without_a_certificate_and_a_sheet_of_its_own_does(people):
    revoke_certificate(
        get_certificate(people["has"]), reason="Nombre de otra persona", by=make_trainer("otra"), now=NOW
    )
    batch = made(ask(people.values()))
    assert [line["name"] for line in batch.result["left_out"]] == ["Álvarez, Zoila", "Ochoa, Cruz"]
    handed_round = words_of(batch.file) + words_of(pdf_of(batch))
    for words in ("Álvarez", "Ochoa", "Sin certificado", "Nombre de otra persona", "Le faltan"):
        assert words not in handed_round
    sheet = " ".join(words_of(print_left_out(batch)).split())
    for words in (
        "Sin certificado · Grupo",
        "2 personas",
        "Solo para quien facilita el grupo",
        "Álvarez, Zoila El certificado se anuló el 25 de noviembre de 2026: Nombre de otra",
        "Ochoa, Cruz Ha finalizado 1 de 2 módulos. Le faltan: 2.",
    ):
        assert words in sheet
    assert "firma:" not in sheet.lower()
    assert "Ajú" not in sheet


def test_the_sheet_is_in_the_language_of_the_batch_on_its_paper_and_the_same_each_time(people, tmp_path):
    batch = made(ask(people.values(), language="en", paper_size="A4"))
    with translation.override("es"):
        sheet = print_left_out(batch)
    assert sheet == print_left_out(batch)
    assert "Without a certificate · Grupo" in words_of(sheet)
    assert "Has finished 1 of 2 modules" in words_of(sheet)
    path = tmp_path / "sheet.pdf"
    path.write_bytes(sheet)
    check_norms(path)
    with pikepdf.open(io.BytesIO(sheet)) as pdf:
        assert [float(side) for side in pdf.pages[0].MediaBox[2:]] == pytest.approx([595.3, 841.9], abs=0.1)


def test_a_name_that_cannot_be_printed_does_not_stop_the_others(people):
    strange = make_graduate("EMO234", first_name="Ana 🌺", last_name="Coj")
    batch = made(ask([people["may"], strange], Which.CHOSEN))
    assert [line["name"] for line in batch.result["left_out"]] == ["Coj, Ana 🌺"]
    assert "🌺" in batch.result["left_out"][0]["reason"]
    assert len(batch.result["certificates"]) == 1


def test_the_trouble_of_one_person_does_not_stop_the_others(people, monkeypatch):
    issue_certificate = certificate_batches.issue_certificate

    def fails_for_one(learner, **fields):
        if learner == people["may"]:
            raise OSError("the disk is full")
        return issue_certificate(learner, **fields)

    monkeypatch.setattr(certificate_batches, "issue_certificate", fails_for_one)
    batch = made(ask(people.values(), Which.NEW))
    assert batch.result["left_out"] == [
        {
            "name": people["may"].surnames_first,
            "reason": "No se pudo hacer el certificado. Avise a quien administra el sitio.",
        }
    ]
    assert len(batch.result["certificates"]) == 3


def test_a_batch_that_fails_says_so_and_can_be_asked_for_again(people, monkeypatch):

    def fails(*arguments, **fields):
        raise OSError("the disk is full")

    with monkeypatch.context() as broken:
        broken.setattr(certificate_batches, "delivery_list_pdf", fails)
        batch = made(ask(people.values(), Which.NEW))
    assert batch.problem.startswith("Algo salió mal. Lo que se emitió queda guardado")
    assert batch.file is None
    again = made(ask(people.values(), now=NOW + timedelta(minutes=1)))
    assert len(again.result["certificates"]) == 5


def test_nobody_who_could_be_printed_is_said_with_the_reasons(people):
    batch = made(ask([people["not_yet"]], Which.CHOSEN))
    assert batch.problem == "Ninguna de las personas elegidas puede tener todavía un certificado."
    assert (batch.file, len(batch.result["left_out"])) == (None, 1)


def test_whoever_takes_a_batch_up_goes_on_where_it_was(people):
    batch = ask(people.values(), Which.NEW)
    issue(people["may"])
    # Begun by a worker that was killed half a minute ago, and not by one that is at it now.
    at_it = Job.objects.filter(pk=batch.pk)
    at_it.update(started_at=NOW, seen_at=timezone.now(), done=1)
    assert made(batch).finished_at is None
    at_it.update(seen_at=timezone.now() - STALLED_AFTER - timedelta(seconds=1))
    assert len(made(batch).result["certificates"]) == 4
    assert made(batch).requested_at == NOW
    assert CertificateEvent.objects.filter(certificate=get_certificate(people["may"])).count() == 1


@pytest.mark.postgres
@pytest.mark.usefixtures("database_on_disk")
@pytest.mark.django_db(transaction=True)
def test_four_clicks_at_once_ask_once(people, settings):
    settings.TASKS = DATABASE_TASKS
    asked = at_once(*[lambda: ask(people.values(), Which.NEW)] * 4)
    assert asked == [Job.objects.get()] * 4
    assert DBTaskResult.objects.count() == 1


def test_one_that_was_altered_is_left_out_and_the_others_are_printed(people, caplog):
    altered = Certificate.objects.get(learner=people["has"])
    edited([altered], pdf=bytes(altered.pdf) + b" ")
    batch = made(ask([people["has"], people["may"]]))
    assert batch.result["certificates"] == [people["may"].certificates.get().serial]
    [left_out] = batch.result["left_out"]
    assert left_out == {
        "name": people["has"].surnames_first,
        "reason": "Este certificado no está como se emitió: su PDF no se entrega. Avise a quien cuida el sitio.",
    }
    assert altered.serial in caplog.text


def test_one_that_is_altered_after_the_job_is_not_in_the_download(people):
    job = made(ask([people["has"]]))
    edited([Certificate.objects.get(learner=people["has"])], pdf=b"%PDF of somebody else")
    with pytest.raises(AlteredCertificateError):
        pdf_of(job)
    assert not CertificateEvent.objects.filter(kind=CertificateEvent.Kind.PRINTED).exists()
