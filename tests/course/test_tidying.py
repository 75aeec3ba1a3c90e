from datetime import timedelta
from io import StringIO

import pytest
from django.contrib.sessions.models import Session as SignIn
from django.core.management import call_command
from django.utils import timezone

from certificates.issuing.account_deletion import ERASED_TEXTS
from certificates.issuing.field_values import example_fields
from certificates.models import Certificate, CertificateDesign, CorrectionRequest, PrintedImage
from certificates.pdf.rendering import unused_images
from course.cleanup import RETENTION_RULES, clean_up
from course.groups.certificate_batches import make_certificates
from course.jobs import KINDS
from course.models import AuditEntry, Job, RosterUpload, StartingPin
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


def make_job(group, kind, *, finished_at, kept):
    made = (
        {"file": b"%PDF", "result": {"certificates": ["7QK4"]}, "expires_at": finished_at + kept} if finished_at else {}
    )
    who = {"cohort": group, "requested_by": group.trainers.get(), "language": "es"}
    return Job.objects.create(kind=kind, fingerprint=f"{kind}{finished_at}", finished_at=finished_at, **who, **made)


def make_list(cohort, *, brought_at, confirmed_at=None):
    return RosterUpload.objects.create(
        cohort=cohort, brought_by=cohort.trainers.get(), brought_at=brought_at, finished_at=confirmed_at, rows=[["x"]]
    )


@pytest.mark.parametrize(("kind", "kept"), [("cards", HOUR), ("sheets", DAY)])
def test_files_of_cards_go_after_an_hour_booklets_after_a_day_and_their_traces_later(cohort, now, kind, kept):
    ages = (kept - timedelta(minutes=1), kept + timedelta(minutes=1), 31 * DAY)
    young, over, _trace = (make_job(cohort, kind, finished_at=now - age, kept=kept) for age in ages)
    waiting = make_job(cohort, kind, finished_at=None, kept=kept)
    clean_up(now=now)
    left = {job.pk: (bool(job.file), bool(job.result)) for job in Job.objects.all()}
    assert left == {young.pk: (True, True), over.pk: (False, False), waiting.pk: (False, False)}


def test_lists_that_nobody_confirmed_go_and_those_confirmed_are_forgotten(cohort, now):
    kept = [
        make_list(cohort, brought_at=now - DAY + HOUR),
        make_list(cohort, brought_at=now - 20 * DAY, confirmed_at=now - 20 * DAY),
    ]
    make_list(cohort, brought_at=now - DAY - HOUR)
    make_list(cohort, brought_at=now - 40 * DAY, confirmed_at=now - 31 * DAY)
    clean_up(now=now)
    assert set(RosterUpload.objects.all()) == set(kept)


def test_pdfs_of_a_group_go_after_ninety_days_and_what_was_issued_stays(cohort, now):
    make_small_course()
    certificate = issue(make_graduate())
    kept = KINDS["certificates"].keeps
    assert (KINDS["certificates"].make, kept) == (make_certificates, 90 * DAY)
    young, unfinished = (make_job(cohort, "certificates", finished_at=at, kept=kept) for at in (now - 89 * DAY, None))
    make_job(cohort, "certificates", finished_at=now - 91 * DAY, kept=kept)
    clean_up(now=now)
    assert set(Job.objects.all()) == {young, unfinished}
    assert Job.objects.get(pk=young.pk).file
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
    make_job(cohort, "cards", finished_at=now - 31 * DAY, kept=HOUR)
    audit_log("cards_printed", by=cohort.trainers.get(), cohort=cohort, now=now - 400 * DAY)
    said = StringIO()
    call_command("tidy", "--dry-run", stdout=said)
    assert said.getvalue().startswith("Se quitaría:")
    assert "       1  trabajos de segundo plano" in said.getvalue()
    assert Job.objects.get().file
    said = StringIO()
    call_command("tidy", stdout=said)
    assert said.getvalue().startswith("Se quitó:")
    assert len(said.getvalue().splitlines()) == 1 + len(RETENTION_RULES)
    assert not Job.objects.exists()
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
