"""Archive of a backup: a plain tar, written and read as a stream."""

import hashlib
import tarfile
from datetime import datetime

from .exceptions import BackupError

_BLOCK = 512
_PIECE = 1024 * 1024
_LONGEST_NAME = 4096
_LONG_NAME = b"L"
_DAMAGED = "El archivo está dañado / the file is damaged: {}."


def pack(members, manifest_of, *, moment: datetime):
    """Yield the bytes of a tar of `members`: (name, size, open file) each.

    The last member is what `manifest_of` returns, (name, bytes), for {name: {"size", "sha256"}} of all others.
    """
    found = {}
    for name, size, file in members:
        digest = hashlib.sha256()
        yield _head(name, size, moment)
        left = size
        while left:
            piece = file.read(min(_PIECE, left))
            if not piece:
                raise BackupError(f"Se acortó mientras se copiaba / it became shorter while it was copied: {name}")
            digest.update(piece)
            left -= len(piece)
            yield piece
        yield _padding(size)
        found[name] = {"size": size, "sha256": digest.hexdigest()}
    name, manifest = manifest_of(found)
    yield _head(name, len(manifest), moment) + manifest + _padding(len(manifest))
    yield bytes(2 * _BLOCK)


def unpack(stream):
    """Yield (name, size, file) of each member; unread bytes are skipped.

    Raises `BackupError` for anything that `pack` would not have written, such as links or paths outside.
    """
    seen, name = set(), None
    while block := _read(stream, _BLOCK):
        if not any(block):
            if name or any(map(any, iter(lambda: stream.read(_PIECE), b""))):
                raise BackupError(_DAMAGED.format("hay algo después del final / something follows the end"))
            return
        try:
            head = tarfile.TarInfo.frombuf(block, "utf-8", "surrogateescape")
        except tarfile.HeaderError as error:
            raise BackupError(_DAMAGED.format(error)) from error
        if head.type == _LONG_NAME and name is None and 0 < head.size <= _LONGEST_NAME:
            name = _read(stream, head.size).rstrip(b"\0").decode("utf-8", "surrogateescape")
            _read(stream, len(_padding(head.size)))
            continue
        name = name or head.name
        if head.type != tarfile.REGTYPE or head.size < 0 or not _stays_inside(name) or name in seen:
            raise BackupError(_DAMAGED.format(f"{name!r} no es de un respaldo / is not of a backup"))
        seen.add(name)
        member = _Member(stream, head.size)
        yield name, head.size, member
        while member.read(_PIECE):
            pass
        _read(stream, len(_padding(head.size)))
        name = None
    raise BackupError(_DAMAGED.format("le falta el final / its end is missing"))


class _Member:
    def __init__(self, stream, size):
        self.stream, self.left = stream, size

    def read(self, size):
        piece = _read(self.stream, min(size, self.left))
        self.left -= len(piece)
        return piece


def _head(name, size, moment):
    head = tarfile.TarInfo(name)
    head.size, head.mode, head.mtime = size, 0o600, int(moment.timestamp())
    return head.tobuf(tarfile.GNU_FORMAT, "utf-8", "surrogateescape")


def _padding(size):
    return bytes(-size % _BLOCK)


def _read(stream, size):
    content = stream.read(size)
    if len(content) != size:
        raise BackupError(_DAMAGED.format("le falta el final / its end is missing"))
    return content


def _stays_inside(name):
    return "\0" not in name and "\\" not in name and all(part not in ("", ".", "..") for part in name.split("/"))
