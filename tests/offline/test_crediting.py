import random
import sqlite3
from datetime import timedelta

import pytest
from django.core import signing
from django.db import OperationalError
from django.test import Client

from course.models import User
from course.offline import delivery
from course.people import owner_tokens
from course.people.accounts import reset_pin
from course.people.identifiers import person_with_key
from course.people.leaving import archive_person
from course.people.merging import merge_accounts
from course.people.owner_tokens import SALT, make_owner_token
from modules.models import LessonRead, TrainingRecord
from quizzes.attempts import late_answers
from quizzes.attempts.taking import submit_attempt
from quizzes.models import Answer, AnswerWrite, Attempt, LateAnswer, Medium, Question, Quiz, Reason
from tests.factories import make_course, make_learner, make_question, make_quiz
from tests.quizzes.factories import start

from .conftest import BEGUN, JOINED
from .devices import deliver, fact_answer, fact_read, fact_submit, form_of, post, sealed, states_of

pytestmark = pytest.mark.django_db

# Of a page with its script; of one without it, as the worker names it.
COUNTED = {"client": "pagina-1", "number": "4"}
UNCOUNTED = {"client": "aparato-1", "number": ""}


def send(now, *facts, **more):
    return states_of(deliver([sealed(fact) for fact in facts], now=now, **more))


def ago(now, **time):
    return now - timedelta(**time)


def test_a_lesson_is_read_once_by_whose_device_it_was_whoever_is_signed_in(ana, nicolas, lesson, now):
    shared = Client(enforce_csrf_checks=True)
    shared.force_login(nicolas)
    row = sealed(fact_read(ana, lesson.translation_key, ago(now, hours=5)))
    assert states_of(deliver([row, row], now=now, browser=shared)) == ["ok", "again"]
    assert states_of(deliver([row], now=now)) == ["again"]
    read = LessonRead.objects.get()
    assert (read.learner, read.lesson_key, read.read_at) == (ana, lesson.translation_key, ago(now, hours=5))
    assert nicolas.first_name in shared.get("/es/").text


def test_the_last_lesson_finishes_the_module_on_the_day_it_was_read(ana, now):
    module = make_course(modules=1, lessons=2, quiz=False).get_children().get().specific
    facts = [fact_read(ana, one.translation_key, ago(now, days=3)) for one in module.get_children()]
    assert send(now, *facts) == ["ok", "ok"]
    record = TrainingRecord.objects.get(module_key=module.translation_key)
    assert (record.learner, record.finished_at, record.recorded_at) == (ana, ago(now, days=3), now)


@pytest.mark.parametrize(
    ("given", "sent", "expected"),
    [
        (timedelta(days=-9000, hours=-2), timedelta(days=-9000), timedelta(hours=-2)),
        (timedelta(days=9000, hours=-2), timedelta(days=9000), timedelta(hours=-2)),
        # Set right between: a moment before there was the account, or still to come, proves nothing.
        (timedelta(days=-9000), timedelta(0), timedelta(0)),
        (timedelta(days=9000), timedelta(0), timedelta(0)),
        (timedelta(hours=-2), timedelta(days=-9000), timedelta(0)),
        (timedelta(hours=-2), timedelta(days=9000), timedelta(0)),
    ],
)
def test_a_device_says_only_how_long_ago_it_was(ana, lesson, now, given, sent, expected):
    assert send(now, fact_read(ana, lesson.translation_key, now + given), clock=sent) == ["ok"]
    assert LessonRead.objects.get().read_at == now + expected


@pytest.mark.parametrize(
    ("enrolled", "given", "expected"),
    [
        # Within 90 days, but before the person was in any group.
        (timedelta(days=-20), timedelta(days=-21), timedelta(0)),
        (timedelta(days=-20), timedelta(days=-19), timedelta(days=-19)),
        (timedelta(days=-400), timedelta(days=-90), timedelta(days=-90)),
        (timedelta(days=-400), timedelta(days=-91), timedelta(0)),
    ],
)
def test_nobody_dates_a_reading_before_they_enrolled_or_over_90_days_back(ana, lesson, now, enrolled, given, expected):
    User.objects.filter(pk=ana.pk).update(date_joined=now - timedelta(days=700))
    ana.enrolments.update(enrolled_at=now + enrolled)
    assert send(now, fact_read(ana, lesson.translation_key, now + given)) == ["ok"]
    assert LessonRead.objects.get().read_at == now + expected


@pytest.mark.parametrize("moment", ["0001-01-01T00:00:00Z", "9999-12-31T23:59:59Z", "+012026-01-01T00:00:00.000Z", "x"])
@pytest.mark.parametrize("sent", ["0001-01-01T00:00:00Z", "9999-12-31T23:59:59Z", "+012026-01-01T00:00:00.000Z", ""])
def test_no_clock_is_so_wrong_that_anything_is_lost(ana, lesson, attempt, now, moment, sent):
    facts = [
        fact_read(ana, lesson.translation_key, now) | {"given_at": moment},
        fact_answer(ana, attempt.pk, form_of(attempt, 0, 1, **COUNTED), now) | {"given_at": moment},
    ]
    assert states_of(post({"sent_at": sent, "facts": [sealed(fact) for fact in facts]})) == ["ok", "ok"]
    assert JOINED <= LessonRead.objects.get().read_at <= now
    assert attempt.started_at <= AnswerWrite.objects.get().given_at <= now


def test_what_was_read_counts_though_its_reader_has_gone_or_the_lesson_is_no_longer_shown(
    ana, cohort, trainer, lesson, now
):
    archive_person(ana, cohort, by=trainer, now=now)
    lesson.unpublish()
    assert not User.objects.get(pk=ana.pk).is_active
    assert send(now, fact_read(ana, lesson.translation_key, now)) == ["ok"]


@pytest.mark.parametrize("numbering", [COUNTED, UNCOUNTED, {}], ids=["counted", "named", "neither"])
def test_an_answer_is_one_write_of_its_owner_however_often_it_comes(ana, nicolas, attempt, now, numbering):
    shared = Client(enforce_csrf_checks=True)
    shared.force_login(nicolas)
    fact = fact_answer(ana, attempt.pk, form_of(attempt, 0, 1, go="finish", **numbering), ago(now, hours=3))
    assert [send(now, fact, browser=shared) for _time in range(3)] == [["ok"], ["again"], ["again"]]
    write = AnswerWrite.objects.get()
    assert (write.attempt.learner, write.given_at, write.received_at) == (ana, ago(now, hours=3), now)
    assert (write.number, write.response) == (int(numbering.get("number") or 1), form_of(attempt, 0, 1)["choice"])
    assert (Answer.objects.get().write, LateAnswer.objects.count()) == (write, 0)
    assert Attempt.objects.get().submitted_at is None


def test_what_cannot_be_read_or_has_no_question_is_kept_apart(ana, attempt, now):
    nowhere = {"question": "0b5c9a52-5f0d-4ab2-9e1c-2f2f5a1c7d11", "choice": "x"} | COUNTED
    broken = form_of(attempt, 0, 0) | {"choice": "otra"} | COUNTED
    facts = [fact_answer(ana, attempt.pk, form, ago(now, hours=1)) for form in (nowhere, broken)]
    assert [send(now, *facts), send(now, *facts)] == [["held", "held"], ["again", "again"]]
    held = LateAnswer.objects.order_by("reason")
    assert [(one.reason, one.by_device) for one in held] == [(Reason.UNKNOWN_QUESTION, True), (Reason.UNREADABLE, True)]


@pytest.mark.parametrize("text", ["a%00b", "%ED%A0%80"])
def test_a_text_that_no_database_keeps_breaks_nothing(ana, now, text):
    attempt = start(ana, make_quiz("largo", [make_question("L-Q1", kind="open", choices=[])]), now=BEGUN)
    form = f"question={attempt.snapshot['questions'][0]['key']}&shown=%22%22&client=c&number=1&text={text}"
    assert send(now, fact_answer(ana, attempt.pk, form, now))[0] in ("ok", "held", "refused")


def test_a_text_that_is_too_long_is_kept_apart_for_nobody_is_there_to_shorten_it(ana, now):
    attempt = start(ana, make_quiz("largo", [make_question("L-Q1", kind="open", choices=[])]), now=BEGUN)
    key = attempt.snapshot["questions"][0]["key"]
    forms = [{"question": key, "client": f"c{n}", "number": "1", "text": "a" * n} for n in (20_001, 60_000)]
    assert send(now, *[fact_answer(ana, attempt.pk, form, now) for form in forms]) == ["held", "refused"]
    assert LateAnswer.objects.get().reason == Reason.UNREADABLE


@pytest.mark.parametrize("of", ["another", "nobody"])
def test_an_attempt_of_somebody_else_is_never_touched(ana, nicolas, attempt, now, of):
    key = attempt.pk if of == "another" else "0b5c9a52-5f0d-4ab2-9e1c-2f2f5a1c7d11"
    form = form_of(attempt, 0, 0, **COUNTED)
    facts = [fact_answer(nicolas, key, form, now), fact_submit(nicolas, key, [(form, now)], now)]
    assert send(now, *facts) == ["refused", "refused"]
    assert (AnswerWrite.objects.count(), LateAnswer.objects.count()) == (0, 0)
    assert Attempt.objects.get().submitted_at is None


def test_an_attempt_on_paper_and_a_form_that_names_no_question_are_refused(ana, attempt, now):
    assert send(now, fact_answer(ana, attempt.pk, {"choice": "x", "client": "c"}, now)) == ["refused"]
    Attempt.objects.update(medium=Medium.PAPER)
    form = form_of(attempt, 0, 0, **COUNTED)
    facts = [fact_answer(ana, attempt.pk, form, now), fact_submit(ana, attempt.pk, [(form, now)], now)]
    assert send(now, *facts) == ["refused", "refused"]
    assert not AnswerWrite.objects.exists()


@pytest.mark.parametrize("change", ["draft", "deleted", "edited"])
def test_the_paper_stands_whatever_becomes_of_the_quiz(ana, attempt, now, change):
    form = form_of(attempt, 0, 0, **COUNTED)
    if change == "draft":
        Quiz.objects.update(live=False)
    elif change == "edited":
        Question.objects.update(text="Otra")
    else:
        for question in Question.objects.all():
            question.entries.all().delete()
            question.delete()
    assert send(now, fact_answer(ana, attempt.pk, form, now), fact_submit(ana, attempt.pk, [], now)) == ["ok", "ok"]


def all_right(attempt, *, client="pagina-1"):
    forms = []
    for place, item in enumerate(attempt.snapshot["questions"]):
        choice = next(n for n, option in enumerate(item["options"]) if option["right"])
        forms.append(form_of(attempt, place, choice, client=client, number=str(place + 1)))
    return forms


@pytest.mark.parametrize("order", ["after", "before", "alone"])
def test_an_attempt_is_sent_with_all_that_the_device_knows_in_whatever_order(ana, attempt, now, order):
    given = [(form, ago(now, hours=1)) for form in all_right(attempt)]
    answers = [fact_answer(ana, attempt.pk, form, moment) for form, moment in given]
    sending = fact_submit(ana, attempt.pk, given, now)
    facts = {"after": [*answers, sending], "before": [sending, *answers], "alone": [sending]}[order]
    states = send(now, *facts)
    assert states[facts.index(sending)] == "ok"
    assert set(states) <= {"ok", "again"}
    found = Attempt.objects.get()
    assert (found.submitted_at, found.grade, found.passed) == (now, 100, True)
    assert (AnswerWrite.objects.count(), LateAnswer.objects.count()) == (len(given), 0)
    assert set(send(now + timedelta(days=1), *facts)) == {"again"}
    assert Attempt.objects.get().submitted_at == now


def test_what_another_device_still_has_when_it_was_sent_waits_for_the_trainer(ana, attempt, now):
    submit_attempt(attempt, now=ago(now, hours=2))
    form = form_of(attempt, 0, 1, **COUNTED)
    facts = [fact_answer(ana, attempt.pk, form, ago(now, hours=3)), fact_submit(ana, attempt.pk, [(form, now)], now)]
    assert send(now, *facts) == ["held", "again"]
    held = LateAnswer.objects.get()
    assert (held.reason, held.given_at, held.by_device) == (Reason.SUBMITTED, ago(now, hours=3), True)
    other = form_of(attempt, 1, 1, client="otra", number="1")
    assert send(now, fact_submit(ana, attempt.pk, [(other, now)], now)) == ["held"]
    assert (LateAnswer.objects.count(), AnswerWrite.objects.count()) == (2, 0)


def test_what_waits_is_credited_on_a_site_that_keeps_no_pages(ana, attempt, lesson, now, settings):
    settings.KEEP_PAGES_OFFLINE = False
    form = form_of(attempt, 0, 1, **COUNTED)
    facts = [fact_read(ana, lesson.translation_key, ago(now, hours=1))]
    facts += [fact_submit(ana, attempt.pk, [(form, ago(now, hours=1))], now)]
    assert send(now, *facts) == ["ok", "ok"]
    assert (LessonRead.objects.get().learner, AnswerWrite.objects.get().attempt.submitted_at) == (ana, now)


def test_after_a_new_pin_answers_wait_for_a_decision_nothing_is_sent_and_what_was_read_counts(
    ana, attempt, lesson, trainer, now
):
    form = form_of(attempt, 0, 1, **COUNTED)
    other = form_of(attempt, 1, 1, client="otra", number="1")
    facts = [
        fact_answer(ana, attempt.pk, form, ago(now, hours=3)),
        fact_read(ana, lesson.translation_key, ago(now, hours=3)),
        fact_submit(ana, attempt.pk, [(form, ago(now, hours=3)), (other, ago(now, hours=3))], ago(now, hours=3)),
    ]
    reset_pin(ana, by=trainer, now=now, chance=random.Random(1))
    assert send(now, *facts) == ["held", "ok", "held"]
    assert send(now, *facts) == ["again", "again", "held"]
    assert [(one.reason, one.by_device) for one in LateAnswer.objects.all()] == [(Reason.STALE_PAGE, True)] * 2
    assert (AnswerWrite.objects.count(), Attempt.objects.get().submitted_at) == (0, None)


@pytest.mark.parametrize("fills", ["pages of before a new PIN", "questions that are not asked"])
def test_whoever_fills_an_attempt_with_held_answers_keeps_out_no_answer_of_the_person(
    ana, attempt, trainer, now, fills, monkeypatch
):
    monkeypatch.setattr(late_answers, "MAX_LATE_ANSWERS", 3)
    old = make_owner_token(ana)
    if fills == "pages of before a new PIN":
        reset_pin(ana, by=trainer, now=now, chance=random.Random(1))
        forms = [form_of(attempt, 0, number % 2, client=f"ajena-{number}", number="1") for number in range(5)]
    else:
        forms = [{"question": f"otra-{number}", "client": "ajena", "number": "1", "choice": "x"} for number in range(5)]
    facts = [fact_answer(ana, attempt.pk, form, now) | {"owner": old} for form in forms]
    assert send(now, *facts) == ["held"] * 3 + ["refused"] * 2
    submit_attempt(attempt, now=now)
    ana.refresh_from_db()
    late = fact_answer(ana, attempt.pk, form_of(attempt, 1, 1, client="propia", number="1"), now)
    assert send(now, late) == ["held"]
    assert LateAnswer.objects.filter(client="propia", reason=Reason.SUBMITTED).exists()


def test_after_a_merger_it_is_of_who_remains(ana, attempt, lesson, cohort, trainer, now):
    kept = make_learner("ANA999", cohort=cohort, date_joined=JOINED)
    facts = [
        fact_answer(ana, attempt.pk, form_of(attempt, 0, 1, **COUNTED), ago(now, hours=1)),
        fact_read(ana, lesson.translation_key, ago(now, hours=1)),
    ]
    merge_accounts(kept, ana, by=trainer, cohort=cohort, now=now)
    assert send(now, *facts) == ["ok", "ok"]
    assert (AnswerWrite.objects.get().attempt.learner, LessonRead.objects.get().learner) == (kept, kept)


def test_a_chain_of_mergers_leads_on_with_its_epochs(ana, attempt, cohort, trainer, now):
    fact = fact_answer(ana, attempt.pk, form_of(attempt, 0, 1, **COUNTED), ago(now, hours=1))
    for number, epoch in enumerate([3, 1, 7]):
        kept = make_learner(f"ANA99{number}", cohort=cohort, date_joined=JOINED, offline_epoch=epoch)
        merge_accounts(kept, User.objects.get(pk=ana.pk), by=trainer, cohort=cohort, now=now)
        ana = kept
    assert send(now, fact) == ["ok"]


def test_a_merger_at_this_very_moment_refuses_nothing(ana, attempt, cohort, trainer, now, monkeypatch):
    kept = make_learner("ANA999", cohort=cohort, date_joined=JOINED)
    fact = fact_answer(ana, attempt.pk, form_of(attempt, 0, 1, **COUNTED), ago(now, hours=1))

    def merged_behind_ones_back(key):
        found = person_with_key(key)
        if found == ana and found.attempts.exists():
            merge_accounts(kept, User.objects.get(pk=ana.pk), by=trainer, cohort=cohort, now=now)
        return found

    monkeypatch.setattr(owner_tokens, "person_with_key", merged_behind_ones_back)
    assert send(now, fact) == ["ok"]
    assert AnswerWrite.objects.get().attempt.learner == kept


def test_a_token_that_we_never_made_is_refused(ana, lesson, now):
    forged = [signing.Signer(salt=salt).sign_object({"p": "x", "e": 0}) for salt in (SALT, "another")]
    facts = [fact_read(ana, lesson.translation_key, now) | {"owner": token} for token in ("", "x:y", *forged)]
    assert send(now, *facts) == ["refused"] * len(facts)
    assert not LessonRead.objects.exists()


@pytest.mark.parametrize("state", ["open", "sent", "a new PIN since"])
def test_nobody_finds_out_what_was_answered_by_delivering_each_option(ana, attempt, trainer, now, state):
    token = make_owner_token(ana)
    assert send(now, fact_answer(ana, attempt.pk, form_of(attempt, 0, 1, **COUNTED), ago(now, hours=1))) == ["ok"]
    if state == "sent":
        submit_attempt(attempt, now=ago(now, minutes=30))
    elif state == "a new PIN since":
        reset_pin(ana, by=trainer, now=now, chance=random.Random(1))
    for numbering in ({"number": "1"}, {"number": ""}, None):
        told = set()
        for choice in range(3):
            named = {} if numbering is None else {"client": f"otro-{choice}"} | numbering
            fact = fact_answer(ana, attempt.pk, form_of(attempt, 0, choice, **named), now) | {"owner": token}
            told |= {*send(now, fact)}
        assert len(told) == 1


def test_an_error_of_ours_keeps_the_fact_on_the_device_and_the_others_go_on(
    ana, attempt, lesson, now, monkeypatch, caplog
):
    def fail(*args, **kwargs):
        AnswerWrite.objects.all().delete()
        raise RuntimeError(str(ana))

    good = fact_read(ana, lesson.translation_key, now)
    answer = fact_answer(ana, attempt.pk, form_of(attempt, 0, 0, **COUNTED), now)
    with monkeypatch.context() as broken:
        broken.setattr(delivery, "save_delivered_answer", fail)
        assert send(now, answer, good, answer) == ["retry", "ok", "retry"]
    logged = [record for record in caplog.records if record.name == "course.offline.delivery"]
    assert [(record.levelname, "Ana" in record.getMessage()) for record in logged] == [("ERROR", False)] * 2
    assert send(now, answer, good) == ["ok", "again"]


def test_where_the_database_fails_the_rest_is_not_tried(ana, lesson, now, monkeypatch):
    tried = []

    def fail(*args, **kwargs):
        tried.append(1)
        busy = sqlite3.OperationalError("database is locked")
        busy.sqlite_errorcode = sqlite3.SQLITE_BUSY
        raise OperationalError from busy

    monkeypatch.setattr(delivery, "mark_lesson_read", fail)
    assert send(now, *[fact_read(ana, lesson.translation_key, now)] * 3) == ["retry"] * 3
    assert len(tried) == 1
    assert User.objects.get(pk=ana.pk).delivered_at is None
