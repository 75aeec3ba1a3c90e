import json
import os
import random
import signal
import subprocess
import sys
from http.client import HTTPConnection
from urllib.request import urlopen

import pytest
from django.db import connection
from django.utils import timezone
from prometheus_client.parser import text_string_to_metric_families
from wagtail.images import get_image_model
from wagtail.images.tests.utils import get_test_image_file

from benchmarks.site import session_of
from benchmarks.takers import CSRF, Phone, Taker, responses_to
from certificates.badges.keys import generate_key_text
from certificates.models import Certificate
from course.groups.certificate_batches import Which, request_certificates
from course.models import Job
from course.people.roles import EDITORS
from quizzes.attempts.responses import responses_of
from quizzes.attempts.taking import save_answer, start_attempt
from quizzes.models import Attempt, Question, Quiz
from tests.certificates.factories import make_graduate, make_small_course
from tests.course.watching.test_figures import free_port
from tests.factories import make_cohort, make_course, make_learner, make_staff, make_trainer, spanish
from tests.quizzes.test_importing import AIKEN
from tests.serving import LONG, ROOT, served_site, until
from tests.storage import BUCKET, names_in_bucket, s3_storage, storages_on_s3

pytestmark = pytest.mark.nightly


SETTINGS = """
import os
from course.settings.test import *
from course.settings.base import TASKS
CREDENTIAL_KEY = os.environ["CREDENTIAL_KEY"]
"""


@pytest.fixture(scope="module")
def storage():
    with s3_storage() as found:
        yield found | {"MEDIA_BUCKET": BUCKET}


@pytest.fixture
def environment(storage, transactional_db, settings, tmp_path):
    if connection.vendor != "postgresql":
        pytest.skip("One file of SQLite is of one machine.")
    (tmp_path / "machine_settings.py").write_text(SETTINGS)
    where = connection.settings_dict
    given = storage | {
        "DJANGO_SETTINGS_MODULE": "machine_settings",
        "PYTHONPATH": str(tmp_path),
        "DATABASE_URL": f"postgres://{where['USER']}@{where['HOST']}:{where['PORT']}/{where['NAME']}",
        "SITE_URL": "https://trato.example",
        "CREDENTIAL_KEY": generate_key_text(),
        "WEB_CONCURRENCY": "1",
    }
    settings.STORAGES = storages_on_s3(settings.STORAGES, storage)
    settings.SITE_URL, settings.CREDENTIAL_KEY = given["SITE_URL"], given["CREDENTIAL_KEY"]
    return given


def machine(tmp_path, name, environment):
    runs_in = tmp_path / f"run-{name}"
    for folder in (tmp_path / name, runs_in):
        folder.mkdir()
    figures = {"METRICS_PORT": str(free_port()), "RUNTIME_DIRECTORY": str(runs_in)}
    return served_site(tmp_path / name, **environment | figures)


def figures_of(site):
    said = until(lambda: tell(f"http://127.0.0.1:{site.environment['METRICS_PORT']}/metrics"))
    found = {
        sample.name.removeprefix("trato_digno_"): sample.value
        for family in text_string_to_metric_families(said)
        for sample in family.samples
    }
    return {name: found[name] for name in ("answers_saved", "answers_held", "certificates_issued", "queue_tasks")}


def tell(address):
    try:
        with urlopen(address, timeout=LONG) as answer:
            return answer.read().decode()
    except OSError:
        return ""


def make_answer(person, quiz):
    now = timezone.now()
    attempt = start_attempt(person, quiz, language="es", now=now, chance=random.Random(1))
    question, given = next(iter(responses_to(attempt.snapshot).items()))
    save_answer(attempt, question, given[0], client="p", number=1, given_at=now, now=now)


class Browser:
    def __init__(self, person, *sites):
        self.session, self.sites = session_of(person), list(sites)

    def ask(self, path, body=None, content_type="application/x-www-form-urlencoded"):
        for site in self.sites:
            line = HTTPConnection(*site.address, timeout=LONG)
            try:
                headers = {"Cookie": f"sessionid={self.session}; csrftoken={CSRF}", "X-CSRFToken": CSRF}
                if body is not None:
                    headers["Content-Type"] = content_type
                line.request("GET" if body is None else "POST", path, body, headers)
                reply = line.getresponse()
                return reply.status, reply.headers, reply.read()
            except OSError:
                continue
            finally:
                line.close()
        raise AssertionError("no machine answers")

    def at(self, site):
        self.sites = [site]
        return self


def kill(site):
    left = site.answering()
    site.keeper.kill()
    site.keeper.wait(LONG)
    until(lambda: not any(os.path.exists(f"/proc/{pid}") for pid in left))


def test_a_quiz_goes_on_at_the_other_machine_and_both_show_the_same(environment, tmp_path):
    make_course(modules=1, lessons=1, questions=4)
    learner, editor = make_learner(), make_staff("editora", EDITORS)
    colleague = make_learner("EVA222")
    make_cohort(trainers=[make_trainer()], learners=[learner, colleague])
    make_answer(colleague, Quiz.objects.get())
    attempt = start_attempt(learner, Quiz.objects.get(), language="es", now=timezone.now(), chance=random.Random(1))
    picture = get_image_model().objects.create(title="Puerta", file=get_test_image_file())
    assert picture.file.url == f"/media/{picture.file.name}"
    with (
        machine(tmp_path, "one", environment) as one,
        machine(tmp_path, "two", environment) as two,
    ):
        documents = [site.ask("/.well-known/did.json")[2] for site in (one, two)]
        assert documents[0] == documents[1]
        assert len(json.loads(documents[0])["verificationMethod"]) == 1
        figures = {"answers_saved": 1, "answers_held": 0, "certificates_issued": 0, "queue_tasks": 0}
        assert [figures_of(one), figures_of(two)] == [figures, figures]
        at_desk = Browser(editor)
        shown = [at_desk.at(site).ask(picture.file.url) for site in (one, two)]
        assert [(status, content) for status, _headers, content in shown] == [(200, picture.file.open().read())] * 2
        assert at_desk.ask("/media/nada.png")[0] == 404

        form = f"pasted={AIKEN}&format_name=auto&locale={spanish().pk}".replace("\n", "%0A")
        status, headers, _page = at_desk.at(one).ask("/cms/import-questions/", form.encode())
        assert status == 302
        assert "2 preguntas nuevas" in at_desk.at(two).ask(headers["Location"])[2].decode()
        status, result, _page = at_desk.at(one).ask(f"{headers['Location']}confirm/", b"")
        assert at_desk.at(two).ask(result["Location"])[0] == 200
        assert Question.objects.filter(text__contains="a quien llega").exists()
        assert {name.rpartition(".")[2] for name in names_in_bucket(environment) if "imports/" in name} == {
            "json",
            "result",
        }

        taker = Taker(str(attempt.pk), responses_to(attempt.snapshot), session_of(learner))
        sent = {}
        for number, (question, responses) in enumerate(taker.responses.items()):
            if number == 2:
                kill(one)
            for site in (one, two):
                answer = {"question": question, "client": "phone", "number": number, "response": responses[0]}
                try:
                    status, _said = Phone(site.address[1], taker, "phone").send([answer])
                except OSError:
                    continue
                assert status == 200
                sent[question] = site
                break
        assert [site is one for site in sent.values()] == [True, True, False, False]
        assert responses_of(attempt) == {question: given[0] for question, given in taker.responses.items()}
        ended = Browser(learner, one, two).ask(f"/es/cuestionario/intento/{attempt.pk}/enviar/", b"")
        assert ended[0] == 302, ended
        assert Attempt.objects.get(pk=attempt.pk).submitted_at
        assert Browser(learner, one, two).ask(ended[1]["Location"])[0] == 200
        assert "rror" not in two.log.read_text()
        assert at_desk.at(two).ask("/media/../imports/nothing.png")[0] == 400
        left = sorted(path.name for path in two.folder.iterdir() if path.name != "served.log")
    assert left in ([], ["static"])


def test_what_a_killed_worker_was_at_is_made_by_the_one_of_the_other_machine(environment, tmp_path, settings):
    settings.TASKS = settings.TASKS | {"background": {"BACKEND": "django_tasks_db.DatabaseBackend"}}
    make_small_course()
    people = [make_graduate(f"P{number:03d}") for number in range(3)]
    trainer = make_trainer()
    group = make_cohort(trainers=[trainer])
    job = request_certificates(group, people, which=Which.ALL, by=trainer, language="es", now=timezone.now())
    with worker(tmp_path, "one", environment) as first:
        until(lambda: Certificate.objects.exists())
        os.killpg(first.pid, signal.SIGKILL)
        first.wait(LONG)
    made = {one.pk: bytes(one.pdf) for one in Certificate.objects.all()}
    Job.objects.filter(finished_at=None).update(seen_at=None, started_at=None)
    with worker(tmp_path, "two", environment) as second:
        until(lambda: Job.objects.get(pk=job.pk).finished_at)
        second.send_signal(signal.SIGTERM)
    assert Job.objects.get(pk=job.pk).problem == ""
    issued = {one.pk: bytes(one.pdf) for one in Certificate.objects.all()}
    assert len(issued) == 3
    assert made.items() <= issued.items()


def worker(tmp_path, name, environment):
    (tmp_path / name).mkdir()
    return subprocess.Popen(
        [sys.executable, "manage.py", "work"],
        cwd=ROOT,
        env=os.environ | environment | {"VAR_DIR": str(tmp_path / name)},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
