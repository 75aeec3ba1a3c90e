"""Known devices (cookies stored as digests), sign-in history and sessions."""

import hashlib
import secrets
from datetime import datetime
from typing import NamedTuple

from django.contrib.sessions.models import Session
from django.db.models import F, Max

from course.models import ACCESS_BY_OTHERS, AccountChange, Cohort, DeviceKind, Ending, KnownDevice, SignIn, User


def new_device_cookie():
    return secrets.token_urlsafe(16)


def digest_cookie(cookie):
    return hashlib.sha256(cookie.encode()).hexdigest()


def known_device(person, cookie):
    return KnownDevice.objects.filter(person=person, cookie_digest=digest_cookie(cookie)).first() if cookie else None


def is_shared_device(cookie):
    return bool(cookie) and KnownDevice.objects.filter(cookie_digest=digest_cookie(cookie), is_shared=True).exists()


def remember_device(person, cookie, *, is_shared, now):
    """Return whether the device is new to the person."""
    own_since = None if is_shared else now
    device, is_new = KnownDevice.objects.get_or_create(
        person=person,
        cookie_digest=digest_cookie(cookie),
        defaults={"is_shared": is_shared, "first_used_at": now, "last_used_at": now, "own_since": own_since},
    )
    if not is_new:
        device.is_shared, device.last_used_at = is_shared, now
        device.own_since = own_since and (device.own_since or now)
        device.save(update_fields=["is_shared", "last_used_at", "own_since"])
    return is_new


def increment_offline_epoch(people):
    """Outdate all pages of these people (primary keys): later deliveries become late answers."""
    User.objects.filter(pk__in=people).update(offline_epoch=F("offline_epoch") + 1)


def forget_devices(person, *, except_cookie=""):
    KnownDevice.objects.filter(person=person).exclude(cookie_digest=digest_cookie(except_cookie)).delete()
    increment_offline_epoch([person.pk])


def reassign_devices(old, kept, *, now):
    """Move known devices to the merged account; they count as the person's own from `now`."""
    of_old = {device.cookie_digest: device for device in KnownDevice.objects.filter(person=old)}
    for device in KnownDevice.objects.filter(person=kept).exclude(own_since=None):
        twin = of_old.get(device.cookie_digest)
        device.own_since = max(device.own_since, twin.own_since) if twin and twin.own_since else now
        device.save(update_fields=["own_since"])
    known = KnownDevice.objects.filter(person=kept).values("cookie_digest")
    moved = KnownDevice.objects.filter(person=old).exclude(cookie_digest__in=known)
    moved.exclude(own_since=None).update(own_since=now)
    moved.update(person=kept)


# In order of precedence: most browsers say that they are Chrome and Safari too.
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
    """Browser and system are empty where unknown; `form` is a `DeviceKind`."""

    browser: str
    system: str
    form: str


def parse_user_agent(user_agent):
    text = user_agent[:1000]
    system = _first(SYSTEMS, text)
    return Device(_first(BROWSERS, text), system, _form(system, text))


def _first(names, text):
    return next((name for part, name in names if part in text), "")


def _form(system, text):
    if system == "iPad" or (system == "Android" and "Mobile" not in text):
        return DeviceKind.TABLET
    if system in ("Android", "iPhone"):
        return DeviceKind.PHONE
    return DeviceKind.COMPUTER if system else DeviceKind.UNKNOWN


# Session keys: primary key of the `SignIn`, its Unix time, and the ISO time before which answers are hidden.
SIGN_IN, SIGNED_IN_AT, HIDDEN_BEFORE = "sign_in", "signed_in_at", "answers_hidden_before"
MAX_SIGN_INS = 50


def log_account_change(person, kind, *, by, now):
    log_account_changes([person], kind, by=by, now=now)


def log_account_changes(people, kind, *, by, now):
    changes = [AccountChange(person=person, kind=kind, by=by, at=now) for person in people]
    AccountChange.objects.bulk_create(changes, batch_size=500)


def log_access_by_others(people, kind, *, by, now):
    """Save that someone else may be able to sign in as these people; close their sessions."""
    people = list(people)
    log_account_changes(people, kind, by=by, now=now)
    for start in range(0, len(people), 500):
        close_sessions(SignIn.objects.filter(person__in=people[start : start + 500]), Ending.PIN, now=now)


def answers_hidden_before(person, device):
    """Return the moment before which answers are hidden on a `KnownDevice` or None; None hides nothing."""
    handed = AccountChange.objects.filter(person=person, kind__in=ACCESS_BY_OTHERS)
    if device is not None and device.own_since is not None:
        handed = handed.filter(at__lte=device.own_since)
    return handed.aggregate(last=Max("at"))["last"]


def set_hidden_before(session, person, device=None):
    moment = answers_hidden_before(person, device)
    session[HIDDEN_BEFORE] = moment.isoformat() if moment else ""


def session_hidden_before(session, person):
    written = session.get(HIDDEN_BEFORE)
    if written is None:
        return answers_hidden_before(person, None)
    return datetime.fromisoformat(written) if written else None


def end_sign_in(key, ending, *, now):
    """Save how the session of this sign-in ended; the first call counts."""
    if key:
        SignIn.objects.filter(pk=key, ended_at=None).update(ended_at=now, ending=ending, session_key="")


def save_sign_in(person, description, *, device, is_new, is_shared, now):
    """Save and return a `SignIn` on a `Device`; delete the oldest ones."""
    sign_in = SignIn.objects.create(
        person=person, at=now, is_shared=is_shared, is_new=is_new, device=device, **description._asdict()
    )
    older = list(
        SignIn.objects.filter(person=person).order_by("-at", "-pk").values_list("pk", flat=True)[MAX_SIGN_INS:]
    )
    if older:
        close_sessions(SignIn.objects.filter(pk__in=older), Ending.ELSEWHERE, now=now)
        SignIn.objects.filter(pk__in=older).delete()
    return sign_in


def close_sessions(sign_ins, ending, *, now):
    sign_ins = sign_ins.filter(ended_at=None)
    keys = list(sign_ins.exclude(session_key="").values_list("session_key", flat=True))
    Session.objects.filter(session_key__in=keys).delete()
    sign_ins.update(ended_at=now, ending=ending, session_key="")


def close_other_sessions(person, *, besides, ending, now):
    close_sessions(SignIn.objects.filter(person=person).exclude(pk=besides), ending, now=now)


def active_sessions(person, *, now):
    alive = Session.objects.filter(expire_date__gt=now).values("session_key")
    found = SignIn.objects.filter(person=person, ended_at=None, session_key__in=alive)
    return found.order_by("-at", "-pk")


def sign_ins_of(person, *, count):
    return SignIn.objects.filter(person=person).order_by("-at", "-pk")[:count]


def sign_ins_since(person, moment, *, besides):
    return list(SignIn.objects.filter(person=person, at__gte=moment).exclude(pk=besides).order_by("at", "pk"))


def account_changes_of(person, *, count):
    return AccountChange.objects.filter(person=person).select_related("by").order_by("-at", "-pk")[:count]


def last_access_by_others(person):
    handed = AccountChange.objects.filter(person=person, kind__in=ACCESS_BY_OTHERS)
    return handed.select_related("by").order_by("-at", "-pk").first()


def pop_new_device_sign_ins(person, *, device, now):
    """Return sign-ins on new devices since `device` was first used, and mark them as notified."""
    unseen = SignIn.objects.filter(person=person, is_new=True, notified_at=None, at__gt=device.first_used_at)
    found = list(unseen.order_by("at"))
    SignIn.objects.filter(pk__in=[sign_in.pk for sign_in in found]).update(notified_at=now)
    return found


def reassign_sign_in_history(old, kept):
    SignIn.objects.filter(person=old).update(person=kept)
    AccountChange.objects.filter(person=old).update(person=kept)
    AccountChange.objects.filter(by=old).update(by=kept)


def trainers_for_device(cookie):
    """Return the trainers of the only person who uses this device. Reveals no user code: no typed input."""
    known = KnownDevice.objects.filter(cookie_digest=digest_cookie(cookie)) if cookie else []
    if len(known) != 1 or known[0].own_since is None:
        return []
    groups = Cohort.objects.filter(enrolments__learner=known[0].person_id, enrolments__left_at=None)
    return list(User.objects.active().filter(cohorts_trained__in=groups).in_spanish_order().distinct())
