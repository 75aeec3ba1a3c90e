"""What is known of the last backups, kept beside them: for the health of the site, and for checking."""

import json
from dataclasses import asdict, dataclass, field
from datetime import datetime
from pathlib import Path

from django.conf import settings

from course.atomic_files import write_atomically

_FILE = "state.json"


@dataclass(frozen=True)
class Copy:
    """A place that backups are copied to, and what went wrong there the last time, or ""."""

    target: str
    problem: str


@dataclass(frozen=True)
class LastBackup:
    """The newest backup; `problem` is why a later one could not be made or this one would not be taken back, or ""."""

    when: datetime
    file: Path
    # As large as it was written, and not found damaged by a check.
    whole: bool
    copies: tuple[Copy, ...]
    problem: str


@dataclass
class State:
    """The file beside the backups."""

    newest: str = ""
    made_at: str = ""
    problem: str = ""
    copies: list = field(default_factory=list)
    # {name: {"size", "sha256", "damaged"}} of the files that lie in the folder.
    files: dict = field(default_factory=dict)


def last_backup():
    """Return the `LastBackup`, or None where there is none, or nothing is known of it."""
    if not settings.BACKUP_DIR:
        return None
    state = read_state(Path(settings.BACKUP_DIR))
    if not state.newest:
        return None
    path = Path(settings.BACKUP_DIR) / state.newest
    written = state.files.get(state.newest, {})
    try:
        whole = path.stat().st_size == written.get("size") and not written.get("damaged")
    except OSError:
        whole = False
    copies = tuple(Copy(**one) for one in state.copies)
    return LastBackup(datetime.fromisoformat(state.made_at), path, whole, copies, state.problem)


def interrupted_restore():
    """Return the folder of a restore that was interrupted while it put things in place, or None."""
    folder = settings.VAR_DIR / "restoring"
    return folder if (folder / "ready").exists() else None


def read_state(folder):
    """Return the `State` in a folder; an empty one where there is none, or no such file."""
    try:
        return State(**json.loads((folder / _FILE).read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError):
        return State()


def write_state(folder, state):
    write_atomically(folder / _FILE, json.dumps(asdict(state), indent=1))
