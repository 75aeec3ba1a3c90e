"""The services of a site, as systemd keeps them."""

import subprocess
import time
import urllib.error
import urllib.request

from . import places
from .words import Refused, say

SITE, WORKER = "trato-digno.service", "trato-digno-worker.service"
_LOOK_EVERY = 0.5


def are_kept():
    """Whether systemd runs on this machine and may be asked."""
    return places.SYSTEMD_RUNS.exists()


def units():
    """Return the names of the site's own units that are installed: services and timers."""
    found = [*places.UNITS.glob("trato-digno*.service"), *places.UNITS.glob("trato-digno*.timer")]
    return sorted(path.name for path in found)


def active_units():
    """Return those of them that run now: services that stay, and timers that wait."""
    return [name for name in units() if _ask("is-active", "--quiet", name).returncode == 0]


def failed_units():
    return [name for name in units() if _ask("is-failed", "--quiet", name).returncode == 0]


def kept_units():
    """Return the names of timers and services that are to run whenever the machine does."""
    kept = [name for name in units() if name.endswith(".timer") or name in (SITE, WORKER)]
    return [name for name in kept if _ask("is-enabled", "--quiet", name).returncode == 0]


def units_off():
    """Return those of them that do not run."""
    return [name for name in kept_units() if _ask("is-active", "--quiet", name).returncode]


def units_to_start():
    """Return what runs, or is to run: what is started after an upgrade or a restore, whatever one before left off."""
    return sorted({*active_units(), *kept_units()}) if are_kept() else []


def stop_all():
    """Stop everything of the site, also a command that a timer began, and wait for its end. Raises Refused."""
    if are_kept() and units():
        _must("stop", *units())


def start(names):
    """Start units, with their present files. Raises Refused."""
    if not are_kept():
        return
    _must("daemon-reload")
    if names:
        _must("start", *names)


def wait_until_ready(settings, *, seconds):
    """Wait until the site says that it is ready, and return whether it did within so many seconds.

    A service that has ended will not come up by waiting.
    """
    where = f"{settings.get('HOST', '127.0.0.1')}:{settings.get('PORT', '8000')}"
    request = urllib.request.Request(f"http://{where}/salud/", headers={"X-Forwarded-Proto": "https"})
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        try:
            with urllib.request.urlopen(request, timeout=10) as answer:  # noqa: S310 - as above
                if answer.status == 200:
                    return True
        except (OSError, urllib.error.URLError):
            if _ask("is-active", "--quiet", SITE).returncode:
                return False
        time.sleep(_LOOK_EVERY)
    return False


def not_ready():
    return say("El sitio no quedó listo: trato status · trato logs", "The site is not ready: trato status · trato logs")


def _ask(*arguments):
    command = ["systemctl", *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603 - our own words


def _must(*arguments):
    asked = _ask(*arguments)
    if asked.returncode:
        raise Refused(f"systemctl {' '.join(arguments)}: {asked.stderr.strip()}")
