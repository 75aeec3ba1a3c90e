"""The machine that is installed on: the one that this runs on, or a folder that stands for another."""

import grp
import hashlib
import json
import os
import pwd
import subprocess
from pathlib import Path

from course.atomic_files import write_atomically
from course.operating.words import Refused, say

from . import places


class Record:
    """What earlier runs did: digests of what was written, so that what a person changed since is seen; answers."""

    def __init__(self, path):
        self.path = path
        self.digests, self.variables, self.answers, self.facts = {}, [], {}, {}
        try:
            kept = json.loads(path.read_text(encoding="utf-8"))
        except FileNotFoundError:
            return
        except PermissionError:
            raise Refused(say(f"{path}: hágalo como root.", f"{path}: do it as root.")) from None
        self.digests, self.variables = kept["digests"], kept["variables"]
        self.answers, self.facts = kept["answers"], kept["facts"]

    def save(self):
        self.path.parent.mkdir(parents=True, exist_ok=True)
        kept = {name: getattr(self, name) for name in ("digests", "variables", "answers", "facts")}
        write_atomically(self.path, json.dumps(kept, indent=1, ensure_ascii=False, sort_keys=True) + "\n")


class Machine:
    """Where things are written and run. Below another root, nothing of the running system is touched."""

    def __init__(self, root="/", *, dry_run=False):
        self.root, self.dry_run = Path(root).resolve(), dry_run
        self.is_this_one = self.root == Path("/")
        self.record = Record(self.at(places.RECORD))
        self.notices = []

    def at(self, path):
        """Return where a path of the machine is written."""
        return self.root / str(path).lstrip("/")

    def note_change(self, of="site"):
        """Remember, also when this run is cut short, that what runs has to be started again: `site` or `proxy`."""
        self.record.facts[f"restart_{of}"] = True

    def own(self, path, owner):
        """Give a path to (user, group); below another root there are no such accounts."""
        if not self.is_this_one:
            return
        user, group = owner
        try:
            os.chown(path, pwd.getpwnam(user).pw_uid, grp.getgrnam(group).gr_gid, follow_symlinks=False)
        except KeyError as error:
            raise Refused(
                say(f"No hay cuenta {user}:{group}: {path}.", f"There is no account {user}:{group}: {path}.")
            ) from error

    def asks(self, *command):
        """Return what a command that changes nothing says, or None where it fails."""
        try:
            answer = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603 - our own words
        except FileNotFoundError:
            return None
        return answer.stdout.strip() if answer.returncode == 0 else None

    def run(self, command, *, account=None, environment=None, folder="/", given=""):
        """Run a command and return what it says; Refused, with its last lines, where it fails."""
        kept = {name: os.environ[name] for name in ("PATH", "LANG", "LC_ALL") if name in os.environ}
        who = {"user": account, "group": account, "extra_groups": []} if account else {}
        answer = subprocess.run(  # noqa: S603 - our own words
            command,
            cwd=folder,
            env=(kept if account else os.environ) | (environment or {}),
            input=given,
            capture_output=True,
            text=True,
            check=False,
            **who,
        )
        if answer.returncode:
            raise failed(command, answer)
        return answer.stdout


def failed(command, answer):
    """Return what to raise for a command that failed: it says which, and its last lines."""
    last = "\n".join(f"  {line}" for line in (answer.stdout + answer.stderr).strip().splitlines()[-15:])
    return Refused(say(f"No salió: {' '.join(command)}\n{last}", f"It failed: {' '.join(command)}\n{last}"))


def digest_of(content):
    return hashlib.sha256(content).hexdigest()
