"""Signal receivers."""

from django.utils import timezone

from certificates.issuing import status
from modules.signals import certified_count_requested


def count_certified(sender, **kwargs):
    return status.count_certified(today=timezone.localdate())


certified_count_requested.connect(count_certified, dispatch_uid="count certified")
