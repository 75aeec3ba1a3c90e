"""Batches that hold a person whose account goes: what was made of them can be asked for again."""

from certificates.jobs import give_up
from certificates.models import CertificateBatch


def forget_in_batches(learner, *, now):
    """Let no batch hold the name of this person.

    The list to sign, with its names, is part of the PDF: a finished batch goes. One that is being made comes to
    nothing, and says so.
    """
    keys = [batch.pk for batch in CertificateBatch.objects.without_bytes() if _holds(batch, learner.pk)]
    batches = CertificateBatch.objects.filter(pk__in=keys)
    batches.exclude(finished_at=None).delete()
    give_up(batches, now=now)
    for batch in batches.without_bytes():
        batch.learners = [key for key in batch.learners if key != learner.pk]
        batch.left_out = [line for line in batch.left_out if line["learner"] != learner.pk]
        batch.save(update_fields=["learners", "left_out"])


def _holds(batch, key):
    return key in batch.learners or any(line["learner"] == key for line in batch.left_out)
