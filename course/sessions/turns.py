"""Quiz on one device that a group hands round; the state is in a signed cookie.

The cookie names people. So its signature includes a mark in the session of the device that the trainer started with.
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
_SALT = "course.desk.meetings.turns"
_MARK = "round_mark"
LASTS = timedelta(hours=6)


@dataclass(frozen=True)
class Round:
    quiz_key: str
    people: list[int]
    since: str
    passed_over: list[int] = field(default_factory=list)
    back: str = ""


def begin_round(quiz, learners, *, back, now):
    return Round(str(quiz.translation_key), [learner.pk for learner in learners], now.isoformat(), back=back)


def pass_over(round_, learner_pk):
    return replace(round_, passed_over=[*round_.passed_over, learner_pk])


def round_of(request):
    kept = request.COOKIES.get(COOKIE)
    mark = kept and request.session.get(_MARK)
    if not mark:
        return None
    try:
        return Round(**signing.loads(kept, salt=_SALT + mark, max_age=LASTS))
    except (signing.BadSignature, TypeError):
        return None


def keep_round(request, response, round_):
    mark = request.session.setdefault(_MARK, secrets.token_urlsafe(16))
    response.set_cookie(
        COOKIE,
        # Browsers keep no cookie beyond 4 KB.
        signing.dumps(round_.__dict__, salt=_SALT + mark, compress=True),
        max_age=LASTS,
        httponly=True,
        samesite="Lax",
        secure=settings.SESSION_COOKIE_SECURE,
    )


@contextmanager
def round_goes_on(request):
    """Keep the round while the block empties the session, as sign-out does."""
    mark = request.session.get(_MARK)
    yield
    if mark:
        request.session[_MARK] = mark


def end_round(request, response):
    request.session.pop(_MARK, None)
    response.delete_cookie(COOKIE, samesite="Lax")


def next_in(round_):
    """Return (the next person or None, how many have submitted, how many people)."""
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
