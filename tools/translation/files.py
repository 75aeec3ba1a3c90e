"""All the files of a language beside those of the original; nothing is loaded, and half of a language is enough."""

import re
from dataclasses import dataclass, field
from pathlib import Path

from modules.content.declarations.pages import BANK, COURSE, LESSON, LISTS, MODULE, QUIZ
from modules.content.declarations.reading import read_nodes
from modules.content.declarations.shapes import ListOf
from modules.content.declarations.surveys import SURVEY, SURVEY_FILE
from modules.content.loading.reports import Findings, Report

from .differences import Difference
from .values import compare_values

_WHOLE = {"course.yaml": COURSE, SURVEY_FILE: SURVEY}
_OF_MODULES = [
    (re.compile(r"m[1-9]\d?/module\.yaml"), MODULE),
    (re.compile(r"m[1-9]\d?/quiz\.yaml"), QUIZ),
    (re.compile(r"m[1-9]\d?/lesson-[1-9]\d*\.yaml"), LESSON),
]


@dataclass
class ComparedFile:
    """A file with its differences from the original; `is_missing` where the language has none of it yet."""

    name: str
    differences: list[Difference] = field(default_factory=list)
    is_missing: bool = False

    @property
    def faults(self):
        return [one for one in self.differences if one.is_fault]

    @property
    def warnings(self):
        return [one for one in self.differences if not one.is_fault]


def compare_language(directory, language, *, original="es", module=None, is_part=False):
    """Return a ComparedFile for each file of the original, and for each that the language has beyond it.

    `module` such as "m3" looks at that folder alone; of a part of a language nothing is missing.
    """
    folder, source = Path(directory) / language, Path(directory) / original
    names = [name for name in _names_in(source) if _stands_in(name, module)]
    own = [name for name in _names_in(folder) if _stands_in(name, module)]
    compared = [_compare(folder, source, name, language, is_part=is_part) for name in names]
    return compared + [
        ComparedFile(name, [Difference((), "the original has no such file")]) for name in own if name not in names
    ]


def _compare(folder, source, name, language, *, is_part):
    if not (folder / name).exists():
        return ComparedFile(name, is_missing=True)
    shape = _shape_of(name)
    (before, wrong), (now, wrong_now) = (_read(place, name, shape) for place in (source, folder))
    if wrong or wrong_now:
        return ComparedFile(name, [Difference((), str(problem)) for problem in [*wrong, *wrong_now]])
    return ComparedFile(name, list(compare_values(shape, before, now, language, is_part=is_part)))


def _read(folder, name, shape):
    """Return (the value of a file, what is wrong with it in order)."""
    findings = Findings()
    report, value = Report(f"{folder.name}/{name}", findings), None
    if shape is None:
        report.add(0, "The file has no place here. See docs/reference/content-format.md for the names.")
    elif (node := read_nodes((folder / name).read_bytes(), report)) is not None:
        value = shape.read(node, report)
    return value, sorted(findings.problems)


def _shape_of(name):
    if name in _WHOLE:
        return _WHOLE[name]
    if name in LISTS:
        return ListOf(LISTS[name][1], least=0)
    if name in BANK:
        return ListOf(BANK[name], least=0)
    return next((shape for pattern, shape in _OF_MODULES if pattern.fullmatch(name)), None)


def _names_in(folder):
    names = (path.relative_to(folder).as_posix() for path in folder.rglob("*.yaml"))
    return sorted(names, key=lambda name: [int(part) if part.isdigit() else part for part in re.split(r"(\d+)", name)])


def _stands_in(name, module):
    return module is None or name.startswith(f"{module.lower()}/")
