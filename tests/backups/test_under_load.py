import random
import threading

import pytest
from django.db import connection
from django.utils import timezone

from benchmarks.site import session_of
from benchmarks.takers import Phone, Taker, responses_to
from course.backups.making import back_up
from course.backups.restoring import restore
from quizzes.attempts.responses import responses_of
from quizzes.attempts.taking import start_attempt
from quizzes.models import AnswerWrite, Attempt, Quiz
from tests.factories import NOW, make_cohort, make_course, make_learner, make_trainer
from tests.serving import served_site, until

from .conftest import every_row

PEOPLE = 4


class Answering(threading.Thread):
    def __init__(self, site, taker, name, ends):
        super().__init__()
        self.phone, self.ends = Phone(site.address[1], taker, name), ends
        self.asked = self.taken = 0
        self.refused = []

    def run(self):
        chance = random.Random(self.phone.client)
        while not self.ends.is_set():
            self.asked += 1
            status, said = self.phone.send([self.phone.answer(self.asked, chance)])
            if status == 200:
                self.taken = self.asked
            else:
                self.refused.append((status, said))


@pytest.fixture
def answering(machines):
    machines.settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    make_course(modules=1, lessons=1, questions=4)
    cohort, quiz, takers = make_cohort(trainers=[make_trainer()]), Quiz.objects.get(), []
    for number in range(PEOPLE):
        learner = make_learner(f"ANA23{number + 2}", cohort=cohort)
        attempt = start_attempt(learner, quiz, language="es", now=timezone.now(), chance=random.Random(number))
        takers.append(Taker(str(attempt.pk), responses_to(attempt.snapshot), session_of(learner)))
    where = connection.settings_dict
    database = f"sqlite:///{where['NAME']}"
    if connection.vendor == "postgresql":
        database = f"postgres://{where['USER']}@{where['HOST']}:{where['PORT']}/{where['NAME']}"
    (machines.folder / "served").mkdir()
    ends = threading.Event()
    with served_site(machines.folder / "served", DATABASE_URL=database) as site:
        people = [Answering(site, taker, f"phone-{number}", ends) for number, taker in enumerate(takers)]
        for person in people:
            person.start()
        try:
            yield people
        finally:
            ends.set()
            for person in people:
                person.join()


def test_every_answer_that_was_taken_before_is_in_it_and_none_is_half_in_it(machines, answering):
    until(lambda: all(person.taken >= 5 for person in answering))
    before = [person.taken for person in answering]
    made = back_up(now=NOW)
    after = [person.asked for person in answering]
    until(lambda: all(person.taken > asked for person, asked in zip(answering, after, strict=True)))
    assert [person.refused for person in answering] == [[]] * PEOPLE
    machines.run_on("second")
    restore(made.file, now=NOW)
    for person, least, most in zip(answering, before, after, strict=True):
        numbers = sorted(AnswerWrite.objects.filter(client=person.phone.client).values_list("number", flat=True))
        assert least <= len(numbers) <= most
        assert numbers == list(range(1, len(numbers) + 1)), "answers of before one that is there are there"
        attempt = Attempt.objects.get(pk=person.phone.taker.attempt)
        last = {
            str(write.question_key): write.response
            for write in AnswerWrite.objects.filter(client=person.phone.client).order_by("number")
        }
        assert responses_of(attempt) == last
    assert len(every_row()["quizzes_attempt"]) == PEOPLE
