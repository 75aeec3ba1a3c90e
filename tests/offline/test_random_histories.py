import pytest

from modules.models import LessonPage
from tests.factories import make_cohort, make_course, make_learner, make_trainer
from tests.quizzes.factories import make_full_quiz
from tests.quizzes.test_random_histories import KINDS, play

from .device_histories import JOINED, PEOPLE, DeviceHistories

pytestmark = [pytest.mark.django_db, pytest.mark.nightly]


def test_no_history_loses_doubles_or_misplaces_what_was_done_on_a_device():
    make_course(modules=1, lessons=2, quiz=False)
    machine = DeviceHistories
    keys = LessonPage.objects.order_by("path").values_list("translation_key", flat=True)
    machine.lessons = list(map(str, keys))
    machine.quiz = make_full_quiz(kinds=KINDS)
    machine.people = {code: make_learner(code, date_joined=JOINED) for code in PEOPLE}
    machine.keys_of = {code: person.key for code, person in machine.people.items()}
    machine.trainer = make_trainer(is_superuser=True)
    machine.cohort = make_cohort(trainers=[machine.trainer], learners=machine.people.values())
    play(machine)
