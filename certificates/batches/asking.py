"""Request the certificates of a group as one batch."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from certificates.issuing.field_values import active_design, certificate_language
from certificates.jobs import ONE_CLICK, ask_once, fingerprint_of
from certificates.models import CertificateBatch

from .candidates import candidates_among
from .tasks import make_certificates


class NobodyToPrint(ValueError):
    """There is nobody to make certificates for; the message says so to the person."""


class Which(models.TextChoices):
    """Of whom in a group a certificate is wanted; forms submit the value."""

    NEW = "nuevos", gettext_lazy("Only the new ones")
    ALL = "todos", pgettext_lazy("certificates", "All")
    CHOSEN = "elegidos", gettext_lazy("Only the people ticked below")


def request_batch(learners, *, title, which, by, language, now, group_key="", paper_size="", with_expired=False):
    """Return the batch of certificates that `by` asked for, making it in the background; a double click asks once.

    `learners` are the people of the group, or with `Which.CHOSEN` those chosen. `group_key` names the group. What is
    asked for while it is being made, or was a moment ago, is that one. Certificates that have expired are left out
    unless `with_expired`. Raises `NobodyToPrint`.
    """
    learners = list(learners)
    language = certificate_language(language)
    paper_size = paper_size or active_design(language).paper_size
    how = [language, paper_size, with_expired]
    fingerprint = _fingerprint(learners, which=which, group_key=group_key, how=how)
    by_the_same_hand = Q(requested_by=by, requested_at__gt=now - ONE_CLICK)
    return ask_once(
        CertificateBatch,
        fingerprint,
        serves=Q(finished_at=None) | by_the_same_hand,
        new=lambda: {
            "title": title[:200],
            "group_key": group_key,
            "learners": [learner.pk for learner in _whom(learners, which=which, with_expired=with_expired, now=now)],
            "language": language,
            "paper_size": paper_size,
            "with_expired": with_expired,
            "requested_by": by,
        },
        task=make_certificates,
        now=now,
    )


def _whom(learners, *, which, with_expired, now):
    if which == Which.CHOSEN and not learners:
        raise NobodyToPrint(_("Nobody is ticked. Tick the people whose certificates you want, or choose “All”."))
    candidates = candidates_among(learners, now=now)
    if which == Which.NEW:
        if new := [candidate.learner for candidate in candidates if candidate.may_be_issued]:
            return new
        raise NobodyToPrint(_("Nobody new has finished the course. To print again what was issued, choose “All”."))
    printable = [candidate for candidate in candidates if candidate.can_be_printed]
    if printable and not with_expired and all(candidate.only_expired for candidate in printable):
        raise NobodyToPrint(
            _(
                "All of these have expired. Restart the course for these people, or choose to print expired"
                " certificates."
            )
        )
    if which == Which.ALL and not printable:
        raise NobodyToPrint(_("Nobody in this group has finished the course yet, so there is nothing to print."))
    return learners


def _fingerprint(learners, *, which, group_key, how):
    people = sorted(learner.pk for learner in learners) if which == Which.CHOSEN or not group_key else []
    return fingerprint_of(group_key, str(which), *how, people)


def batches_of(group_key):
    """Return the batches that were asked for a group, the last first, without their bytes, with who asked."""
    batches = CertificateBatch.objects.without_bytes().filter(group_key=group_key)
    return batches.select_related("requested_by").order_by("-requested_at")


def old_batches(*, now):
    """Return the batches that are finished and whose PDF nobody is expected to fetch again: it can be made again."""
    return CertificateBatch.objects.filter(finished_at__lt=now - settings.KEPT_BATCHES)
