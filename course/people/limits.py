"""How fast PINs may be guessed: five wrong tries slow an account for five minutes, and a trainer can lift it."""

import time

from allauth.core.internal import ratelimit
from django.core.cache import cache

APP, ACTION = "allauth.account", "login_failed"


def account_key(code):
    """Return the name under which the tries of an account are counted, however the database folds its letters."""
    return code.strip().upper().casefold()


def _rate():
    return next(rate for rate in ratelimit.get_rates(app=APP, action=ACTION) if rate.per == "key")


def _history_key(name):
    return ratelimit.get_cache_key(None, app=APP, action=ACTION, rate=_rate(), key=name)


def is_slowed(user):
    """Whether the person has to wait before trying a PIN again."""
    since = time.time() - _rate().duration
    recent = [at for at in cache.get(_history_key(account_key(user.username)), []) if at > since]
    return len(recent) >= _rate().amount


def lift(user):
    """Let the person try again at once, the second step included (allauth counts that one by the person's key)."""
    cache.delete_many([_history_key(account_key(user.username)), _history_key(f"mfa-auth-user-{user.pk}")])
