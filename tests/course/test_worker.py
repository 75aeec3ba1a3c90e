import os
import shutil
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings

from tests.beside import Beside
from tests.serving import ROOT, migrated_database, until

pytestmark = pytest.mark.nightly


PEOPLE = 10

SET_UP = """
from django.core.management import call_command
call_command("createcachetable", verbosity=0)
"""
ASK = f"""
from django.utils import timezone
from course.groups.certificate_batches import Which, request_certificates
from tests.factories import make_clinic, make_cohort, make_trainer
from tests.certificates.factories import make_graduate, make_small_course
make_small_course()
people = [make_graduate(f"P{{n:03d}}", last_name="Coj " + chr(97 + n)) for n in range({PEOPLE})]
by, now = make_trainer(), timezone.now()
group = make_cohort(trainers=[by])
print(request_certificates(group, people, which=Which.ALL, by=by, language="es", now=now).pk)
"""
RESULT = """
from certificates.models import Certificate, CertificateEvent
from course.models import Job
job = Job.objects.get()
print(job.done, Certificate.objects.count(), CertificateEvent.objects.filter(kind="issued").count(),
    len(job.result["certificates"]), bytes(job.file)[:4].decode(), job.problem or "-")
"""
HURRY = """
from course.models import Job
Job.objects.update(seen_at=None, started_at=None)
"""


class Site:
    def __init__(self, folder):
        self.database = folder / "worker.sqlite3"
        self.environment = os.environ | {
            "DJANGO_SETTINGS_MODULE": "course.settings.dev",
            "DATABASE_URL": f"sqlite:///{self.database}",
            "VAR_DIR": str(folder),
            "ACCOUNT_KEYS": ",".join(settings.ACCOUNT_KEYS),
        }
        self.beside = Beside(self.environment)

    def shell(self, code):
        return self.beside.run(code).split()

    def start_worker(self):
        command = [sys.executable, "manage.py", "work"]
        return subprocess.Popen(command, cwd=ROOT, env=self.environment, stderr=subprocess.PIPE, text=True)

    def serve_with_worker(self):
        (self.database.parent / "static").mkdir()
        own = {"SERVE_WORKER": "1", "WEB_CONCURRENCY": "1", "PRINTING_PROCESSES": "1", "PORT": "0"}
        command, environment = [sys.executable, "-m", "course.serving"], self.environment | own
        return subprocess.Popen(command, cwd=ROOT, env=environment, stderr=subprocess.PIPE, text=True)

    def ask(self, sql):
        with sqlite3.connect(self.database, timeout=20) as database:
            return database.execute(sql).fetchone()[0]


@pytest.fixture
def site(tmp_path):
    site = Site(tmp_path)
    shutil.copy(migrated_database(), tmp_path / "worker.sqlite3")
    site.shell(SET_UP)
    yield site
    site.beside.end()


def copies_of(pid):
    return Path(f"/proc/{pid}/task/{pid}/children").read_text().split()


def test_a_worker_that_is_killed_in_the_middle_leaves_nothing_behind_and_the_next_one_goes_on(site):
    site.shell(ASK)
    worker = site.start_worker()
    try:
        until(lambda: site.ask("SELECT count(*) FROM certificates_certificate"))
        copies = copies_of(worker.pid)
    finally:
        worker.kill()
        worker.communicate()
    assert copies
    assert 0 < site.ask("SELECT count(*) FROM certificates_certificate") < PEOPLE
    until(lambda: not any(Path(f"/proc/{copy}").exists() for copy in copies))

    site.shell(HURRY)
    clinic = site.serve_with_worker()
    try:
        until(lambda: site.ask("SELECT finished_at FROM course_job"))
    finally:
        clinic.terminate()
        _out, said = clinic.communicate(timeout=60)
    assert clinic.returncode == 0
    assert site.shell(RESULT) == [str(PEOPLE)] * 4 + ["%PDF", "-"]
    assert said == ""
