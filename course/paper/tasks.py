"""What the worker does for quizzes on paper, as Django's tasks."""

from django.tasks import task


@task(backend="background")
def make_papers(print_id):
    """Make a print of booklets and answer sheets; one that is finished stays as it is."""
    # Asking for a print needs no press: whoever only enqueues loads none of it.
    from .making import make_print

    make_print(print_id)
