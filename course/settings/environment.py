"""Parsing of environment variables."""

import os
import re
from datetime import UTC, datetime

from django.core.exceptions import ImproperlyConfigured

from quizzes.base.addresses import normalize_address


def env_list(name, default=""):
    return [item.strip() for item in os.environ.get(name, default).split(",") if item.strip()]


def required_env(name):
    if value := os.environ.get(name):
        return value
    raise ImproperlyConfigured(f"The environment variable {name} is needed: see docs/reference/settings.md.")


def env_moment(name):
    """Return the environment variable as a moment, UTC unless it says, or None."""
    value = os.environ.get(name)
    try:
        moment = datetime.fromisoformat(value) if value else None
    except ValueError as error:
        raise ImproperlyConfigured(
            f"{name} is no moment: 2026-11-27T18:30Z, see docs/reference/settings.md."
        ) from error
    return moment.replace(tzinfo=moment.tzinfo or UTC) if moment else None


def env_addresses(name):
    return [normalize_address(address) for address in env_list(name)]


def env_languages(name):
    """Return [(code, name)] of an environment variable such as `tzj=Tz’utujil,kjb=Q’anjob’al`."""
    languages = [tuple(part.strip() for part in item.partition("=")[::2]) for item in env_list(name)]
    for code, called in languages:
        if not re.fullmatch(r"[a-z]{2,3}", code) or not called:
            raise ImproperlyConfigured(f"{name} names no languages: tzj=Tz’utujil, see docs/reference/settings.md.")
    return languages
