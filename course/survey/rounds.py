"""Rounds: a wave of one clinic and edition, opened by the first person who passes its page."""

import uuid

from django.db import IntegrityError, transaction
from django.db.models import Count

from course.models import SurveyRound
from quizzes.surveys.wording import counted_digest, wording_in_force

from .keys import destroy_key, make_key


def round_of(clinic, edition, wave):
    return _rounds(clinic, edition, wave).select_related("wording").first()


def wording_of(clinic, edition, wave):
    # Without a clinic the present wording is asked.
    known = round_of(clinic, edition, wave) if clinic else None
    return known.wording if known else wording_in_force()


def locked_round(clinic, edition, wave, *, wording):
    """Return or open the round of a clinic or the country, locked. Raises `CannotKeepKeys`."""
    if clinic is None:
        return country_round(edition, wave, wording=wording)
    found = _rounds(clinic, edition, wave).select_for_update(of=("self",)).select_related("wording")
    return found.first() or _open(clinic, edition, wave, wording=wording) or found.get()


def country_round(edition, wave, *, wording):
    """Return or open the country's round for this wording, locked. Raises `CannotKeepKeys`."""
    found = SurveyRound.objects.filter(clinic=None, edition=edition, wave=wave, closed_on=None).order_by("pk")
    words = counted_digest(wording.contents)
    for _time in range(2):
        rounds = list(found.select_for_update(of=("self",)).select_related("edition", "wording"))
        known = next((one for one in rounds if counted_digest(one.wording.contents) == words), None)
        if known or (known := _open(None, edition, wave, wording=wording)):
            return known
    raise SurveyRound.DoesNotExist


def count_rounds_by_wording():
    rounds = SurveyRound.objects.order_by().values_list("wording")
    return dict(rounds.annotate(rounds=Count("pk")))


def _rounds(clinic, edition, wave):
    rounds = SurveyRound.objects.filter(clinic=clinic, edition=edition, wave=wave)
    return rounds if clinic else rounds.filter(closed_on=None).order_by("-pk")


def _open(clinic, edition, wave, *, wording):
    key = uuid.uuid4()
    public = make_key(key)
    try:
        with transaction.atomic():
            return SurveyRound.objects.create(
                key=key, clinic=clinic, edition=edition, wave=wave, wording=wording, public_key=public
            )
    except IntegrityError:
        destroy_key(key)
        return None
