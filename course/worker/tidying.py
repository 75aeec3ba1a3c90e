"""What can go: files that can be made again, lists that are written, PINs and sessions that opened their last door.

Nothing here is a fact about a person's course: attempts, certificates, calls and the audit list are never touched.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from django.conf import settings
from django.contrib.sessions.models import Session
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from certificates.batches.asking import old_batches
from certificates.issuing.handing_over import NO_WORDS, old_requests, old_words_of_holders
from certificates.jobs import outdated
from certificates.paper.images import unused_images
from course.models import HANDS_ACCESS, AccountChange, CardPrint, PaperPrint, RosterUpload, SignIn, StartingPin
from course.people.limits import whole_budgets
from course.people.refusals import old_refusals
from course.roster.uploads import unconfirmed_lists
from course.survey.forgetting import forget_spent_keys, spent_keys

NO_PDF = {"pdf": None}


@dataclass(frozen=True)
class Leftovers:
    """A kind of things that can go: what they are in words, and how to find them (as a QuerySet) at a moment."""

    words: str
    find: Callable[..., QuerySet]
    # {field: what it holds from then on} where the row stays.
    left: dict | None = None

    def count(self, *, now):
        """Return how many there are."""
        return self.find(now=now).count()

    def remove(self, *, now):
        """Remove them and return how many they were."""
        found = self.find(now=now)
        if self.left:
            return found.update(**self.left)
        return found.delete()[0]


class SpentKeys(Leftovers):
    """Keys of counted rounds of the survey: files, not rows; `find` returns them as a list."""

    def count(self, *, now):
        return len(self.find(now=now))

    def remove(self, *, now):
        return forget_spent_keys(now=now)


def _old_prints(*, now):
    return CardPrint.objects.filter(finished_at__lt=now - settings.KEPT_TRACES)


def _old_paper_prints(*, now):
    return PaperPrint.objects.filter(finished_at__lt=now - settings.KEPT_TRACES)


def _old_lists(*, now):
    return RosterUpload.objects.filter(finished_at__lt=now - settings.KEPT_TRACES)


def _old_pins(*, now):
    return StartingPin.objects.filter(expires_at__lt=now)


def _old_sessions(*, now):
    return Session.objects.filter(expire_date__lt=now)


def _old_sign_ins(*, now):
    return SignIn.objects.filter(at__lt=now - settings.KEPT_SIGN_INS)


def _old_changes(*, now):
    """Those after which answers stay hidden are kept: see course.people.trail."""
    return AccountChange.objects.filter(at__lt=now - settings.KEPT_SIGN_INS).exclude(kind__in=HANDS_ACCESS)


KINDS = [
    Leftovers(_("PDFs of cards, with their PINs, after an hour"), partial(outdated, CardPrint), left=NO_PDF),
    Leftovers(_("traces of cards that were printed"), _old_prints),
    Leftovers(_("PDFs of booklets and sheets, after a day"), partial(outdated, PaperPrint), left=NO_PDF),
    Leftovers(_("traces of booklets and sheets that were printed"), _old_paper_prints),
    Leftovers(_("lists of staff that nobody confirmed within a day"), unconfirmed_lists),
    Leftovers(_("traces of lists of staff that were confirmed"), _old_lists),
    Leftovers(_("PDFs with the certificates of a group, and their lists to sign"), old_batches),
    Leftovers(_("corrections that were asked for, of accounts that are gone"), old_requests),
    Leftovers(_("words of corrections that strangers asked for in vain"), old_words_of_holders, left=NO_WORDS),
    Leftovers(_("signatures and logos that no certificate and no design shows"), unused_images),
    Leftovers(_("PINs of cards that have expired"), _old_pins),
    Leftovers(_("counts of tries that delay nothing any more"), whole_budgets),
    Leftovers(_("what was refused, after 90 days"), old_refusals),
    Leftovers(_("sessions that have expired"), _old_sessions),
    Leftovers(_("sign-ins that their person can look up for so long"), _old_sign_ins),
    Leftovers(_("changes of how somebody signs in, but for PINs given by others"), _old_changes),
    SpentKeys(_("keys of rounds of the survey that were counted a week ago"), spent_keys),
]


def tidy(*, now, dry_run=False):
    """Remove what can go and return [(what it is in words, how many)]; with `dry_run` only look."""
    return [(kind.words, kind.count(now=now) if dry_run else kind.remove(now=now)) for kind in KINDS]
