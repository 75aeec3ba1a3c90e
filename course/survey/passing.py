"""Passing the page of a survey: answering and declining do the same, once, and leave the same behind."""

from datetime import timedelta
from enum import Enum

from django.db import transaction
from django.utils import timezone

from course.models import SurveyEnvelope, SurveyPassed, SurveyRound, Wave
from quizzes.surveys.reading import answers_something, items_in, kept_answers, written_out

from .keys import seal
from .rounds import locked_round

# From so long after finishing on, what people saw since can be asked.
FOLLOWED_UP_AFTER = timedelta(days=90)
ANSWERED, DECLINED = "A", "D"


class Passed(Enum):
    """What came of posting the page."""

    NOW = "now"
    BEFORE = "before"
    # The wave was closed meanwhile: nothing was kept.
    CLOSED = "closed"
    # The round asks in other words than the page did: it is shown again.
    REWORDED = "reworded"


def wave_due(progress, *, now):
    """Return the wave that is asked of somebody as far as this, passed or not: before a first step, or after all."""
    if not progress.modules:
        return None
    if not progress.finished:
        return None if progress.has_started else Wave.PRE
    if progress.recorded_at is None:
        return Wave.POST
    days = timezone.localdate(now) - timezone.localdate(progress.recorded_at)
    return Wave.SEG if days >= FOLLOWED_UP_AFTER else Wave.POST


def offered_wave(learner, progress, *, now):
    """Return the wave whose page the person has still to pass, or None; in one query, or none.

    A wave that was closed for the person's clinic is not offered.
    """
    wave = wave_due(progress, now=now)
    if wave is None or progress.edition is None:
        return None
    passed = SurveyPassed.objects.filter(person=learner, edition=progress.edition, wave=wave).order_by().values("wave")
    closed = SurveyRound.objects.filter(
        clinic=learner.clinic_id, clinic__isnull=False, edition=progress.edition, wave=wave, closed_on__isnull=False
    )
    return None if passed.union(closed.order_by().values("wave")).exists() else wave


def has_passed(learner, edition, wave):
    return SurveyPassed.objects.filter(person=learner, edition=edition, wave=wave).exists()


@transaction.atomic
def pass_page(learner, edition, wave, answers, *, wording):
    """Keep that the person passed the page, and seal `answers` ({item id: code}; {} or None to decline).

    Returns what came of it; only `Passed.NOW` keeps anything. `wording` is the one that the page asked in. Raises
    `course.survey.keys.CannotKeepKeys` where nothing can be sealed.
    """
    round_ = locked_round(learner.clinic, edition, wave, wording=wording)
    if not round_.is_open:
        return Passed.CLOSED
    if round_.clinic_id and round_.wording_id != wording.pk:
        return Passed.REWORDED
    if not mark_passed([learner], edition, wave):
        return Passed.BEFORE
    put_in(round_, answers or {})
    return Passed.NOW


def mark_passed(people, edition, wave):
    """Keep that these people passed the page, and return how many had not before."""
    known = set(
        SurveyPassed.objects.filter(person__in=people, edition=edition, wave=wave).values_list("person", flat=True)
    )
    new = [SurveyPassed(person=person, edition=edition, wave=wave) for person in people if person.pk not in known]
    SurveyPassed.objects.bulk_create(new)
    return len(new)


def put_in(round_, answers):
    """Seal what somebody answered into the round: of what the round asks alone; nothing of it is declining."""
    SurveyEnvelope.objects.create(round=round_, sealed=envelope(round_, answers))


def envelope(round_, answers):
    """Return the sealed bytes of `answers`, {item id: code}, for a round."""
    contents, wave = round_.wording.contents, round_.wave
    answers = kept_answers(contents, wave, answers)
    if not answers_something(contents, wave, answers):
        return seal(round_, DECLINED.ljust(len(items_in(contents, wave)) + 1, "."))
    return seal(round_, ANSWERED + written_out(contents, wave, answers))
