"""Where an installed site has its things; the installer puts them there (course/installing/places.py)."""

import os
from pathlib import Path

SETTINGS = Path("/etc/trato-digno.env")
HOME = Path("/opt/trato-digno")
CURRENT, RELEASES, ENVIRONMENTS = HOME / "current", HOME / "releases", HOME / "environments"
# What an upgrade that was cut off was at; who upgrades or restores; copies of files that the account is to read.
UNDER_WAY, LOCK, BROUGHT = HOME / "upgrading.json", HOME / "lock", HOME / "brought"
VAR_DIR, BACKUP_DIR = Path("/var/lib/trato-digno"), Path("/var/backups/trato-digno")
# In the site's VAR_DIR while its tables are half of another version, and no page is to be answered.
HALF_DONE = "upgrade/under-way"
CACHE_DIR = Path("/var/cache/trato-digno")
UNITS = Path("/etc/systemd/system")
ACCOUNT = "trato-digno"
# Whether services are looked after by systemd, as on any Debian that was started as a machine.
SYSTEMD_RUNS = Path("/run/systemd/system")


def code_of(release):
    """Return the folder of the code and its interpreter."""
    release = Path(os.path.realpath(release))
    return release, release / ".venv" / "bin" / "python"
