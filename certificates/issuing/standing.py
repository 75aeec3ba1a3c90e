"""How a certificate stands: valid, replaced, annulled or expired. It follows from what happened and from the day."""

from datetime import timedelta
from enum import Enum, nonmember

from django.core.exceptions import ValidationError
from django.db.models import Q
from django.utils.translation import pgettext_lazy

from certificates.models import Certificate

# For so long before its last day it is said that a certificate ends: time to take the course again.
ENDS_SOON = timedelta(days=60)


class Standing(Enum):
    """How a certificate stands; the value is also the name of its style."""

    VALID = "valid"
    REPLACED = "replaced"
    ANNULLED = "annulled"
    EXPIRED = "expired"

    # Templates would call the class to make an instance of it.
    do_not_call_in_templates = nonmember(True)

    @property
    def label(self):
        return _LABELS[self]


_LABELS = {
    Standing.VALID: pgettext_lazy("certificate", "Valid"),
    Standing.REPLACED: pgettext_lazy("certificate", "Replaced"),
    Standing.ANNULLED: pgettext_lazy("certificate", "Annulled"),
    Standing.EXPIRED: pgettext_lazy("certificate", "Expired"),
}


def standing_of(certificate, *, today):
    """Return how a certificate stands on the day `today`, in local time."""
    if certificate.annulled_at:
        return Standing.ANNULLED
    if certificate.replaced_at:
        return Standing.REPLACED
    return Standing.EXPIRED if has_expired(certificate, today=today) else Standing.VALID


def check_is_valid(certificate, *, today, otherwise):
    """Raise `ValidationError` unless it is valid on that day; `otherwise` is {Standing: the sentence to say}."""
    standing = standing_of(certificate, today=today)
    if standing is not Standing.VALID:
        raise ValidationError(otherwise[standing])


def has_expired(certificate, *, today):
    """Say whether the last day on which the certificate holds is over."""
    return bool(certificate.expires_on) and certificate.expires_on < today


def is_ending(certificate, *, today):
    """Say whether the last day of a certificate that nothing took the place of is over, or comes within ENDS_SOON."""
    over = certificate.annulled_at or certificate.replaced_at or not certificate.expires_on
    return not over and certificate.expires_on <= today + ENDS_SOON


def expired_since(certificate):
    """Return the first day on which the certificate holds no more, or None."""
    return certificate.expires_on and certificate.expires_on + timedelta(days=1)


def how_many_are_certified(*, today):
    """Return how many people hold a certificate on the day `today`: one that expired is not held."""
    held = Certificate.objects.live().filter(Q(expires_on=None) | Q(expires_on__gte=today))
    return held.exclude(learner=None).values("learner").distinct().count()
