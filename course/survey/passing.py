"""The page of a survey: who gets it, and answering or declining it."""

from datetime import timedelta
from enum import Enum

from django.db import transaction
from django.utils import timezone

from course.models import SurveyEnvelope, SurveyPassed, SurveyRound, Wave
from course.people.permissions import is_in_group, is_in_open_group
from quizzes.surveys.instrument import read_instrument
from quizzes.surveys.reading import answers_something, items_in, kept_answers, written_out

from .keys import seal
from .rounds import locked_round, round_of

FOLLOWED_UP_AFTER = timedelta(days=90)
ANSWERED, DECLINED = "A", "D"


class Passed(Enum):
    NOW = "now"
    BEFORE = "before"
    CLOSED = "closed"
    REWORDED = "reworded"


def wave_due(progress, *, now):
    if not progress.modules:
        return None
    if not progress.finished:
        return Wave.PRE if progress.is_at_opening else None
    if progress.recorded_at is None:
        return Wave.POST
    days = timezone.localdate(now) - timezone.localdate(progress.recorded_at)
    return Wave.SEG if days >= FOLLOWED_UP_AFTER else Wave.POST


def offered_wave(learner, progress, *, now):
    """Return the wave that the person has still to pass, or None; not one closed for the clinic."""
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
    """Save that the person passed the page, and seal `answers` ({item id: code}; {} or None to decline).

    Only `Passed.NOW` saves anything. Raises `course.survey.keys.CannotKeepKeys`.
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
    """Return how many had not passed before."""
    known = set(
        SurveyPassed.objects.filter(person__in=people, edition=edition, wave=wave).values_list("person", flat=True)
    )
    new = [SurveyPassed(person=person, edition=edition, wave=wave) for person in people if person.pk not in known]
    SurveyPassed.objects.bulk_create(new)
    return len(new)


def put_in(round_, answers):
    """Seal answers into the round, without statements that the round does not ask."""
    SurveyEnvelope.objects.create(round=round_, sealed=envelope(round_, answers))


def envelope(round_, answers):
    contents, wave = round_.wording.contents, round_.wave
    answers = kept_answers(contents, wave, answers)
    if not answers_something(contents, wave, answers):
        return seal(round_, DECLINED.ljust(len(items_in(contents, wave)) + 1, "."))
    return seal(round_, ANSWERED + written_out(contents, wave, answers))


# Waves to which *Continuar* leads.
ON_THE_WAY = (Wave.PRE, Wave.POST)


def due_page(person, progress, *, now):
    """Return the wave whose page the person may open now, passed or not, or None."""
    wave = wave_due(progress, now=now)
    if wave is None or progress.edition is None or not is_in_group(person):
        return None
    return None if wave == Wave.PRE and not is_in_open_group(person) else wave


def offered_page(person, progress, *, now):
    wave = due_page(person, progress, now=now)
    if wave is None or offered_wave(person, progress, now=now) is None:
        return None
    return wave if _asks_anything(person.clinic_id, progress.edition, wave) else None


def _asks_anything(clinic, edition, wave):
    return round_of(clinic, edition, wave) is not None or read_instrument().is_complete
