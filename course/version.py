"""Version of the course."""

import tomllib
from functools import cache
from pathlib import Path

_ROOT = Path(__file__).resolve().parent.parent
_OF_TRATO = {"back_up": "backup", "restore_backup": "restore", "status": "status"}


def typed(command):
    if not (_ROOT / "RELEASE").exists():
        return f"manage.py {command}"
    name, _, rest = command.partition(" ")
    return " ".join(filter(None, ("trato", _OF_TRATO.get(name, f"manage {name}"), rest)))


@cache
def release():
    """Return the name in the file `RELEASE`, such as `2026-11-27-4ce00f3`, else the project's version."""
    named = _ROOT / "RELEASE"
    if named.exists():
        return named.read_text(encoding="utf-8").strip()
    return tomllib.loads((_ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"]
