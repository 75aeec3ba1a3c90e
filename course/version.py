"""Which version of the course this is."""

import tomllib
from functools import cache
from pathlib import Path

_ROOT = Path(__file__).resolve().parent.parent
# What `trato` has a word of its own for.
_OF_TRATO = {"back_up": "backup", "restore_backup": "restore", "status": "status"}


def typed(command):
    """Return what is typed for a command here: `trato manage …` where the site was installed, else `manage.py …`."""
    if not (_ROOT / "RELEASE").exists():
        return f"manage.py {command}"
    name, _, rest = command.partition(" ")
    return " ".join(filter(None, ("trato", _OF_TRATO.get(name, f"manage {name}"), rest)))


@cache
def release():
    """Return the name of this version: what an installation gave it, such as `2026-11-27-4ce00f3`, or the project's.

    `script/install` and `trato upgrade` leave the name in a file `RELEASE` beside `manage.py`.
    """
    named = _ROOT / "RELEASE"
    if named.exists():
        return named.read_text(encoding="utf-8").strip()
    return tomllib.loads((_ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"]
