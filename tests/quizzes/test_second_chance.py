import json
from datetime import timedelta

import pytest
from django.http import QueryDict
from django.utils import timezone

from quizzes.attempts import taking
from quizzes.attempts.closing import close_expired_attempts
from quizzes.attempts.deletion import reassign_attempts
from quizzes.attempts.grading import answers_to_mark, grade_manually, release_attempt
from quizzes.attempts.late_answers import accept_late_answer
from quizzes.attempts.responses import IncomingAnswer, current_answers
from quizzes.attempts.results import quiz_outcomes
from quizzes.attempts.rules import AttemptState, state_of
from quizzes.models import Answer, Attempt, LateAnswer, Question, QuizDraw
from quizzes.question_forms.export import serialize_attempts
from quizzes.question_forms.pending import save_delivered_form
from tests.factories import make_learner, make_question, make_quiz, make_trainer

from .factories import (
    FULL,
    NOW,
    address,
    answer_all,
    choice_key,
    form_for,
    give,
    item_of,
    make_draw,
    make_kind,
    make_topic,
    page_of,
    start,
    submit,
    tell,
)
from .test_review import make_act, make_marked

pytestmark = pytest.mark.django_db
MINUTE = timedelta(minutes=1)


def make_indispensable_quiz(marked=1, others=4, **fields):
    """Return a quiz whose indispensable questions have another one of their competency in the bank."""
    acts = [make_act(f"M2-C{n}", f"Hace lo indispensable {n}") for n in range(marked)]
    questions = [make_marked(identifier=f"M2-S{n}", act=act) for n, act in enumerate(acts)]
    questions += [make_question(f"M2-Q{n}") for n in range(others)]
    for n, act in enumerate(acts):
        make_kind("single", f"M2-otra-{n}", text=f"¿Y en el otro caso {n}?", act=act)
    return make_quiz("m2", questions, **{"pass_mark": 40} | fields)


def answer_missing(attempt, missed=("M2-S0",)):
    for item in attempt.snapshot["questions"]:
        give(attempt, item, choice_key(item, "Callar" if item["identifier"] in missed else "Saludar"))


def take(learner, quiz, *, missed=("M2-S0",), now=NOW):
    attempt = start(learner, quiz, now=now)
    answer_missing(attempt, missed)
    return submit(attempt, now=now + 10 * MINUTE)


def repeats_of(attempt):
    repeats = attempt.snapshot.get("repeats", {})
    return [repeats[item["key"]] for item in attempt.snapshot["questions"] if item["key"] in repeats]


def asked_again(attempt):
    waiting = attempt.snapshot.get("second", ())
    return [item for item in [*repeats_of(attempt), *attempt.snapshot.get("near", ())] if item["key"] in waiting]


def answer_second_chance(attempt, *, right=True, after=20):
    for item in asked_again(attempt):
        tell(attempt, item, right=right, after=after * 60)
    return attempt


def number_of(attempt, item):
    return len(attempt.snapshot["questions"]) + 1 + repeats_of(attempt).index(item)


def outcome_of(attempt):
    return quiz_outcomes([attempt.learner], [attempt.quiz_key])[attempt.learner_id, attempt.quiz_key]


@pytest.mark.parametrize(
    ("missed", "passes_after"),
    [((), None), (("M2-Q0",), None), (("M2-S0", "M2-Q0", "M2-Q1", "M2-Q2"), None), (("M2-S0",), True)],
)
def test_second_chance_starts_with_enough_points_and_missed_indispensable_question(learner, missed, passes_after):
    attempt = take(learner, make_indispensable_quiz(), missed=missed)
    assert attempt.is_in_second_chance is bool(passes_after)
    if not passes_after:
        assert attempt.passed is (len(missed) < 4)
        return
    assert (attempt.submitted_at, attempt.grade, attempt.second_chance_at) == (None, None, NOW + 10 * MINUTE)
    outcome = outcome_of(attempt)
    assert (outcome.passed, outcome.pending, outcome.is_in_second_chance) == (False, False, True)
    assert state_of(attempt, NOW + timedelta(days=9)) is AttemptState.IN_SECOND_CHANCE


@pytest.mark.parametrize("right", [True, False])
def test_repeat_decides_about_passing_and_changes_no_grade(
    learner, right, announced, django_capture_on_commit_callbacks
):
    with django_capture_on_commit_callbacks(execute=True):
        attempt = take(learner, make_indispensable_quiz(marked=2), missed=("M2-S0", "M2-S1"))
    assert announced == []
    first, second = asked_again(attempt)
    assert [one["text"] for one in (first, second)] == ["¿Y en el otro caso 0?", "¿Y en el otro caso 1?"]
    # One of two is not enough, and what is given but not told does not count.
    tell(attempt, first, after=1200)
    give(attempt, second, choice_key(second, "Saludar"), after=1210)
    assert submit(attempt).is_in_second_chance  # an old tab submits again
    with django_capture_on_commit_callbacks(execute=True):
        tell(attempt, second, right=right, after=1800)
        submit(attempt, now=NOW + timedelta(days=3))
    assert (attempt.passed, attempt.submitted_at) == (right, NOW + 30 * MINUTE)
    assert 66.6 < attempt.grade < 66.7
    assert [one[1:] for one in announced] == [(right, None)]
    assert outcome_of(attempt).passed is right
    assert Answer.objects.filter(attempt=attempt, fraction=None).count() == 0


@pytest.mark.parametrize("kind", [kind for kind in FULL if kind != "reflection"] + ["gaps", "short_text", "number"])
def test_without_another_question_the_same_is_asked_in_new_order(learner, kind):
    marked = make_marked(kind, "M2-S0")
    quiz = make_quiz("m2", [marked, *(make_question(f"M2-Q{n}") for n in range(3))], pass_mark=70)
    attempt = start(learner, quiz)
    for item in attempt.snapshot["questions"][1:]:
        give(attempt, item, choice_key(item, "Saludar"))
    attempt = submit(attempt)
    [again], item = asked_again(attempt), attempt.snapshot["questions"][0]
    assert again["key"] != item["key"] == again["instead_of"]
    assert sorted(map(str, again["options"])) == sorted(map(str, item["options"]))
    if kind in ("single", "multiple", "ordering"):
        assert again["options"] != item["options"]
    if kind == "matching":
        assert again["matches"] != item["matches"]
    assert answer_second_chance(attempt).passed
    assert item_of(attempt, kind)["options"] == item["options"]


def test_second_chance_starts_after_manual_marks(learner, announced):
    questions = [make_marked(identifier="M2-S0"), make_kind("open", "M2-A"), make_question("M2-Q1")]
    attempt = start(learner, make_quiz("m2", questions, pass_mark=60))
    single, opened, other = attempt.snapshot["questions"]
    give(attempt, single, choice_key(single, "Callar"))
    give(attempt, opened, "La saludo.")
    give(attempt, other, choice_key(other, "Saludar"))
    attempt = submit(attempt)
    assert (attempt.is_in_second_chance, attempt.submitted_at is None) == (False, False)
    trainer = make_trainer()

    def mark(fraction, seen, reason=""):
        more = {"comment": "", "reason": reason, "seen": seen, "by": trainer, "now": NOW + timedelta(days=1)}
        grade_manually(attempt, opened["key"], fraction=fraction, **more)
        attempt.refresh_from_db()

    mark(0, 0)
    assert (attempt.passed, attempt.is_in_second_chance) == (False, False)
    mark(1, 1, "La leí otra vez.")
    assert (attempt.passed, attempt.grade, attempt.is_in_second_chance) == (None, None, True)
    outcome = outcome_of(attempt)
    assert (outcome.passed, outcome.pending, outcome.is_in_second_chance) == (False, False, True)
    # Meanwhile it does not wait for a marker.
    assert not answers_to_mark([learner]).exists()
    sent_at = attempt.submitted_at
    answer_second_chance(attempt, after=48 * 60)
    assert (attempt.passed, attempt.submitted_at) == (True, sent_at)
    mark(0, 2, "No contesta lo que se pregunta.")
    assert (attempt.passed, attempt.is_in_second_chance) == (False, False)


def test_exam_has_second_chance_after_release_only(learner):
    attempt = take(learner, make_indispensable_quiz(is_exam=True))
    assert (attempt.second_chance_at, attempt.submitted_at) == (None, NOW + 10 * MINUTE)
    release_attempt(attempt, by=make_trainer(), now=NOW + timedelta(days=1))
    attempt.refresh_from_db()
    assert attempt.is_in_second_chance
    assert answer_second_chance(attempt, after=48 * 60).passed


def test_second_chance_has_no_time_limit_and_follows_expired_attempt(learner):
    attempt = start(learner, make_indispensable_quiz(time_limit=30))
    answer_missing(attempt)
    later = NOW + timedelta(days=2)
    assert [close_expired_attempts(now=later), close_expired_attempts(now=later)] == [1, 0]
    attempt.refresh_from_db()
    assert (attempt.is_in_second_chance, attempt.second_chance_at) == (True, attempt.due_at)
    assert answer_second_chance(attempt, after=3 * 24 * 60).passed


def test_accepted_late_answer_may_end_second_chance(learner):
    attempt = take(learner, make_indispensable_quiz())
    item, [again] = attempt.snapshot["questions"][0], asked_again(attempt)
    late = IncomingAnswer(item["key"], choice_key(item, "Saludar"), "phone", 2, NOW + 9 * MINUTE)
    other = IncomingAnswer(again["key"], None, "phone", 1, NOW + 20 * MINUTE)
    saved = taking.save_answers(attempt.pk, [late, other], learner=learner.pk, now=NOW + 20 * MINUTE)
    assert ([row.reason for row, _error in saved.late], saved.is_closed) == (["submitted"], True)
    assert str(current_answers(attempt)[item["key"]].response) == choice_key(item, "Callar")
    only_second = taking.save_answers(attempt.pk, [other], learner=learner.pk, now=NOW + 21 * MINUTE)
    assert (only_second.late, only_second.is_closed) == ([], False)
    accept_late_answer(LateAnswer.objects.get(), by=make_trainer(), now=NOW + timedelta(days=1))
    attempt.refresh_from_db()
    assert (attempt.passed, attempt.grade) == (True, 100)


def form_of(attempt, *, right=True, **more):
    [item] = asked_again(attempt)
    return form_for(item, choice_key(item, "Saludar" if right else "Callar"), go="check", **more)


def page_again(attempt):
    return page_of(attempt, number_of(attempt, asked_again(attempt)[0]))


def test_second_chance_on_pages(learner, learner_client):
    quiz = make_indispensable_quiz()
    attempt = take(learner, quiz, now=timezone.now() - timedelta(days=1))
    result, page = address("attempt_result", attempt.pk), page_again(attempt)
    for other in ("attempt_summary", "attempt_answers", "quiz_continue"):
        where = quiz.identifier if other == "quiz_continue" else attempt.pk
        assert learner_client.get(address(other, where)).url == result
    for number in (1, 5, 9):
        assert learner_client.get(page_of(attempt, number)).url == result
    assert learner_client.post(address("attempt_submit", attempt.pk)).url == result
    assert learner_client.post(address("quiz_start", "m2")).url == result
    entry = learner_client.get(address("quiz_entry", "m2")).text
    assert [words for words in ("Por contestar otra vez", f'href="{result}"') if words not in entry] == []
    said = ("Tiene los puntos, y todavía falta algo indispensable.", f'href="{page}"', "Contestar esa")
    text = learner_client.get(result).text
    assert [words for words in said if words not in text] == []
    text = learner_client.get(page).text
    assert [words for words in ("Una más, parecida", "¿Y en el otro caso 0?", "Responder") if words not in text] == []
    assert text.count("<listen-aloud") == 1
    assert [words for words in ("Así se recibe", "El silencio se entiende") if words in text] == []
    # Without a choice nothing is told.
    empty = learner_client.post(page, form_of(attempt) | {"choice": ""}, follow=True).text
    assert "Responda primero esta pregunta." in empty
    old = attempt.snapshot["questions"][0]
    assert learner_client.post(page_of(attempt), form_for(old, choice_key(old, "Saludar"))).url == result
    assert LateAnswer.objects.get().reason == "submitted"
    told = learner_client.post(page, form_of(attempt), follow=True)
    assert told.redirect_chain == [(page, 302)]
    assert [words for words in ("Bien", f'href="{result}"') if words not in told.text] == []
    assert Attempt.objects.get().passed
    assert "Lo que se preguntó otra vez" in learner_client.get(address("attempt_answers", attempt.pk)).text
    # From another tab, after it was told, it changes nothing.
    assert "ya vio cuál es" in learner_client.post(page, form_of(attempt, right=False) | {"go": ""}, follow=True).text
    assert Attempt.objects.get().passed


@pytest.mark.parametrize("attempts_allowed", [None, 1])
def test_failed_second_chance_explains_next_steps(learner, learner_client, attempts_allowed):
    quiz = make_indispensable_quiz(attempts_allowed=attempts_allowed)
    attempt = take(learner, quiz, now=timezone.now() - timedelta(days=1))
    told = learner_client.post(page_again(attempt), form_of(attempt, right=False), follow=True).text
    assert [words for words in ("Hay una mejor", "Así se recibe a toda persona") if words not in told] == []
    text = learner_client.get(address("attempt_result", attempt.pk)).text
    assert "Tiene los puntos, y todavía falta algo indispensable." in text
    assert (address("quiz_start", "m2") in text) is (attempts_allowed is None)


def test_second_chance_answer_survives_ended_session_and_is_saved_for_its_learner_only(client, learner):
    attempt = take(learner, make_indispensable_quiz(), now=timezone.now() - timedelta(days=1))
    form = form_of(attempt)
    assert 'name="pending_answer"' in client.post(page_again(attempt), form).text
    posted = QueryDict(mutable=True)
    posted.update(form)
    assert save_delivered_form(attempt.pk, posted, owner=learner, now=timezone.now())
    [item] = asked_again(attempt)
    assert current_answers(attempt)[item["key"]].response == choice_key(item, "Saludar")
    attempt.refresh_from_db()
    # It is stored, and told to its owner only.
    assert attempt.is_in_second_chance
    told = json.dumps(list(serialize_attempts(learner)), default=str)
    assert "Y en el otro caso 0?" in told


def test_entry_page_mentions_second_chance_if_quiz_may_have_one(learner, learner_client):
    def is_told(quiz):
        page = learner_client.get(address("quiz_entry", quiz.identifier)).text
        return "Algunas preguntas tienen que estar bien" in page

    assert [is_told(quiz) for quiz in (make_indispensable_quiz(), make_quiz("m3", 2))] == [True, False]
    above = make_topic("trato")
    make_marked(identifier="M4-S1", topic=make_topic("ruta", above))
    quiz = make_quiz("m4", 1)
    make_draw(quiz, above)
    assert is_told(quiz)
    QuizDraw.objects.update(with_subtopics=False)
    assert not is_told(quiz)


def test_merging_accounts_keeps_attempt_in_second_chance(learner):
    quiz, other = make_indispensable_quiz(), make_learner("EVA567")
    asking = take(learner, quiz, missed=("M2-S0", "M2-Q0"))
    fuller = start(other, quiz)
    answer_all(fuller)
    reassign_attempts(other, learner, now=NOW + timedelta(days=1))
    asking.refresh_from_db()
    fuller.refresh_from_db()
    assert (asking.is_in_second_chance, fuller.abandoned_at is not None, fuller.learner) == (True, True, learner)


def test_repeat_is_for_the_learners_job_and_none_of_a_draft(learner):
    quiz = make_indispensable_quiz()
    Question.objects.filter(identifier="M2-otra-0").update(audiences=["clinica"])
    make_kind("single", "M2-borrador", act=make_act("M2-C0"), live=False)
    [repeat] = start(learner, quiz, audience="apoyo").snapshot["repeats"].values()
    assert repeat["identifier"] == "M2-S0"
    Attempt.objects.all().delete()
    [repeat] = start(learner, quiz, audience="clinica").snapshot["repeats"].values()
    assert repeat["identifier"] == "M2-otra-0"
