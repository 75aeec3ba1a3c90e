"""Closing a wave: what ten people or more answered is counted together, and the rest goes on to wait.

Of what is counted no sheet is kept. Closing is final, and tells nobody beforehand how many answered.
"""

from dataclasses import dataclass, field
from secrets import SystemRandom

from django.db import transaction
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from course.models import SurveyEnvelope, SurveyLot, SurveyPassed, SurveyRound, User
from course.people.audit import note
from quizzes.surveys.reading import read_back
from quizzes.surveys.tally import tally

from .keys import KeyLost, make_key, opener
from .passing import ANSWERED, envelope
from .pooling import answered, ballots_of, is_enough, sort_out
from .rounds import country_round


@dataclass
class Closing:
    """What came of closing: lots that were made, rounds that wait for the area, those that went on to the country, and
    those whose key is lost."""

    lots: list = field(default_factory=list)
    waiting: list = field(default_factory=list)
    passed_on: list = field(default_factory=list)
    lost: list = field(default_factory=list)


class NothingToClose(Exception):
    """Nobody passed the page of this wave there, or it was closed and counted before."""


@transaction.atomic
def close_clinic(clinic, edition, wave, *, by, now):
    """Close a wave of one clinic: ten answers or more are counted, fewer wait until the area closes the wave.

    Returns the `Closing`. Raises `NothingToClose`, also the second time, and `course.survey.keys.KeyLost`: then nothing
    was changed.
    """
    rounds = _locked(clinic__in=[clinic], edition=edition, wave=wave, closed_on=None)
    if not rounds:
        raise NothingToClose
    closing = Closing()
    [round_] = rounds
    ballots = _ballots_in(round_)
    _close(round_, by=by, now=now)
    if is_enough(ballots):
        closing.lots.append(_count([round_], ballots, clinic=clinic, area=clinic.area, now=now))
    else:
        closing.waiting.append(round_)
    note("survey_clinic_closed", by=by, subject=clinic, now=now)
    return closing


@transaction.atomic
def close_area(area, edition, wave, *, by, now):
    """Close a wave of all clinics of an area, of those without one where `area` is None.

    A clinic with ten answers or more is counted. What is left is counted together where it is ten or more; else it goes
    on to the country's round, without clinic, area or order, and is counted there as soon as that holds ten. A round
    whose key is lost is left as it is. Returns the `Closing`; raises `NothingToClose`.
    """
    waiting = Q(closed_on=None) | Exists(SurveyEnvelope.objects.filter(round=OuterRef("pk")))
    rounds = _locked(waiting, clinic__isnull=False, clinic__area=area, edition=edition, wave=wave, lot=None)
    if not rounds:
        raise NothingToClose
    closing, parts = Closing(), []
    for round_ in rounds:
        try:
            parts.append((round_, _ballots_in(round_)))
        except KeyLost:
            closing.lost.append(round_)
        else:
            _close(round_, by=by, now=now)
    pools = sort_out(parts)
    for round_, ballots in pools.alone:
        closing.lots.append(_count([round_], ballots, clinic=round_.clinic, area=area, now=now))
    for few in pools.together:
        lot = _count([round_ for round_, _ballots in few], ballots_of(few), clinic=None, area=area, now=now)
        closing.lots.append(lot)
    for few in pools.left:
        _pass_on(few, closing, by=by, now=now)
    note("survey_area_closed", by=by, subject=area or "", now=now)
    return closing


def _pass_on(few, closing, *, by, now):
    """Hand on what too few answered to the country's round, and count that if it is enough by now."""
    rounds, ballots = [round_ for round_, _ballots in few], ballots_of(few)
    closing.passed_on += rounds
    if not ballots:
        return
    first = rounds[0]
    country = country_round(first.edition, first.wave, wording=first.wording)
    SystemRandom().shuffle(ballots)
    SurveyEnvelope.objects.bulk_create(
        SurveyEnvelope(round=country, sealed=envelope(country, ballot)) for ballot in ballots
    )
    _empty(rounds)
    try:
        held = _ballots_in(country)
    except KeyLost:
        closing.lost.append(country)
        return
    if is_enough(held):
        _close(country, by=by, now=now)
        closing.lots.append(_count([country], held, clinic=None, area=None, now=now))


@transaction.atomic
def give_up_lost(round_, *, by, now):
    """Give up the answers of a round whose key is lost, and ask its people again; return how many envelopes went.

    The round begins anew, with another key. Of the country's round nobody knows whose answers they were: nobody is
    asked again. Raises `NothingToClose` where the key is there, or the round was counted.
    """
    [round_] = _locked(pk=round_.pk) or [None]
    if round_ is None or round_.lot_id or not is_lost(round_):
        raise NothingToClose
    gone = _empty([round_])
    round_.public_key = make_key(round_.key)
    if round_.clinic_id:
        round_.closed_on = round_.closed_by = None
        people = User.objects.filter(clinic=round_.clinic_id)
        SurveyPassed.objects.filter(person__in=people, edition=round_.edition_id, wave=round_.wave).delete()
    round_.save()
    note("survey_given_up", by=by, subject=round_.clinic or "", people=gone, now=now)
    return gone


def is_lost(round_):
    """Whether something waits in the round that no key here opens."""
    try:
        open_one = opener(round_)
        first = round_.envelopes.first()
        if first is not None:
            open_one(first.sealed)
    except KeyLost:
        return _holds_any(round_)
    return False


def _locked(*conditions, **narrowing):
    """Return the rounds, locked in one order, so that two who close at once wait for each other."""
    rounds = SurveyRound.objects.filter(*conditions, **narrowing).select_for_update(of=("self",)).order_by("pk")
    return list(rounds.select_related("clinic", "edition", "wording"))


def _holds_any(round_):
    return round_.envelopes.exists()


def _ballots_in(round_):
    """Return [{item id: code}, or {} of who declined] of a round, in no order; raises `KeyLost`."""
    sealed = list(round_.envelopes.order_by().values_list("sealed", flat=True))
    if not sealed:
        return []
    open_one, contents = opener(round_), round_.wording.contents
    texts = [open_one(one) for one in sealed]
    return [read_back(contents, round_.wave, text[1:]) if text.startswith(ANSWERED) else {} for text in texts]


def _close(round_, *, by, now):
    if round_.is_open:
        round_.closed_on, round_.closed_by = timezone.localdate(now), by
        round_.save(update_fields=["closed_on", "closed_by"])


def _count(rounds, ballots, *, clinic, area, now):
    """Make the lot of these rounds, and keep nothing else of them."""
    first, ballots = rounds[0], answered(ballots)
    lot = SurveyLot.objects.create(
        clinic=clinic,
        area=area,
        edition=first.edition,
        wave=first.wave,
        wording=first.wording,
        people=len(ballots),
        figures=tally(first.wording.contents, first.wave, ballots),
        closed_on=timezone.localdate(now),
    )
    SurveyRound.objects.filter(pk__in=[round_.pk for round_ in rounds]).update(lot=lot)
    _empty(rounds)
    return lot


def _empty(rounds):
    return SurveyEnvelope.objects.filter(round__in=rounds).delete()[0]
