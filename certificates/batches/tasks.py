"""What the worker does for certificates, as Django's tasks."""

from django.tasks import task


@task(backend="background")
def make_certificates(batch_id):
    """Make a batch of certificates; doing it twice is the same as doing it once."""
    # Asking for a batch needs no press: whoever only enqueues loads none of it.
    from .assembling import assemble_batch

    assemble_batch(batch_id)
