"""Kinds of steps. Each says what it would do, sees whether it is done, and does it."""

from abc import ABC, abstractmethod

from course.atomic_files import write_atomically
from course.operating.words import say

from .machine import digest_of

ROOT = ("root", "root")


class Step(ABC):
    """One step of the plan."""

    title = ""
    # Whether it is about the running system, so that below another root it is left for later.
    only_on_the_machine = False

    def is_done(self, machine):
        return False

    @abstractmethod
    def shown(self, machine):
        """Yield the lines that say what it does: files with mode and owner, commands."""

    @abstractmethod
    def do(self, machine):
        """Do it. Raises Refused."""


def write(machine, path, content, mode, owner):
    """Write a file whole or not at all, with its mode and owner from the first moment."""
    place = machine.at(path)
    place.parent.mkdir(parents=True, exist_ok=True)
    write_atomically(place, content, mode=mode, give=lambda beside: machine.own(beside, owner))


class File(Step):
    """A file of ours. One that a person changed, made or deleted stays so; ours is put beside it as `.nuevo`."""

    def __init__(self, path, content, mode=0o644, owner=ROOT, *, replaces=None, of="site"):
        """`content` may be a function of the machine; `replaces` tells whether another's file may go; `of` is what "
        "reads it."""
        self.path, self.mode, self.owner = path, mode, owner
        self._content, self._replaces, self._of = content, replaces, of
        self.title = path

    def content(self, machine):
        content = self._content(machine) if callable(self._content) else self._content
        return content.encode() if isinstance(content, str) else content

    def found(self, machine):
        """Return the bytes that are there, or None."""
        place = machine.at(self.path)
        return place.read_bytes() if place.exists() else None

    def is_a_persons(self, machine):
        """Whether what is there, or that nothing is, was somebody's decision."""
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
        machine.notices.append(
            say(
                f"{self.path}: alguien lo cambió, así que queda como está. Lo nuestro está en {self.path}.nuevo.",
                f"{self.path}: somebody changed it, so it stays as it is. Ours is in {self.path}.nuevo.",
            )
        )


class Folder(Step):
    """A folder; one that is there keeps its mode and owner."""

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
    """A command on the running system; `done` sees whether it is of no use any more."""

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
    """Packages of Debian."""

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
