"""What settings take from the environment, read as what they are."""

import os
import re
from datetime import UTC, datetime

from django.core.exceptions import ImproperlyConfigured

from quizzes.base.addresses import normalize_address


def env_list(name, default=""):
    """Return the comma-separated environment variable `name` as a list."""
    return [item.strip() for item in os.environ.get(name, default).split(",") if item.strip()]


def required_env(name):
    """Return the environment variable `name`, or stop with a sentence that says what is missing."""
    if value := os.environ.get(name):
        return value
    raise ImproperlyConfigured(f"The environment variable {name} is needed: see docs/reference/settings.md.")


def env_moment(name):
    """Return the environment variable `name` as a moment, None where it is not set; it is in UTC unless it says."""
    value = os.environ.get(name)
    try:
        moment = datetime.fromisoformat(value) if value else None
    except ValueError as error:
        raise ImproperlyConfigured(
            f"{name} is no moment: 2026-11-27T18:30Z, see docs/reference/settings.md."
        ) from error
    return moment.replace(tzinfo=moment.tzinfo or UTC) if moment else None


def env_addresses(name):
    """Return the comma-separated addresses of the environment variable `name`, in the one form of all addresses."""
    return [normalize_address(address) for address in env_list(name)]


def env_languages(name):
    """Return [(code, name)] of an environment variable such as `tzj=Tz’utujil,kjb=Q’anjob’al`."""
    languages = [tuple(part.strip() for part in item.partition("=")[::2]) for item in env_list(name)]
    for code, called in languages:
        if not re.fullmatch(r"[a-z]{2,3}", code) or not called:
            raise ImproperlyConfigured(f"{name} names no languages: tzj=Tz’utujil, see docs/reference/settings.md.")
    return languages
