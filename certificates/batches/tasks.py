"""What the worker does for certificates, as Django's tasks."""

from django.tasks import task


@task(backend="background")
def make_certificates(batch_id):
    """Make a batch of certificates; doing it twice is the same as doing it once."""
    from .assembling import assemble_batch  # noqa: PLC0415 - loads WeasyPrint, which only the worker needs

    assemble_batch(batch_id)
