"""The formats of files with questions. A new one is a module here, and nothing else: it is found by being here.

A module has `name` (of the option --format), `label`, `suffixes` (".xml", …), `sniff(content)`, which says whether the
bytes look like it, and `read(content)`, which returns a Reading or raises UnreadableFile. Both take bytes as they came:
they may be anything at all.
"""

import pkgutil
from importlib import import_module

from django.utils.translation import gettext as _

from quizzes.importing.parts.reading import UnreadableFile

# More than a bank of thousands of questions with images; a file is read as a whole.
LARGEST = 20 * 1024 * 1024


def _find_formats():
    modules = [import_module(f"{__name__}.{found.name}") for found in pkgutil.iter_modules(__path__)]
    return {module.name: module for module in modules}


def refuse_size(size):
    """Raise UnreadableFile when a file of so many bytes is too large: ask before reading it into memory."""
    if size > LARGEST:
        raise UnreadableFile(
            _("The file has %(size)d MB and the limit is %(limit)d MB. Export it in parts, by category for example.")
            % {"size": -(-size // 1024**2), "limit": LARGEST // 1024**2}
        )


def read_file(content, *, name="", format_name="auto"):
    """Return the Reading of a file's bytes; `name` is its name, which helps to find the format.

    Raises UnreadableFile when the file as a whole can't be read.
    """
    refuse_size(len(content))
    if not content.strip(b"\x00 \t\r\n"):
        raise UnreadableFile(_("The file is empty."))
    return find_format(content, name=name, format_name=format_name).read(content)


def find_format(content, *, name="", format_name="auto"):
    """Return the format that was asked for, or the one that the bytes look like; raises UnreadableFile."""
    if format_name != "auto":
        return FORMATS[format_name]
    alike = [module for module in FORMATS.values() if module.sniff(content)]
    by_name = [module for module in alike if name.lower().endswith(tuple(module.suffixes))]
    if not alike:
        raise UnreadableFile(
            _("The file looks like none of the formats we can read: %(formats)s.")
            % {"formats": ", ".join(sorted(str(module.label) for module in FORMATS.values()))}
        )
    return (by_name or alike)[0]


FORMATS = _find_formats()
