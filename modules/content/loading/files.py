"""Reads and validates all content files of a language."""

import re
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from django.utils.translation import gettext as _

from modules.content.declarations.bank import IMAGE
from modules.content.declarations.media import MEDIA
from modules.content.declarations.pages import BANK, COURSE, LESSON, LISTS, MODULE, QUIZ, get_lesson_number
from modules.content.declarations.reading import ContentError
from modules.content.declarations.shapes import WRONG, ListOf, line_of, nodes_of
from modules.content.declarations.surveys import SURVEY, SURVEY_FILE
from modules.content.question_images import FOLDER, digest_of_file
from quizzes.importing.parts.images import find_image_problem, suffix_of
from quizzes.importing.parts.reading import ReadImage

from .media import read_media
from .reports import Findings, Report, nodes_in

_KNOWN = re.compile(
    r"(course|sources|glossary|language|directory|printables|acts|cases|questions|quizzes|survey)\.yaml|m[1-9]\d?/(module|quiz|lesson-[1-9]\d*)\.yaml"
)

_DEFINED_IN = {
    "course": {"page", "topic"},
    "sources": {"source"},
    "glossary": {"term"},
    "language": set(),
    "directory": set(),
    "printables": {"printable"},
    "module": {"page"},
    "lesson": {"page"},
    "quiz": {"quiz", "question"},
    "acts": {"act"},
    "cases": {"case"},
    "questions": {"question"},
    "quizzes": {"quiz", "question"},
    "survey": {"scale", "theme", "statement"},
}


@dataclass
class ModuleText:
    module: dict
    lessons: list
    quiz: dict | None


@dataclass
class CourseText:
    """The course in one language; `lists` and `media` map file names to entries, `images` names to paths."""

    language: str
    course: dict
    modules: list = field(default_factory=list)
    lists: dict = field(default_factory=dict)
    acts: list = field(default_factory=list)
    cases: list = field(default_factory=list)
    questions: list = field(default_factory=list)
    quizzes: list = field(default_factory=list)
    images: dict = field(default_factory=dict)
    survey: dict | None = None
    media: dict = field(default_factory=dict)
    media_files: dict = field(default_factory=dict)

    def all_quizzes(self):
        return [module.quiz for module in self.modules if module.quiz] + self.quizzes

    def all_questions(self):
        asked = (question for quiz in self.all_quizzes() for question in quiz.get("questions", []))
        return [question for question in asked if "id" in question] + self.questions


def languages_in(directory):
    folders = (path for path in directory.iterdir() if path.is_dir() and path.name != MEDIA)
    return sorted(path.name for path in folders if any(path.rglob("*.yaml")))


def read_course(directory, language):
    """Return the CourseText of `directory/language`, or raise ContentError with every problem of every file."""
    return _CourseReader(Path(directory), language).read()


class _CourseReader:
    def __init__(self, directory, language):
        self.folder = directory / language
        self.media = directory / MEDIA
        self.shown = f"{directory.name}/{language}"
        self.findings = Findings()
        self.language = language

    def read(self):
        survey = self.read_file(SURVEY_FILE, SURVEY) if (self.folder / SURVEY_FILE).exists() else None
        if survey is not None and self.is_alone(SURVEY_FILE):
            self.refuse_problems()
            return CourseText(self.language, {}, survey=survey)
        course = self.read_file("course.yaml", COURSE)
        lists = {name: self.read_file(name, ListOf(shape, least=0)) for name, (_kind, shape) in LISTS.items()}
        modules = [self.read_module(folder) for folder in self.module_folders()]
        bank = {name: self.read_bank(name, shape) for name, shape in BANK.items()}
        images = self.read_images()
        media, media_files = read_media(self.media, self.findings)
        self.refuse_unknown_files()
        self.refuse_problems()
        named = {name.removesuffix(".yaml"): entries for name, entries in bank.items()}
        text = CourseText(self.language, course, modules, lists, images=images, survey=survey, **named)
        text.media, text.media_files = media, media_files
        for thing in [*text.cases, *text.all_questions()]:
            if "image" in thing:
                # The digest notices another picture under the same name.
                thing["image_digest"] = digest_of_file(images[thing["image"]].read_bytes())
        return text

    def refuse_problems(self):
        problems = self.findings.problems | self.findings.unknown_references() | self.findings.miscounted_cases()
        if problems:
            raise ContentError(problems)

    def is_alone(self, name):
        return [path.relative_to(self.folder).as_posix() for path in self.folder.rglob("*.y*ml")] == [name]

    def read_bank(self, name, shape):
        return self.read_file(name, ListOf(shape, least=0)) if (self.folder / name).exists() else []

    def read_images(self):
        found = {}
        for path in sorted((self.folder / FOLDER).glob("*")):
            report = Report(f"{self.shown}/{FOLDER}/{path.name}", self.findings)
            try:
                image = ReadImage(path.name, path.read_bytes())
            except OSError as error:
                report.add(0, _("The file cannot be read: %(reason)s.") % {"reason": error.strerror})
                continue
            report.define("image", path.name, 0)
            if sentence := find_image_problem(image):
                report.add(0, sentence)
            elif not re.fullmatch(IMAGE, path.name) or suffix_of(image.content) != path.suffix:
                sentence = _("Call it by small letters, digits and hyphens, and end it in %(suffix)s.")
                report.add(0, sentence % {"suffix": suffix_of(image.content)})
            found[path.name] = path
        return found

    def module_folders(self):
        names = [path.name for path in self.folder.glob("m*/") if re.fullmatch(r"m[1-9]\d?", path.name)]
        return sorted(names, key=lambda name: int(name[1:]))

    def read_module(self, folder):
        lessons = [self.read_lesson(folder, name) for name in self.lesson_names(folder)]
        module = self.read_file(f"{folder}/module.yaml", MODULE, partial(_check_module, folder.upper(), lessons))
        if module is not WRONG and (order := module.pop("lessons", [])):
            known = [lesson for lesson in lessons if lesson is not WRONG and lesson["id"] in order]
            lessons = sorted(known, key=lambda lesson: order.index(lesson["id"]))
        has_quiz = (self.folder / folder / "quiz.yaml").exists()
        quiz = self.read_file(f"{folder}/quiz.yaml", QUIZ) if has_quiz else None
        return ModuleText(module, lessons, quiz)

    def read_lesson(self, folder, name):
        return self.read_file(f"{folder}/{name}", LESSON, partial(_check_name_of_lesson, folder.upper(), name))

    def lesson_names(self, folder):
        names = [path.name for path in (self.folder / folder).glob("lesson-*.yaml")]
        return sorted((name for name in names if re.fullmatch(r"lesson-[1-9]\d*\.yaml", name)), key=_number_of)

    def read_file(self, name, shape, check=None):
        """Return the value of the file, or WRONG after reporting. `check(value, node, report)` checks the whole."""
        report = Report(f"{self.shown}/{name}", self.findings)
        node = nodes_in(self.folder / name, report)
        if node is None:
            return self.unread(name)
        value = shape.read(node, report)
        if value is not WRONG and check:
            check(value, node, report)
        return value

    def unread(self, name):
        """Note that this file's definitions are unknown, so that references to them are not reported."""
        self.findings.unread |= _DEFINED_IN[re.search(r"(\w+)(-\d+)?\.yaml$", name).group(1)]
        return WRONG

    def refuse_unknown_files(self):
        for path in self.folder.rglob("*.y*ml"):
            name = path.relative_to(self.folder).as_posix()
            if not _KNOWN.fullmatch(name):
                sentence = _("The file has no place here. See docs/reference/content-format.md for the names.")
                Report(f"{self.shown}/{name}", self.findings).add(0, sentence)


def _check_module(identifier, lessons, module, node, report):
    if module["id"] != identifier:
        sentence = _("The id “%(id)s” does not fit the folder. It must be %(expected)s.")
        report.add(line_of(node, "id"), sentence % {"id": module["id"], "expected": identifier})
    if f"M{module['number']}" != module["id"]:
        sentence = _("The number %(number)d does not fit the id “%(id)s”.")
        report.add(line_of(node, "number"), sentence % {"number": module["number"], "id": module["id"]})
    if "lessons" in module and WRONG not in lessons:
        _check_order(module["lessons"], [lesson["id"] for lesson in lessons], node, report)


def _check_order(order, present, node, report):
    for identifier, item in zip(order, nodes_of(node, "lessons"), strict=True):
        if identifier not in present:
            sentence = _("There is no lesson “%(id)s” in this folder. Correct the id, or take the line out.")
            report.add(item.line, sentence % {"id": identifier})
    for identifier in present:
        if identifier not in order:
            sentence = _("The lesson “%(id)s” is missing in the list. Add it at its place.")
            report.add(line_of(node, "lessons"), sentence % {"id": identifier})


def _check_name_of_lesson(module_id, name, lesson, node, report):
    # A lesson of another module has a number that is free here.
    if lesson["id"].startswith(f"{module_id}-") and get_lesson_number(lesson["id"]) != _number_of(name):
        sentence = _("The id “%(id)s” does not fit the name of the file. It must be %(expected)s.")
        expected = f"{module_id}-L{_number_of(name)}"
        report.add(line_of(node, "id"), sentence % {"id": lesson["id"], "expected": expected})


def _number_of(name):
    return int(re.search(r"\d+", name).group())
