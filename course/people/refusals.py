"""Refused sign-ins, pages and forms, counted by the hour, never with the typed text."""

import hashlib
from datetime import timedelta
from ipaddress import ip_network

from django.db.models import F
from django.utils.timezone import localtime

from course.models import Refusal, User

from .limits import network_of

# Networks, reasons and accounts in an hour; what comes beyond is counted together.
ROWS_AN_HOUR = 2000
KEPT = timedelta(days=90)


def keep_refusal(reason, *, address, code="", person=None, is_known=False, page="", now):
    """Count a refusal; `reason` is one of `Refusal.Reason`, `code` becomes its person if it exists."""
    if code and person is None:
        person = User.objects.filter(username__iexact=code.strip()).first()
    hour = localtime(now).replace(minute=0, second=0, microsecond=0)
    device = Refusal.Device.KNOWN if is_known else Refusal.Device.UNKNOWN
    row = {"reason": reason, "person": person, "device": device, "place": shortened(address), "page": page[:100]}
    if not _counted(row, hour):
        if Refusal.objects.filter(hour=hour).count() >= ROWS_AN_HOUR:
            row |= {"person": None, "device": Refusal.Device.UNKNOWN, "place": "", "page": ""}
        Refusal.objects.bulk_create([Refusal(key=_key(row, hour), hour=hour, **row)], ignore_conflicts=True)
        _counted(row, hour)


def refusals(*, reason=""):
    found = Refusal.objects.select_related("person").order_by("-hour", "-times", "pk")
    return found.filter(reason=reason) if reason else found


def old_refusals(*, now):
    return Refusal.objects.filter(hour__lt=now - KEPT)


def shortened(address):
    network = network_of(address)
    return str(ip_network(f"{network}/{48 if ':' in network else 24}", strict=False))


def _counted(row, hour):
    return Refusal.objects.filter(key=_key(row, hour)).update(times=F("times") + 1)


def _key(row, hour):
    parts = [row["reason"], str(row["person"].pk if row["person"] else ""), row["device"], row["place"], row["page"]]
    return hashlib.sha256("\n".join([*parts, hour.isoformat()]).encode()).hexdigest()
