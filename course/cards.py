"""PIN cards: choose the learners, print eight on a Letter sheet, store the PINs."""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from urllib.parse import urlencode

from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from certificates.pdf.combining import combine_pdfs
from certificates.pdf.rendering import qr_matrix
from course.jobs import DOUBLE_CLICK, finish, job, lock_unfinished, request_job, send_heartbeat
from course.models import Change, StartingPin, User
from course.people.audit import audit_log
from course.people.devices import log_access_by_others
from course.people.permissions import may_change_account
from course.people.pins import STAFF_PIN_LASTS, STARTING_PIN_LASTS, draw_pin, keep_starting_pins
from modules.pdf.renderer import draw_cells, render_pdf
from quizzes.base.languages import interface_language

# The file holds PINs.
FILE_KEPT = timedelta(hours=1)
CARDS_A_PAGE = 8
_AT_ONCE = 12 * CARDS_A_PAGE
_INK = "#000000"


class NobodyToCard(ValueError):
    """The message is for the user."""


@dataclass(frozen=True)
class CardCandidate:
    """A learner beside the card; `card_until` is when an earlier card expires, or None."""

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
        if not self.may_get:
            return _("Another person gives this one")
        if self.has_own_pin:
            return _("Has chosen one")
        if self.card_until:
            day = date_format(timezone.localtime(self.card_until), "DATE_FORMAT")
            return _("Has a card good until %(day)s; a new one ends it") % {"day": day}
        return _("None: needs a card")


def card_candidates(learners, *, by, now):
    """Return the CardCandidate of each learner, in two queries; `by` would print."""
    learners = list(learners)
    good = StartingPin.objects.filter(user__in=learners, expires_at__gt=now)
    until = dict(good.values_list("user_id", "expires_at"))
    return [
        CardCandidate(learner, until.get(learner.pk), learner.pk != by.pk and may_change_account(by, learner))
        for learner in learners
    ]


def request_cards(cohort, candidates, *, ending_pins, by, language, now):
    """Return the Job that makes cards of these candidates; a double click requests once.

    Learners with their own PIN are included only with `ending_pins`. Raises NobodyToCard.
    """
    wanted = [one for one in candidates if one.may_get]
    owners = [one for one in wanted if one.has_own_pin]
    if not wanted:
        raise NobodyToCard(_("Nobody is ticked. Tick the people who need a card."))
    if owners and not ending_pins:
        raise NobodyToCard(
            _(
                "%(person)s and perhaps others ticked have chosen their own PIN: a card ends it. Tick the box that"
                " allows it, or take the tick from them."
            )
            % {"person": owners[0].learner}
        )
    # Someone who chooses a PIN before the card is made keeps it.
    people, ending = (sorted(one.learner.pk for one in some) for some in (wanted, owners))
    return request_job(
        "cards",
        cohort,
        asked=[by.pk, people, ending],
        # A later click of a double click would end the PINs that the first one printed.
        reuse=Q(requested_at__gt=now - DOUBLE_CLICK),
        new=lambda: ({"people": people, "ending": ending}, len(people)),
        by=by,
        language=language,
        now=now,
    )


class PinChosenMeanwhile(Exception):
    pass


@job(
    "cards",
    failed=gettext_lazy("The cards could not be made. The PINs that people have still hold. Try again."),
    keeps=FILE_KEPT,
    is_private=True,
)
def make_cards(job):
    """Store the PINs and the PDF that shows them in one transaction."""
    now, language, cohort = timezone.now(), interface_language(), job.cohort
    ending, chance = set(job.params["ending"]), secrets.SystemRandom()
    people = User.objects.filter(pk__in=job.params["people"], is_active=True).in_spanish_order()
    people = [person for person in people if person.pk in ending or not person.has_usable_password()]
    drawn = [(person, draw_pin(chance, code=person.username), now + _duration(person)) for person in people]
    parts = []
    for start in range(0, len(drawn), _AT_ONCE):
        part = [Card(person, cohort.name, pin, until) for person, pin, until in drawn[start : start + _AT_ONCE]]
        parts.append(cards_pdf(part, language=language))
        send_heartbeat(job, done=start + len(part))
    pdf = combine_pdfs(parts, title=_("Cards"), language=language) if parts else None
    with transaction.atomic():
        _check_nobody_chose(people)
        if not lock_unfinished(job):
            return
        keep_starting_pins(drawn)
        log_access_by_others(people, Change.CARD_MADE, by=job.requested_by, now=now)
        problem = "" if drawn else _("Everybody has chosen an own PIN in the meantime: no card was made.")
        finish(job, done=len(drawn), file=pdf, problem=problem)
        audit_log("cards_printed", by=job.requested_by, cohort=cohort, people=len(drawn), now=now)


def _check_nobody_chose(people):
    now = dict(User.objects.filter(pk__in=[person.pk for person in people]).values_list("pk", "password"))
    if any(now.get(person.pk) != person.password for person in people):
        raise PinChosenMeanwhile


def _duration(person):
    return STAFF_PIN_LASTS if person.is_staff else STARTING_PIN_LASTS


@dataclass(frozen=True)
class Card:
    person: User
    group: str
    pin: str
    until: datetime

    @property
    def pin_in_groups(self):
        return f"{self.pin[:3]} {self.pin[3:]}"

    @property
    def address(self):
        """The QR leads to the sign-in page with the user code, never the PIN."""
        return f"{settings.SITE_URL}{reverse('account_login')}?{urlencode({'c': self.person.username})}"

    @property
    def qr(self):
        return f"card:{self.person.username}"


def cards_pdf(cards, *, language):
    with translation.override(language):
        html = render_to_string(
            "desk/cards_paper.html",
            {"cards": cards, "language": language, "site": settings.SITE_URL.partition("://")[2]},
        )
    return render_pdf(
        html,
        css=_style(),
        forms=[(card.qr, draw_cells(qr_matrix(card.address), colour=_INK)) for card in cards],
        identifier=hashlib.sha256(html.encode()).digest()[:16],
    )


@cache
def _style():
    return Path(__file__).with_name("cards.css").read_text(encoding="utf-8")
