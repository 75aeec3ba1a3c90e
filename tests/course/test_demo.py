"""People to try the course out with: every state, sign-ins that work, and nothing overwritten."""

from collections import Counter
from io import StringIO

import pytest
from django.contrib.auth import SESSION_KEY
from django.core.management import CommandError, call_command

from benchmarks.big_site.filling import fill_site
from certificates.models import Certificate
from course.demo.people import LEARNERS, make_demo_people, sign_ins
from course.demo.practice import PEOPLE
from course.models import Clinic, Cohort, User
from modules.progress.deriving import progress_by_learner
from quizzes.models import Attempt
from tests.factories import NOW, make_course

pytestmark = pytest.mark.django_db


def states():
    """Return how many people there are in every state of their modules, most in need first."""
    counted = Counter()
    for progress in progress_by_learner(User.objects.filter(is_staff=False, cohorts__isnull=False), now=NOW).values():
        of_modules = {module.state.value for module in progress.modules}
        if progress.finished:
            counted["done"] += 1
        elif "help" in of_modules:
            counted["help"] += 1
        else:
            counted["current" if of_modules & {"current", "done"} else "todo"] += 1
    return counted


@pytest.mark.nightly
def test_there_is_somebody_in_every_state(db):
    make_course(modules=2, lessons=3)
    assert make_demo_people(now=NOW)
    learners = User.objects.filter(is_staff=False, cohorts__isnull=False)
    assert learners.count() == len(LEARNERS) == 15
    assert states() == {"todo": 3, "current": 4, "help": 3, "done": 5}
    assert set(learners.values_list("role", flat=True)) == {"", "clinica", "labfar", "recepcion", "apoyo", "jefatura"}
    assert Certificate.objects.count() == 4
    assert (Cohort.objects.count(), Clinic.objects.count()) == (2, 2)
    assert User.objects.filter(is_demo=False).count() == 0
    assert not User.objects.filter(sort_key="").exists()


@pytest.mark.nightly
def test_without_a_course_the_people_are_made_all_the_same(db):
    call_command("make_demo_data", verbosity=0)
    assert User.objects.filter(is_demo=True).count() == 20 + PEOPLE


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


@pytest.mark.nightly
def test_what_is_printed_opens_the_site_for_everyone(db, client):
    make_course(modules=1, lessons=1)
    printed = StringIO()
    call_command("make_demo_data", show=True, stdout=printed)
    led_to = {}
    for _spanish, _english, code, pin in sign_ins():
        assert f"{code}   {pin}" in printed.getvalue()
        client.logout()
        client.post("/accounts/login/", {"login": code, "password": pin})
        assert User.objects.get(pk=client.session[SESSION_KEY]).username == code
        led_to[code] = client.get("/es/", follow=True).request["PATH_INFO"]
    assert led_to == {
        "ANA234": "/es/",
        "LUZ567": "/accounts/pin/",
        "facilitadora": "/es/",
        "editora": "/es/",
        "abogada": "/es/",
        "revisora": "/es/",
        "admin": "/es/",
    }


@pytest.mark.nightly
def test_the_command_of_a_crowd_says_how_far_it_is_and_how_to_sign_in(client):
    make_course(modules=1, lessons=1)
    said = StringIO()
    fill_site(25, clinics=2, certificates=2, out=said)
    assert "25 / 25 personas / people" in said.getvalue()
    assert "facilitadora001, jefa01: cuatro-volcanes-y-un-lago" in said.getvalue()
    # Four of the demo people have one.
    assert Certificate.objects.count() == 4 + 2
    client.post("/accounts/login/", {"login": "facilitadora001", "password": "cuatro-volcanes-y-un-lago"})
    assert client.get("/es/grupos/").status_code == 200
