import os
import random
import signal
import socket
import subprocess
import sys
import urllib.request

import pytest
from django.utils import timezone
from prometheus_client import REGISTRY, CollectorRegistry, generate_latest
from prometheus_client.parser import text_string_to_metric_families

from course.health import signs
from course.watching.counting import CountRequests, Counts
from course.watching.exporting import Figures, own_folder
from quizzes.attempts.taking import start_attempt
from quizzes.models import Quiz
from tests.addresses import all_addresses
from tests.factories import PIN, make_cohort, make_course, make_learner, make_trainer
from tests.security.test_failing import begin_attempt, right_answer
from tests.serving import ROOT, served_site, until

pytestmark = pytest.mark.django_db


def told_by(text):
    return {
        (sample.name, *(value for _label, value in sorted(sample.labels.items()))): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


@pytest.fixture
def counts(monkeypatch):
    made = Counts()
    monkeypatch.setattr(CountRequests, "counts", made)
    yield lambda: told_by(generate_latest().decode())
    for one in (made.requests, made.seconds):
        REGISTRY.unregister(one)


def test_nobody_is_in_what_is_counted(client, counts):
    make_course(modules=1, lessons=1)
    learner = make_learner("ZOR777", "Zoraida", "Xitumul")
    trainer = make_trainer("zenobia")
    cohort = make_cohort("Grupo Quetzal", trainers=[trainer], learners=[learner])
    now = timezone.now()
    attempt = start_attempt(learner, Quiz.objects.get(), language="es", now=now, chance=random.Random(1))
    client.post("/accounts/login/", {"login": "ZOR777", "password": PIN})
    client.get("/es/nada/ZOR777/?quien=Zoraida")
    client.force_login(learner)
    for path in ("/es/", "/es/m1/1/", f"/es/cuestionario/intento/{attempt.pk}/1/", "/accounts/cuenta/", "/cms/"):
        client.get(path)
    client.post(f"/es/cuestionario/intento/{attempt.pk}/1/", right_answer(attempt))
    client.force_login(trainer)
    for path in (f"/es/grupos/{cohort.pk}/", f"/es/grupos/{cohort.pk}/personas/{learner.pk}/", "/es/grupos/resumen/"):
        client.get(path)
    client.generic("TRACE", "/accounts/login/")
    text = generate_latest().decode()
    for word in ("ZOR777", "Zoraida", "Xitumul", "zenobia", "Quetzal", str(attempt.pk), str(learner.key), "127.0.0.1"):
        assert word not in text
    ours = {name: value for name, value in counts().items() if name[0] == "trato_digno_requests_total"}
    assert ours["trato_digno_requests_total", "write", "3xx", "attempt_question"] == 1
    assert ours["trato_digno_requests_total", "read", "4xx", "wagtail_serve"] == 1
    names = {one.name for one in all_addresses()} | {"none"}
    assert {view.rpartition(":")[2] for _, _, _, view in ours} <= {name.rpartition(":")[2] for name in names}
    assert {(method, status[1:]) for _, method, status, _ in ours} <= {
        (method, "xx") for method in ("read", "write", "other")
    }


def test_the_site_as_a_whole_in_figures():
    begin_attempt(make_learner())
    now = timezone.now()
    signs.give_sign("here:1", now=now)
    registry = CollectorRegistry()
    registry.register(Figures(lambda: 2, afterwards=lambda: None))
    told = told_by(generate_latest(registry).decode())
    assert told["trato_digno_processes",] == 2
    assert told["trato_digno_answers_saved",] == told["trato_digno_answers_held",] == 0
    assert told["trato_digno_queue_tasks",] == told["trato_digno_queue_oldest_age_seconds",] == 0
    assert told["trato_digno_worker_last_sign_timestamp_seconds",] == pytest.approx(now.timestamp(), abs=0.01)
    assert told["trato_digno_fact_severity", "worker"] == 0
    assert told["trato_digno_disk_size_bytes", "var"] > told["trato_digno_disk_free_bytes", "var"] > 0


def test_the_folder_of_another_account_is_not_used(monkeypatch, tmp_path):
    monkeypatch.setenv("RUNTIME_DIRECTORY", str(tmp_path))
    (tmp_path / f"trato-digno-{os.geteuid()}-1").symlink_to(tmp_path)
    with pytest.raises(PermissionError):
        own_folder(1)


def free_port():
    with socket.create_server(("127.0.0.1", 0)) as taken:
        return taken.getsockname()[1]


def test_processes_add_up_and_outlive_the_one_that_answers(tmp_path):
    port = free_port()
    with served_site(tmp_path, METRICS_PORT=str(port), RUNTIME_DIRECTORY=str(tmp_path)) as site:

        def told():
            try:
                with urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics", timeout=20) as answer:
                    return told_by(answer.read().decode())
            except OSError:
                return {}

        until(lambda: told().get(("trato_digno_processes",)) == 2)
        for _ in range(20):
            assert site.ask("/accounts/login/")[0] == 200
        page = ("trato_digno_requests_total", "read", "2xx", "account_login")
        figures = told()
        assert (figures[page], figures["trato_digno_processes",]) == (20, 2)
        assert figures["trato_digno_request_duration_seconds_count", "account_login"] == 20
        first = site.answering()
        os.kill(min(first), signal.SIGKILL)
        until(lambda: told().get(("trato_digno_processes",)) == 2 and site.answering() != first)
        assert site.ask("/accounts/login/")[0] == 200
        assert told()[page] == 21
        with pytest.raises(ConnectionRefusedError):
            socket.create_connection(("127.0.0.2", port), 5)


@pytest.mark.nightly
def test_what_counts_and_what_tells_errors_is_not_even_imported_where_nobody_asked():
    begin = "import sys, django; django.setup(); import course.wsgi; "
    asked = begin + "print([name for name in sys.modules if name[:6] in ('promet', 'sentry')])"
    told = subprocess.run([sys.executable, "-c", asked], cwd=ROOT, check=True, capture_output=True, text=True)
    assert told.stdout == "[]\n"
