"""Devices that a person is known on: by a random mark in the browser, of which only the digest is kept."""

import hashlib
import secrets
from datetime import datetime
from typing import NamedTuple

from django.contrib.sessions.models import Session
from django.db.models import F, Max

from course.models import HANDS_ACCESS, AccountChange, Cohort, Ending, Form, KnownDevice, SignIn, User


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


# The first that is found names it: most browsers say that they are Chrome and Safari too.
BROWSERS = [
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("Opera Mini", "Opera Mini"),
    ("SamsungBrowser/", "Samsung Internet"),
    ("MiuiBrowser/", "Mi Browser"),
    ("FxiOS/", "Firefox"),
    ("Firefox/", "Firefox"),
    ("CriOS/", "Chrome"),
    ("Chrome/", "Chrome"),
    ("Safari/", "Safari"),
]
SYSTEMS = [
    ("Windows", "Windows"),
    ("Android", "Android"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("CrOS", "ChromeOS"),
    ("Macintosh", "Mac"),
    ("Linux", "Linux"),
]


class Device(NamedTuple):
    """Browser and system by their names, empty where they are not known, and the kind of device."""

    browser: str
    system: str
    form: str


def device_of(user_agent):
    """Return the `Device` behind what a browser sends with each request; it may say anything."""
    text = user_agent[:1000]
    system = _first(SYSTEMS, text)
    return Device(_first(BROWSERS, text), system, _form(system, text))


def _first(names, text):
    return next((name for part, name in names if part in text), "")


def _form(system, text):
    if system == "iPad" or (system == "Android" and "Mobile" not in text):
        return Form.TABLET
    if system in ("Android", "iPhone"):
        return Form.PHONE
    return Form.COMPUTER if system else Form.UNKNOWN


# Names in the session: the key of the sign-in that opened it, when that was, in seconds, and before which moment
# answers stay hidden in it.
SIGN_IN, SIGNED_IN_AT, HIDDEN_BEFORE = "sign_in", "signed_in_at", "answers_hidden_before"
# So many sign-ins of a person are kept; a session that is left without its row is closed.
MOST_KEPT = 50


def note_change(person, kind, *, by, now):
    """Keep for the person that something about signing in was changed; `by` is who did it."""
    note_changes([person], kind, by=by, now=now)


def note_changes(people, kind, *, by, now):
    """Keep the same for many people."""
    changes = [AccountChange(person=person, kind=kind, by=by, at=now) for person in people]
    AccountChange.objects.bulk_create(changes, batch_size=500)


def hand_access(people, kind, *, by, now):
    """Somebody else may know how to sign in as these people from now on: keep it for them, and close their sessions."""
    people = list(people)
    note_changes(people, kind, by=by, now=now)
    for start in range(0, len(people), 500):
        close_sessions(SignIn.objects.filter(person__in=people[start : start + 500]), Ending.PIN, now=now)


def hidden_before(person, device):
    """Return before which moment the person's answers are not shown on a `KnownDevice` (or None); None: all are shown.

    What somebody else could do since the device is the person's own hides nothing there.
    """
    handed = AccountChange.objects.filter(person=person, kind__in=HANDS_ACCESS)
    if device is not None and device.own_since is not None:
        handed = handed.filter(at__lte=device.own_since)
    return handed.aggregate(last=Max("at"))["last"]


def keep_hidden_before(session, person, device=None):
    """Keep in the session, which begins now, what may be shown in it."""
    moment = hidden_before(person, device)
    session[HIDDEN_BEFORE] = moment.isoformat() if moment else ""


def hidden_before_in(session, person):
    """Return before which moment the person's answers are not shown in this session; None: all of them are."""
    written = session.get(HIDDEN_BEFORE)
    if written is None:
        return hidden_before(person, None)
    return datetime.fromisoformat(written) if written else None


def end_sign_in(key, ending, *, now):
    """Keep how the session that a sign-in opened came to its end; the first that is said of it stays."""
    if key:
        SignIn.objects.filter(pk=key, ended_at=None).update(ended_at=now, ending=ending, session_key="")


def keep_sign_in(person, looks, *, device, is_new, is_shared, now):
    """Keep that the person signed in, on a device that `looks` so (a `browsers.Device`); return the `SignIn`."""
    sign_in = SignIn.objects.create(
        person=person, at=now, is_shared=is_shared, is_new=is_new, device=device, **looks._asdict()
    )
    older = list(SignIn.objects.filter(person=person).order_by("-at", "-pk").values_list("pk", flat=True)[MOST_KEPT:])
    if older:
        close_sessions(SignIn.objects.filter(pk__in=older), Ending.ELSEWHERE, now=now)
        SignIn.objects.filter(pk__in=older).delete()
    return sign_in


def close_sessions(sign_ins, ending, *, now):
    """Close the sessions of these sign-ins: whoever uses one is nobody at the next request."""
    sign_ins = sign_ins.filter(ended_at=None)
    keys = list(sign_ins.exclude(session_key="").values_list("session_key", flat=True))
    Session.objects.filter(session_key__in=keys).delete()
    sign_ins.update(ended_at=now, ending=ending, session_key="")


def close_other_sessions(person, *, besides, ending, now):
    """Close the person's sessions but that of the sign-in `besides` (its key, or None)."""
    close_sessions(SignIn.objects.filter(person=person).exclude(pk=besides), ending, now=now)


def open_sessions(person, *, now):
    """Return the `SignIn`s of the person whose sessions are open, newest first."""
    alive = Session.objects.filter(expire_date__gt=now).values("session_key")
    found = SignIn.objects.filter(person=person, ended_at=None, session_key__in=alive)
    return found.order_by("-at", "-pk")


def sign_ins_of(person, *, count):
    """Return the last so many sign-ins of the person, newest first."""
    return SignIn.objects.filter(person=person).order_by("-at", "-pk")[:count]


def sign_ins_since(person, moment, *, besides):
    """Return the sign-ins of the person since a moment, oldest first, but for the one with the key `besides`."""
    return list(SignIn.objects.filter(person=person, at__gte=moment).exclude(pk=besides).order_by("at", "pk"))


def changes_of(person, *, count):
    """Return the last so many changes of how the person signs in, newest first."""
    return AccountChange.objects.filter(person=person).select_related("by").order_by("-at", "-pk")[:count]


def last_handed(person):
    """Return the last change after which somebody else could sign in as the person, or None."""
    handed = AccountChange.objects.filter(person=person, kind__in=HANDS_ACCESS)
    return handed.select_related("by").order_by("-at", "-pk").first()


def take_new_devices(person, *, device, now):
    """Return the sign-ins on devices new to the person of which they were not told yet, and take them as told.

    Only on a device that was known before: whoever brings a new one does not take the news away.
    """
    untold = SignIn.objects.filter(person=person, is_new=True, told_at=None, at__gt=device.first_used_at)
    found = list(untold.order_by("at"))
    SignIn.objects.filter(pk__in=[one.pk for one in found]).update(told_at=now)
    return found


def hand_over_trail(old, kept):
    """Give `kept` the trail of `old`, an account of the same person."""
    SignIn.objects.filter(person=old).update(person=kept)
    AccountChange.objects.filter(person=old).update(person=kept)
    AccountChange.objects.filter(by=old).update(by=kept)


def trainers_on(mark):
    """Return who runs the groups of the one person whose own device has this mark; none where others use it too.

    Nothing that is typed has a part in it, so the answer says of no user code whether it exists.
    """
    known = KnownDevice.objects.filter(mark_digest=digest_of_mark(mark)) if mark else []
    if len(known) != 1 or known[0].own_since is None:
        return []
    groups = Cohort.objects.filter(enrolments__learner=known[0].person_id, enrolments__left_at=None)
    return list(User.objects.active().filter(cohorts_trained__in=groups).in_spanish_order().distinct())
