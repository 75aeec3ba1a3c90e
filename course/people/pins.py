"""PINs: the one-time PIN of a printed card, and what a person may choose as an own PIN."""

import hmac
from datetime import timedelta

from django.contrib.auth.hashers import make_password
from django.utils.crypto import salted_hmac

from course.models import StartingPin, User

from .devices import increment_offline_epoch
from .easy_pins import is_easy_to_guess

STARTING_PIN_LENGTH = 6
STARTING_PIN_LASTS = timedelta(days=60)
# Staff see other people's results, so six digits open their account for a short time only.
STAFF_PIN_LASTS = timedelta(days=7)
PIN_MIN, PIN_MAX = 6, 12


def typed_pin(text):
    """Return what was typed without the spaces and dashes of a PIN written in groups; a password is left as it is."""
    plain = "".join(text.replace("-", " ").split())
    return plain if plain.isdecimal() and len(plain) <= PIN_MAX else text


def digest_of(user, pin):
    """Return the keyed digest of a starting PIN: useless without the site's secret key, and to any other person."""
    return salted_hmac("course.starting-pin", f"{user.pk}:{pin}", algorithm="sha256").hexdigest()


def make_starting_pin(user, *, now, chance):
    """Give the person a new one-time PIN and return it; only its keyed digest is kept. The old PIN stops working.

    `chance` is a source such as `secrets.SystemRandom()`.
    """
    pin = draw_pin(chance, code=user.username)
    keep_starting_pin(user, pin, expires_at=now + (STAFF_PIN_LASTS if user.is_staff else STARTING_PIN_LASTS))
    return pin


def draw_pin(chance, *, code):
    """Return a random PIN that is not easy to guess for the person with this user code."""
    return next(pin for pin in iter(lambda: random_pin(chance), None) if not is_easy_to_guess(pin, code=code))


def random_pin(chance):
    return "".join(str(chance.randrange(10)) for _ in range(STARTING_PIN_LENGTH))


def keep_starting_pin(user, pin, *, expires_at):
    """Keep `pin` as the person's one-time PIN; the person must choose an own one after signing in with it."""
    StartingPin.objects.update_or_create(user=user, defaults={"digest": digest_of(user, pin), "expires_at": expires_at})
    user.set_unusable_password()
    user.must_choose_pin = True
    user.save(update_fields=["password", "must_choose_pin"])
    increment_offline_epoch([user.pk])


def keep_starting_pins(drawn):
    """Keep the one-time PINs of many people, given as (person, PIN, expiry), as `keep_starting_pin` does for one."""
    people = [user.pk for user, _pin, _until in drawn]
    StartingPin.objects.filter(user__in=people).delete()
    StartingPin.objects.bulk_create(
        [StartingPin(user=user, digest=digest_of(user, pin), expires_at=until) for user, pin, until in drawn],
        batch_size=500,
    )
    # What cannot be used as a password is nobody's secret: it may be the same for all.
    User.objects.filter(pk__in=people).update(password=make_password(None), must_choose_pin=True)
    increment_offline_epoch(people)


def is_starting_pin(user, pin, *, now):
    """Whether `pin` is the person's one-time PIN, still valid; a wrong digit takes the same time anywhere."""
    starting = StartingPin.objects.filter(user=user, expires_at__gt=now).first()
    expected = starting.digest if starting else "0" * 64
    return hmac.compare_digest(expected, digest_of(user, pin)) and starting is not None


def choose_pin(user, pin):
    """Set the person's own PIN or password; the one-time PIN, if any, stops working."""
    user.set_password(pin)
    user.must_choose_pin = False
    user.save(update_fields=["password", "must_choose_pin"])
    StartingPin.objects.filter(user=user).delete()
