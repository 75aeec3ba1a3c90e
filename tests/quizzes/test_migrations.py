"""Going back to an earlier version of the tables and forward again loses no result."""

import pytest
from django.core.management import call_command
from django.utils import timezone

from quizzes.models import Attempt
from tests.factories import make_learner, make_quiz

from .factories import start

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _forward_again(transactional_db):
    yield
    call_command("migrate", verbosity=0)


def test_an_attempt_that_waits_for_a_marker_and_one_never_sent_have_a_grade_going_back():
    waiting, abandoned = (start(make_learner(code), make_quiz(code.lower(), 1)) for code in ("EVA222", "ANA111"))
    Attempt.objects.filter(pk=waiting.pk).update(submitted_at=timezone.now())
    Attempt.objects.filter(pk=abandoned.pk).update(abandoned_at=timezone.now())
    call_command("migrate", "quizzes", "0001", verbosity=0)
    call_command("migrate", verbosity=0)
    assert set(Attempt.objects.values_list("pk", "grade", "passed")) == {
        (waiting.pk, 0, False),
        (abandoned.pk, 0, False),
    }
    assert Attempt.objects.submitted().count() == 2
