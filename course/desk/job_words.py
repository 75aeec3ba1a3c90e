"""How far something is that the worker makes, in a sentence."""

from django.utils.translation import gettext as _
from django.utils.translation import ngettext


def batch_words(batch):
    """Return how far the certificates of a group are: «34 of 200», and what is being done."""
    if batch.started_at is None:
        return _("Waiting for its turn.")
    if batch.done < len(batch.learners):
        return _("%(done)s of %(people)s people seen to.") % {"done": batch.done, "people": len(batch.learners)}
    return _("All issued. The PDF is being put together.")


def cards_words(cards):
    """Return «24 of 30 cards»."""
    total = len(cards.learners)
    return ngettext("%(done)d of %(total)d card", "%(done)d of %(total)d cards", total) % {
        "done": cards.done,
        "total": total,
    }


def papers_words(papers):
    """Return «40 of 120 people», and what is being done after the last of them."""
    total = len(papers.sheets)
    if papers.done == total and papers.finished_at is None:
        return _("All printed. The PDF is being put together.")
    words = ngettext("%(done)d of %(total)d person", "%(done)d of %(total)d people", total)
    return words % {"done": papers.done, "total": total}


def reading_words(upload):
    """Return how far a long list is that is being written: «2,000 of 5,000 rows read», and what is done then."""
    total = len(upload.rows)
    if upload.seen_at is None:
        return _("Waiting for its turn.")
    if upload.done >= total:
        return _("All rows are read. The people are being written.")
    return _("%(done)d of %(total)d rows read") % {"done": upload.done, "total": total}
