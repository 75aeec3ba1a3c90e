"""One device that goes from hand to hand: whose turn it is, kept in a signed cookie of that device and nowhere else.

Nobody is signed in between two people: each signs in with the own PIN, and *Cambiar de persona* closes the session and
leads to the next. The cookie names people, so it is good only beside the session cookie of the device on which the
trainer began: a mark in the session, which tells nothing, is part of what is signed, and goes on from one session to
the next.
"""

import secrets
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from django.conf import settings
from django.core import signing

from course.models import User
from quizzes.models import Attempt, Quiz

COOKIE = "turno"
# As it was first called: devices hold cookies with it.
_SALT = "course.desk.meetings.turns"
_MARK = "round_mark"
LASTS = timedelta(hours=6)


@dataclass(frozen=True)
class Round:
    """The quiz that everybody takes, the people in order, who was passed over, and since when it goes round.

    `back` is the address at which the trainer goes on after it.
    """

    quiz_key: str
    people: list[int]
    since: str
    passed_over: list[int] = field(default_factory=list)
    back: str = ""


def begin_round(quiz, learners, *, back, now):
    return Round(str(quiz.translation_key), [learner.pk for learner in learners], now.isoformat(), back=back)


def pass_over(round_, learner_pk):
    """Return the round in which this person's turn comes no more."""
    return replace(round_, passed_over=[*round_.passed_over, learner_pk])


def round_of(request):
    """Return the Round of this device, or None."""
    kept = request.COOKIES.get(COOKIE)
    mark = kept and request.session.get(_MARK)
    if not mark:
        return None
    try:
        return Round(**signing.loads(kept, salt=_SALT + mark, max_age=LASTS))
    except (signing.BadSignature, TypeError):
        return None


def keep_round(request, response, round_):
    """Keep the round on this device, as long as its session is there."""
    mark = request.session.setdefault(_MARK, secrets.token_urlsafe(16))
    response.set_cookie(
        COOKIE,
        # Browsers keep no cookie beyond 4 KB: the keys of a big group take more as they stand.
        signing.dumps(round_.__dict__, salt=_SALT + mark, compress=True),
        max_age=LASTS,
        httponly=True,
        samesite="Lax",
        secure=settings.SESSION_COOKIE_SECURE,
    )


@contextmanager
def round_goes_on(request):
    """While the block empties the session, as at sign-out: what follows on this device belongs to the same round."""
    mark = request.session.get(_MARK)
    yield
    if mark:
        request.session[_MARK] = mark


def end_round(request, response):
    request.session.pop(_MARK, None)
    response.delete_cookie(COOKIE, samesite="Lax")


def next_in(round_):
    """Return (the person whose turn it is or None, how many have sent the quiz, how many there are)."""
    sent = set(
        Attempt.objects.filter(learner__in=round_.people, submitted_at__gte=datetime.fromisoformat(round_.since))
        .of_quiz(round_.quiz_key)
        .values_list("learner_id", flat=True)
    )
    waiting = [pk for pk in round_.people if pk not in sent and pk not in round_.passed_over]
    active = User.objects.active().in_bulk(waiting)
    person = next((active[pk] for pk in waiting if pk in active), None)
    return person, len(sent), len(round_.people)


def quiz_of(round_, language):
    return Quiz.objects.in_language(language).filter(translation_key=round_.quiz_key, live=True).first()
