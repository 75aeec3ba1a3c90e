"""The kinds of question: every module of this package that holds one is found by itself.

A new kind is a file here and a template: see docs/how-to/add-a-question-kind.md.
"""

from importlib import import_module
from inspect import getmembers, isclass
from pkgutil import iter_modules

from .base import Kind


def discover():
    """Return {name: kind} of the kinds in this package's modules, as `place` orders them."""
    modules = [import_module(f"{__name__}.{found.name}") for found in iter_modules(__path__)]
    kinds = [
        member()
        for module in modules
        for _name, member in getmembers(module, isclass)
        # Modules import one another's classes to extend them: only what a module defines itself is its own.
        if issubclass(member, Kind) and member.name and member.__module__ == module.__name__
    ]
    return {kind.name: kind for kind in sorted(kinds, key=lambda kind: (kind.place, kind.name))}


KINDS = discover()
SCORED = [kind.name for kind in KINDS.values() if kind.scored]
# Of these the person reads at once whether the answer was right.
MARKED_AT_ONCE = [kind.name for kind in KINDS.values() if kind.scored and not kind.marked_by_hand]


def kind_of(item):
    """Return the kind of a paper's item."""
    return KINDS[item["kind"]]


def choices():
    """Return the kinds as choices of a field."""
    return [(kind.name, kind.label) for kind in KINDS.values()]
