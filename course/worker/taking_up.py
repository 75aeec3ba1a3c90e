"""What a worker takes up again when it starts: everything that was asked for and is not done."""

from certificates import jobs
from certificates.batches.tasks import make_certificates
from certificates.models import CertificateBatch
from course.cards.tasks import make_cards
from course.models import CardPrint, PaperPrint, RosterUpload
from course.paper.tasks import make_papers
from course.reminders import tasks as reminders
from course.roster.tasks import confirm_in_background

# Each kind of job with the task that does it.
KINDS = {
    CertificateBatch: make_certificates,
    CardPrint: make_cards,
    PaperPrint: make_papers,
    RosterUpload: confirm_in_background,
}


def take_up_again(*, now):
    """Put whatever is not finished in the queue again."""
    for model, task in KINDS.items():
        jobs.take_up_again(model, task, now=now)
    reminders.take_up_again(now=now)
