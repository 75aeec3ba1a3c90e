"""Registry of question kinds (docs/how-to/add-a-question-kind.md)."""

from importlib import import_module
from inspect import getmembers, isclass
from pkgutil import iter_modules

from .base import Kind


def discover():
    """Return {name: kind} of the modules in this package, ordered by `place`."""
    modules = [import_module(f"{__name__}.{found.name}") for found in iter_modules(__path__)]
    kinds = [
        member()
        for module in modules
        for _name, member in getmembers(module, isclass)
        # Modules import one another's classes; only a module's own classes count.
        if issubclass(member, Kind) and member.name and member.__module__ == module.__name__
    ]
    return {kind.name: kind for kind in sorted(kinds, key=lambda kind: (kind.place, kind.name))}


KINDS = discover()
SCORED = [kind.name for kind in KINDS.values() if kind.scored]
AUTO_MARKED = [kind.name for kind in KINDS.values() if kind.scored and not kind.marked_by_hand]


def get_kind(item):
    return KINDS[item["kind"]]


def choices():
    return [(kind.name, kind.label) for kind in KINDS.values()]
