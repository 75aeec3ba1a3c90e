import random
import threading
from contextlib import suppress
from datetime import timedelta
from functools import partial

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone

from quizzes.analysis.counts import count_new_attempts
from quizzes.attempts import taking as attempts
from quizzes.attempts.closing import close_if_expired, create_allowance
from quizzes.attempts.grading import grade_manually
from quizzes.attempts.late_answers import accept_late_answer, reject_late_answer
from quizzes.attempts.responses import IncomingAnswer, responses_of
from quizzes.attempts.results import quiz_outcomes
from quizzes.exceptions import AlreadyDecided, AlreadySubmitted, MarkConflict, NoAttemptsLeft
from quizzes.models import (
    Answer,
    AnswerWrite,
    Attempt,
    ItemScores,
    LateAnswer,
    ManualMark,
    QuizStatistics,
    SurveyWording,
)
from quizzes.surveys.wording import wording_in_force
from tests.factories import make_learner, make_question, make_quiz, make_trainer
from tests.quizzes.surveys.rows import make_survey
from tests.races import many_at_once

from .factories import NOW, address, choice_key, form_for, give, page_of, start
from .test_second_chance import (
    answer_missing,
    asked_again,
    form_of,
    make_indispensable_quiz,
    number_of,
    page_again,
    repeats_of,
    take,
)

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("database_on_disk"),
    pytest.mark.postgres,
]


def test_concurrent_starts_create_one_attempt():
    learner, _quiz = make_learner(), make_quiz("m1", 3)

    def act(_n):
        browser = Client()
        browser.force_login(learner)
        return browser.post(address("quiz_start", "m1")).url

    assert set(many_at_once(4, act)) == {f"/es/cuestionario/intento/{Attempt.objects.get().pk}/1/"}


@pytest.fixture
def attempt():
    return start(make_learner(), make_quiz("m1", 1))


@pytest.fixture
def item(attempt):
    return attempt.snapshot["questions"][0]


def test_concurrent_repeated_writes_leave_highest_number(attempt, item):
    keys = [option["key"] for option in item["options"]]
    last = 12

    def send(n):
        numbers = list(range(1, last + 1))
        random.Random(n).shuffle(numbers)
        for number in numbers:
            give(attempt, item, keys[number % 3], number=number, after=number)

    assert many_at_once(4, send) == [None] * 4
    assert AnswerWrite.objects.count() == last
    assert responses_of(attempt) == {item["key"]: keys[last % 3]}


def test_concurrent_submissions_grade_once_and_no_answer_slips_in(attempt, item, announced):
    right = choice_key(item, "Saludar")

    def act(n):
        if n % 2:
            return attempts.submit_attempt(attempt, now=NOW + timedelta(minutes=n)).grade
        try:
            moment = NOW + timedelta(seconds=n)
            attempts.save_answer(attempt, item["key"], right, client=f"tab-{n}", number=1, given_at=moment, now=moment)
        except AlreadySubmitted:
            return "late"
        return "saved"

    outcomes = many_at_once(6, act)
    graded = Attempt.objects.get()
    in_time = outcomes[0::2].count("saved")
    assert set(outcomes[1::2]) == {graded.grade}
    assert graded.grade == (100 if in_time else 0)
    assert AnswerWrite.objects.count() == in_time
    assert [grade for grade, *_passed in announced] == [graded.grade]


def test_concurrent_counting_counts_each_learner_once():
    quiz = make_quiz("m1", 1)
    for n in range(24):
        attempts.submit_attempt(start(make_learner(f"FIG{n:03}"), quiz), now=NOW + timedelta(minutes=1))
    counted = many_at_once(4, lambda _n: count_new_attempts(quiz.translation_key, now=NOW + timedelta(hours=1)))
    assert sorted(counted) == [0, 0, 0, 24]
    assert QuizStatistics.objects.get().people == 24
    assert [scores.people for scores in ItemScores.objects.all()] == [24]
    assert Attempt.objects.filter(in_statistics=True).count() == 24


def test_concurrent_markers_leave_one_mark_and_others_get_conflict():
    learner, trainer = make_learner(), make_trainer()
    attempt = start(learner, make_quiz("m1", [make_question("M1-Q1", kind="open", choices=[], marks=5)]))
    item = attempt.snapshot["questions"][0]
    give(attempt, item, "Texto")
    attempts.submit_attempt(attempt, now=NOW)

    def act(n):
        try:
            more = {"comment": "", "reason": "", "seen": 0, "by": trainer, "now": NOW}
            return float(grade_manually(attempt, item["key"], fraction=n / 5, **more).fraction)
        except MarkConflict:
            return "told"

    outcomes = many_at_once(5, act)
    mark = ManualMark.objects.get()
    assert sorted(map(str, outcomes)) == sorted([str(float(mark.fraction)), *["told"] * 4])
    assert Attempt.objects.get().grade == mark.fraction * 100


def test_concurrent_decisions_about_late_answer_decide_once(attempt, item):
    trainer = make_trainer()
    attempts.submit_attempt(attempt, now=NOW)
    with pytest.raises(AlreadySubmitted):
        give(attempt, item, choice_key(item, "Saludar"))
    held = LateAnswer.objects.get()

    def act(n):
        try:
            return (accept_late_answer if n % 2 else reject_late_answer)(held, by=trainer, now=NOW).resolution
        except AlreadyDecided as error:
            return f"told {error.late_answer.resolution}"

    outcomes = many_at_once(4, act)
    decided = LateAnswer.objects.get().resolution
    assert sorted(outcomes) == sorted([decided] * 2 + [f"told {decided}"] * 2)
    assert Attempt.objects.get().grade == (100 if decided == "counted" else 0)


def test_concurrent_repeated_late_answers_are_stored_once(attempt, item):
    attempts.submit_attempt(attempt, now=NOW)
    given = [IncomingAnswer(item["key"], item["options"][0]["key"], "phone", number, NOW) for number in range(5)]
    save = partial(attempts.save_answers, attempt.pk, given, learner=attempt.learner, now=NOW)
    assert many_at_once(4, lambda n: len(save().late)) == [5] * 4
    assert LateAnswer.objects.count() == 5


def test_concurrent_tabs_never_exceed_limit_of_attempts():
    learner, quiz = make_learner(), make_quiz("m1", 1, attempts_allowed=3)

    def act(n):
        taken = 0
        for turn in range(4):
            try:
                attempt = start(learner, quiz, seed=n, now=NOW + timedelta(seconds=turn))
                attempts.submit_attempt(attempt, now=NOW + timedelta(minutes=1))
                taken += 1
            except NoAttemptsLeft:
                return "used up"
        return taken

    outcomes = many_at_once(6, act)
    assert (Attempt.objects.count(), [o for o in outcomes if isinstance(o, Exception)]) == (3, [])
    assert set(outcomes) <= {"used up", 4}
    assert "used up" in outcomes


def test_concurrent_allowance_and_closing_leave_consistent_attempt():
    learner, trainer, quiz = make_learner(), make_trainer(), make_quiz("m1", 1, time_limit=10, grace_seconds=0)
    attempt = start(learner, quiz)
    item = attempt.snapshot["questions"][0]
    attempts.save_answer(attempt, item["key"], "", client="t", number=1, given_at=NOW, now=NOW)
    end = NOW + timedelta(minutes=10)

    def act(n):
        if n % 2:
            return close_if_expired(attempt, now=end + timedelta(seconds=1)).has_ended
        return create_allowance(learner, quiz.translation_key, extra_minutes=5, reason="Luz", by=trainer, now=end).pk

    outcomes = many_at_once(6, act)
    attempt.refresh_from_db()
    assert all(type(pk) is int for pk in outcomes[0::2])
    if attempt.has_ended:
        assert (attempt.submitted_at, attempt.due_at, any(outcomes[1::2])) == (end, end, True)
    else:
        assert (attempt.due_at, any(outcomes[1::2])) == (end + timedelta(minutes=5), False)


def test_concurrent_answers_of_devices_are_all_stored(attempt, item):
    keys = [option["key"] for option in item["options"]]
    clients = ["phone", "tablet", "tab-1", "tab-2", "form", "form"]

    def act(n):
        number = None if clients[n] == "form" else 1
        given = IncomingAnswer(item["key"], keys[n % 3], clients[n], number, NOW + timedelta(seconds=n))
        saved = attempts.save_answers(attempt.pk, [given], learner=attempt.learner, now=NOW + timedelta(minutes=1))
        return saved.late + saved.refused

    assert many_at_once(6, act) == [[]] * 6
    writes = {(write.client, write.number): write.response for write in AnswerWrite.objects.all()}
    assert sorted(writes) == [("form", 1), ("form", 2), ("phone", 1), ("tab-1", 1), ("tab-2", 1), ("tablet", 1)]
    assert responses_of(attempt) == {item["key"]: writes["form", 2]}


def test_concurrent_survey_freezes_create_one_wording():
    make_survey()
    frozen = many_at_once(6, lambda n: wording_in_force().pk)
    assert frozen == [SurveyWording.objects.get().pk] * 6


class Meeting:
    def __init__(self):
        self.barrier, self.written = threading.Barrier(2), []

    def __call__(self, execute, sql, params, many, context):
        if sql.startswith("SELECT") and 'FROM "quizzes_answer" ' in sql:
            with suppress(threading.BrokenBarrierError):
                self.barrier.wait(timeout=1)
        if sql.startswith('UPDATE "quizzes_attempt" '):
            self.written.append(sql)
        return execute(sql, params, many, context)


def post_at_once(learner, posts):
    """Post each of [(address, form)] at once; return (where each leads, number of writes of the attempt)."""
    browsers, meeting = [Client() for _post in posts], Meeting()
    for browser in browsers:
        browser.force_login(learner)

    def act(n):
        with connection.execute_wrapper(meeting):
            answer = browsers[n].post(*posts[n])
            return answer.url if answer.status_code == 302 else answer.status_code

    return many_at_once(len(posts), act), len(meeting.written)


@pytest.mark.parametrize("said", [(True, False), (True, True), (False, False)])
def test_concurrent_second_chances_submit_once(said, announced):
    learner, yesterday = make_learner(), timezone.now() - timedelta(days=1)
    attempt = take(learner, make_indispensable_quiz(), now=yesterday)
    [item] = asked_again(attempt)
    posts = [(page_again(attempt), form_of(attempt, right=right)) for right in said]
    leads_to, written = post_at_once(learner, posts)
    assert set(leads_to) == {page_again(attempt)}
    assert written == 1
    attempt.refresh_from_db()
    [current] = Answer.objects.filter(attempt=attempt, question_key=item["key"])
    is_right = current.response == choice_key(item, "Saludar")
    assert is_right in said
    ended = (attempt.passed, attempt.grade, current.fraction, attempt.is_in_second_chance)
    assert ended == (is_right, 80, is_right, False)
    assert announced == [(80, is_right, None)]
    # The first to arrive stands, and the other one is told.
    assert AnswerWrite.objects.filter(attempt=attempt, question_key=item["key"]).count() == 1
    assert not LateAnswer.objects.exists()
    outcome = quiz_outcomes([learner], [attempt.quiz_key])[learner.pk, attempt.quiz_key]
    assert (outcome.passed, outcome.failed, outcome.is_in_second_chance) == (is_right, not is_right, False)


@pytest.mark.nightly
def test_concurrent_repeats_of_two_questions_submit_once(announced):
    learner, yesterday = make_learner(), timezone.now() - timedelta(days=1)
    attempt = take(learner, make_indispensable_quiz(marked=2), missed=("M2-S0", "M2-S1"), now=yesterday)
    pages = [page_of(attempt, number_of(attempt, item)) for item in asked_again(attempt)]
    posts = [
        (page, form_for(item, choice_key(item, "Saludar"), go="check"))
        for page, item in zip(pages, asked_again(attempt), strict=True)
    ]
    leads_to, _written = post_at_once(learner, posts)
    assert leads_to == pages
    attempt.refresh_from_db()
    assert (attempt.passed, attempt.is_in_second_chance) == (True, False)
    assert [one[1:] for one in announced] == [(True, None)]


def test_concurrent_submissions_start_one_second_chance(announced):
    learner, yesterday = make_learner(), timezone.now() - timedelta(days=1)
    attempt = start(learner, make_indispensable_quiz(marked=2), now=yesterday)
    answer_missing(attempt, ("M2-S0", "M2-S1"))
    leads_to, written = post_at_once(learner, [(address("attempt_submit", attempt.pk), {})] * 2)
    assert leads_to == [address("attempt_result", attempt.pk)] * 2
    assert written == 1
    attempt.refresh_from_db()
    assert attempt.snapshot["second"] == [item["key"] for item in repeats_of(attempt)]
    assert len(attempt.snapshot["second"]) == 2
    assert (attempt.is_in_second_chance, attempt.submitted_at, attempt.grade, announced) == (True, None, None, [])
