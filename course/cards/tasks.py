"""What the worker does for cards, as Django's tasks."""

from django.tasks import task
from django.utils import timezone

from certificates.jobs import forget_outdated
from course.models import CardPrint


@task(backend="background")
def make_cards(print_id):
    """Make a print of cards; one that is finished stays as it is."""
    from .making import make_print  # noqa: PLC0415 - it loads the press, which whoever asks needs not

    make_print(print_id)


@task(backend="background")
def forget_cards():
    """Forget the PDFs whose hour is over."""
    forget_outdated(CardPrint, now=timezone.now())
