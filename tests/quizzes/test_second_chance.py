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
from quizzes.kinds import get_kind
from quizzes.models import Answer, Attempt, LateAnswer, QuizDraw
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
    make_item,
    make_kind,
    make_topic,
    page_of,
    start,
    submit,
)
from .test_review import make_act, make_marked

pytestmark = pytest.mark.django_db
MINUTE = timedelta(minutes=1)


def make_indispensable_quiz(marked=1, others=4, **fields):
    acts = [make_act(f"M2-C{n}", f"Hace lo indispensable {n}") for n in range(marked)]
    questions = [make_marked(identifier=f"M2-S{n}", act=act) for n, act in enumerate(acts)]
    questions += [make_question(f"M2-Q{n}") for n in range(others)]
    return make_quiz("m2", questions, **{"pass_mark": 40} | fields)


def add_spares(attempt):
    marked = [item for item in attempt.snapshot["questions"] if item.get("indispensable")]
    attempt.snapshot["spares"] = {
        item["key"]: make_item("single", identifier=f"M2-otra-{n}", text=f"¿Y en el otro caso {n}?", act=act_of(item))
        | {"case": None}
        for n, item in enumerate(marked)
    }
    attempt.save(update_fields=["snapshot"])
    return attempt


def act_of(item):
    return make_act(item["act"]["id"])


def take(learner, quiz, *, missed=("M2-S0",), now=NOW):
    attempt = add_spares(start(learner, quiz, now=now))
    for item in attempt.snapshot["questions"]:
        give(attempt, item, choice_key(item, "Callar" if item["identifier"] in missed else "Saludar"))
    return submit(attempt, now=now + 10 * MINUTE)


def answer_second_chance(attempt, *, right=True, after=20):
    for item in attempt.snapshot["second"]:
        kind = get_kind(item)
        give(attempt, item, kind.right_response(item) if right else choice_key(item, "Callar"), after=after * 60)


def submit_second(attempt, *, now=NOW + 30 * MINUTE):
    return taking.submit_second_chance(attempt, now=now)


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
def test_replacement_decides_about_passing_and_changes_no_grade(
    learner, right, announced, django_capture_on_commit_callbacks
):
    with django_capture_on_commit_callbacks(execute=True):
        attempt = take(learner, make_indispensable_quiz(marked=2), missed=("M2-S0", "M2-S1"))
    assert announced == []
    first, second = attempt.snapshot["second"]
    assert [one["text"] for one in (first, second)] == ["¿Y en el otro caso 0?", "¿Y en el otro caso 1?"]
    give(attempt, first, choice_key(first, "Saludar"), after=1200)
    # One of two replacements is not enough.
    assert submit_second(attempt).is_in_second_chance
    assert submit(attempt).is_in_second_chance
    give(attempt, second, choice_key(second, "Saludar" if right else "Callar"), after=1260)
    assert submit(attempt).is_in_second_chance  # an old tab submits again
    with django_capture_on_commit_callbacks(execute=True):
        sent = submit_second(attempt)
        again = submit_second(attempt, now=NOW + timedelta(days=3))
    assert (sent.passed, sent.submitted_at, again.submitted_at) == (right, NOW + 30 * MINUTE, NOW + 30 * MINUTE)
    assert 66.6 < sent.grade < 66.7
    assert [one[1:] for one in announced] == [(right, None)]
    assert outcome_of(sent).passed is right
    assert Answer.objects.filter(attempt=attempt, fraction=None).count() == 0


@pytest.mark.parametrize("kind", [kind for kind in FULL if kind != "reflection"] + ["gaps", "short_text", "number"])
def test_without_spare_same_question_is_asked_in_reproducible_new_order(learner, kind):
    marked = make_marked(kind, "M2-S0")
    quiz = make_quiz("m2", [marked, *(make_question(f"M2-Q{n}") for n in range(3))], pass_mark=70)
    attempt = start(learner, quiz)
    for item in attempt.snapshot["questions"][1:]:
        give(attempt, item, choice_key(item, "Saludar"))
    attempt = submit(attempt)
    [again], item = attempt.snapshot["second"], attempt.snapshot["questions"][0]
    assert again["key"] != item["key"] == again["instead_of"]
    assert sorted(map(str, again["options"])) == sorted(map(str, item["options"]))
    if kind in ("single", "multiple", "ordering"):
        assert again["options"] != item["options"]
    if kind == "matching":
        assert again["matches"] != item["matches"]
    answer_second_chance(attempt)
    assert submit_second(attempt).passed
    assert item_of(attempt, kind)["options"] == item["options"]


def test_second_chance_starts_after_manual_marks(learner, announced):
    questions = [make_marked(identifier="M2-S0"), make_kind("open", "M2-A"), make_question("M2-Q1")]
    quiz = make_quiz("m2", questions, pass_mark=60)
    attempt = add_spares(start(learner, quiz))
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
    answer_second_chance(attempt, after=48 * 60)
    # Meanwhile it does not wait for a marker.
    assert not answers_to_mark([learner]).exists()
    sent_at = attempt.submitted_at
    attempt = submit_second(attempt, now=NOW + timedelta(days=3))
    assert (attempt.passed, attempt.submitted_at) == (True, sent_at)
    mark(0, 2, "No contesta lo que se pregunta.")
    assert (attempt.passed, attempt.is_in_second_chance) == (False, False)


def test_exam_has_second_chance_after_release_only(learner):
    attempt = take(learner, make_indispensable_quiz(is_exam=True))
    assert (attempt.second_chance_at, attempt.submitted_at) == (None, NOW + 10 * MINUTE)
    release_attempt(attempt, by=make_trainer(), now=NOW + timedelta(days=1))
    attempt.refresh_from_db()
    assert attempt.is_in_second_chance
    answer_second_chance(attempt, after=48 * 60)
    assert submit_second(attempt, now=NOW + timedelta(days=3)).passed


def test_second_chance_has_no_time_limit_and_follows_expired_attempt(learner):
    attempt = add_spares(start(learner, make_indispensable_quiz(time_limit=30)))
    for item in attempt.snapshot["questions"]:
        give(attempt, item, choice_key(item, "Callar" if item["identifier"] == "M2-S0" else "Saludar"))
    later = NOW + timedelta(days=2)
    assert [close_expired_attempts(now=later), close_expired_attempts(now=later)] == [1, 0]
    attempt.refresh_from_db()
    assert (attempt.is_in_second_chance, attempt.second_chance_at) == (True, attempt.due_at)
    answer_second_chance(attempt, after=3 * 24 * 60)
    assert submit_second(attempt, now=NOW + timedelta(days=4)).passed


def test_accepted_late_answer_may_end_second_chance(learner):
    attempt = take(learner, make_indispensable_quiz())
    item = attempt.snapshot["questions"][0]
    late = IncomingAnswer(item["key"], choice_key(item, "Saludar"), "phone", 2, NOW + 9 * MINUTE)
    other = IncomingAnswer(attempt.snapshot["second"][0]["key"], None, "phone", 1, NOW + 20 * MINUTE)
    saved = taking.save_answers(attempt.pk, [late, other], learner=learner.pk, now=NOW + 20 * MINUTE)
    assert ([row.reason for row, _error in saved.late], saved.is_closed) == (["submitted"], True)
    assert str(current_answers(attempt)[item["key"]].response) == choice_key(item, "Callar")
    only_second = taking.save_answers(attempt.pk, [other], learner=learner.pk, now=NOW + 21 * MINUTE)
    assert (only_second.late, only_second.is_closed) == ([], False)
    accept_late_answer(LateAnswer.objects.get(), by=make_trainer(), now=NOW + timedelta(days=1))
    attempt.refresh_from_db()
    assert (attempt.passed, attempt.grade) == (True, 100)


def form_of(attempt, *, right=True, go="send"):
    form = {"page": "second", "go": go}
    for item in attempt.snapshot["second"]:
        prefix = f"q-{item['key']}-"
        chosen = choice_key(item, "Saludar" if right else "Callar")
        form |= {f"{prefix}question": item["key"], f"{prefix}shown": '""', f"{prefix}choice": chosen}
    return form


def test_second_chance_on_pages(learner, learner_client):
    quiz = make_indispensable_quiz()
    attempt = take(learner, quiz, now=timezone.now() - timedelta(days=1))
    page = address("attempt_second", attempt.pk)
    for other in ("attempt_summary", "attempt_result", "quiz_continue"):
        where = quiz.identifier if other == "quiz_continue" else attempt.pk
        assert learner_client.get(address(other, where)).url == page
    for number in (1, 5):
        assert learner_client.get(address("attempt_question", attempt.pk, number)).url == page
    assert learner_client.post(address("attempt_submit", attempt.pk)).url == page
    assert learner_client.post(address("quiz_start", "m2")).url == page
    entry, said = learner_client.get(address("quiz_entry", "m2")).text, "Falta una pregunta indispensable"
    assert [words for words in ("Continuar: le falta una pregunta", said) if words not in entry] == []
    text = learner_client.get(page).text
    assert [words for words in ("Hace lo indispensable 0", "¿Y en el otro caso 0?") if words not in text] == []
    assert text.count("<listen-aloud") == 1
    assert [words for words in ("Así se recibe", "El silencio se entiende") if words in text] == []
    assert Attempt.objects.get().is_in_second_chance
    # Without a choice nothing is submitted.
    empty = form_of(attempt) | {name: "" for name in form_of(attempt) if name.endswith("choice")}
    assert "Responda esta pregunta y luego envíela." in learner_client.post(page, empty).text
    old = attempt.snapshot["questions"][0]
    assert learner_client.post(page_of(attempt), form_for(old, choice_key(old, "Saludar"))).url == page
    assert LateAnswer.objects.get().reason == "submitted"
    result = learner_client.post(page, form_of(attempt), follow=True)
    assert result.redirect_chain == [(address("attempt_result", attempt.pk), 302)]
    said = ("respondió bien la otra pregunta", "Lo que se preguntó otra vez")
    assert [words for words in said if words not in result.text] == []
    assert Attempt.objects.get().passed
    # From another tab, after submission, it is a late answer.
    assert learner_client.post(page, form_of(attempt, right=False)).url == address("attempt_result", attempt.pk)
    assert LateAnswer.objects.count() == 2
    assert Attempt.objects.get().passed


def test_failed_second_chance_explains_next_steps(learner, learner_client):
    quiz = make_indispensable_quiz()
    attempt = take(learner, quiz, now=timezone.now() - timedelta(days=1))
    text = learner_client.post(address("attempt_second", attempt.pk), form_of(attempt, right=False), follow=True).text
    assert "Tiene los puntos, y todavía falta algo indispensable." in text
    assert "Así se recibe a toda persona" in text.partition("Lo que se preguntó otra vez")[2]
    assert address("quiz_start", "m2") in text
    assert "/1/" in learner_client.post(address("quiz_start", "m2")).url


def test_failed_second_chance_without_attempts_left_offers_none(learner, learner_client):
    attempt = take(learner, make_indispensable_quiz(attempts_allowed=1), now=timezone.now() - timedelta(days=1))
    page = address("attempt_second", attempt.pk)
    texts = [learner_client.get(page).text, learner_client.post(page, form_of(attempt, right=False), follow=True).text]
    assert "Tiene los puntos, y todavía falta algo indispensable." in texts[1]
    assert not [text for text in texts if "cuestionario otra vez" in text]


def test_second_chance_answer_survives_ended_session_and_is_saved_for_its_learner_only(client, learner):
    attempt = take(learner, make_indispensable_quiz(), now=timezone.now() - timedelta(days=1))
    form = form_of(attempt)
    assert 'name="pending_answer"' in client.post(address("attempt_second", attempt.pk), form).text
    posted = QueryDict(mutable=True)
    posted.update(form)
    assert save_delivered_form(attempt.pk, posted, owner=learner, now=timezone.now())
    item = attempt.snapshot["second"][0]
    assert current_answers(attempt)[item["key"]].response == choice_key(item, "Saludar")
    attempt.refresh_from_db()
    # It is stored, and submitted by its owner only.
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


def test_cached_review_is_never_stale_or_of_another_learner(learner, learner_client, client):
    questions = [make_marked(identifier="M2-S0"), make_kind("open", "M2-A", feedback="Por qué importa.")]
    quiz = make_quiz("m2", questions, pass_mark=90)
    attempt = start(learner, quiz)
    single, opened = attempt.snapshot["questions"]
    give(attempt, single, choice_key(single, "Callar"))
    give(attempt, opened, "La saludo.")
    submit(attempt)
    page, trainer = address("attempt_result", attempt.pk), make_trainer()

    def mark(fraction, comment, seen, reason=""):
        more = {"comment": comment, "reason": reason, "seen": seen, "by": trainer, "now": timezone.now()}
        grade_manually(attempt, opened["key"], fraction=fraction, **more)
        return learner_client.get(page).text

    first = mark(0, "Falta el nombre.", 0)
    assert "Falta el nombre." in first
    assert "Correcta en parte" not in first
    assert learner_client.get(page).text.count("Falta el nombre.") == 1
    second = mark("0.5", "Casi.", 1, "La leí otra vez.")
    assert ("Casi." in second, "Falta el nombre." in second, "Correcta en parte" in second) == (True, False, True)
    eva = make_learner("EVA567")
    client.force_login(eva)
    other = start(eva, quiz)
    for item, response in ((single, choice_key(single, "Callar")), (opened, "La saludo.")):
        give(other, item, response)
    submit(other)
    assert "Casi." not in client.get(address("attempt_result", other.pk)).text
    assert client.get(page).status_code == 404
