"""Those of a batch who got no certificate, on a sheet that is made when somebody wants it."""

from django.utils import timezone

from certificates.pdf.lists import LeftOut, LeftOutSheet, left_out_pdf


def print_left_out(batch):
    """Return the PDF that names who was left out of a finished batch, in its language and on its paper."""
    people = [LeftOut(line["learner"], line["name"], line["reason"]) for line in batch.left_out]
    day = timezone.localdate(batch.finished_at)
    return left_out_pdf(LeftOutSheet(batch.title, batch.language, batch.paper_size, day, people))
