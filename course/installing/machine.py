"""The machine to install on, or a folder that represents one."""

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
    """Digests of written files, to detect changes by people; answers."""

    def __init__(self, path):
        self.path = path
        self.digests, self.variables, self.answers, self.facts = {}, [], {}, {}
        try:
            kept = json.loads(path.read_text(encoding="utf-8"))
        except FileNotFoundError:
            return
        except PermissionError:
            raise Refused(f"{path}: hágalo como root.", f"{path}: do it as root.") from None
        self.digests, self.variables = kept["digests"], kept["variables"]
        self.answers, self.facts = kept["answers"], kept["facts"]

    def save(self):
        self.path.parent.mkdir(parents=True, exist_ok=True)
        kept = {name: getattr(self, name) for name in ("digests", "variables", "answers", "facts")}
        write_atomically(self.path, json.dumps(kept, indent=1, ensure_ascii=False, sort_keys=True) + "\n")


class Machine:
    """With another root, nothing of the running system is touched."""

    def __init__(self, root="/", *, dry_run=False):
        self.root, self.dry_run = Path(root).resolve(), dry_run
        self.is_this_one = self.root == Path("/")
        self.record = Record(self.at(places.RECORD))
        self.notices = []

    def at(self, path):
        return self.root / str(path).lstrip("/")

    def note_change(self, of="site"):
        self.record.facts[f"restart_{of}"] = True

    def notice(self, spanish, english):
        self.notices.append(say(spanish, english))

    def own(self, path, owner):
        """Set the owner, (user, group), unless the machine is a folder."""
        if not self.is_this_one:
            return
        user, group = owner
        try:
            os.chown(path, pwd.getpwnam(user).pw_uid, grp.getgrnam(group).gr_gid, follow_symlinks=False)
        except KeyError as error:
            raise Refused(
                f"No hay cuenta {user}:{group}: {path}.", f"There is no account {user}:{group}: {path}."
            ) from error

    def asks(self, *command):
        """Return the output of a read-only command, or None if it fails."""
        try:
            answer = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603 - our own words
        except FileNotFoundError:
            return None
        return answer.stdout.strip() if answer.returncode == 0 else None

    def run(self, command, *, account=None, environment=None, folder="/", given=""):
        """Run a command and return its output. Raises Refused with its last lines."""
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
    last = "\n".join(f"  {line}" for line in (answer.stdout + answer.stderr).strip().splitlines()[-15:])
    return Refused(f"No salió: {' '.join(command)}\n{last}", f"It failed: {' '.join(command)}\n{last}")


def digest_of(content):
    return hashlib.sha256(content).hexdigest()
