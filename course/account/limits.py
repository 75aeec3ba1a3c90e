"""How fast PINs may be guessed: five wrong tries slow an account for five minutes, and a trainer can lift it."""

import time

from allauth.core.internal import ratelimit
from django.core.cache import cache

APP, ACTION = "allauth.account", "login_failed"


def account_key(code):
    """Return the name under which the tries of an account are counted, the same at every address of the site."""
    return code.strip().casefold()


def _history_key_and_rate(user):
    rate = next(rate for rate in ratelimit.get_rates(app=APP, action=ACTION) if rate.per == "key")
    return ratelimit.get_cache_key(None, app=APP, action=ACTION, rate=rate, key=account_key(user.username)), rate


def is_slowed(user):
    """Whether the person has to wait before trying a PIN again."""
    key, rate = _history_key_and_rate(user)
    recent = [at for at in cache.get(key, []) if at > time.time() - rate.duration]
    return len(recent) >= rate.amount


def lift(user):
    """Let the person try again at once."""
    key, _rate = _history_key_and_rate(user)
    cache.delete(key)
