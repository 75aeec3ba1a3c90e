"""Releases of the code, and environments shared by releases with the same locks."""

import compileall
import hashlib
import os
import shutil
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

from course.atomic_files import replace_symlink
from course.operating.words import Refused, say

from . import places
from .steps import ROOT, Step

_LEFT_OUT = {".git", ".venv", "var", "__pycache__", "node_modules", ".pytest_cache", ".ruff_cache", ".hypothesis"}
_ENDINGS_LEFT_OUT = {".pyc", ".mo"}
_APPS = ("course", "certificates", "modules", "quizzes")


def release_id(folder):
    """Return the date and commit, such as `2026-11-27-4ce00f3`; a digest without git or for changes."""
    named = folder / "RELEASE"
    if named.exists():
        return named.read_text(encoding="utf-8").strip()
    commit = _git(folder, "log", "-1", "--format=%cd-%h", "--date=format:%Y-%m-%d", "--abbrev=7").strip()
    if commit and not _git(folder, "status", "--porcelain", "--untracked-files=no"):
        return commit
    files = files_of(folder)
    digest = hashlib.sha256()
    for path in files:
        digest.update(f"{path}\0".encode() + (folder / path).read_bytes() + b"\0")
    newest = max((folder / path).stat().st_mtime for path in files)
    base = commit or datetime.fromtimestamp(newest, tz=UTC).strftime("%Y-%m-%d")
    return f"{base}-{digest.hexdigest()[:7]}"


def files_of(folder):
    """Return sorted relative paths of a release: tracked by git, or all."""
    tracked = [Path(name) for name in _git(folder, "ls-files", "-z").split("\0") if name]
    return sorted(path for path in tracked or _walk(folder) if (folder / path).is_file())


def _walk(folder):
    for at, folders, names in os.walk(folder):
        folders[:] = [name for name in folders if name not in _LEFT_OUT]
        for name in names:
            path = Path(at, name).relative_to(folder)
            if path.suffix not in _ENDINGS_LEFT_OUT and path.name != "RELEASE":
                yield path


def _git(folder, *arguments):
    if not (folder / ".git").exists() or not shutil.which("git"):
        return ""
    # Git refuses a folder of another account.
    command = ["git", "-c", f"safe.directory={folder}", "-C", str(folder), *arguments]
    answer = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603 - our own words
    return answer.stdout if answer.returncode == 0 else ""


def current_release(machine):
    link = machine.at(places.CURRENT)
    return Path(os.readlink(link)).name if link.is_symlink() else None


def environment_id(folder, *, s3):
    digest = hashlib.sha256()
    for name in ("requirements.txt", *(["requirements-s3.txt"] if s3 else [])):
        digest.update((folder / name).read_bytes())
    return f"{digest.hexdigest()[:16]}-python{sys.version_info.major}.{sys.version_info.minor}"


class CopyRelease(Step):
    def __init__(self, folder, release):
        self.folder, self.release = folder, release
        self.path = f"{places.RELEASES}/{release}"
        self.title = say("El curso", "The course")

    def is_done(self, machine):
        return machine.at(self.path).is_dir()

    def shown(self, machine):
        yield f"{self.path}/  0755 root:root  ← {self.folder}"
        yield f"{self.path}/RELEASE  0644 root:root"

    def do(self, machine):
        place = machine.at(self.path)
        beside = place.with_name(f".{place.name}.part")
        shutil.rmtree(beside, ignore_errors=True)
        for path in files_of(self.folder):
            copy = beside / path
            copy.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(self.folder / path, copy)
            copy.chmod(0o755 if os.access(copy, os.X_OK) else 0o644)
            machine.own(copy, ROOT)
        (beside / "RELEASE").write_text(f"{self.release}\n", encoding="utf-8")
        for app in _APPS:
            compileall.compile_dir(beside / app, quiet=2, stripdir=str(beside), prependdir=self.path)
        beside.rename(place)


class MakeEnvironment(Step):
    def __init__(self, folder, release, *, s3):
        self.release, self.s3 = release, s3
        self.path = f"{places.ENVIRONMENTS}/{environment_id(folder, s3=s3)}"
        self.link = f"{places.RELEASES}/{release}/.venv"
        self.title = say("Los paquetes de Python", "The packages of Python")

    def is_complete(self, machine):
        return any(machine.at(self.path).glob("locked-*"))

    def is_done(self, machine):
        link = machine.at(self.link)
        return self.is_complete(machine) and link.is_symlink() and os.readlink(link) == self.path

    def shown(self, machine):
        yield f"{self.path}/  0755 root:root"
        yield f"$ VENV={self.path} script/setup{' --s3' if self.s3 else ''}"
        yield f"{self.link} → {self.path}"

    def do(self, machine):
        release, environment = machine.at(self.link).parent, machine.at(self.path)
        environment.parent.mkdir(parents=True, exist_ok=True)
        wanted = ["script/setup", *(["--s3"] if self.s3 else []), *([] if machine.is_this_one else ["--no-system"])]
        machine.run(wanted, environment={"VENV": str(environment), "PYTHON": sys.executable}, folder=release)
        if (release / "var").is_dir() and not any((release / "var").iterdir()):
            (release / "var").rmdir()
        replace_symlink(machine.at(self.link), self.path)
        machine.note_change()


class PutInForce(Step):
    """The first release; later ones come by `trato upgrade`, which makes a backup first."""

    def __init__(self, release):
        self.release = release
        self.title = say("La versión en uso", "The version in use")

    def is_done(self, machine):
        return current_release(machine) == self.release

    def shown(self, machine):
        yield f"{places.CURRENT} → releases/{self.release}"

    def do(self, machine):
        replace_symlink(machine.at(places.CURRENT), f"releases/{self.release}")
        machine.note_change()


def refuse_another_release(machine, release):
    """Refuse another version than the active one: the database is of that version."""
    current = current_release(machine)
    if current and current != release and "prepared" in machine.record.facts:
        raise Refused(
            f"Ya está instalada la versión {current}, y esta carpeta es {release}. Para pasar a ella, con un "
            "respaldo primero: trato upgrade CARPETA.",
            f"Version {current} is installed, and this folder is {release}. To go to it, with a backup first: "
            "trato upgrade FOLDER.",
        )
