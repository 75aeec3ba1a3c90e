"""What the worker does for lists of staff, as Django's tasks."""

from django.tasks import task

from .confirming import confirm_asked


@task(backend="background")
def confirm_in_background(upload_id, language=""):
    """Write a list that was asked for; one that is written stays as it is. `language` comes with those of long ago."""
    confirm_asked(upload_id, language=language)
