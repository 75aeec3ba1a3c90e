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
    _device, is_new = KnownDevice.objects.update_or_create(
        person=person,
        mark_digest=digest_of_mark(mark),
        defaults={"is_shared": is_shared, "last_used_at": now},
        create_defaults={"is_shared": is_shared, "first_used_at": now, "last_used_at": now},
    )
    return is_new


def begin_epoch(people):
    """Let what these people (their row numbers) gave before on any device, and comes later, be looked at first."""
    User.objects.filter(pk__in=people).update(offline_epoch=F("offline_epoch") + 1)


def forget_devices(person):
    """Know the person on no device any more; what was given on one before, and comes later, somebody looks at."""
    KnownDevice.objects.filter(person=person).delete()
    begin_epoch([person.pk])


def hand_over_devices(old, kept):
    """Let `kept` be known wherever the account `old` was, for the two are one person."""
    known = KnownDevice.objects.filter(person=kept).values("mark_digest")
    KnownDevice.objects.filter(person=old).exclude(mark_digest__in=known).update(person=kept)
