from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from certificates.models import Certificate
from course.models import User
from quizzes.models import Attempt
from tests.factories import make_course

pytestmark = pytest.mark.django_db


def test_a_second_start_changes_nothing_that_people_did(db):
    make_course(modules=1)
    call_command("make_demo_data", verbosity=0)
    ana = User.objects.get(username="ANA234")
    ana.set_password("905172")
    ana.first_name = "Ana María"
    ana.save()
    Attempt.objects.filter(learner__username="DOR294").delete()
    User.objects.get(username="HEC935").delete()
    before = (list(User.objects.order_by("pk").values()), Attempt.objects.count(), Certificate.objects.count())
    said = StringIO()
    call_command("make_demo_data", stdout=said)
    assert before == (list(User.objects.order_by("pk").values()), Attempt.objects.count(), Certificate.objects.count())
    assert said.getvalue() == ""


def test_real_settings_have_no_demo_people(db, settings):
    settings.DEMO_PEOPLE_ALLOWED = False
    with pytest.raises(CommandError, match="no se crean personas de prueba"):
        call_command("make_demo_data", show=True)
    assert not User.objects.exists()
