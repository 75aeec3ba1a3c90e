"""Making a print of cards in the background: the PINs and the PDF that holds them are kept together or not at all."""

import secrets
from datetime import timedelta
from functools import partial

from django.db import transaction
from django.tasks import task
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from certificates import jobs
from certificates.jobs import forget_outdated
from certificates.pdf.combining import combine_pdfs
from course.models import CardPrint, Change, User
from course.people.audit import audit_log
from course.people.devices import log_access_by_others
from course.people.pins import STAFF_PIN_LASTS, STARTING_PIN_LASTS, draw_pin, keep_starting_pins
from quizzes.base.languages import interface_language

from .printing import CARDS_A_PAGE, Card, cards_pdf

_AT_ONCE = 12 * CARDS_A_PAGE
_SORRY = gettext_lazy("The cards could not be made. The PINs that people have still hold. Try again.")


class PinChosen(Exception):
    """A PIN was chosen while the cards were made."""


def make_print(print_id, *, chance=None):
    """Make the cards of a print; of those who chose an own PIN since it was asked for, none. Twice is once."""
    make = partial(_make, chance=chance or secrets.SystemRandom())
    jobs.do(CardPrint, print_id, make, sorry=_SORRY)


def _make(cards, *, chance):
    now, language = timezone.now(), interface_language()
    may_end = dict(map(tuple, cards.learners))
    people = User.objects.filter(pk__in=may_end, is_active=True).in_spanish_order()
    people = [person for person in people if may_end[person.pk] or not person.has_usable_password()]
    drawn = [(person, draw_pin(chance, code=person.username), now + _lasts(person)) for person in people]
    parts = []
    for start in range(0, len(drawn), _AT_ONCE):
        part = [Card.of(person, pin, until, cards.cohort) for person, pin, until in drawn[start : start + _AT_ONCE]]
        parts.append(cards_pdf(part, language=language))
        jobs.give_a_sign(cards, done=start + len(part))
    pdf = combine_pdfs(parts, title=_("Cards"), language=language) if parts else None
    with transaction.atomic():
        check_nobody_chose(people)
        # A second worker finds it finished.
        if not jobs.lock(cards):
            return
        keep_starting_pins(drawn)
        log_access_by_others(people, Change.CARD_MADE, by=cards.requested_by, now=now)
        problem = "" if drawn else _("Everybody has chosen an own PIN in the meantime: no card was made.")
        jobs.finish(cards, done=len(drawn), pdf=pdf, problem=problem)
        audit_log("cards_printed", by=cards.requested_by, cohort=cards.cohort, people=len(drawn), now=now)
    _forget_later(now)


def check_nobody_chose(people):
    """Raise `PinChosen` when somebody chose a PIN since these people were read: the card would be of no use."""
    now = dict(User.objects.filter(pk__in=[person.pk for person in people]).values_list("pk", "password"))
    if any(now.get(person.pk) != person.password for person in people):
        raise PinChosen


def _lasts(person):
    return STAFF_PIN_LASTS if person.is_staff else STARTING_PIN_LASTS


def _forget_later(now):
    if forget_cards.get_backend().supports_defer:
        forget_cards.using(run_after=now + CardPrint.FILE_KEPT + timedelta(minutes=1)).enqueue()


@task(backend="background")
def forget_cards():
    """Forget the PDFs whose hour is over."""
    forget_outdated(CardPrint, now=timezone.now())
