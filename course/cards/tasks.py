"""What the worker does for cards, as Django's tasks."""

from django.tasks import task


@task(backend="background")
def make_cards(print_id):
    """Make a print of cards; one that is finished stays as it is."""
    from .making import make_print  # noqa: PLC0415 - it loads the press, which whoever asks needs not

    make_print(print_id)
