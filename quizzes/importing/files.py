"""Files of questions named on the command line."""

import sys

from django.utils.translation import gettext as _

from quizzes.importing.parts.reading import UnreadableFile

from .formats import LARGEST, refuse_size


def read_bytes(path):
    """Read a file, or standard input for `-`; raises UnreadableFile, also if it is too large."""
    if str(path) == "-":
        return _read_input()
    if path.is_dir():
        raise UnreadableFile(_("“%(path)s” is a folder. Name one file in it.") % {"path": path})
    try:
        refuse_size(path.stat().st_size)
        with path.open("rb") as stream:
            return _read_at_most(stream)
    except FileNotFoundError:
        raise UnreadableFile(_("There is no file “%(path)s”.") % {"path": path}) from None
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", "") or str(error)
        sentence = _("“%(path)s” can’t be read: %(reason)s.")
        raise UnreadableFile(sentence % {"path": path, "reason": reason}) from None


def _read_input():
    if sys.stdin is None or sys.stdin.isatty():
        raise UnreadableFile(_("Nothing comes in: “-” reads what another command writes. Name a file instead."))
    return _read_at_most(sys.stdin.buffer)


def _read_at_most(stream):
    content = stream.read(LARGEST + 1)
    refuse_size(len(content))
    return content
