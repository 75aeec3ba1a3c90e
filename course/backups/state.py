"""State of the last backups, kept beside them."""

import json
from dataclasses import asdict, dataclass, field
from datetime import datetime
from pathlib import Path

from django.conf import settings

from course.atomic_files import write_atomically

_FILE = "state.json"


@dataclass(frozen=True)
class Copy:
    target: str
    problem: str


@dataclass(frozen=True)
class LastBackup:
    """The newest backup; `problem` is why a later one failed or this one could not be restored, or ""."""

    when: datetime
    file: Path
    whole: bool
    copies: tuple[Copy, ...]
    problem: str


@dataclass
class State:
    newest: str = ""
    made_at: str = ""
    problem: str = ""
    copies: list = field(default_factory=list)
    # {file name: {"size", "sha256", "damaged"}}
    files: dict = field(default_factory=dict)


def last_backup():
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
    folder = settings.VAR_DIR / "restoring"
    return folder if (folder / "ready").exists() else None


def read_state(folder):
    """Return the `State` in a folder; an empty one if there is no such file."""
    try:
        return State(**json.loads((folder / _FILE).read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError):
        return State()


def write_state(folder, state):
    write_atomically(folder / _FILE, json.dumps(asdict(state), indent=1))
