"""Registry of import formats, discovered in the modules of this package.
A module has `name`, `label`, `suffixes` (".xml", …), `sniff(content)`, which says whether any bytes look like it, and
`read(content)`, which returns a Reading or raises UnreadableFile.
"""

import pkgutil
from importlib import import_module

from django.utils.translation import gettext as _

from quizzes.importing.parts.reading import UnreadableFile

LARGEST = 20 * 1024 * 1024
_modules = [import_module(f"{__name__}.{found.name}") for found in pkgutil.iter_modules(__path__)]
FORMATS = {module.name: module for module in _modules}


def refuse_size(size):
    if size > LARGEST:
        raise UnreadableFile(
            _("The file has %(size)d MB and the limit is %(limit)d MB. Export it in parts, by category for example.")
            % {"size": -(-size // 1024**2), "limit": LARGEST // 1024**2}
        )


def read_file(content, *, name="", format_name="auto"):
    """Return the Reading of a file; its `name` helps to find the format. Raises UnreadableFile."""
    refuse_size(len(content))
    if not content.strip(b"\x00 \t\r\n"):
        raise UnreadableFile(_("The file is empty."))
    return find_format(content, name=name, format_name=format_name).read(content)


def find_format(content, *, name="", format_name="auto"):
    """Return the named or detected format; raises UnreadableFile."""
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
