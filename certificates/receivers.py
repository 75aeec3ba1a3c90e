"""What certificates answer when another part asks."""

from django.utils import timezone

from certificates.issuing.status import how_many_are_certified
from modules.signals import certified_asked


def tell_how_many_are_certified(sender, **kwargs):
    """The course changes: it says first whom that concerns."""
    return how_many_are_certified(today=timezone.localdate())


certified_asked.connect(tell_how_many_are_certified, dispatch_uid="tell how many are certified")
