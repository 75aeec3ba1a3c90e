"""What is asked of people beyond what the course needs: nothing without a reason, and nothing kept when it ends."""

import pytest

from course.models import User
from course.people.asked import Asked, ask, how_many_said, what_is_asked
from tests.factories import NOW, make_learner, make_staff

pytestmark = pytest.mark.django_db


def test_nothing_is_asked_until_somebody_says_why():
    assert what_is_asked() == Asked("", "")
    ask("Para el informe mensual", "  ", by=make_staff("jefa"), now=NOW)
    assert what_is_asked() == Asked("Para el informe mensual", "")


def test_without_a_reason_any_more_what_was_kept_goes():
    boss = make_staff("jefa")
    ask("Informe", "Recordatorios", by=boss, now=NOW)
    ana = make_learner(sex="woman", phone="+50255551234")
    assert how_many_said() == Asked(1, 1)
    ask("Informe", "", by=boss, now=NOW)
    ana.refresh_from_db()
    assert (ana.sex, ana.phone) == ("woman", "")
    ask("", "", by=boss, now=NOW)
    assert not User.objects.exclude(sex="").exists()
