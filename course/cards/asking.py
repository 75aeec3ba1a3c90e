"""Asking for cards: whose own PIN a card would end, and one print for a double click."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from certificates.jobs import ONE_CLICK, ask_once, fingerprint_of, forget_outdated
from course.models import CardPrint, StartingPin, User
from course.people.permissions import may_change_account

from .tasks import make_cards


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


def card_candidates(learners, *, by, now):
    """Return the `CardCandidate` of each of these people, in two queries; `by` is whoever would print."""
    learners = list(learners)
    good = StartingPin.objects.filter(user__in=learners, expires_at__gt=now)
    until = dict(good.values_list("user_id", "expires_at"))
    return [
        CardCandidate(learner, until.get(learner.pk), learner.pk != by.pk and may_change_account(by, learner))
        for learner in learners
    ]


def request_cards(cohort, candidates, *, ending_pins, by, language, now):
    """Return the `CardPrint` of cards for these `CardCandidate`s, made in the background; a double click asks once.

    Whoever has an own PIN is among them only if `ending_pins` says that it may end. Raises `NobodyToCard`.
    """
    forget_outdated(CardPrint, now=now)
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
    # A second click on a page that answers slowly would end the PINs that the first one printed.
    return ask_once(
        CardPrint,
        fingerprint_of(cohort.pk, by.pk, sorted(learners)),
        serves=Q(requested_at__gt=now - ONE_CLICK),
        new=lambda: {"cohort": cohort, "learners": learners, "language": language, "requested_by": by},
        task=make_cards,
        now=now,
    )


def prints_of(person, cohort):
    """Return the prints of cards that this person asked for, without their bytes: nobody else sees them."""
    asked = CardPrint.objects.filter(requested_by=person, cohort=cohort)
    return asked.without_bytes().order_by("-requested_at")


def recent_prints(person, cohort, *, now):
    """Return this person's prints of the last hour: those that can still be fetched or are being made."""
    return prints_of(person, cohort).filter(requested_at__gt=now - CardPrint.FILE_KEPT, problem="")
