"""Kinds of steps: each describes, checks and does its work."""

import os
import pwd
from abc import ABC, abstractmethod
from pathlib import Path

from course.atomic_files import write_atomically
from course.operating.running import is_out_of_reach
from course.operating.words import Refused, say

from . import places
from .machine import digest_of

ROOT = ("root", "root")


class Step(ABC):
    title = ""
    # Skipped if the machine is a folder.
    only_on_the_machine = False

    def is_done(self, machine):
        return False

    @abstractmethod
    def shown(self, machine):
        """Yield the lines that describe it: files with mode and owner, commands."""

    @abstractmethod
    def do(self, machine):
        """Raises Refused."""


def write(machine, path, content, mode, owner):
    place = machine.at(path)
    place.parent.mkdir(parents=True, exist_ok=True)
    write_atomically(place, content, mode=mode, give=lambda beside: machine.own(beside, owner))


class File(Step):
    """A file of ours. If a person changed or deleted it, ours is put beside it as `.nuevo`."""

    def __init__(self, path, content, mode=0o644, owner=ROOT, *, replaces=None, of="site"):
        """`content` may be a function of the machine; `replaces` says whether another's file may go."""
        self.path, self.mode, self.owner = path, mode, owner
        self._content, self._replaces, self._of = content, replaces, of
        self.title = path

    def content(self, machine):
        content = self._content(machine) if callable(self._content) else self._content
        return content.encode() if isinstance(content, str) else content

    def found(self, machine):
        place = machine.at(self.path)
        return place.read_bytes() if place.exists() else None

    def is_a_persons(self, machine):
        found, recorded = self.found(machine), machine.record.digests.get(self.path)
        if found is None:
            return recorded is not None
        if found == self.content(machine) or digest_of(found) == recorded:
            return False
        return not (self._replaces and recorded is None and self._replaces(machine))

    def is_done(self, machine):
        content = self.content(machine)
        if self.found(machine) == content:
            return machine.record.digests.get(self.path) == digest_of(content)
        if not self.is_a_persons(machine):
            return False
        self._say_it_stays(machine)
        beside = machine.at(self.path + ".nuevo")
        return beside.exists() and beside.read_bytes() == content

    def shown(self, machine):
        ending = ".nuevo" if self.is_a_persons(machine) else ""
        yield f"{self.path}{ending}  {self.mode:04o} {':'.join(self.owner)}"

    def do(self, machine):
        content = self.content(machine)
        if self.is_a_persons(machine):
            write(machine, self.path + ".nuevo", content, self.mode, self.owner)
            return
        if self.found(machine) != content:
            write(machine, self.path, content, self.mode, self.owner)
            machine.note_change(self._of)
        machine.record.digests[self.path] = digest_of(content)

    def _say_it_stays(self, machine):
        machine.notice(
            f"{self.path}: alguien lo cambió, así que queda como está. Lo nuestro está en {self.path}.nuevo.",
            f"{self.path}: somebody changed it, so it stays as it is. Ours is in {self.path}.nuevo.",
        )


class Folder(Step):
    """A folder; an existing one keeps its mode and owner."""

    def __init__(self, path, mode=0o755, owner=ROOT):
        self.path, self.mode, self.owner, self.title = path, mode, owner, path

    def is_done(self, machine):
        return machine.at(self.path).is_dir()

    def shown(self, machine):
        yield f"{self.path}/  {self.mode:04o} {':'.join(self.owner)}"

    def do(self, machine):
        place = machine.at(self.path)
        place.mkdir(parents=True)
        machine.own(place, self.owner)
        place.chmod(self.mode)


class Command(Step):
    only_on_the_machine = True

    def __init__(self, title, *commands, done):
        self.title, self.commands, self._done = title, commands, done

    def is_done(self, machine):
        return self._done(machine)

    def shown(self, machine):
        for command in self.commands:
            yield "$ " + " ".join(command)

    def do(self, machine):
        for command in self.commands:
            machine.run(command)


class Packages(Step):
    only_on_the_machine = True

    def __init__(self, *names):
        self.names = names
        self.title = say("Paquetes de Debian", "Packages of Debian")

    def missing(self, machine):
        wanted = ("dpkg-query", "-W", "-f=${db:Status-Status}")
        return [name for name in self.names if machine.asks(*wanted, name) != "installed"]

    def is_done(self, machine):
        return not self.missing(machine)

    def shown(self, machine):
        yield "$ apt-get install --no-install-recommends " + " ".join(self.missing(machine) or self.names)

    def do(self, machine):
        quiet = {"DEBIAN_FRONTEND": "noninteractive"}
        machine.run(["apt-get", "update", "-q"], environment=quiet)
        install = ["apt-get", "install", "-y", "-q", "--no-install-recommends", *self.missing(machine)]
        machine.run(install, environment=quiet)


_OWN = (places.ACCOUNT, places.ACCOUNT)


class CopiesFolder(Folder):
    """A missing disk is a notice, not an error."""

    def __init__(self, path):
        super().__init__(path, 0o700, _OWN)

    def is_done(self, machine):
        place = machine.at(self.path)
        if not place.is_dir() and place.parent.is_dir():
            return False
        if machine.is_this_one and not machine.dry_run and not self._takes_backups(machine):
            machine.notice(
                f"{self.path}: la cuenta {places.ACCOUNT} no puede guardar ahí los respaldos. Conecte el disco, "
                f"haga la carpeta, y después: chown {places.ACCOUNT} {self.path} . En una memoria con FAT o exFAT "
                f"eso no se puede: móntela con «-o uid={places.ACCOUNT},umask=077».",
                f"{self.path}: the account {places.ACCOUNT} cannot keep backups there. Plug the disk in, make the "
                f"folder, then: chown {places.ACCOUNT} {self.path} . A stick with FAT or exFAT cannot do that: "
                f"mount it with “-o uid={places.ACCOUNT},umask=077”.",
            )
        return True

    def _takes_backups(self, machine):
        if not Path(self.path).is_dir():
            return False
        try:
            machine.run(["test", "-w", self.path], account=places.ACCOUNT)
        except Refused:
            return False
        return True

    def do(self, machine):
        if machine.is_this_one and self._is_made_by_the_account(machine):
            return
        if machine.is_this_one and not self._is_for_root_to_make():
            raise Refused(
                f"{self.path}: ese camino pasa por un enlace o por una carpeta de la cuenta {places.ACCOUNT}. Dé "
                "la ruta sin enlaces, o haga la carpeta a mano.",
                f"{self.path}: that path leads over a link or a folder of the account {places.ACCOUNT}. Give the "
                "path without links, or make the folder by hand.",
            )
        try:
            super().do(machine)
        except PermissionError:
            # FAT has no owners: see whether it takes backups all the same.
            self.is_done(machine)

    def _is_made_by_the_account(self, machine):
        try:
            machine.run(["mkdir", "-m", "700", self.path], account=places.ACCOUNT)
        except Refused:
            return False
        return True

    def _is_for_root_to_make(self):
        account = pwd.getpwnam(places.ACCOUNT)
        groups = os.getgrouplist(places.ACCOUNT, account.pw_gid)
        return is_out_of_reach(Path(self.path).parent, uid=account.pw_uid, groups=groups)
