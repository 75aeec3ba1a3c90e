"""Whatever happens to a device without a line: nothing is lost, doubled or another's. See `device_histories.py`.

It plays fifty histories, the same ones each time; HISTORIES=500 HISTORIES_SEED=7 plays others.
"""

import sys

import hypothesis
import pytest
from django.db import connection
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from modules.models import LessonPage
from tests.factories import make_cohort, make_course, make_learner, make_trainer
from tests.quizzes.factories import make_full_quiz
from tests.quizzes.test_random_histories import COUNT, KINDS, SEED

from .device_histories import JOINED, PEOPLE, DeviceHistories

STEPS = 25
SETTINGS = settings(
    max_examples=COUNT,
    stateful_step_count=STEPS,
    derandomize=not SEED,
    database=None,
    deadline=None,
    report_multiple_bugs=False,
    phases=[Phase.generate] if SEED else [Phase.generate, Phase.shrink],
    suppress_health_check=list(HealthCheck),
)
pytestmark = [pytest.mark.django_db, pytest.mark.nightly]


def test_no_history_loses_doubles_or_misplaces_what_was_done_on_a_device(capsys):
    make_course(modules=1, lessons=2, quiz=False)
    machine = DeviceHistories
    machine.lessons = [
        str(key) for key in LessonPage.objects.order_by("path").values_list("translation_key", flat=True)
    ]
    machine.quiz = make_full_quiz(kinds=KINDS)
    machine.people = {code: make_learner(code, date_joined=JOINED) for code in PEOPLE}
    machine.keys_of = {code: person.key for code, person in machine.people.items()}
    machine.trainer = make_trainer(is_superuser=True)
    machine.cohort = make_cohort(trainers=[machine.trainer], learners=machine.people.values())
    machine.counts.clear()
    try:
        run_state_machine_as_test(hypothesis.seed(int(SEED))(machine) if SEED else machine, settings=SETTINGS)
    finally:
        if SEED:
            with capsys.disabled():
                print_counts(machine.counts)
    assert machine.counts["histories"] >= COUNT


def print_counts(counts):
    print(f"\n{connection.vendor}, seed {SEED}: {counts['histories']} histories of devices")
    print(f"{counts['steps']:8}  steps, {counts['requests']} requests with a line")
    kinds = ", ".join(f"{counts[f'fact_{kind}']} {kind}" for kind in ("read", "answer", "submit"))
    print(f"{counts['facts']:8}  facts written down without a line ({kinds}), {counts['deliveries']} deliveries")
    print(f"{counts['epochs']:8}  new PINs, {counts['mergers']} mergers")
    for state, words in STATES.items():
        print(f"{counts[state]:8}  told «{state}»: {words}")
    print(f"{counts['row']:8}  answers written")
    print(f"{int(sys.exc_info()[0] is not None):8}  faults found")


STATES = {
    "ok": "credited",
    "again": "here already, or nothing new in it",
    "held": "kept apart with its reason",
    "refused": "of another's attempt, or of no lesson",
    "retry": "its key was gone, or something failed here: it waits on",
}
