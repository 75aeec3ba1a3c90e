"""Learners in the middle of an attempt, and the phones from which they answer."""

import http.client
import json
import random
from typing import NamedTuple

# Any value does, as long as the cookie and the header agree.
CSRF = "c" * 32


class Taker(NamedTuple):
    """A learner with an open attempt: its key, the responses that can be given to each question, and the session."""

    attempt: str
    responses: dict
    session: str


class Phone(NamedTuple):
    """A device of a taker. Each request is a connection of its own, as on a line that drops."""

    port: int
    taker: Taker
    client: str

    def post(self, path, load):
        """Post `load` as JSON; return (status, what was answered). Raises OSError or HTTPException when nobody does."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        try:
            connection.request("POST", path, body=json.dumps(load), headers=self.headers)
            reply = connection.getresponse()
            return reply.status, reply.read()
        finally:
            connection.close()

    def send(self, answers):
        """Send a batch of answers as the question's page does."""
        return self.post(f"/es/cuestionario/intento/{self.taker.attempt}/respuestas/", {"answers": answers})

    def answer(self, number, chance):
        """Return a write of this device: any response to any question."""
        question = chance.choice(list(self.taker.responses))
        response = chance.choice(self.taker.responses[question])
        return {"question": question, "client": self.client, "number": number, "response": response}

    @property
    def headers(self):
        return {
            "Accept": "application/json",
            "Content-Type": "application/json",
            "Cookie": f"sessionid={self.taker.session}; csrftoken={CSRF}",
            "X-CSRFToken": CSRF,
        }


def make_takers(count):
    """Make so many learners, each with an open attempt at the first module's quiz, on a site with the course."""
    from django.contrib.auth import get_user_model
    from django.utils import timezone

    from course.models import Cohort, Enrolment
    from modules.progress.outline import course_outline
    from quizzes.attempts.taking import start_attempt
    from quizzes.models import Quiz

    from .site import session_of

    quiz = Quiz.objects.get(translation_key=course_outline()[0].quiz_key, locale__language_code="es")
    cohort = Cohort.objects.create(name="Respuestas")
    takers = []
    for number in range(count):
        learner = get_user_model().objects.create_user(
            f"RESP{number}", first_name="Ana", last_name="Coj", role="recepcion"
        )
        Enrolment.objects.create(learner=learner, cohort=cohort)
        attempt = start_attempt(learner, quiz, language="es", now=timezone.now(), chance=random.Random(number))
        takers.append(Taker(str(attempt.pk), responses_to(attempt.snapshot), session_of(learner)))
    return takers


def responses_to(paper):
    """Return {question key: responses} of the questions of which one option is chosen."""
    return {
        item["key"]: [option["key"] for option in item["options"]]
        for item in paper["questions"]
        if item["kind"] in ("single", "true_false")
    }
