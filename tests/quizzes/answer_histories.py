"""Random histories of attempts, on the pages themselves: lines that drop, tabs, late answers, wrong clocks, bank edits.

After every step what the database holds is compared with what `answer_rules.py` says.
"""

import json
from collections import Counter
from contextlib import ExitStack
from dataclasses import replace
from datetime import timedelta
from unittest import mock

from django.db import transaction
from django.db.models import Case, When
from django.test import Client
from django.urls import reverse
from django.utils import translation
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from quizzes.attempts.closing import close_expired_attempts, create_allowance
from quizzes.attempts.late_answers import accept_late_answer, reject_late_answer
from quizzes.exceptions import AlreadyDecided, CannotCount
from quizzes.models import Answer, AnswerWrite, Attempt, Choice, LateAnswer, Question, Quiz

from .answer_rules import UNREADABLE, Sheet
from .factories import NOW
from .sayings import pick, questions_of

PEOPLE = ("ANA234", "EVA222")
MOST_TABS, MOST_ATTEMPTS = 6, 3
CLOCKS = [timedelta(0), timedelta(days=-3650), timedelta(minutes=-50), timedelta(minutes=50), timedelta(days=3650)]
PAUSES = [1, 4, 30, 61, 400, 1790, 1797, 1861, 90_000]
places = st.integers(0, 11)
certainties = st.sampled_from([None, None, 1, 3])
# More to some questions than to others, so that answers meet.
questions = st.sampled_from([0, 0, 0, 0, 2, 2, 2, 1, 3, 4, 5, 6])
answers = st.lists(st.tuples(questions, places, certainties), min_size=2, max_size=6)
orders = st.lists(places, max_size=6)


class Tab:
    """A load of a question page on some device: its name, the clock, the last number, and what the server may lack."""

    def __init__(self, name, sheet, clock, waiting=()):
        self.name, self.sheet, self.clock = name, sheet, clock
        self.number, self.waiting, self.last = 0, list(waiting), {}


class Histories(RuleBasedStateMachine):
    counts = Counter()
    quiz = trainer = None
    people = {}

    def __init__(self):
        super().__init__()
        self.now, self.sheets, self.tabs, self.network, self.forms = NOW, [], [], [], []
        self.loads = 0
        self.patches = ExitStack()
        self.patches.enter_context(mock.patch("django.utils.timezone.now", side_effect=lambda: self.now))
        self.block = transaction.atomic()
        self.block.__enter__()
        self.browsers = {code: Client() for code in PEOPLE}
        for code, browser in self.browsers.items():
            browser.force_login(self.people[code])

    def teardown(self):
        Histories.counts["histories"] += 1
        transaction.set_rollback(True)
        self.block.__exit__(None, None, None)
        self.patches.close()

    @initialize(
        limit=st.sampled_from([None, 30]),
        grace=st.sampled_from([0, 60]),
        layout=st.sampled_from(["one", "all"]),
        feedback=st.sampled_from(["end", "now"]),
        sure=st.booleans(),
        reads=st.sampled_from([1, 200]),
        first=answers,
        pause=st.sampled_from([0, 0, 1790]),
    )
    def open_quiz(self, limit, grace, layout, feedback, sure, reads, first, pause):
        Quiz.objects.filter(pk=self.quiz.pk).update(
            time_limit=limit, grace_seconds=grace, layout=layout, feedback_time=feedback, asks_certainty=sure
        )
        # As if a device had written without end, so that not all its writes are read.
        self.patches.enter_context(mock.patch("quizzes.attempts.responses.MAX_WRITES_READ", reads))
        self.extra = dict.fromkeys(PEOPLE, 0)
        self.limit, self.papers = limit, True
        for place, person in enumerate(PEOPLE):
            self.start(person)
            self.open_page(place, CLOCKS[0])
            self.open_form(place, place, 1)
        self.answer(0, first, [], "lost")
        self.now += timedelta(seconds=pause)

    @rule(person=st.sampled_from(PEOPLE))
    def start(self, person):
        mine = [sheet for sheet in self.sheets if sheet.person == person]
        if len(mine) == MOST_ATTEMPTS:
            return
        self.post(person, "quiz_start", ["m1"], {})
        for sheet in mine:
            sheet.close_if_over(self.now)
        attempts = Attempt.objects.filter(learner=self.people[person])
        new = attempts.exclude(pk__in=[sheet.attempt for sheet in mine])
        if all(sheet.has_ended for sheet in mine) and self.papers:
            attempt = new.get()
            due = self.limit and self.now + timedelta(minutes=self.limit + self.extra[person])
            self.sheets.append(Sheet(str(attempt.pk), person, attempt.snapshot, self.now, due))
        else:
            assert not new.exists()

    @precondition(lambda self: len(self.tabs) < MOST_TABS)
    @rule(place=places, clock=st.sampled_from(CLOCKS))
    def open_page(self, place, clock):
        self.tabs.append(self.load_page(pick(self.sheets, place), clock))

    def load_page(self, sheet, clock):
        self.loads += 1
        return Tab(f"tab-{self.loads}", sheet, clock)

    @rule(place=places, clock=st.sampled_from(CLOCKS), copies=st.booleans())
    def reload(self, place, clock, copies):
        old = pick(self.tabs, place)
        new = self.load_page(old.sheet, clock)
        new.waiting = list(old.waiting)
        if copies and len(self.tabs) < MOST_TABS:
            self.tabs.append(new)
        else:
            self.tabs[self.tabs.index(old)] = new

    @rule(place=places, clock=st.sampled_from(CLOCKS))
    def set_clock(self, place, clock):
        pick(self.tabs, place).clock = clock

    @rule(place=places, answers=answers, order=orders, fate=st.sampled_from(["heard", "lost", "lost", "late", "never"]))
    def answer(self, place, answers, order, fate):
        tab = pick(self.tabs, place)
        for question, response, certainty in answers:
            key, said = pick(questions_of(tab.sheet), question, response)
            tab.number += 1
            write = {"question": key, "client": tab.name, "number": tab.number, "response": said.sent}
            write |= {"certainty": certainty, "given_at": self.now + tab.clock}
            tab.waiting.append((write, said))
            tab.last[key] = (tab.number, said, certainty)
            self.now += timedelta(seconds=1)
        self.send(tab, order, fate)

    @precondition(lambda self: any(tab.waiting for tab in self.tabs))
    @rule(place=places, order=orders, fate=st.sampled_from(["heard", "lost"]))
    def send_again(self, place, order, fate):
        self.send(pick([tab for tab in self.tabs if tab.waiting], place), order, fate)

    def send(self, tab, order, fate):
        batch = [tab.waiting[place % len(tab.waiting)] for place in order] or list(tab.waiting)
        sent_at = self.now + tab.clock
        if fate == "late":
            self.network.append((tab.sheet, batch, sent_at))
        elif fate != "never":
            self.receive(tab.sheet, batch, sent_at)
        if fate == "heard":
            tab.waiting = [write for write in tab.waiting if write not in batch]

    @precondition(lambda self: self.network)
    @rule(place=places, again=st.booleans())
    def deliver(self, place, again):
        delayed = pick(self.network, place)
        if not again:
            self.network.remove(delayed)
        self.receive(*delayed)

    @precondition(lambda self: any(tab.last for tab in self.tabs))
    @rule(place=places, question=places, go=st.sampled_from(["next", "finish", "check", "clock"]))
    def press(self, place, question, go):
        tab = pick([tab for tab in self.tabs if tab.last], place)
        key = pick(sorted(tab.last), question)
        number, said, certainty = tab.last[key]
        self.receive_form(tab.sheet, key, said, go, certainty, client=tab.name, number=number, shown=None)

    @rule(place=places, question=places, copies=st.integers(1, 2))
    def open_form(self, place, question, copies):
        sheet = pick(self.sheets, place)
        key, said = pick(questions_of(sheet), question, 0)
        row = sheet.standing(key)
        shown = row.said.stored if row else [] if isinstance(said.stored, list) else ""
        self.forms += [(sheet, key, shown, row and row.certainty)] * copies
        del self.forms[:-5]

    @precondition(lambda self: self.forms)
    @rule(
        place=places,
        response=places,
        certainty=certainties,
        go=st.sampled_from(["next", "next", "check", "clock"]),
        taps=st.integers(1, 2),
    )
    def post_form(self, place, response, certainty, go, taps):
        sheet, key, shown, sure = pick(self.forms, place)
        said = pick([said for other, said in questions_of(sheet) if other == key], response)
        for _tap in range(taps):
            self.receive_form(sheet, key, said, go, certainty, client="form", number=None, shown=shown, sure=sure)

    @rule(place=places, by=st.sampled_from(["", "", "clock"]), times=st.integers(1, 2))
    def submit(self, place, by, times):
        sheet = pick(self.sheets, place)
        for _time in range(times):
            self.post(sheet.person, "attempt_submit", [sheet.attempt], {"by": by} if by else {})
            sheet.close_if_over(self.now)
            if by:
                sheet.end_by_clock(self.now)
            else:
                sheet.submit(self.now)

    @rule(place=places, question=places, response=places)
    def write_for_another_person(self, place, question, response):
        sheet = pick(self.sheets, place)
        key, said = pick(questions_of(sheet), question, response)
        stranger = PEOPLE[PEOPLE[0] == sheet.person]
        row = {"question": key, "client": "tab-1", "number": 9, "response": said.sent}
        assert self.post(stranger, "save_answers", [sheet.attempt], {"answers": [row]}, "json").status_code == 404
        form = {"question": key, "choice": str(said.sent), "text": str(said.sent), "go": "next"}
        assert self.post(stranger, "attempt_question", [sheet.attempt, 1], form).status_code == 404
        assert self.post(stranger, "attempt_submit", [sheet.attempt], {}).status_code == 404

    @rule(seconds=st.sampled_from(PAUSES))
    def wait(self, seconds):
        self.now += timedelta(seconds=seconds)

    @rule()
    def close_what_is_over(self):
        close_expired_attempts(now=self.now)
        for sheet in self.sheets:
            sheet.close_if_over(self.now)

    @rule(place=places, deletes=st.booleans())
    def change_bank(self, place, deletes):
        question = Question.objects.order_by("identifier")[place % 6 : place % 6 + 1].first()
        if question and deletes:
            question.entries.all().delete()
            question.delete()
            self.papers = Question.objects.exclude(kind="reflection").exists()
        elif question:
            if question.kind == "true_false":
                Choice.objects.filter(question=question).update(
                    is_correct=Case(When(is_correct=True, then=False), default=True)
                )
            Choice.objects.filter(question=question).update(feedback="Otra")
            Question.objects.filter(pk=question.pk).update(marks=7, text="Otra")

    @precondition(lambda self: self.limit)
    @rule(person=st.sampled_from(PEOPLE), minutes=st.sampled_from([0, 5, 40]))
    def give_time(self, person, minutes):
        more = {"extra_minutes": minutes, "reason": "Se fue la luz", "by": self.trainer}
        create_allowance(self.people[person], self.quiz.translation_key, now=self.now, **more)
        self.extra[person] = minutes
        for sheet in (sheet for sheet in self.sheets if sheet.person == person):
            sheet.close_if_over(self.now)
            if not sheet.has_ended:
                sheet.due_at = sheet.started_at + timedelta(minutes=self.limit + minutes)

    @precondition(lambda self: any(sheet.held for sheet in self.sheets))
    @rule(place=places, which=places, counts=st.booleans())
    def decide(self, place, which, counts):
        sheet = pick([sheet for sheet in self.sheets if sheet.held], place)
        key = pick(sorted(sheet.held), which)
        question, client, number = key
        held = LateAnswer.objects.get(attempt=sheet.attempt, question=question, client=client, number=number)
        row, decision = sheet.held[key], "counted" if counts else "left"
        try:
            (accept_late_answer if counts else reject_late_answer)(held, by=self.trainer, now=self.now)
        except AlreadyDecided:
            assert row.decision == ("left" if counts else "counted")
        except CannotCount:
            assert row.reason in ("paper", "unreadable")
        else:
            sheet.decide(key, decision)

    def receive(self, sheet, batch, sent_at):
        rows = [
            write | {"given_at": write["given_at"].isoformat(), "sent_at": sent_at.isoformat()}
            for write, _said in batch
        ]
        reply = self.post(sheet.person, "save_answers", [sheet.attempt], {"answers": rows}, "json")
        fates = Counter()
        for write, said in batch:
            given_at = min(self.now - (sent_at - write["given_at"]), self.now)
            more = {"certainty": write["certainty"], "given_at": given_at, "now": self.now}
            fates[sheet.arrive(write["question"], write["client"], write["number"], said, **more)] += 1
        self.count(fates)
        closed = sheet.has_ended or sheet.is_over(self.now)
        assert reply.status_code == (409 if closed else 200), reply.text[:300]
        told = reply.json()
        for question, standing in told["standing"].items():
            assert standing["response"] == sheet.standing(question).said.stored
        assert len(told["held"]) >= fates["held"]

    def receive_form(self, sheet, key, said, go, certainty, *, client, number, shown, sure=None):
        sheet.close_if_over(self.now)
        together = sheet.rules["layout"] == "all"
        prefix = f"q-{key}-" if together else ""
        place = next((n for n, item in enumerate(sheet.snapshot["questions"], 1) if item["key"] == key), 1)
        fields = dict(said.form) | {"shown": json.dumps(shown), "certainty": certainty or "", "sure": sure or ""}
        fields |= {"client": client, "number": number} if number else {}
        form = {f"{prefix}{name}": value for name, value in fields.items()}
        form |= (
            {"page": "1", "go": f"check-{place}" if go == "check" else go} if together else {"question": key, "go": go}
        )
        self.post(sheet.person, "attempt_question", [sheet.attempt, 1 if together else place], form)
        is_new = number is not None or (said.stored, certainty) != (shown, sure)
        if said.fate == UNREADABLE:
            is_new, said = True, replace(said, sent=dict(said.form))
        if go == "check" and said.fate != UNREADABLE and sheet.tells_at_once and said.stored:
            client, number, is_new = "check", 1, True
        if is_new and not (together and sheet.marks_of(key) is None):
            fate = sheet.arrive(key, client, number, said, certainty=certainty, given_at=self.now, now=self.now)
            self.count({fate: 1})
            sheet.submit_if_all_told(self.now)
        if go == "clock":
            sheet.end_by_clock(self.now)

    def post(self, person, name, arguments, load, sort="form"):
        Histories.counts["requests"] += 1
        with translation.override("es"):
            address = reverse(name, args=arguments)
        if sort == "json":
            return self.browsers[person].post(address, json.dumps(load), content_type="application/json")
        return self.browsers[person].post(address, load)

    def count(self, fates):
        Histories.counts.update(fates)
        Histories.counts["writes"] += sum(fates.values())

    # What must hold after every step.

    @invariant()
    def everything_is_as_the_rules_say(self):
        Histories.counts["steps"] += 1
        assert Attempt.objects.count() == len(self.sheets)
        for attempt in Attempt.objects.select_related("learner"):
            sheet = next(sheet for sheet in self.sheets if sheet.attempt == str(attempt.pk))
            found = (attempt.learner.username, attempt.snapshot, attempt.due_at)
            assert found == (sheet.person, sheet.snapshot, sheet.due_at)
            assert (attempt.submitted_at, attempt.abandoned_at) == (sheet.submitted_at, sheet.abandoned_at)
            grade = sheet.grade()
            assert (attempt.grade, attempt.passed) == (grade, None if grade is None else grade >= 80)
            compare_rows(attempt, sheet)


def compare_rows(attempt, sheet):
    writes = AnswerWrite.objects.filter(attempt=attempt)
    assert {(str(w.question_key), w.client, w.number): (w.response, w.certainty, w.given_at) for w in writes} == {
        key: (row.said.stored, row.certainty, row.given_at) for key, row in sheet.writes.items()
    }
    held = LateAnswer.objects.filter(attempt=attempt)
    assert {
        (h.question, h.client, h.number): (h.response, h.certainty, h.given_at, h.reason, h.resolution) for h in held
    } == {key: (row.kept, row.certainty, row.given_at, row.reason, row.decision) for key, row in sheet.held.items()}
    assert len(writes) == len(sheet.writes)
    assert len(held) == len(sheet.held)
    assert {str(a.question_key): (a.response, a.certainty) for a in Answer.objects.filter(attempt=attempt)} == {
        question: (row.said.stored, row.certainty) for question, row in sheet.stand().items()
    }
