from datetime import timedelta
from io import StringIO
from uuid import uuid4

import pytest
from django.contrib.sessions.models import Session as SignIn
from django.core.management import call_command
from django.utils import timezone

from certificates.issuing.account_deletion import ERASED_TEXTS
from certificates.issuing.field_values import example_fields
from certificates.models import Certificate, CertificateBatch, CertificateDesign, CorrectionRequest, PrintedImage
from certificates.pdf.rendering import unused_images
from course.cleanup import RETENTION_RULES, clean_up
from course.models import AuditEntry, CardPrint, PaperPrint, RosterUpload, StartingPin
from course.people.audit import audit_log
from course.people.pins import is_starting_pin, keep_starting_pin
from tests.certificates.factories import issue, make_design, make_graduate, make_small_course
from tests.certificates.pictures import as_file, drawn, upload
from tests.certificates.test_images import with_images
from tests.factories import make_learner

pytestmark = pytest.mark.django_db
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@pytest.fixture
def now():
    return timezone.now()


def make_job(model, group, *, finished_at, **fields):
    return model.objects.create(
        fingerprint=str(finished_at),
        requested_by=group.trainers.get(),
        finished_at=finished_at,
        pdf=b"%PDF" if finished_at else None,
        **fields,
    )


def make_print(cohort, *, finished_at):
    return make_job(CardPrint, cohort, finished_at=finished_at, cohort=cohort, learners=[])


def make_batch(cohort, *, finished_at):
    return make_job(CertificateBatch, cohort, finished_at=finished_at, title="Grupo", learners=[], language="es")


def make_list(cohort, *, brought_at, confirmed_at=None):
    return RosterUpload.objects.create(
        cohort=cohort, brought_by=cohort.trainers.get(), brought_at=brought_at, finished_at=confirmed_at, rows=[["x"]]
    )


def test_the_pins_of_cards_go_after_an_hour_and_their_traces_later(cohort, now):
    young = make_print(cohort, finished_at=now - HOUR + timedelta(minutes=1))
    over = make_print(cohort, finished_at=now - HOUR - timedelta(minutes=1))
    make_print(cohort, finished_at=now - 31 * DAY)
    waiting = make_print(cohort, finished_at=None)
    clean_up(now=now)
    left = {row.pk: bool(row.pdf) for row in CardPrint.objects.all()}
    assert left == {young.pk: True, over.pk: False, waiting.pk: False}


def test_booklets_go_after_a_day_and_their_traces_later(cohort, now):
    young, over, _trace = (
        make_job(PaperPrint, cohort, finished_at=now - age, cohort=cohort, quiz_key=uuid4(), sheets=[])
        for age in (23 * HOUR, 25 * HOUR, 31 * DAY)
    )
    clean_up(now=now)
    assert {row.pk: bool(row.pdf) for row in PaperPrint.objects.all()} == {young.pk: True, over.pk: False}


def test_lists_that_nobody_confirmed_go_and_those_confirmed_are_forgotten(cohort, now):
    kept = [
        make_list(cohort, brought_at=now - DAY + HOUR),
        make_list(cohort, brought_at=now - 20 * DAY, confirmed_at=now - 20 * DAY),
    ]
    make_list(cohort, brought_at=now - DAY - HOUR)
    make_list(cohort, brought_at=now - 40 * DAY, confirmed_at=now - 31 * DAY)
    clean_up(now=now)
    assert set(RosterUpload.objects.all()) == set(kept)


def test_pdfs_of_a_group_go_after_ninety_days_and_what_was_issued_stays(cohort, now, settings):
    make_small_course()
    certificate = issue(make_graduate())
    kept = [make_batch(cohort, finished_at=now - 89 * DAY), make_batch(cohort, finished_at=None)]
    make_batch(cohort, finished_at=now - 91 * DAY)
    clean_up(now=now)
    assert set(CertificateBatch.objects.all()) == set(kept)
    settings.KEPT_BATCHES = timedelta(days=7)
    clean_up(now=now)
    assert set(CertificateBatch.objects.all()) == {kept[1]}
    assert bytes(Certificate.objects.get().pdf) == bytes(certificate.pdf)


def test_expired_pins_and_sessions_go_and_those_that_open_a_door_stay(now):
    good, expired = make_learner("ANA222"), make_learner("BEA222")
    keep_starting_pin(good, "482915", expires_at=now + DAY)
    keep_starting_pin(expired, "482915", expires_at=now - DAY)
    for key, until in (("a" * 32, now + DAY), ("b" * 32, now - DAY)):
        SignIn.objects.create(session_key=key, session_data="x", expire_date=until)
    clean_up(now=now)
    assert [pin.user for pin in StartingPin.objects.all()] == [good]
    assert is_starting_pin(good, "482915", now=now)
    assert [one.session_key for one in SignIn.objects.all()] == ["a" * 32]


def a_picture(colour):
    return upload(as_file(drawn(ink=colour)))


def test_images_that_no_certificate_and_no_design_shows_go(now):
    make_small_course()
    with_images(make_design(), signature=a_picture("navy"), logo=a_picture("black"))
    certificate = issue(make_graduate())
    design = CertificateDesign.objects.get()
    with_images(design, signature=a_picture("maroon"))
    # A preview leaves its images, one of a design that was given up too.
    example_fields(CertificateDesign.objects.get(), language="es")
    given_up = a_picture("green")
    with_images(design, signature=given_up)
    example_fields(CertificateDesign.objects.get(), language="es")
    with_images(design, signature=a_picture("maroon"))
    assert PrintedImage.objects.count() == 4
    clean_up(now=now)
    shown = {certificate.printed["signatories"][0]["image"], certificate.printed["logos"][0]["image"]}
    next_one = issue(make_graduate("BEA222"))
    of_design = next_one.printed["signatories"][0]["image"]
    assert set(PrintedImage.objects.values_list("pk", flat=True)) == shown | {of_design}
    assert not unused_images().exists()


def test_a_dry_run_says_what_would_go_and_leaves_it(cohort, now):
    make_print(cohort, finished_at=now - 31 * DAY)
    audit_log("cards_printed", by=cohort.trainers.get(), cohort=cohort, now=now - 400 * DAY)
    said = StringIO()
    call_command("tidy", "--dry-run", stdout=said)
    assert said.getvalue().startswith("Se quitaría:")
    assert "       1  rastros de tarjetas impresas" in said.getvalue()
    assert CardPrint.objects.get().pdf
    said = StringIO()
    call_command("tidy", stdout=said)
    assert said.getvalue().startswith("Se quitó:")
    assert len(said.getvalue().splitlines()) == 1 + len(RETENTION_RULES)
    assert not CardPrint.objects.exists()
    # Who did what is kept.
    assert AuditEntry.objects.count() == 1
    assert [count for _words, count in clean_up(now=now)] == [0] * len(RETENTION_RULES)


def test_old_corrections_go_where_the_account_is_gone_and_stay_with_a_person(now):
    make_small_course()
    ana = make_graduate()
    of_nobody = {"learner": None, "certificate": issue(make_graduate("BER234"))}

    def ask(days, **about):
        decided = {"decision": "declined", "decided_at": now - days * DAY} if days else {}
        about = {"requested_at": now} | about
        return CorrectionRequest.objects.create(
            origin="own", requested={"role": "Caja"}, previous={}, **about, **decided
        )

    ask(31, **of_nobody)
    ask(0, **of_nobody, requested_at=now - 31 * DAY)
    left = [ask(29, **of_nobody), ask(0, **of_nobody), ask(400, learner=ana)]
    left += [ask(0, **of_nobody, requested_at=now - 29 * DAY), ask(0, learner=ana, requested_at=now - 400 * DAY)]
    clean_up(now=now)
    assert set(CorrectionRequest.objects.all()) == set(left)


def test_the_words_of_strangers_go_when_they_were_declined_long_ago(now):
    make_small_course()
    ana = make_graduate()
    words = {"note": "Es mi vecina.", "requested": {"role": "Caja"}, "previous": {"role": "Archivo"}}

    def ask(origin, decision, days):
        decided = {"decision": decision, "decided_at": now - days * DAY} if decision else {}
        return CorrectionRequest.objects.create(
            learner=ana, origin=origin, requested_at=now - 99 * DAY, **words, **decided
        )

    old = ask("holder", "declined", 31)
    kept = [ask("holder", "declined", 29), ask("holder", "accepted", 31), ask("holder", "", 0)]
    kept += [ask("own", "declined", 31)]
    counted = dict(clean_up(now=now))
    assert [count for count in counted.values() if count] == [1]
    assert CorrectionRequest.objects.values("note", "requested", "previous").get(pk=old.pk) == ERASED_TEXTS
    for one in kept:
        assert CorrectionRequest.objects.values("note", "requested", "previous").get(pk=one.pk) == words
    assert not any(count for _words, count in clean_up(now=now))
