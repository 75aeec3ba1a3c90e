import re
from datetime import UTC, datetime, timedelta
from io import StringIO

import pytest
import time_machine
from django.core import mail
from django.core.management import call_command
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from course.models import Cohort, RefresherCase, Reminder, User
from course.people.merging import merge_accounts
from course.people.restarts import restart_modules
from course.refresher_cases import completion_rates, current_finish, due_weeks, mark_done, questions_of
from course.reminders.sending import send_waiting
from modules.models import ModulePage, Registration, TrainingRecord
from quizzes.models import Competency, ItemScores, Question
from tests.factories import (
    NOW,
    finish_course,
    make_cohort,
    make_course,
    make_learner,
    make_question,
    make_quiz,
    make_trainer,
    spanish,
)

pytestmark = pytest.mark.django_db


def finish(learner, *, weeks_ago):
    finish_course(learner, now=timezone.now() - timedelta(weeks=weeks_ago))
    return current_finish(learner)[0]


@pytest.fixture
def course():
    return make_course(modules=1, lessons=1, questions=1)


@pytest.fixture
def cohort(course):
    return make_cohort(trainers=[make_trainer()], sends_reminders=True)


@pytest.fixture
def ana(cohort):
    return make_learner("ANA234", "Ana", "Coj", cohort=cohort, role="apoyo", email="ana@ejemplo.gt")


def make_bank(*questions):
    for identifier, audiences in questions:
        act = Competency.objects.create(identifier=f"ACTO-{identifier}", text=identifier, locale=spanish())
        make_question(identifier, audiences=audiences, act=act)


def test_no_case_shows_a_question_of_an_exam_or_of_no_module(ana):
    make_bank(("R1", []), ("R2", []))
    make_question("SUELTA", audiences=[])
    make_quiz("examen", [Question.objects.get(identifier="R2")], is_exam=True)
    finished = finish(ana, weeks_ago=9)
    asked = {one.identifier for week in (1, 4, 8) for one in questions_of(ana, finished, week, language="es")}
    assert asked == {"R1", "M1-Q1"}


def review(week):
    return reverse("spaced_case", args=[week])


def offered(client):
    found = re.search(r"/repaso/(\d)/", client.get(reverse("my_course")).text)
    return found and int(found[1])


def test_a_case_is_offered_from_its_week_on_until_it_is_done_the_newest_first(client, ana, cohort):
    make_bank(("R1", []), ("R2", ["apoyo"]), ("R3", []))
    client.force_login(ana)
    assert offered(client) is None
    finish(ana, weeks_ago=4)
    assert offered(client) == 4
    page = client.get(review(4)).text
    # Played in the page: no field and no link in it, and one button that says that it was done.
    assert len(re.findall(r'<details class="choice" name="caso-\d">', page)) >= 6
    assert not re.findall(r"<(?:input|a |button|form)", page[page.index("<section") : page.rindex("</section>")])
    assert client.post(review(8)).url == reverse("my_course")
    assert "Ese repaso no está para usted" in client.get(reverse("my_course")).text
    assert not RefresherCase.objects.exists()
    for _time in range(2):
        assert client.post(review(4), {"choice": "b", "caso-1": "a"}).url == reverse("my_course")
    assert list(RefresherCase.objects.values_list("learner", "week")) == [(ana.pk, 4)]
    assert {field.name for field in RefresherCase._meta.fields} == {"id", "learner", "finish_key", "week"}
    assert offered(client) == 1
    client.post(review(1))
    assert offered(client) is None
    assert "Ya lo hizo" in client.get(review(4)).text
    client.force_login(make_learner("EVA234", cohort=cohort, role="apoyo"))
    assert client.get(review(1), follow=True).redirect_chain[-1][0] == reverse("my_course")
    assert client.get(review(2)).url == client.post(review(2)).url == reverse("my_course")


def test_the_day_is_that_of_guatemala(ana, course):
    finished_at = timezone.make_aware(datetime(2026, 3, 2, 23, 30))
    due = {
        (days, hour): due_weeks(finished_at, now=timezone.make_aware(datetime(2026, 3, 2 + days, hour)))
        for days, hour in [(6, 23), (7, 0), (27, 23), (28, 0)]
    }
    assert due == {(6, 23): [], (7, 0): [1], (27, 23): [1], (28, 0): [4, 1]}


def test_who_begins_anew_has_the_weeks_of_the_new_finishing(ana_client, ana, cohort):
    first = finish(ana, weeks_ago=20)
    mark_done(ana, 8, now=timezone.now())
    since = timezone.localdate() - timedelta(weeks=6)
    restart_modules(
        cohort,
        learner=ana,
        name="Repaso",
        since=since,
        modules=[ModulePage.objects.get().translation_key],
        by=cohort.trainers.get(),
        now=timezone.now() - timedelta(weeks=6),
    )
    assert offered(ana_client) is None
    assert current_finish(ana) == (None, None)
    assert finish(ana, weeks_ago=5) not in (None, first)
    assert offered(ana_client) == 4
    assert RefresherCase.objects.get().finish_key == first


def test_it_asks_what_everybody_misses_for_the_own_job_and_what_is_new_first(ana, course):
    acts = {
        name: Competency.objects.create(identifier=name, text=name, locale=spanish()) for name in ("A", "B", "C", "D")
    }
    make_bank(("A1", []), ("A2", ["apoyo"]), ("B1", []), ("C1", ["clinica"]), ("D1", ["apoyo", "clinica"]))
    for question in Question.objects.exclude(identifier__startswith="M1"):
        question.act = acts[question.identifier[0]]
        question.save()
    quiz_key = ModulePage.objects.get().quiz.translation_key
    key = {question.identifier: question.translation_key for question in Question.objects.all()}
    for name, people, fraction in [("A1", 20, 1), ("B1", 20, 0), ("C1", 20, 0), ("D1", 20, "0.5"), ("A2", 9, 0)]:
        ItemScores.objects.create(quiz_key=quiz_key, question_key=key[name], fraction=fraction, rest=0, people=people)
    finish_key = finish(ana, weeks_ago=9)

    def asked(week, learner=ana):
        return [one.identifier for one in questions_of(learner, finish_key, week, language="es")]

    # B is missed by all, D by half, A by some: of each act one. The own quiz's question was in a paper: it comes last.
    first = asked(1)
    assert [name[0] for name in first] == ["B", "D", "A"]
    assert asked(1) == first
    assert "C1" not in {*asked(1), *asked(4), *asked(8)}
    assert asked(4)[0] in {"A1", "A2"} - set(first)
    Question.objects.filter(identifier="D1").update(live=False)
    assert [name[0] for name in asked(1)] == ["B", "A", "A"]
    ana.role = "clinica"
    assert {"C1"} <= set(asked(1))


def coming(client):
    page = client.get(reverse("whole_weave")).text
    rows = re.findall(r"<li>(.*?)</li>", page.partition('<ul class="rows no-print">')[2].partition("</ul>")[0])
    return [(re.sub(r"<[^>]+>", "", row), re.search(r'href="(.*?)"', row)[1]) for row in rows][1:-2]


def test_the_end_of_the_course_names_the_reviews_and_the_card(client, ana, course):
    make_bank(("R1", []))
    finish_course(ana, now=timezone.make_aware(datetime(2026, 3, 2, 23, 30)))

    def on(month, day):
        with time_machine.travel(timezone.make_aware(datetime(2026, month, day, 9)).astimezone(UTC)):
            client.force_login(ana)
            return coming(client)

    first = (
        "Una, cuatro y ocho semanas después de terminar tiene un repaso de dos minutos en Mi curso: "
        "el próximo, desde el {}. Le escribimos por correo cuando esté."
    )
    now = ("Tiene un repaso de dos minutos", review(1))
    assert on(3, 3) == [(first.format("9 de marzo de 2026"), "/es/")]
    assert on(3, 9) == [now, (first.format("30 de marzo de 2026"), "/es/")]
    assert on(4, 27) == [("Tiene un repaso de dos minutos", review(8))]
    for week in (1, 4, 8):
        mark_done(ana, week, now=timezone.make_aware(datetime(2026, 4, 27, 9)))
    assert on(4, 27) == []
    module = ModulePage.objects.get()
    module.practice = [("moment", {"text": "llega alguien a la puerta"}), ("act", {"text": "saludo primero"})]
    module.save_revision().publish()
    [(card, where)] = on(4, 27)
    assert card == (
        "Elija un momento y lo que hará entonces en su tarjeta «si… entonces…», e imprímala. Cada módulo tiene la suya."
    )
    assert where == "/es/practicar/m1/#tarjeta"


@pytest.mark.parametrize(
    ("model", "lacking"),
    [
        (User, {"confirmed_email": ""}),
        (User, {"reminders_stopped_at": NOW}),
        (Cohort, {"sends_reminders": False}),
        (None, {}),
    ],
)
def test_a_letter_is_promised_to_whoever_gets_one_alone(client, ana, course, settings, model, lacking):
    finish_course(ana, now=timezone.now())
    if model:
        model.objects.update(**lacking)
    settings.MAIL_GOES_OUT = model is not None
    client.force_login(ana)
    [(words, _where)] = coming(client)
    assert words.startswith("Una, cuatro y ocho semanas después de terminar tiene un repaso")
    assert "escribimos" not in words


def test_a_letter_comes_once_and_names_nothing(ana, cohort, settings):
    settings.MAIL_GOES_OUT = True
    finish(ana, weeks_ago=4)
    others = {
        "no address": make_learner("EVA222", cohort=cohort),
        "not confirmed": make_learner("EVA223", cohort=cohort, email="b@ejemplo.gt", confirmed_email=""),
        "wants none": make_learner("EVA224", cohort=cohort, email="c@ejemplo.gt", reminders_stopped_at=NOW),
        "quiet group": make_learner("EVA225", cohort=make_cohort("Otro"), email="d@ejemplo.gt"),
        "long ago": make_learner("EVA226", cohort=cohort, email="e@ejemplo.gt"),
        "did it": make_learner("EVA227", cohort=cohort, email="f@ejemplo.gt"),
    }
    for name, person in others.items():
        finish(person, weeks_ago=6 if name == "long ago" else 4)
    mark_done(others["did it"], 4, now=timezone.now())
    for _time in range(2):
        call_command("send_reminders", stdout=StringIO())
        send_waiting()
    [letter] = mail.outbox
    assert letter.to == ["ana@ejemplo.gt"]
    assert "Tiene un repaso de dos minutos" in letter.body
    assert not re.search(r"Módulo|sexual|VIH|semana 4|Ana", letter.body + letter.subject)
    reminder = Reminder.objects.get()
    # In no group: no trainer sees who had not done it.
    assert (reminder.week, reminder.cohort, reminder.requested_by) == (4, None, None)
    with pytest.raises(IntegrityError), transaction.atomic():
        Reminder.objects.create(learner=ana, finish_key=reminder.finish_key, week=4, sent_at=timezone.now())


def test_trainers_read_counts_from_ten_people_up_and_never_who(client, cohort, ana):
    for number in range(9):
        learner = make_learner(f"LUZ{number}", f"Luz{number}", cohort=cohort, role="apoyo")
        finish(learner, weeks_ago=4)
        mark_done(learner, 4, now=timezone.now())
    learners = cohort.learners.all()
    assert completion_rates(learners, now=timezone.now()) == []
    finish(ana, weeks_ago=4)
    assert completion_rates(learners, now=timezone.now()) == [(1, 0, 10), (4, 9, 10)]
    client.force_login(cohort.trainers.get())
    page = client.get(reverse("desk_activities", args=[cohort.pk])).text
    assert "9 de 10 hicieron el repaso de la semana 4" in page
    assert "semana 8" not in page
    for where in ("desk_person", "desk_person_file"):
        assert b"repaso" not in client.get(reverse(where, args=[cohort.pk, ana.pk])).content.lower()


def test_two_accounts_of_one_person_keep_what_was_done_for_the_record_that_is_left(cohort, ana):
    twin = make_learner("ANA999", "Ana", "Coj", cohort=cohort)
    older, newer = finish(twin, weeks_ago=9), finish(ana, weeks_ago=5)
    mark_done(twin, 8, now=timezone.now())
    mark_done(ana, 1, now=timezone.now())
    merge_accounts(ana, twin, by=cohort.trainers.get(), cohort=cohort, now=timezone.now())
    left = current_finish(ana)[0]
    assert left == older != newer
    assert set(RefresherCase.objects.values_list("learner", "finish_key", "week")) == {
        (ana.pk, left, 8),
        (ana.pk, left, 1),
    }
    ana.enrolments.all().delete()
    TrainingRecord.objects.filter(learner=ana).update(learner=None, registration=None)
    Registration.objects.all().delete()
    assert RefresherCase.objects.filter(learner=ana).count() == 2
