"""Where tasks that were queued by an earlier version find what they name."""

from .batches.tasks import make_certificates

__all__ = ["make_certificates"]
