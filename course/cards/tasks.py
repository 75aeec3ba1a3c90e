"""What the worker does for cards, as Django's tasks."""

from django.tasks import task


@task(backend="background")
def make_cards(print_id, language):
    """Make a print of cards; one that is finished stays as it is."""
    from .making import make_print

    make_print(print_id, language=language)


@task(backend="background")
def forget_cards():
    """Forget the PDFs whose hour is over."""
    from django.utils import timezone

    from .asking import forget_old_cards

    forget_old_cards(now=timezone.now())
