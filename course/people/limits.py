"""Rate limits of sign-in attempts, stored in the database. For the numbers see `delays`.

A device on which a person signed in before has a budget of its own for that person, so nobody locks a colleague out
elsewhere; all other devices share one for the account. Over all accounts, a known device and an address have one each.
"""

from datetime import timedelta
from ipaddress import IPv6Address, ip_address
from typing import NamedTuple

from django.db import IntegrityError, transaction
from django.utils.crypto import salted_hmac

from course.models import Budget, KnownDevice

from .delays import ADDRESS, DEVICE, KNOWN_DEVICES, PIN, Pace, Spent, after_try, left_in, taken_back, trusted
from .devices import digest_cookie


class TooSoon(Exception):
    """The next try has to wait: `wait` says how long, `of_account` whether a trainer can lift it."""

    def __init__(self, wait, *, of_account):
        super().__init__(wait)
        self.wait, self.of_account = wait, of_account


class Taken(NamedTuple):
    key: str
    pace: Pace
    spent: Spent


class Tried(NamedTuple):
    is_known: bool
    taken: list[Taken]


def account_key(code):
    """Return a form of the code that does not depend on case, as in the database's comparison."""
    return code.strip().upper().casefold()


def digest_of_account(code):
    return _digest("account", account_key(code))


def take_try(code, *, mark, address, now):
    """Take a try from its budgets and return `Tried`. Raises `TooSoon`. Same for codes without an account."""
    digest = digest_cookie(mark) if mark else ""
    is_known = bool(digest) and digest in _devices_that_know(code)
    account = digest_of_account(code)
    if is_known:
        wanted = [(_digest("pin", account, digest), account, PIN), (_digest("device", digest), "", DEVICE)]
    else:
        wanted = [(_digest("pin", account), account, PIN), (_digest("address", network_of(address)), "", ADDRESS)]
    return Tried(is_known, _take(wanted, now=now))


def take(what, whose, pace, *, now):
    _take([(_digest(what, whose), "", pace)], now=now)


def left_of(what, whose, pace, *, now):
    row = Budget.objects.filter(key=_digest(what, whose)).first()
    return left_in(_spent(row, pace, now=now), pace, now=now) if row else pace.free


@transaction.atomic
def take_many(what, whose, pace, count, *, now):
    """Take `count` at once and return whether they were left; if not, all that was left is taken."""
    key = _digest(what, whose)
    rows = []
    while not rows:
        Budget.objects.bulk_create([Budget(key=key, whole_at=now, waits_until=now)], ignore_conflicts=True)
        rows = list(_locked([key]))
    [row] = rows
    spent = _spent(row, pace, now=now)
    left = left_in(spent, pace, now=now)
    row.whole_at = max(spent.whole_at, now) + min(count, left) * pace.regained
    row.save(update_fields=["whole_at"])
    return count <= left


@transaction.atomic
def give_back(tried, *, now):
    taken = {one.key: one for one in tried.taken}
    rows = list(_locked(taken))
    for row in rows:
        of = taken[row.key]
        spent = Spent(row.whole_at, row.waits_until)
        row.whole_at, row.waits_until = taken_back(spent, of.pace, taken=of.spent, now=now)
    Budget.objects.bulk_update(rows, ["whole_at", "waits_until"])


def use_once(what, *, lasts, now):
    """Whether `what`, such as a code of the second step, is used for the first time in `lasts`."""
    key = _digest("once", what)
    # One statement each: of two parallel calls one is first.
    if Budget.objects.filter(key=key, whole_at__lte=now).update(whole_at=now + lasts):
        return True
    try:
        with transaction.atomic():
            Budget.objects.create(key=key, whole_at=now + lasts, waits_until=now)
    except IntegrityError:
        return False
    return True


def is_slowed(user, *, now):
    rows = Budget.objects.filter(account=digest_of_account(user.username), waits_until__gt=now)
    return any(_spent(row, PIN, now=now).waits_until > now for row in rows)


def lift(user):
    Budget.objects.filter(account=digest_of_account(user.username)).delete()


def whole_budgets(*, now):
    """Return the budgets that are full again and can be deleted."""
    return Budget.objects.filter(whole_at__lte=now, waits_until__lte=now)


def network_of(address):
    """Return an IPv4 address, or the first half of an IPv6 address, which is of one household."""
    found = ip_address(address)
    if isinstance(found, IPv6Address):
        return str(found.ipv4_mapped or IPv6Address(int(found) >> 64 << 64))
    return str(found)


def _devices_that_know(code):
    devices = KnownDevice.objects.filter(person__username__iexact=code.strip()).order_by("-last_used_at", "-pk")
    return list(devices.values_list("cookie_digest", flat=True)[:KNOWN_DEVICES])


@transaction.atomic
def _take(wanted, *, now):
    paces = {key: pace for key, _account, pace in wanted}
    new = [Budget(key=key, account=account, whole_at=now, waits_until=now) for key, account, _pace in wanted]
    rows = []
    # Repeat if a trainer or the cleanup deletes a row meanwhile.
    while len(rows) < len(wanted):
        # In one order, against deadlocks.
        Budget.objects.bulk_create(sorted(new, key=lambda one: one.key), ignore_conflicts=True)
        rows = list(_locked(paces))
    spent_before = {row: _spent(row, paces[row.key], now=now) for row in rows}
    longest = max(rows, key=lambda row: spent_before[row].waits_until)
    if (wait := spent_before[longest].waits_until - now) > timedelta(0):
        # Write nothing: a client that does not wait must not fill the table.
        raise TooSoon(wait, of_account=bool(longest.account))
    taken = []
    for row in rows:
        spent = after_try(spent_before[row], paces[row.key], now=now)
        row.whole_at, row.waits_until = spent
        taken.append(Taken(row.key, paces[row.key], spent))
    Budget.objects.bulk_update(rows, ["whole_at", "waits_until"])
    return taken


def _spent(row, pace, *, now):
    return trusted(Spent(row.whole_at, row.waits_until), pace, now=now)


def _locked(keys):
    return Budget.objects.select_for_update().filter(key__in=list(keys)).order_by("key")


def _digest(*parts):
    return salted_hmac("course.tries", "\n".join(parts), algorithm="sha256").hexdigest()
