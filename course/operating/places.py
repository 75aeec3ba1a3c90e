"""Paths of an installed site (set by course/installing/places.py)."""

import os
from pathlib import Path

SETTINGS = Path("/etc/trato-digno.env")
HOME = Path("/opt/trato-digno")
CURRENT, RELEASES, ENVIRONMENTS = HOME / "current", HOME / "releases", HOME / "environments"
UNDER_WAY, LOCK, BROUGHT = HOME / "upgrading.json", HOME / "lock", HOME / "brought"
VAR_DIR, BACKUP_DIR = Path("/var/lib/trato-digno"), Path("/var/backups/trato-digno")
# Exists while the tables are half migrated: no page is answered.
HALF_DONE = "upgrade/under-way"
CACHE_DIR = Path("/var/cache/trato-digno")
UNITS = Path("/etc/systemd/system")
ACCOUNT = "trato-digno"
SYSTEMD_RUNS = Path("/run/systemd/system")


def code_of(release):
    release = Path(os.path.realpath(release))
    return release, release / ".venv" / "bin" / "python"
