"""Which tests a change concerns: those that import from a changed room, or ask for an address that it answers.

For `script/test --quick`. What is changed is what is not committed yet, else the last commit. A room is a folder of an
app; a template or a script belongs to the room that its folder is named after, else to the whole app.
"""

import re
import subprocess
from pathlib import Path

from .addresses import all_addresses

ROOT = Path(__file__).resolve().parent.parent
APPS = ("quizzes", "modules", "certificates", "course")


def changed_files():
    """Return the paths that are not committed as they are, or else those of the last commit."""
    open_work = _git("diff", "--name-only", "HEAD") + _git("ls-files", "--others", "--exclude-standard")
    return open_work or _git("diff", "--name-only", "HEAD~1", "HEAD")


def concerned_by(changed):
    """Return the paths of the files of tests that these changed paths concern; the architecture always."""
    rooms = {room for path in changed if (room := room_of(path))}
    names = {f'"{one.name}"' for one in all_addresses() if any(is_in(one.callback.__module__, room) for room in rooms)}
    if any(room.endswith(".cms") for room in rooms):
        names.add("/cms/")
    asked = re.compile("|".join(map(re.escape, sorted(names))) or r"(?!)")
    return {
        path
        for path in (ROOT / "tests").rglob("test_*.py")
        if "architecture" in path.parts
        or str(path.relative_to(ROOT)) in changed
        or _concerns(path.read_text(), rooms, asked)
    }


def room_of(path):
    """Return the dotted name of the room that a path belongs to, or None: no test can tell where there is none.

    What stands at the top of an app, and its settings, concern the whole app.
    """
    app, *below = Path(path).with_suffix("").parts
    if app not in APPS or not below:
        return None
    if below[0] in ("templates", "static"):
        named = [part for part in below[1:] if (ROOT / app / part).is_dir()]
        return f"{app}.{named[0]}" if named else app
    return ".".join([app, *below[:-1]]) if len(below) > 1 and below[0] != "settings" else app


def is_in(module, room):
    return module == room or module.startswith(room + ".")


def _concerns(source, rooms, asked):
    imported = re.findall(rf"^\s*(?:from|import) ((?:{'|'.join(APPS)})[\w.]*)(?: import (\w+))?", source, re.MULTILINE)
    modules = {name for name, _what in imported} | {f"{name}.{what}" for name, what in imported}
    return any(is_in(module, room) for module in modules for room in rooms) or bool(asked.search(source))


def _git(*arguments):
    return subprocess.run(["git", *arguments], cwd=ROOT, check=True, capture_output=True, text=True).stdout.splitlines()
