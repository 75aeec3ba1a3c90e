"""Retention: what the worker deletes, and training records it repairs."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from itertools import batched

from django.conf import settings
from django.contrib.auth import get_user_model
from django.contrib.sessions.models import Session
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from certificates.issuing.account_deletion import ERASED_TEXTS, expired_holder_texts, expired_requests
from certificates.pdf.rendering import unused_images
from course.jobs import expired_files
from course.people.limits import whole_budgets
from course.people.refusals import old_refusals
from course.roster.uploads import unconfirmed_lists
from course.survey.forgetting import forget_spent_keys, spent_keys
from modules.models import Edition, LessonRead
from modules.progress.following import people_without_row
from modules.progress.training_record import record_finished, record_starts
from quizzes.models import Attempt, LateAnswer, ManualMark

from .models import (
    ACCESS_BY_OTHERS,
    AccountChange,
    Attendance,
    Job,
    RosterUpload,
    SignIn,
    StartingPin,
)


@dataclass(frozen=True)
class RetentionRule:
    """Data to delete: a label, and a function that finds it (as a QuerySet) at a moment."""

    words: str
    find: Callable[..., QuerySet]
    # {field: new value} if the row is kept.
    left: dict | None = None

    def count(self, *, now):
        return self.find(now=now).count()

    def remove(self, *, now):
        found = self.find(now=now)
        if self.left:
            return found.update(**self.left)
        return found.delete()[0]


class SpentKeyRule(RetentionRule):
    """Keys of counted rounds of the survey: files, not rows; `find` returns them as a list."""

    def count(self, *, now):
        return len(self.find(now=now))

    def remove(self, *, now):
        return forget_spent_keys(now=now)


def _old_jobs(*, now):
    return Job.objects.filter(finished_at__lt=now - settings.KEPT_TRACES, expires_at__lt=now)


def _old_lists(*, now):
    return RosterUpload.objects.filter(finished_at__lt=now - settings.KEPT_TRACES)


def _old_pins(*, now):
    return StartingPin.objects.filter(expires_at__lt=now)


def _old_sessions(*, now):
    return Session.objects.filter(expire_date__lt=now)


def _old_sign_ins(*, now):
    return SignIn.objects.filter(at__lt=now - settings.KEPT_SIGN_INS)


def _old_changes(*, now):
    # Those after which answers are hidden are needed by course.people.devices.
    return AccountChange.objects.filter(at__lt=now - settings.KEPT_SIGN_INS).exclude(kind__in=ACCESS_BY_OTHERS)


RETENTION_RULES = [
    RetentionRule(_("files of background jobs"), expired_files, left={"file": None, "result": {}}),
    RetentionRule(_("background jobs"), _old_jobs),
    RetentionRule(_("lists of staff that nobody confirmed within a day"), unconfirmed_lists),
    RetentionRule(_("traces of lists of staff that were confirmed"), _old_lists),
    RetentionRule(_("corrections that were asked for, of accounts that are gone"), expired_requests),
    RetentionRule(_("words of corrections that strangers asked for in vain"), expired_holder_texts, left=ERASED_TEXTS),
    RetentionRule(_("signatures and logos that no certificate and no design shows"), unused_images),
    RetentionRule(_("PINs of cards that have expired"), _old_pins),
    RetentionRule(_("counts of tries that delay nothing any more"), whole_budgets),
    RetentionRule(_("what was refused, after 90 days"), old_refusals),
    RetentionRule(_("sessions that have expired"), _old_sessions),
    RetentionRule(_("sign-ins that their person can look up for so long"), _old_sign_ins),
    RetentionRule(_("changes of how somebody signs in, but for PINs given by others"), _old_changes),
    SpentKeyRule(_("keys of rounds of the survey that were counted a week ago"), spent_keys),
]


def clean_up(*, now, dry_run=False):
    """Apply RETENTION_RULES and return [(label, count)]; with `dry_run` only count."""
    return [(kind.words, kind.count(now=now) if dry_run else kind.remove(now=now)) for kind in RETENTION_RULES]


# Longer than a night, so that a site that was down for a week misses nothing.
_REPAIR_PERIOD = timedelta(days=10)
_CHUNK = 500
# What may finish a module: (model, path to the learner, datetime fields).
_FACTS = (
    (LessonRead, "learner", ("read_at",)),
    (Attempt, "learner", ("submitted_at", "released_at")),
    (ManualMark, "attempt__learner", ("marked_at",)),
    (LateAnswer, "attempt__learner", ("resolved_at",)),
    (Attendance, "learner", ("noted_at",)),
)


def repair_training_records(*, now):
    """Write down what people with facts of the last days finished, and who began, of all people; return how many rows.

    Where the edition in force came since then so does what people without a row did before, as while the course was not
    published. A record that somebody revoked is not written again unless something else bears it.
    """
    since = now - _REPAIR_PERIOD
    people, rows = _people_with_facts(since), 0
    newest = Edition.objects.order_by("current_from").last()
    if newest and newest.current_from >= since:
        people.update(people_without_row(newest))
    for chunk in batched(sorted(people), _CHUNK):
        rows += record_finished(get_user_model().objects.filter(pk__in=chunk), now=now)
    record_starts(now=now)
    return rows


def _people_with_facts(since):
    people = set()
    for model, learner, moments in _FACTS:
        for moment in moments:
            facts = model.objects.filter(**{f"{moment}__gte": since})
            people.update(facts.order_by().values_list(learner, flat=True).distinct())
    return people
