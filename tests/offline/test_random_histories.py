import hypothesis
import pytest
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


def test_no_history_loses_doubles_or_misplaces_what_was_done_on_a_device():
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
    run_state_machine_as_test(hypothesis.seed(int(SEED))(machine) if SEED else machine, settings=SETTINGS)
    assert machine.counts["histories"] >= COUNT
