"""Random histories of devices without a line, delivered at the address itself and told by rules said again here.

Lines that drop, replies that are lost, clocks that are wrong and change, PINs reset, accounts merged, keys lost
and found, errors of ours; other people signed in meanwhile. After every step the database holds what `answer_rules.py`
and this file say, and nothing else of anybody.
"""

import hashlib
import json
from collections import Counter
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from unittest import mock

from django.conf import settings
from django.db import transaction
from django.db.models import F
from django.test import Client
from django.urls import reverse
from django.utils import translation
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from course.models import User
from course.people.merging import merge_accounts
from modules.models import LessonRead, TrainingRecord
from quizzes.attempts.closing import close_expired_attempts
from quizzes.attempts.late_answers import accept_late_answer, reject_late_answer
from quizzes.exceptions import AlreadyDecided, CannotCount
from quizzes.models import Attempt, LateAnswer, Quiz
from tests.factories import NOW
from tests.quizzes.answer_histories import CLOCKS, PAUSES, compare_rows
from tests.quizzes.answer_rules import REFUSED, UNREADABLE, Sheet
from tests.quizzes.sayings import GONE, pick, questions_of

from .devices import deliver, fact_answer, fact_read, fact_submit, sealed

# Ana has two accounts, which may be merged.
ANA, TWICE, EVA = PEOPLE = ("ANA234", "ANA999", "EVA222")
JOINED = NOW - timedelta(days=30)
MOST_DEVICES, MOST_ATTEMPTS = 5, 3
HERE, NEWER = "tests-only-" + "1" * 50, "another-key-" + "2" * 50
places = st.integers(0, 11)
questions = st.sampled_from([0, 0, 0, 1, 2, 2, 3, 4, 5, 6])
answers = st.lists(st.tuples(questions, places), min_size=1, max_size=4)
orders = st.lists(places, max_size=6)


@dataclass
class Given:
    """An answer as a form says it: the client and number, and whether its page counted it, as one with script does."""

    question: str
    said: object
    client: str
    number: int
    is_counted: bool
    shown: object
    at: datetime

    def fields(self):
        numbering = {"client": self.client, "number": self.number if self.is_counted else ""}
        named = {} if self.client.startswith("fact-") else numbering
        return dict(self.said.form) | {"shown": json.dumps(self.shown)} | named


@dataclass(eq=False)
class Fact:
    """What was done on a device: for whom, sealed, and what has to come of it once it is delivered."""

    owner: tuple
    row: dict
    key: str
    given_at: datetime
    lesson: str = ""
    sheet: Sheet | None = None
    given: list = field(default_factory=list)
    is_sending: bool = False
    states: list = field(default_factory=list)


class Device:
    """A telephone or computer: whose pages it has, by which token, its clock, its outbox, and what it knows."""

    def __init__(self, name, owner, sheet, clock):
        self.name, self.owner, self.sheet, self.clock = name, owner, sheet, clock
        self.number, self.outbox, self.given, self.shown = 0, [], [], {}


class DeviceHistories(RuleBasedStateMachine):
    counts = Counter()
    quiz = trainer = cohort = None
    people, lessons = {}, []

    def __init__(self):
        super().__init__()
        self.now, self.sheets, self.devices, self.facts = NOW, [], [], []
        self.patches = ExitStack()
        self.patches.enter_context(mock.patch("django.utils.timezone.now", side_effect=lambda: self.now))
        self.keys = [HERE]
        self.patches.enter_context(mock.patch.object(settings, "ACCOUNT_KEYS", self.keys))
        self.block = transaction.atomic()
        self.block.__enter__()
        self.reads, self.delivered = {}, dict.fromkeys(PEOPLE)
        self.epochs, self.leads = dict.fromkeys(PEOPLE, 0), {}
        self.browsers = {code: Client() for code in PEOPLE}
        for code, browser in self.browsers.items():
            browser.force_login(self.people[code])

    def teardown(self):
        try:
            if self.sheets:
                self.keys[:] = [HERE, NEWER]
                for device in self.devices:
                    self.send(device, device.outbox, "heard", None)
                    assert device.outbox == []
                self.everything_is_as_the_rules_say()
                DeviceHistories.counts["histories"] += 1
        finally:
            transaction.set_rollback(True)
            self.block.__exit__(None, None, None)
            self.patches.close()

    @initialize(
        limit=st.sampled_from([None, None, 30]),
        layout=st.sampled_from(["one", "all"]),
        epochs=st.lists(st.sampled_from(PEOPLE), max_size=4),
        forges=st.booleans(),
        first=answers,
        fate=st.sampled_from(["heard", "lost"]),
    )
    def begin(self, limit, layout, epochs, forges, first, fate):
        Quiz.objects.filter(pk=self.quiz.pk).update(time_limit=limit, grace_seconds=60, layout=layout)
        self.limit = limit
        for person in epochs:
            self.begin_epoch(person)
        for place, person in enumerate(PEOPLE):
            self.start(person)
            self.open_device(place, 0, CLOCKS[0])
        if forges:
            self.open_device(0, 11, CLOCKS[0])
            self.answer(len(PEOPLE), first, "counted")
        self.answer(0, first, "counted")
        self.deliver(0, [], fate, None)

    @rule(person=st.sampled_from(PEOPLE))
    def start(self, person):
        person, _ahead = self.who(person)
        mine = [sheet for sheet in self.sheets if sheet.person == person]
        if len(mine) >= MOST_ATTEMPTS:
            return
        self.post(person, "quiz_start", ["m1"], {})
        for sheet in mine:
            sheet.close_if_over(self.now)
        new = Attempt.objects.filter(learner=self.people[person]).exclude(pk__in=[sheet.attempt for sheet in mine])
        if all(sheet.has_ended for sheet in mine):
            attempt = new.get()
            due = self.limit and self.now + timedelta(minutes=self.limit)
            self.sheets.append(Sheet(str(attempt.pk), person, attempt.snapshot, self.now, due))
            # No two begin at one moment: which of them gives way in a merger would be left to chance.
            self.now += timedelta(seconds=1)
        else:
            assert not new.exists()

    @precondition(lambda self: len(self.devices) < MOST_DEVICES)
    @rule(place=places, others=places, clock=st.sampled_from(CLOCKS))
    def open_device(self, place, others, clock):
        sheet = pick(self.sheets, place)
        person = sheet.person if others < 9 else self.who(PEOPLE[others % 3])[0]
        name = f"aparato-{len(self.devices) + 1}"
        self.devices.append(Device(name, (person, self.epochs[person]), sheet, clock))

    @rule(place=places)
    def open_page_again(self, place):
        device = pick(self.devices, place)
        person, _ahead = self.who(device.owner[0])
        device.owner = (person, self.epochs[person])

    @rule(place=places, by=st.sampled_from(["", "clock"]))
    def submit_with_a_line(self, place, by):
        sheet = pick(self.sheets, place)
        self.post(sheet.person, "attempt_submit", [sheet.attempt], {"by": by} if by else {})
        sheet.close_if_over(self.now)
        (sheet.end_by_clock if by else sheet.submit)(self.now)

    @precondition(lambda self: any(self.can_be_posted(fact) for fact in self.facts))
    @rule(place=places)
    def post_with_a_line_too(self, place):
        fact = pick([fact for fact in self.facts if self.can_be_posted(fact)], place)
        self.post(fact.sheet.person, "attempt_question", [fact.sheet.attempt, 1], self.form_of(fact.given))
        fact.sheet.close_if_over(self.now)
        for given in fact.given:
            self.arrive(fact.sheet, given, given_at=self.now, told=True)

    def can_be_posted(self, fact):
        is_mine = fact.sheet is not None and self.who(fact.owner[0])[0] == fact.sheet.person
        return is_mine and not fact.is_sending and not any(one.client.startswith("fact-") for one in fact.given)

    # What people do without one.

    @rule(place=places, lesson=places)
    def read(self, place, lesson):
        device, key = pick(self.devices, place), pick([*self.lessons, GONE], lesson)
        self.do(device, fact_read, key, lesson=key)

    @rule(place=places, answers=answers, how=st.sampled_from(["counted", "counted", "named", "neither"]))
    def answer(self, place, answers, how):
        device = pick(self.devices, place)
        given = []
        for question, response in answers:
            key, said = pick(questions_of(device.sheet), question, response)
            if key in {one.question for one in given}:
                continue
            device.number += 1
            client = {"counted": device.name, "named": f"{device.name}-{device.number}", "neither": ""}[how]
            shown = device.shown.get(key, [] if isinstance(said.stored, list) else "")
            given.append(self.given(device, key, said, client, how == "counted", shown))
        if device.sheet.rules["layout"] != "all":
            del given[1:]
        form = self.form_of(given)
        if how == "neither":
            text = f"{given[0].at.isoformat()}\n{fact_answer(self.people[ANA], '', form, self.now)['form']}"
            for one in given:
                one.client = f"fact-{hashlib.sha256(text.encode()).hexdigest()[:32]}"
        device.given += given
        device.shown |= {one.question: one.said.stored for one in given}
        self.do(device, fact_answer, device.sheet.attempt, form, sheet=device.sheet, given=given)

    def given(self, device, key, said, client, is_counted, shown):
        if said.fate in (REFUSED, UNREADABLE):
            kept = {name: value if isinstance(value, list) else [value] for name, value in said.form}
            said = replace(said, fate=UNREADABLE, sent=kept)
        number = device.number if is_counted else 1
        return Given(key, said, client or "fact-", number, is_counted, shown, self.now + device.clock)

    @rule(place=places, knows=st.booleans())
    def finish(self, place, knows):
        device = pick(self.devices, place)
        known = [one for one in device.given if knows and not one.client.startswith("fact-")]
        forms = [(self.form_of([one]), one.at) for one in known]
        self.do(device, fact_submit, device.sheet.attempt, forms, sheet=device.sheet, given=known, is_sending=True)

    @rule(place=places, clock=st.sampled_from(CLOCKS))
    def set_clock(self, place, clock):
        pick(self.devices, place).clock = clock

    def do(self, device, make, *arguments, **effect):
        person, epoch = device.owner
        at = self.now + device.clock
        stand_in = User(key=self.keys_of[person], offline_epoch=epoch)
        row = sealed(make(stand_in, *arguments, at), name=f"hecho-{len(self.facts)}")
        fact = Fact(device.owner, row, self.keys[0], at, **effect)
        self.facts.append(fact)
        device.outbox.append(fact)
        self.now += timedelta(seconds=1)

    @precondition(lambda self: any(device.outbox for device in self.devices))
    @rule(
        place=places,
        order=orders,
        fate=st.sampled_from(["heard", "heard", "lost", "never"]),
        there=st.sampled_from([None, *PEOPLE]),
        clock=st.sampled_from([None, None, None, *CLOCKS]),
    )
    def deliver(self, place, order, fate, there, clock=None):
        devices = [device for device in self.devices if device.outbox]
        device = pick(devices, place)
        device.clock = device.clock if clock is None else clock
        batch = [device.outbox[at % len(device.outbox)] for at in order] or list(device.outbox)
        self.send(device, batch, fate, there)

    @precondition(lambda self: self.facts)
    @rule(place=places, device=places, there=st.sampled_from([None, *PEOPLE]))
    def deliver_once_more(self, place, device, there):
        self.send(pick(self.devices, device), [pick(self.facts, place)], "lost", there)

    @precondition(lambda self: any(device.outbox for device in self.devices))
    @rule(place=places, what=st.sampled_from(["save_delivered_answer", "submit_delivered_attempt", "mark_lesson_read"]))
    def deliver_to_a_broken_site(self, place, what):
        device = pick([device for device in self.devices if device.outbox], place)

        def fail(*args, **kwargs):
            LessonRead.objects.all().delete()
            raise RuntimeError

        with mock.patch(f"course.offline.delivery.{what}", side_effect=fail):
            self.send(device, list(device.outbox), "heard", None, broken=what)

    def send(self, device, batch, fate, there, broken=""):
        if fate == "never" or not batch:
            return
        browser = self.browsers[self.who(there)[0]] if there else None
        reply = deliver([fact.row for fact in batch], now=self.now, clock=device.clock, browser=browser)
        told = [(row["id"], row["state"]) for row in reply.json()["facts"]]
        due = [(fact.row["id"], self.credit(fact, self.now + device.clock, broken)) for fact in batch]
        assert told == due
        for fact, (_name, state) in zip(batch, told, strict=True):
            if fate == "heard" and state != "retry":
                fact.states.append(state)
                for one in self.devices:
                    one.outbox = [waiting for waiting in one.outbox if waiting is not fact]

    @rule(seconds=st.sampled_from(PAUSES))
    def wait(self, seconds):
        self.now += timedelta(seconds=seconds)

    @rule()
    def close_what_is_over(self):
        close_expired_attempts(now=self.now)
        for sheet in self.sheets:
            sheet.close_if_over(self.now)

    @rule(person=st.sampled_from(PEOPLE))
    def begin_epoch(self, person):
        person, _ahead = self.who(person)
        User.objects.filter(pk=self.people[person].pk).update(offline_epoch=F("offline_epoch") + 1)
        self.epochs[person] += 1

    @precondition(lambda self: not self.leads)
    @rule(keeps_first=st.booleans(), answers=answers)
    def merge(self, keeps_first, answers):
        kept, old = (ANA, TWICE) if keeps_first else (TWICE, ANA)
        for place, device in enumerate(self.devices):
            if device.owner[0] == old:
                self.answer(place, answers, "counted")
        fresh = {code: User.objects.get(pk=self.people[code].pk) for code in (kept, old)}
        merge_accounts(fresh[kept], fresh[old], by=self.trainer, cohort=self.cohort, now=self.now)
        self.leads[old] = (kept, self.epochs[kept] - self.epochs[old])
        self._give_way(kept, old)
        for sheet in self.sheets:
            sheet.person = kept if sheet.person == old else sheet.person
        for lesson in self.lessons:
            times = [at for code in (kept, old) if (at := self.reads.pop((code, lesson), None))]
            if times:
                self.reads[kept, lesson] = min(times)
        times = [at for code in (kept, old) if (at := self.delivered.pop(code, None))]
        self.delivered[kept] = max(times, default=None)
        self.browsers[kept] = self.browsers[old] = Client()
        self.browsers[kept].force_login(User.objects.get(pk=self.people[kept].pk))

    def _give_way(self, kept, old):
        mine = [sheet for sheet in self.sheets if sheet.person in (kept, old)]
        is_open = [sheet for sheet in mine if not sheet.has_ended]
        if {sheet.person for sheet in is_open} == {kept, old}:
            for sheet in is_open:
                sheet.close_if_over(self.now)
            is_open = [sheet for sheet in is_open if not sheet.has_ended]
            if len(is_open) == 2:
                fewer = min(is_open, key=lambda sheet: (len(sheet.stand()), sheet.started_at))
                fewer.abandoned_at = self.now

    @rule(keys=st.sampled_from([[HERE], [NEWER], [NEWER, HERE], [HERE, NEWER]]))
    def change_keys(self, keys):
        self.keys[:] = keys

    @precondition(lambda self: any(sheet.held for sheet in self.sheets))
    @rule(place=places, which=places, counts=st.booleans())
    def decide(self, place, which, counts):
        sheet = pick([sheet for sheet in self.sheets if sheet.held], place)
        key = pick(sorted(sheet.held), which)
        question, client, number = key
        held = LateAnswer.objects.get(attempt=sheet.attempt, question=question, client=client, number=number)
        try:
            (accept_late_answer if counts else reject_late_answer)(held, by=self.trainer, now=self.now)
        except (AlreadyDecided, CannotCount):
            return
        sheet.decide(key, "counted" if counts else "left")

    def who(self, person):
        return self.leads.get(person, (person, 0))

    def credit(self, fact, sent_at, broken):
        if fact.key not in self.keys:
            return "retry"
        person, ahead = self.who(fact.owner[0])
        hold_as = "earlier" if fact.owner[1] + ahead < self.epochs[person] else ""
        if fact.lesson == GONE:
            return "refused"
        if broken == self.door_of(fact):
            return "retry"
        read = fact.lesson and self._credit_read(fact, person, sent_at)
        state = read or self._credit_quiz(fact, person, sent_at, hold_as)
        if state != "refused":
            self.delivered[person] = self.now
        return state

    def door_of(self, fact):
        if fact.lesson:
            return "mark_lesson_read"
        return "submit_delivered_attempt" if fact.is_sending else "save_delivered_answer"

    def _credit_read(self, fact, person, sent_at):
        if (person, fact.lesson) in self.reads:
            return "again"
        read_at = self.corrected(fact.given_at, sent_at)
        self.reads[person, fact.lesson] = read_at if read_at >= JOINED else self.now
        return "ok"

    def _credit_quiz(self, fact, person, sent_at, hold_as):
        sheet = fact.sheet
        if sheet.person != person:
            return "refused"
        has_ended, fates = sheet.has_ended, set()
        for given in fact.given:
            fates.add(self.arrive(sheet, given, given_at=self.corrected(given.at, sent_at), hold_as=hold_as))
        kept = "held" if "held" in fates else "ok" if "row" in fates else "again"
        if not fact.is_sending or hold_as:
            return "held" if fact.is_sending else kept
        if has_ended:
            return "held" if kept == "held" else "again"
        sheet.submit(self.now)
        return "held" if kept == "held" else "ok"

    def arrive(self, sheet, given, *, given_at, hold_as="", told=False):
        is_whole, marks, said = sheet.rules["layout"] == "all", sheet.marks_of(given.question), given.said
        if marks == 0 or (is_whole and marks is None):
            return ""
        is_new = given.is_counted or said.fate == UNREADABLE or said.stored != given.shown
        if not is_new or (told and isinstance(said.sent, dict) and "x" * 501 in str(said.sent)):
            return ""
        more = {"certainty": None, "given_at": given_at, "now": self.now, "hold_as": hold_as}
        return sheet.arrive(given.question, given.client, given.number, said, **more)

    def corrected(self, given_at, sent_at):
        return min(self.now - (sent_at - given_at), self.now)

    def form_of(self, given):
        if given[0:] and self.sheets[0].rules["layout"] == "all":
            form = {"page": "1", "go": "finish"}
            for one in given:
                form |= {f"q-{one.question}-{name}": value for name, value in one.fields().items()}
            return form
        return {"question": given[0].question, "go": "next"} | given[0].fields()

    def post(self, person, name, arguments, load):
        with translation.override("es"):
            return self.browsers[person].post(reverse(name, args=arguments), load)

    # What must hold after every step.

    @invariant()
    def everything_is_as_the_rules_say(self):
        waiting = [fact for device in self.devices for fact in device.outbox]
        assert all(bool(fact.states) != (fact in waiting) for fact in self.facts)
        codes = {person.pk: code for code, person in self.people.items()}
        reads = {(codes[row.learner_id], str(row.lesson_key)): row.read_at for row in LessonRead.objects.all()}
        assert reads == self.reads
        assert LessonRead.objects.count() == len(self.reads)
        have_all = {code for code, _lesson in self.reads if all((code, one) in self.reads for one in self.lessons)}
        recorded = TrainingRecord.objects.valid().exclude(module_key=None)
        assert {codes[record.learner_id] for record in recorded} == have_all
        found = User.objects.filter(pk__in=codes).values_list("pk", "delivered_at")
        assert {codes[pk]: at for pk, at in found} == self.delivered
        assert Attempt.objects.count() == len(self.sheets)
        for attempt in Attempt.objects.select_related("learner"):
            sheet = next(sheet for sheet in self.sheets if sheet.attempt == str(attempt.pk))
            found = (attempt.learner.username, attempt.snapshot, attempt.due_at)
            assert found == (sheet.person, sheet.snapshot, sheet.due_at)
            assert (attempt.submitted_at, attempt.abandoned_at) == (sheet.submitted_at, sheet.abandoned_at)
            assert attempt.grade == sheet.grade()
            compare_rows(attempt, sheet)
