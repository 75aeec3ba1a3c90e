"""systemd services of a site."""

import subprocess
import time
import urllib.error
import urllib.request

from . import places
from .words import Refused, say

SITE, WORKER = "trato-digno.service", "trato-digno-worker.service"
_LOOK_EVERY = 0.5


def are_kept():
    return places.SYSTEMD_RUNS.exists()


def units():
    found = [*places.UNITS.glob("trato-digno*.service"), *places.UNITS.glob("trato-digno*.timer")]
    return sorted(path.name for path in found)


def active_units():
    return [name for name in units() if _ask("is-active", "--quiet", name).returncode == 0]


def failed_units():
    return [name for name in units() if _ask("is-failed", "--quiet", name).returncode == 0]


def kept_units():
    kept = [name for name in units() if name.endswith(".timer") or name in (SITE, WORKER)]
    return [name for name in kept if _ask("is-enabled", "--quiet", name).returncode == 0]


def units_off():
    return [name for name in kept_units() if _ask("is-active", "--quiet", name).returncode]


def units_to_start():
    return sorted({*active_units(), *kept_units()}) if are_kept() else []


def stop_all():
    """Stop everything, also commands begun by a timer, and wait. Raises Refused."""
    if are_kept() and units():
        _must("stop", *units())


def start(names):
    if not are_kept():
        return
    _must("daemon-reload")
    if names:
        _must("start", *names)


def wait_until_ready(settings, *, seconds):
    """Wait until the site is ready; return whether it was in time. A failed service ends the wait."""
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
