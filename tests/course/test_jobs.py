import subprocess
import sys
from datetime import timedelta
from uuid import uuid4

import pytest
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext_lazy
from django_tasks_db.models import DBTaskResult

from course import jobs
from course.groups.certificate_batches import make_certificates
from course.models import Job, Reminder
from course.models.jobs import STALLED_AFTER
from tests.factories import NOW, make_cohort, make_learner, make_trainer
from tests.serving import ROOT

pytestmark = pytest.mark.django_db

MOMENT = timedelta(seconds=1)
UNFINISHED = Q(finished_at=None)
DATABASE_TASKS = {
    "default": {"BACKEND": "django.tasks.backends.immediate.ImmediateBackend"},
    "background": {"BACKEND": "django_tasks_db.DatabaseBackend"},
}


@pytest.fixture
def make_job(cohort):
    def make(**fields):
        fields = {"kind": "cards", "total": 2, "language": "es", "fingerprint": "f", "params": {}} | fields
        return Job.objects.create(cohort=cohort, requested_by=cohort.trainers.get(), **fields)

    return make


@pytest.fixture
def made_by(monkeypatch):
    def register(make):
        failed = gettext_lazy("Nobody is ticked. Tick the people who need a card.")
        monkeypatch.setitem(jobs.KINDS, "cards", jobs.Kind(make, failed, timedelta(hours=1), is_private=True))

    return register


@pytest.fixture
def ask(cohort):
    def ask(asked="f", *, reuse=UNFINISHED, now=NOW):
        who = {"by": cohort.trainers.get(), "language": "es", "now": now}
        return jobs.request_job("cards", cohort, asked=[asked], reuse=reuse, new=lambda: ({}, 0), **who)

    return ask


def test_reusable_job_is_not_repeated(ask):
    first = ask()
    assert ask() == first
    assert ask("g") != first
    Job.objects.update(finished_at=NOW)
    again = ask(now=NOW + MOMENT)
    assert again != first
    assert again.requested_at == NOW + MOMENT


def test_concurrent_requests_share_one_job(ask):
    first = ask()
    # As if the first had come in between the looking and the making.
    assert ask(reuse=Q(pk__isnull=True)) == first


def test_a_job_is_claimed_by_one_and_by_another_only_after_its_last_sign_of_life_is_old(make_job):
    job = make_job()
    claimed = jobs.claim(job.pk, now=NOW)
    assert (claimed.seen_at, claimed.started_at) == (NOW, NOW)
    assert jobs.claim(job.pk, now=NOW + STALLED_AFTER) is None
    again = jobs.claim(job.pk, now=NOW + STALLED_AFTER + MOMENT)
    assert (again.seen_at, again.started_at) == (NOW + STALLED_AFTER + MOMENT, NOW)
    Job.objects.update(finished_at=NOW)
    assert jobs.claim(job.pk, now=NOW + timedelta(hours=1)) is None


def test_job_runs_once_in_the_requester_language_and_its_file_is_kept_as_long_as_its_kind_says(make_job, made_by):
    job, languages = make_job(language="en"), []

    def make(_job):
        languages.append(translation.get_language())
        return {"done": 2, "file": b"%PDF"}

    made_by(make)
    for _time in range(2):
        jobs.run_job.call(str(job.pk))
    assert languages == ["en"]
    job.refresh_from_db()
    assert (job.done, job.problem, job.is_unfinished) == (2, "", False)
    assert job.expires_at == job.finished_at + timedelta(hours=1)
    assert jobs.get_file(job, now=job.expires_at) == b"%PDF"
    assert jobs.get_file(job, now=job.expires_at + MOMENT) is None
    assert list(jobs.expired_files(now=job.expires_at + MOMENT)) == [job]


@pytest.mark.parametrize(("language", "said"), [("en", "Nobody is ticked. Tick"), ("es", "No hay nadie marcado")])
def test_failure_message_is_in_the_requester_language(make_job, made_by, language, said):
    job = make_job(language=language)

    def jam(_job):
        raise RuntimeError("the press is jammed")

    made_by(jam)
    jobs.run_job.call(str(job.pk))
    job.refresh_from_db()
    assert job.problem.startswith(said)
    assert job.finished_at


def test_the_second_result_of_a_job_counts_for_nothing(make_job):
    job = make_job(kind="certificates")
    assert jobs.KINDS["certificates"].make is make_certificates
    assert jobs.finish(job, done=2)
    assert not jobs.finish(job, done=1, problem="…")
    job.refresh_from_db()
    assert (job.done, job.problem) == (2, "")


def test_nobody_works_on_it_when_nothing_at_all_had_a_sign_of_life(make_job):
    waits = make_job(requested_at=NOW)
    later = NOW + STALLED_AFTER + MOMENT
    assert not jobs.is_stalled(waits, now=NOW + STALLED_AFTER)
    assert jobs.is_stalled(waits, now=later)
    # A worker that is busy with something else comes to it.
    other = make_job(fingerprint="g", seen_at=NOW + 2 * MOMENT)
    assert not jobs.is_stalled(waits, now=later)
    Job.objects.filter(pk=other.pk).update(seen_at=None)
    learner = make_learner(cohort=make_cohort())
    Reminder.objects.create(learner=learner, requested_at=NOW, next_try_at=NOW, seen_at=NOW + 2 * MOMENT)
    assert not jobs.is_stalled(waits, now=later)


def test_a_reminder_that_was_put_off_is_not_stalled_before_its_next_try():
    learner = make_learner(cohort=make_cohort())
    put_off = Reminder.objects.create(learner=learner, requested_at=NOW, next_try_at=NOW + timedelta(hours=1))
    assert not jobs.is_stalled(put_off, now=NOW + timedelta(minutes=59))
    assert jobs.is_stalled(put_off, now=NOW + timedelta(hours=1) + STALLED_AFTER + MOMENT)


def test_a_worker_that_starts_takes_up_what_is_not_finished(make_job, settings):
    settings.TASKS = DATABASE_TASKS
    waits, claimed = make_job(), make_job(fingerprint="g", started_at=NOW, seen_at=NOW)
    make_job(fingerprint="h", finished_at=NOW)
    jobs.requeue_unfinished(now=NOW + MOMENT)
    queue = {result.args_kwargs["args"][0]: result.run_after for result in DBTaskResult.objects.all()}
    assert set(queue) == {str(waits.pk), str(claimed.pk)}
    assert queue[str(claimed.pk)] == NOW + STALLED_AFTER


def test_the_worker_knows_how_to_make_every_kind():
    code = (
        "import django; django.setup()\n"
        "from course.management.commands import work\n"
        "for module in work.JOB_MODULES: __import__(module)\n"
        "from course.jobs import KINDS; print(*KINDS)"
    )
    told = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    assert set(told.split()) == {page.stem for page in (ROOT / "course/templates/desk/jobs").iterdir()}


def test_cards_and_lists_are_found_by_their_requester_alone(cohort, make_job, client):
    kinds = {"cards": 404, "list": 404, "sheets": 200, "certificates": 200}
    fields = {"params": {"quiz_key": str(uuid4()), "upload": str(uuid4())}}
    made = {kind: make_job(kind=kind, fingerprint=kind, **fields) for kind in kinds}
    pages = {kind: reverse("desk_job", args=[cohort.pk, job.pk]) for kind, job in made.items()}
    states = {kind: reverse("desk_job_state", args=[cohort.pk, job.pk]) for kind, job in made.items()}
    other = make_cohort("Otro", trainers=[make_trainer("otra")]).trainers.get()
    client.force_login(other)
    assert {client.get(page).status_code for page in pages.values()} == {404}
    cohort.trainers.add(other)
    for addresses in (pages, states):
        assert {kind: client.get(address).status_code for kind, address in addresses.items()} == kinds


def test_a_job_with_a_person_whose_account_goes_loses_its_file_and_says_why(make_job):
    ana, luz = make_learner(), make_learner("LUZ567")
    of_both, of_luz = ({"people": [one.pk for one in people]} for people in ([ana, luz], [luz]))
    unfinished = make_job(params=of_both, language="en")
    done = {"file": b"%PDF", "result": {"left_out": [{"name": "Coj, Ana", "reason": "…"}]}}
    finished = make_job(params=of_both, finished_at=NOW, expires_at=NOW, **done)
    other = make_job(params=of_luz, finished_at=NOW, expires_at=NOW, **done)
    jobs.cancel_jobs_of(ana, now=timezone.now())
    for job in (unfinished, finished, other):
        job.refresh_from_db()
    assert {unfinished.file, finished.file, str(unfinished.result), str(finished.result)} == {None, "{}"}
    assert unfinished.finished_at
    assert unfinished.params == finished.params == of_luz
    assert unfinished.problem == "An account was deleted since this was requested. Request it again."
    assert bytes(other.file) == b"%PDF"
    assert other.problem == ""
