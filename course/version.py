"""Which version of the course this is."""

import tomllib
from functools import cache
from pathlib import Path

_ROOT = Path(__file__).resolve().parent.parent


@cache
def release():
    """Return the name of this version: what an installation gave it, such as `2026-11-27-4ce00f3`, or the project's.

    `script/install` and `trato upgrade` leave the name in a file `RELEASE` beside `manage.py`.
    """
    named = _ROOT / "RELEASE"
    if named.exists():
        return named.read_text(encoding="utf-8").strip()
    return tomllib.loads((_ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"]
