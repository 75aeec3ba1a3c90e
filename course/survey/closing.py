"""Closing of a survey wave. It is final; only ten answers or more are counted together."""

from dataclasses import dataclass, field
from secrets import SystemRandom
from typing import NamedTuple

from django.db import transaction
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from course.models import FEWEST_ANSWERS, Clinic, SurveyEnvelope, SurveyLot, SurveyPassed, SurveyRound, User
from course.people.audit import audit_log
from quizzes.surveys.reading import read_back
from quizzes.surveys.tally import tally
from quizzes.surveys.wording import counted_digest, wording_in_force

from .keys import Damaged, KeyLost, has_key, make_key, opener
from .passing import ANSWERED, envelope
from .rounds import country_round


class Pools(NamedTuple):
    """Parts, (round, its ballots): each counted alone; lists to count together; left over."""

    alone: list
    together: list
    left: list


def sort_out(parts, words_of):
    """Return the `Pools` of the parts of an area; different wordings, by `words_of`, are never pooled."""
    alone = [part for part in parts if is_enough(part[1])]
    by_wording = {}
    for part in parts:
        if not is_enough(part[1]):
            by_wording.setdefault(words_of(part[0]), []).append(part)
    together = [few for few in by_wording.values() if is_enough(ballots_of(few))]
    left = [few for few in by_wording.values() if not is_enough(ballots_of(few))]
    return Pools(alone, together, left)


def ballots_of(parts):
    return [ballot for _round, ballots in parts for ballot in ballots]


def answered(ballots):
    """Return the ballots with an answer: a ballot of who declined is {}."""
    return [ballot for ballot in ballots if ballot]


def is_enough(ballots):
    return len(answered(ballots)) >= FEWEST_ANSWERS


@dataclass
class Closing:
    """`lots` counted; rounds that `wait`, went to the country or lost their key; `damaged` envelopes."""

    lots: list = field(default_factory=list)
    waiting: list = field(default_factory=list)
    passed_on: list = field(default_factory=list)
    lost: list = field(default_factory=list)
    damaged: int = 0


class NothingToClose(Exception):
    pass


@transaction.atomic
def close_clinic(clinic, edition, wave, *, by, now):
    """Fewer than ten answers wait until the area closes the wave. Raises `NothingToClose`, `KeyLost`."""
    rounds = _locked(clinic__in=[clinic], edition=edition, wave=wave, closed_on=None)
    if not rounds:
        raise NothingToClose
    closing = Closing()
    [round_] = rounds
    ballots = _ballots_in(round_, closing)
    _close(round_, by=by, now=now)
    if is_enough(ballots):
        closing.lots.append(_count([round_], ballots, clinic=clinic, area=clinic.area, now=now))
    else:
        closing.waiting.append(round_)
    audit_log("survey_clinic_closed", by=by, subject=clinic, now=now)
    return closing


@transaction.atomic
def close_area(area, edition, wave, *, by, now):
    """Close a wave of all clinics of an area, or of those without one. Raises `NothingToClose`.

    A clinic with ten answers is counted alone. The rest is counted together where it is ten or more, else it goes to
    the country's round without clinic, area or order. After a lost key nothing goes to the country.
    """
    waiting = Q(closed_on=None) | Exists(SurveyEnvelope.objects.filter(round=OuterRef("pk")))
    rounds = _locked(waiting, clinic__isnull=False, clinic__area=area, edition=edition, wave=wave, lot=None)
    closing, parts = Closing(), []
    for round_ in rounds:
        try:
            parts.append((round_, _ballots_in(round_, closing)))
        except KeyLost:
            closing.lost.append(round_)
        else:
            _close(round_, by=by, now=now)
    pools = sort_out(parts, _words_of)
    for round_, ballots in pools.alone:
        closing.lots.append(_count([round_], ballots, clinic=round_.clinic, area=area, now=now))
    for few in pools.together:
        lot = _count([round_ for round_, _ballots in few], ballots_of(few), clinic=None, area=area, now=now)
        closing.lots.append(lot)
    left = [round_ for few in pools.left for round_, _ballots in few]
    if closing.lost:
        closing.waiting += left
    else:
        closing.passed_on += left
        _count_country(pools.left, closing, edition=edition, wave=wave, by=by, now=now)
    if not rounds and not closing.lots:
        raise NothingToClose
    asked_in = [round_.wording for round_ in rounds] or [wording_in_force()]
    _close_unasked(area, edition, wave, wording=asked_in[-1], by=by, now=now)
    audit_log("survey_area_closed", by=by, subject=area or "", now=now)
    return closing


def _count_country(left, closing, *, edition, wave, by, now):
    # In one order, against deadlocks.
    rounds = _locked(clinic=None, edition=edition, wave=wave, closed_on=None)
    for few in sorted(left, key=lambda few: _words_of(few[0][0])):
        ballots = ballots_of(few)
        if not ballots:
            continue
        country = country_round(edition, wave, wording=few[0][0].wording)
        SystemRandom().shuffle(ballots)
        SurveyEnvelope.objects.bulk_create(
            SurveyEnvelope(round=country, sealed=envelope(country, ballot)) for ballot in ballots
        )
        _empty([round_ for round_, _ballots in few], now=now)
        if country.pk not in {round_.pk for round_ in rounds}:
            rounds.append(country)
    for country in rounds:
        held = country.envelopes.count()
        if held - country.tried_with < FEWEST_ANSWERS:
            continue
        try:
            ballots = _ballots_in(country, closing)
        except KeyLost:
            closing.lost.append(country)
            continue
        if is_enough(ballots):
            _close(country, by=by, now=now)
            closing.lots.append(_count([country], ballots, clinic=None, area=None, now=now))
        else:
            country.tried_with = held
            country.save(update_fields=["tried_with"])


def _close_unasked(area, edition, wave, *, wording, by, now):
    if wording is None:
        return
    today = timezone.localdate(now)
    asked = SurveyRound.objects.filter(clinic=OuterRef("pk"), edition=edition, wave=wave)
    SurveyRound.objects.bulk_create(
        [
            SurveyRound(
                clinic=clinic,
                edition=edition,
                wave=wave,
                wording=wording,
                public_key=b"",
                closed_on=today,
                closed_by=by,
                emptied_on=today,
            )
            for clinic in Clinic.objects.filter(~Exists(asked), area=area)
        ],
        # If somebody passes the page just now, the round stays open and the area can close again.
        ignore_conflicts=True,
    )


def _words_of(round_):
    return counted_digest(round_.wording.contents)


@transaction.atomic
def give_up_lost(round_, *, by, now):
    [round_] = _locked(pk=round_.pk) or [None]
    if round_ is None or round_.lot_id or not is_lost(round_):
        raise NothingToClose
    gone = SurveyEnvelope.objects.filter(round=round_).delete()[0]
    round_.public_key = make_key(round_.key)
    if round_.clinic_id:
        round_.closed_on = round_.closed_by = None
        people = User.objects.filter(clinic=round_.clinic_id)
        SurveyPassed.objects.filter(person__in=people, edition=round_.edition_id, wave=round_.wave).delete()
    round_.save()
    audit_log("survey_given_up", by=by, subject=round_.clinic or "", people=gone, now=now)
    return gone


def is_lost(round_):
    return _holds_any(round_) and not has_key(round_)


def _locked(*conditions, **narrowing):
    rounds = SurveyRound.objects.filter(*conditions, **narrowing).select_for_update(of=("self",)).order_by("pk")
    return list(rounds.select_related("clinic", "edition", "wording"))


def _holds_any(round_):
    return round_.envelopes.exists()


def _ballots_in(round_, closing):
    sealed = list(round_.envelopes.order_by().values_list("sealed", flat=True))
    if not sealed:
        return []
    open_one, contents, ballots = opener(round_), round_.wording.contents, []
    for one in sealed:
        try:
            text = open_one(one)
            ballots.append(read_back(contents, round_.wave, text[1:]) if text.startswith(ANSWERED) else {})
        except Damaged:
            closing.damaged += 1
    return ballots


def _close(round_, *, by, now):
    if round_.is_open:
        round_.closed_on, round_.closed_by = timezone.localdate(now), by
        round_.save(update_fields=["closed_on", "closed_by"])


def _count(rounds, ballots, *, clinic, area, now):
    latest, ballots = max(rounds, key=lambda round_: round_.wording_id), answered(ballots)
    lot = SurveyLot.objects.create(
        clinic=clinic,
        area=area,
        edition=latest.edition,
        wave=latest.wave,
        wording=latest.wording,
        people=len(ballots),
        figures=tally(latest.wording.contents, latest.wave, ballots),
        closed_on=timezone.localdate(now),
    )
    SurveyRound.objects.filter(pk__in=[round_.pk for round_ in rounds]).update(lot=lot)
    _empty(rounds, now=now)
    return lot


def _empty(rounds, *, now):
    gone = SurveyEnvelope.objects.filter(round__in=rounds).delete()[0]
    SurveyRound.objects.filter(pk__in=[round_.pk for round_ in rounds]).update(emptied_on=timezone.localdate(now))
    return gone
