"""Asking for cards: whose own PIN a card would end, and one print for a double click."""

import hashlib
import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from course.models import CardPrint, StartingPin, User
from course.people.permissions import changes_no_staff

from .tasks import make_cards

# The PDF holds PINs.
KEPT = timedelta(hours=1)
STALE = timedelta(minutes=2)
# A second click on a page that answers slowly would end the PINs that the first one printed.
ONE_CLICK = timedelta(seconds=10)


class NobodyToCard(ValueError):
    """There is nobody to make a card for; the message says so to the person."""


@dataclass(frozen=True)
class CardCandidate:
    """A person of a group beside the card: whether an own PIN exists, and until when an earlier card is good."""

    learner: User
    card_until: datetime | None
    may_get: bool

    @property
    def has_own_pin(self):
        return self.learner.has_usable_password()

    @property
    def needs_card(self):
        return self.may_get and not self.has_own_pin and not self.card_until

    @property
    def pin_words(self):
        """How the person stands with the PIN; the PIN itself is nowhere but on a card."""
        if not self.may_get:
            return _("Another person gives this one")
        if self.has_own_pin:
            return _("Has chosen one")
        if self.card_until:
            day = date_format(timezone.localtime(self.card_until), "DATE_FORMAT")
            return _("Has a card good until %(day)s; a new one ends it") % {"day": day}
        return _("None: needs a card")


def candidates_among(learners, *, by, now):
    """Return the `CardCandidate` of each of these people, in two queries; `by` is whoever would print."""
    learners = list(learners)
    good = StartingPin.objects.filter(user__in=learners, expires_at__gt=now)
    until = dict(good.values_list("user_id", "expires_at"))
    return [
        CardCandidate(learner, until.get(learner.pk), learner.pk != by.pk and changes_no_staff(by, learner))
        for learner in learners
    ]


def request_cards(cohort, candidates, *, ending_pins, by, language, now):
    """Return the `CardPrint` of cards for these `CardCandidate`s, made in the background; a double click asks once.

    Whoever has an own PIN is among them only if `ending_pins` says that it may end. Raises `NobodyToCard`.
    """
    forget_old_cards(now=now)
    wanted = [one for one in candidates if one.may_get]
    if not wanted:
        raise NobodyToCard(_("Nobody is ticked. Tick the people who need a card."))
    if not ending_pins and (owners := [one for one in wanted if one.has_own_pin]):
        raise NobodyToCard(
            _(
                "%(person)s and perhaps others ticked have chosen their own PIN: a card ends it. Tick the box that"
                " allows it, or take the tick from them."
            )
            % {"person": owners[0].learner}
        )
    # Who chooses an own PIN before the card is made keeps it.
    learners = [[one.learner.pk, one.has_own_pin] for one in wanted]
    fingerprint = hashlib.sha256(json.dumps([cohort.pk, by.pk, sorted(learners)]).encode()).hexdigest()
    same = CardPrint.objects.defer("pdf").filter(fingerprint=fingerprint)
    if asked := same.filter(requested_at__gt=now - ONE_CLICK).order_by("-requested_at").first():
        return asked
    try:
        with transaction.atomic():
            cards = CardPrint.objects.create(
                cohort=cohort, learners=learners, fingerprint=fingerprint, requested_by=by, requested_at=now
            )
            transaction.on_commit(partial(make_cards.enqueue, str(cards.pk), language))
            return cards
    except IntegrityError:
        return same.latest("requested_at")


def prints_of(person, cohort):
    """Return the prints of cards that this person asked for, without their bytes: nobody else sees them."""
    asked = CardPrint.objects.filter(requested_by=person, cohort=cohort)
    return asked.defer("pdf").order_by("-requested_at")


def recent_prints(person, cohort, *, now):
    """Return this person's prints of the last hour: those that can still be fetched or are being made."""
    return prints_of(person, cohort).filter(requested_at__gt=now - KEPT, problem="")


def pdf_of(cards, *, now):
    """Return the bytes of a print that was made less than an hour ago, or None."""
    if cards.finished_at is None or cards.finished_at + KEPT < now:
        return None
    return cards.pdf


def old_cards(*, now):
    """Return the prints that were made more than an hour ago and still have their PDF."""
    return CardPrint.objects.filter(finished_at__lt=now - KEPT, pdf__isnull=False)


def forget_old_cards(*, now):
    """Forget the PDFs that were made more than an hour ago; return how many those were."""
    return old_cards(now=now).update(pdf=None)


def is_left_alone(cards, *, now):
    """Whether a print waits longer to be begun than a worker that runs would let it wait."""
    return cards.finished_at is None and not cards.done and cards.requested_at < now - STALE


def take_up_again(*, now):
    """Put every print that is not finished in the queue again, and forget the old: a worker calls it at its start."""
    forget_old_cards(now=now)
    for key in CardPrint.objects.filter(finished_at=None).values_list("pk", flat=True):
        make_cards.enqueue(str(key), settings.LANGUAGE_CODE)
