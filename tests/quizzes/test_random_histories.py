import os
import sys

import hypothesis
import pytest
from django.db import connection
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.factories import make_learner, make_trainer

from .answer_histories import PEOPLE, Histories
from .factories import make_full_quiz

COUNT, SEED = int(os.environ.get("HISTORIES", "50")), os.environ.get("HISTORIES_SEED")
KINDS = ("single", "true_false", "multiple", "short_text", "open", "reflection")
SETTINGS = settings(
    max_examples=COUNT,
    stateful_step_count=25,
    derandomize=not SEED,
    database=None,
    deadline=None,
    report_multiple_bugs=False,
    # With a seed a failing history is printed as played, without shrinking.
    phases=[Phase.generate] if SEED else [Phase.generate, Phase.shrink],
    suppress_health_check=list(HealthCheck),
)
pytestmark = [pytest.mark.django_db, pytest.mark.nightly]


def play(machine):
    machine.counts.clear()
    run_state_machine_as_test(hypothesis.seed(int(SEED))(machine) if SEED else machine, settings=SETTINGS)
    assert machine.counts["histories"] >= COUNT


def test_no_history_loses_duplicates_or_misplaces_answer(capsys):
    Histories.quiz = make_full_quiz(kinds=KINDS)
    Histories.people = {code: make_learner(code) for code in PEOPLE}
    Histories.trainer = make_trainer()
    try:
        play(Histories)
    finally:
        if SEED:
            with capsys.disabled():
                print_counts()


def print_counts():
    counts = Histories.counts
    print(f"\n{connection.vendor}, seed {SEED}: {counts['histories']} histories")
    print(f"{counts['steps']:8}  steps, {counts['requests']} requests")
    print(f"{counts['writes']:8}  writes arrived")
    print(f"{counts['row']:8}  of them written")
    print(f"{counts['there']:8}  of them repeats, written once")
    print(f"{counts['held']:8}  of them late or without a place, kept apart with their reason")
    print(f"{counts['refused']:8}  of them refused and the person told, or a reflection, which is kept nowhere")
    print(f"{int(sys.exc_info()[0] is not None):8}  faults found")
