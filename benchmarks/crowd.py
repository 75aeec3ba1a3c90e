"""A crowd that has taken one quiz: people, their attempts and answers, written in bulk and as the site writes them."""

import random
from datetime import timedelta
from fractions import Fraction
from itertools import batched
from uuid import UUID

AT_ONCE = 1000
# Of five attempts one is a person's second.
ATTEMPTS_OF_SOME = 5
LONG_AGO = timedelta(days=900)


class Crowd:
    """People who take a quiz of the course; each is as likely to be right as their own strength says."""

    def __init__(self, identifier="m4"):
        from django.contrib.auth import get_user_model
        from django.utils import timezone

        from benchmarks.big_site.papers import scored_responses
        from quizzes.attempts.taking import start_attempt
        from quizzes.models import Quiz

        self.chance = random.Random(4)
        self.quiz = Quiz.objects.get(identifier=identifier, locale__language_code="es")
        self.begun = timezone.now() - LONG_AGO
        self.people, self.attempts = 0, 0
        first = get_user_model().objects.create_user("PLANA2", first_name="Ana", last_name="Coj", role="recepcion")
        attempt = start_attempt(first, self.quiz, language="es", now=timezone.now(), chance=self.chance)
        self.snapshot = attempt.snapshot
        self.responses = {item["key"]: scored_responses(item) for item in self.snapshot["questions"]}
        attempt.delete()

    @property
    def answers(self):
        return self.attempts * len(self.responses)

    def grow_to(self, answers):
        """Add people until there are at least so many answers; every fifth attempt is a second one."""
        for numbers in batched(range(self.attempts, -(-answers // len(self.responses))), AT_ONCE):
            seconds = [number for number in numbers if number % ATTEMPTS_OF_SOME == ATTEMPTS_OF_SOME - 1]
            people = self.add_people(len(numbers) - len(seconds))
            again = self.chance.sample(people, len(seconds))
            self.add_attempts([*people, *again])

    def add_people(self, count):
        """Add so many learners without a password and return them."""
        from django.contrib.auth import get_user_model

        model = get_user_model()
        made = [model(username=f"P{self.people + n}", first_name="Ana", last_name="Coj") for n in range(count)]
        self.people += count
        return model.objects.bulk_create(made)

    def add_attempts(self, people):
        """Give each of these people an attempt with every question answered, sent and graded."""
        from django.db import transaction

        from quizzes.models import Answer, AnswerWrite, Attempt

        attempts, writes, fractions = [], [], []
        for number, person in enumerate(people, start=self.attempts):
            attempt, answered = self.make_attempt(person, self.begun + timedelta(minutes=number))
            attempts.append(attempt)
            for key, response, fraction in answered:
                given = {"given_at": attempt.started_at, "received_at": attempt.started_at}
                writes.append(AnswerWrite(attempt=attempt, question_key=key, number=1, response=response, **given))
                fractions.append(fraction)
        with transaction.atomic():
            Attempt.objects.bulk_create(attempts)
            AnswerWrite.objects.bulk_create(writes, batch_size=AT_ONCE)
            answers = [
                Answer(
                    attempt=write.attempt,
                    question_key=write.question_key,
                    response=write.response,
                    write=write,
                    fraction=fraction,
                )
                for write, fraction in zip(writes, fractions, strict=True)
            ]
            Answer.objects.bulk_create(answers, batch_size=AT_ONCE)
        self.attempts += len(people)

    def make_attempt(self, person, begun):
        """Return (an attempt that is not saved, [(question key, response, fraction)])."""
        from quizzes.attempts.scoring import passes, round_down
        from quizzes.models import Attempt

        strength, points, answered = self.chance.random(), Fraction(0), []
        for item in self.snapshot["questions"]:
            right, others = self.responses[item["key"]]
            response, fraction = right if self.chance.random() < strength else self.chance.choice(others)
            answered.append((item["key"], response, round_down(fraction)))
            points += fraction * item["marks"]
        grade = 100 * points / self.snapshot["total"]
        attempt = Attempt(
            pk=UUID(int=self.chance.getrandbits(128), version=4),
            learner=person,
            quiz_key=self.quiz.translation_key,
            snapshot=self.snapshot,
            language="es",
            started_at=begun,
            submitted_at=begun + timedelta(minutes=12),
            grade=round_down(grade),
            passed=passes(grade, self.snapshot["pass_mark"]),
        )
        return attempt, answered
