"""What the worker does for lists of staff, as Django's tasks."""

from django.tasks import task

from .confirming import confirm_asked


@task(backend="background")
def confirm_in_background(upload_id):
    """Write a list that was asked for; one that is written stays as it is."""
    confirm_asked(upload_id)
