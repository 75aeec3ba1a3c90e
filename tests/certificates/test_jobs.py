from datetime import timedelta

import pytest
from django.apps import apps
from django.db.models import Q
from django.utils import translation
from django.utils.translation import gettext_lazy

from certificates import jobs
from certificates.batches.tasks import make_certificates
from certificates.models import CertificateBatch
from certificates.models.jobs import LEFT_ALONE_AFTER, Job, Requested
from course.models import Reminder
from course.worker.taking_up import KINDS
from tests.factories import NOW, make_cohort, make_learner

pytestmark = pytest.mark.django_db

SORRY = gettext_lazy("Nobody is ticked. Tick the people who need a card.")
MOMENT = timedelta(seconds=1)
UNFINISHED = Q(finished_at=None)


@pytest.fixture
def make_job(trainer):
    def make(**fields):
        fields = {"title": "Grupo", "learners": [1, 2], "language": "es", "fingerprint": "f"} | fields
        return CertificateBatch.objects.create(requested_by=trainer, **fields)

    return make


@pytest.fixture
def ask(trainer):
    def ask(fingerprint="f", *, serves=UNFINISHED, now=NOW):
        fields = {"title": "Grupo", "learners": [], "requested_by": trainer}
        return jobs.ask_once(
            CertificateBatch, fingerprint, serves=serves, new=lambda: fields, task=make_certificates, now=now
        )

    return ask


def test_reusable_job_is_not_repeated(ask):
    first = ask()
    assert ask() == first
    assert ask("g") != first
    CertificateBatch.objects.update(finished_at=NOW)
    again = ask(now=NOW + MOMENT)
    assert again != first
    assert again.requested_at == NOW + MOMENT


def test_concurrent_requests_share_one_job(ask):
    first = ask()
    # As if the first had come in between the looking and the making.
    assert ask(serves=Q(pk__isnull=True)) == first


def test_a_job_is_claimed_by_one_and_by_another_only_after_its_last_sign_of_life_is_old(make_job):
    job = make_job()
    claimed = jobs.claim(CertificateBatch, job.pk, now=NOW)
    assert (claimed.seen_at, claimed.started_at) == (NOW, NOW)
    assert jobs.claim(CertificateBatch, job.pk, now=NOW + LEFT_ALONE_AFTER) is None
    again = jobs.claim(CertificateBatch, job.pk, now=NOW + LEFT_ALONE_AFTER + MOMENT)
    assert (again.seen_at, again.started_at) == (NOW + LEFT_ALONE_AFTER + MOMENT, NOW)
    CertificateBatch.objects.update(finished_at=NOW)
    assert jobs.claim(CertificateBatch, job.pk, now=NOW + timedelta(hours=1)) is None


def test_job_runs_once_in_the_requester_language(make_job):
    job, done = make_job(language="en"), []

    def make(claimed):
        done.append(translation.get_language())
        jobs.finish(claimed, done=2)

    for _time in range(2):
        jobs.do(CertificateBatch, job.pk, make, sorry=SORRY)
    assert done == ["en"]
    job.refresh_from_db()
    assert (job.done, job.problem, job.is_unfinished) == (2, "", False)


@pytest.mark.parametrize(
    ("language", "said"), [("en", "Nobody is ticked. Tick"), ("es", "No hay nadie marcado"), ("", "No hay nadie")]
)
def test_failure_message_is_in_the_requester_language(make_job, language, said):
    job = make_job(language=language)

    def jam(_claimed):
        raise RuntimeError("the press is jammed")

    jobs.do(CertificateBatch, job.pk, jam, sorry=SORRY)
    job.refresh_from_db()
    assert job.problem.startswith(said)
    assert job.finished_at


def test_the_second_result_of_a_job_counts_for_nothing(make_job):
    job = make_job()
    assert jobs.finish(job, done=2)
    assert not jobs.finish(job, done=1, problem="…")
    job.refresh_from_db()
    assert (job.done, job.problem) == (2, "")


def test_nobody_works_on_it_when_nothing_at_all_had_a_sign_of_life(make_job):
    waits = make_job(requested_at=NOW)
    later = NOW + LEFT_ALONE_AFTER + MOMENT
    assert not jobs.is_left_alone(waits, now=NOW + LEFT_ALONE_AFTER)
    assert jobs.is_left_alone(waits, now=later)
    # A worker that is busy with something else comes to it.
    other = make_job(fingerprint="g", seen_at=NOW + 2 * MOMENT)
    assert not jobs.is_left_alone(waits, now=later)
    CertificateBatch.objects.filter(pk=other.pk).update(seen_at=None)
    learner = make_learner(cohort=make_cohort())
    Reminder.objects.create(learner=learner, requested_at=NOW, next_try_at=NOW, seen_at=NOW + 2 * MOMENT)
    assert not jobs.is_left_alone(waits, now=later)


def test_a_reminder_that_was_put_off_is_not_left_alone_before_its_next_try():
    learner = make_learner(cohort=make_cohort())
    put_off = Reminder.objects.create(learner=learner, requested_at=NOW, next_try_at=NOW + timedelta(hours=1))
    assert not jobs.is_left_alone(put_off, now=NOW + timedelta(minutes=59))
    assert jobs.is_left_alone(put_off, now=NOW + timedelta(hours=1) + LEFT_ALONE_AFTER + MOMENT)


def test_every_kind_of_job_is_taken_up_again():
    kinds = {model for model in apps.get_models() if issubclass(model, Requested)}
    assert kinds == {*KINDS, Reminder}
    assert all(issubclass(model, Job) for model in KINDS)


def test_the_file_of_a_job_is_there_as_long_as_its_kind_says_and_then_forgotten():
    for model in (kind for kind in KINDS if kind.FILE_KEPT):
        job = model(finished_at=NOW, pdf=b"%PDF")
        assert jobs.file_of(job, now=NOW + model.FILE_KEPT) == b"%PDF"
        assert jobs.file_of(job, now=NOW + model.FILE_KEPT + MOMENT) is None
        assert jobs.file_of(model(pdf=b"%PDF"), now=NOW) is None
