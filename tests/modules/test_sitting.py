"""A sitting on the site of the course, from the button that begins a quiz to where handing it in leads."""

import pytest
from django.urls import reverse
from django.utils import timezone, translation

from modules.models import ModulePage
from modules.progress.structure import course_structure
from quizzes.attempts.taking import save_answer
from quizzes.kinds import kind_of
from quizzes.models import Attempt, Question, QuizDraw
from tests.factories import finish_lessons, make_act, make_cohort, make_course, make_learner

# What follows from a grade is worked out once it is committed.
pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.postgres]


@pytest.fixture
def learner(client):
    learner = make_learner(cohort=make_cohort())
    client.force_login(learner)
    return learner


def prepare(quiz, kind):
    """Mark a question as indispensable, where that is asked for; or let the quiz draw all of its questions by job."""
    if kind != "plain":
        marked = Question.objects.filter(entries__quiz=quiz)[:1]
        Question.objects.filter(pk__in=[one.pk for one in marked]).update(is_indispensable=True, act=make_act())
    if kind == "pools":
        for pool in ("core", "own"):
            QuizDraw.objects.create(quiz=quiz, count=quiz.entries.count() // 2, pool=pool, locale=quiz.locale)
    course_structure()


def begin(client):
    with translation.override("es"):
        return client.post(reverse("quiz_start", args=["m1"]))


def answer_all(attempt, *, right=True):
    now = timezone.now()
    for item in attempt.paper["questions"]:
        wrong = next(option["key"] for option in item["options"] if not option["right"])
        response = kind_of(item).right_response(item) if right else wrong
        save_answer(attempt, item["key"], response, client="test", number=1, given_at=now, now=now)


def hand_in(client, attempt):
    with translation.override("es"):
        return client.post(reverse("attempt_submit", args=[attempt.pk])).url


@pytest.mark.nightly
@pytest.mark.parametrize("count", [5, 20])
@pytest.mark.parametrize(("kind", "to_begin"), [("plain", 14), ("indispensable", 15), ("pools", 16)])
def test_beginning_and_handing_in_cost_the_same_at_any_size(
    client, learner, kind, to_begin, count, django_assert_num_queries
):
    make_course(modules=2, lessons=1, questions=count)
    prepare(ModulePage.objects.get(number=1).quiz, kind)
    # Session, person, quiz, attempts, whether they may; the edition with the stamp; draws; questions, their options and
    # sources; bands; begin, insert, commit. What was met, where it matters; of pools, what they hold.
    with django_assert_num_queries(to_begin):
        begin(client)
    attempt = Attempt.objects.get()
    answer_all(attempt)
    # Session, person, attempt; begin, lock, answers, their points, the grade, commit; then the person; begin, stamp,
    # registration, records, lessons read, sessions attended, attempts, commit. Where it leads is known by then.
    with django_assert_num_queries(18):
        assert hand_in(client, attempt) == f"/es/cuestionario/intento/{attempt.pk}/revision/"
    # Session, person, attempt, and whether it finished something.
    with django_assert_num_queries(4):
        hand_in(client, attempt)


def test_an_attempt_that_finishes_a_module_leads_to_its_motif_at_once_and_when_it_is_sent_again(
    client, learner, django_assert_num_queries
):
    make_course(modules=2, lessons=1)
    finish_lessons(learner, ModulePage.objects.get(number=1))
    for right, queries, leads_to in [(False, 3, "revision"), (True, 5, "tejido"), (True, 4, "revision")]:
        begin(client)
        attempt = Attempt.objects.open().get()
        answer_all(attempt, right=right)
        assert leads_to in hand_in(client, attempt)
        # Session, person, attempt; whether one that was passed finished something, and which module.
        with django_assert_num_queries(queries):
            assert leads_to in hand_in(client, attempt)
