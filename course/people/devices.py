"""Devices that a person is known on: by a random mark in the browser, of which only the digest is kept."""

import hashlib
import secrets

from django.db.models import F

from course.models import KnownDevice, User


def draw_mark():
    """Return a new mark of a device: 128 random bits that name nobody."""
    return secrets.token_urlsafe(16)


def digest_of_mark(mark):
    """Return what is kept of a mark: it says nothing about the mark, and is as good as none for signing in."""
    return hashlib.sha256(mark.encode()).hexdigest()


def known_device(person, mark):
    """Return the `KnownDevice` with this mark if the person signed in there before, else None."""
    return KnownDevice.objects.filter(person=person, mark_digest=digest_of_mark(mark)).first() if mark else None


def is_called_shared(mark):
    """Whether anybody who is known on the device with this mark said last time that others use it too."""
    return bool(mark) and KnownDevice.objects.filter(mark_digest=digest_of_mark(mark), is_shared=True).exists()


def remember_device(person, mark, *, is_shared, now):
    """Keep that the person signed in on the device with this mark; return whether it is new to the person."""
    own_since = None if is_shared else now
    device, is_new = KnownDevice.objects.get_or_create(
        person=person,
        mark_digest=digest_of_mark(mark),
        defaults={"is_shared": is_shared, "first_used_at": now, "last_used_at": now, "own_since": own_since},
    )
    if not is_new:
        device.is_shared, device.last_used_at = is_shared, now
        # It was the person's own all the time, or begins to be now.
        device.own_since = own_since and (device.own_since or now)
        device.save(update_fields=["is_shared", "last_used_at", "own_since"])
    return is_new


def begin_epoch(people):
    """Let what these people (their row numbers) gave before on any device, and comes later, be looked at first."""
    User.objects.filter(pk__in=people).update(offline_epoch=F("offline_epoch") + 1)


def forget_devices(person, *, besides=""):
    """Know the person on no device any more but the one with the mark `besides`.

    What was given on another one before, and comes later, somebody looks at.
    """
    KnownDevice.objects.filter(person=person).exclude(mark_digest=digest_of_mark(besides)).delete()
    begin_epoch([person.pk])


def hand_over_devices(old, kept, *, now):
    """Let `kept` be known wherever the account `old` was, for the two are said to be one person.

    Whoever says it may have signed in to one of them: a device is the person's own from now on, unless it was that in
    both accounts before.
    """
    of_old = {device.mark_digest: device for device in KnownDevice.objects.filter(person=old)}
    for device in KnownDevice.objects.filter(person=kept).exclude(own_since=None):
        twin = of_old.get(device.mark_digest)
        device.own_since = max(device.own_since, twin.own_since) if twin and twin.own_since else now
        device.save(update_fields=["own_since"])
    known = KnownDevice.objects.filter(person=kept).values("mark_digest")
    moved = KnownDevice.objects.filter(person=old).exclude(mark_digest__in=known)
    moved.exclude(own_since=None).update(own_since=now)
    moved.update(person=kept)
