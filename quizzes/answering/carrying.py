"""An answer that arrived after the session ended, carried signed through the sign-in so that nothing is lost."""

from datetime import datetime
from typing import NamedTuple

from django.core import signing
from django.http import QueryDict
from django.urls import reverse
from django.utils.dateparse import parse_datetime
from django.utils.translation import get_language, override

from quizzes.exceptions import AlreadyShown, AlreadySubmitted, NotOnPaper, TooMuch, UnreadableResponse
from quizzes.models import Attempt

from .forms import save_form

SALT = "quizzes.carried-answer"
MAX_AGE = 24 * 60 * 60
# More than the longest open answers come to, written in a form; a longer one is not carried.
MAX_LENGTH = 1_000_000


class Arrival(NamedTuple):
    """Where a person goes on, and the sentence to tell when the carried answer could not be placed."""

    address: str
    problem: str = ""


class Carried(NamedTuple):
    """The posted form of a question with its attempt and moment, and the language of the page it was on."""

    attempt: str
    form: QueryDict
    given_at: datetime
    language: str


def carry(attempt_id, form, *, given_at):
    """Return the posted form of a question, with its attempt and moment, as a signed text for a hidden field."""
    fields = QueryDict(mutable=True)
    for name, values in form.lists():
        if name != "csrfmiddlewaretoken":
            fields.setlist(name, values)
    encoded = fields.urlencode()
    return signing.dumps(
        {
            "attempt": str(attempt_id),
            "form": encoded if len(encoded) <= MAX_LENGTH else "",
            "given_at": given_at.isoformat(),
            "language": get_language(),
        },
        salt=SALT,
        compress=True,
    )


def read_carried(carried):
    """Return the `Carried` answer in the signed text; None when it is forged or over a day old."""
    try:
        load = signing.loads(carried, salt=SALT, max_age=MAX_AGE)
    except signing.BadSignature:
        return None
    return Carried(load["attempt"], QueryDict(load["form"]), parse_datetime(load["given_at"]), load["language"])


def apply_carried(carried, learner, *, now):
    """Save a carried answer if its attempt is this learner's; return (the address to go on at, what is to be told).

    There is something to tell when the answer could not be placed. None when the text is forged or over a day old, or
    the attempt belongs to somebody else: then nothing is saved.
    """
    answer = read_carried(carried)
    attempt = Attempt.objects.filter(pk=answer.attempt, learner=learner).first() if answer else None
    if attempt is None:
        return None
    # The sign-in page may be in another language than the page that was left.
    with override(answer.language):
        try:
            return Arrival(save_form(attempt, answer.form, given_at=answer.given_at, now=now))
        except AlreadySubmitted as error:
            return Arrival(reverse("attempt_result", args=[attempt.pk]), str(error))
        except (AlreadyShown, NotOnPaper, UnreadableResponse, TooMuch) as error:
            return Arrival(reverse("attempt_summary", args=[attempt.pk]), str(error))
