"""Retention: what the worker deletes, and training records it repairs."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from itertools import batched

from django.conf import settings
from django.contrib.auth import get_user_model
from django.contrib.sessions.models import Session
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from certificates.batches.asking import old_batches
from certificates.issuing.account_deletion import NO_WORDS, old_requests, old_words_of_holders
from certificates.jobs import outdated
from certificates.pdf.rendering import unused_images
from course.people.limits import whole_budgets
from course.people.refusals import old_refusals
from course.roster.uploads import unconfirmed_lists
from course.survey.forgetting import forget_spent_keys, spent_keys
from modules.models import Edition, LessonRead
from modules.progress.following import people_without_row
from modules.progress.training_record import record_beginnings, record_finished
from quizzes.models import Attempt, LateAnswer, ManualMark

from .models import HANDS_ACCESS, AccountChange, Attendance, CardPrint, PaperPrint, RosterUpload, SignIn, StartingPin

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
    """Those after which answers stay hidden are kept: see course.people.devices."""
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


# Facts so old are looked at every night: a site that stood still for a week misses nothing.
_LOOKED_BACK = timedelta(days=10)
_AT_ONCE = 500
# What may finish a module: the fact, whose it is, and the moments that make it one of the last days.
_FACTS = (
    (LessonRead, "learner", ("read_at",)),
    (Attempt, "learner", ("submitted_at", "released_at")),
    (ManualMark, "attempt__learner", ("marked_at",)),
    (LateAnswer, "attempt__learner", ("resolved_at",)),
    (Attendance, "learner", ("noted_at",)),
)


def record_missing(*, now):
    """Write down what people with facts of the last days finished, and who began, of all people; return how many rows.

    Where the edition in force came since then so does what people without a row did before, as while the course was not
    published. A record that somebody annulled is not written again unless something else bears it.
    """
    since = now - _LOOKED_BACK
    people, rows = _people_with_facts(since), 0
    newest = Edition.objects.order_by("in_force_from").last()
    if newest and newest.in_force_from >= since:
        people.update(people_without_row(newest))
    for chunk in batched(sorted(people), _AT_ONCE):
        rows += record_finished(get_user_model().objects.filter(pk__in=chunk), now=now)
    record_beginnings(now=now)
    return rows


def _people_with_facts(since):
    people = set()
    for model, learner, moments in _FACTS:
        for moment in moments:
            facts = model.objects.filter(**{f"{moment}__gte": since})
            people.update(facts.order_by().values_list(learner, flat=True).distinct())
    return people
