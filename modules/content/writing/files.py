"""Writes the course of the CMS to content files."""

import os
import re
import tempfile
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import count

import yaml

from modules.content.declarations import pages as shapes
from modules.content.declarations.media import FILE, MEDIA, MEDIA_LISTS
from modules.content.declarations.pages import get_lesson_number
from modules.content.declarations.surveys import SURVEY_FILE
from modules.content.question_images import FOLDER

from .bank import survey_file
from .live import live_course
from .media import media_files


class _Writer(yaml.SafeDumper):
    def ignore_aliases(self, data):
        return True


def _represent_text(writer, text):
    return writer.represent_scalar("tag:yaml.org,2002:str", text, style="|" if "\n" in text else None)


def _represent_number(writer, number):
    text = format(number, "f")
    return writer.represent_scalar(f"tag:yaml.org,2002:{'float' if '.' in text else 'int'}", text)


_Writer.add_representer(str, _represent_text)
_Writer.add_representer(Decimal, _represent_number)


def to_yaml(value):
    return yaml.dump(
        value, Dumper=_Writer, allow_unicode=True, sort_keys=False, width=float("inf"), encoding="utf-8", indent=2
    )


_LIST_FILES = {"source": "sources.yaml", "term": "glossary.yaml"} | {
    "language": "language.yaml",
    "organisation": "directory.yaml",
    "printable": "printables.yaml",
}


class NothingToSave(Exception):
    """The CMS has neither a published course nor a survey in this language."""


class PartlyTranslated(Exception):
    """Some pages of the language are untranslated copies, which content files cannot represent."""


@dataclass
class Saved:
    language: str
    written: list = field(default_factory=list)
    removed: list = field(default_factory=list)
    unchanged: int = 0
    nameless: list = field(default_factory=list)
    foreign: list = field(default_factory=list)


def course_files(live, present_ids=lambda name: []):
    """Return {relative path: value}; `present_ids(name)` gives the order of lists that have none in the CMS."""
    survey = survey_file(live, lambda values, prefix: _in_their_order(values, present_ids(SURVEY_FILE), prefix))
    files = {SURVEY_FILE: survey} if survey else {}
    if "COURSE" not in live.entries or not live.entries["COURSE"].is_public:
        if not files:
            raise NothingToSave
        # A language may have a survey before its course.
        return files
    files["course.yaml"] = _course(live, present_ids("course.yaml"))
    for prefix, name in _LIST_FILES.items():
        files[name] = _in_their_order([entry.value for entry in live.of(prefix)], present_ids(name), prefix)
    placed, in_modules = set(), set()
    for module_id in _public(live, live.orders.get("order:COURSE", [])):
        folder, module = module_id.lower(), live.entries[module_id].value
        lesson_ids = _public(live, live.orders.get(f"order:{module_id}", []))
        names = _lesson_files(module_id, lesson_ids)
        order = [] if lesson_ids == list(names) else lesson_ids
        files[f"{folder}/module.yaml"] = shapes.MODULE.tidy({**module, "lessons": order})
        files |= {f"{folder}/{name}": live.entries[lesson_id].value for lesson_id, name in names.items()}
        if quiz := live.entries.get(f"quiz:{module.get('quiz')}"):
            files[f"{folder}/quiz.yaml"] = _quiz(live, quiz.value, placed)
            in_modules.add(quiz.value["id"])
    return files | _bank(live, in_modules, placed, present_ids)


def save_course(language, directory):
    """Write the live course to `directory/language`; raises NothingToSave, PartlyTranslated."""
    live, folder = live_course(language), directory / language
    if any(getattr(entry.row, "alias_of_id", None) for entry in live.entries.values()):
        raise PartlyTranslated
    files = course_files(live, lambda name: _ids_in(folder / name))
    saved = Saved(language, nameless=[page.title for page in live.nameless])
    for name, value in files.items():
        if _write(folder / name, to_yaml(value)):
            saved.written.append(name)
        else:
            saved.unchanged += 1
    for name, image in live.images().items():
        if _write(folder / FOLDER / name, _bytes_of(image.file)):
            saved.written.append(f"{FOLDER}/{name}")
    _save_media(live, directory / MEDIA, saved)
    for name in shapes.BANK if "course.yaml" in files else ():
        if name not in files and (folder / name).exists():
            (folder / name).unlink()
            saved.removed.append(name)
    for path in sorted(folder.glob("m*/lesson-*.yaml")):
        name = path.relative_to(folder).as_posix()
        if f"{path.parent.name}/module.yaml" in files and name not in files and re.search(r"/lesson-\d+\.yaml$", name):
            path.unlink()
            saved.removed.append(name)
    modules = {path.parent.name for path in folder.glob("m*/module.yaml")}
    if "course.yaml" in files:
        saved.foreign = sorted(name for name in modules if f"{name}/module.yaml" not in files)
    return saved


def _save_media(live, folder, saved):
    lists, files = media_files(live)
    contents = {name: to_yaml(values) for name, values in lists.items()}
    for name, file in files.items():
        contents[name] = file if isinstance(file, bytes) else _bytes_of(file)
    for name, content in contents.items():
        if _write(folder / name, content):
            saved.written.append(f"../{MEDIA}/{name}")
    for path in sorted(folder.glob("*")):
        if path.name not in contents and path.is_file() and (path.name in MEDIA_LISTS or FILE.fullmatch(path.name)):
            path.unlink()
            saved.removed.append(f"../{MEDIA}/{path.name}")


def _bank(live, in_modules, placed, present_ids):
    quizzes = [entry.value for entry in live.of("quiz") if entry.value["id"] not in in_modules]
    quizzes = _in_their_order(quizzes, present_ids("quizzes.yaml"), "quiz")
    files = {"quizzes.yaml": [_quiz(live, quiz, placed) for quiz in quizzes]}
    others = [entry.value for name, entry in live.questions() if name not in placed and entry.is_public]
    others = _in_their_order(others, present_ids("questions.yaml"), "question")
    files["questions.yaml"] = [_without_digest(value) for value in others]
    asked = {entry.value.get("case") for _name, entry in live.questions() if entry.is_public}
    cases = [_without_digest(entry.value) for entry in live.of("case") if entry.value["id"] in asked]
    files["cases.yaml"] = _in_their_order(cases, present_ids("cases.yaml"), "case")
    files["acts.yaml"] = _in_their_order([entry.value for entry in live.of("act")], present_ids("acts.yaml"), "act")
    return {name: values for name, values in files.items() if values}


def _without_digest(value):
    return {key: inner for key, inner in value.items() if key != "image_digest"}


def _course(live, present):
    topics = _in_their_order([entry.value for entry in live.of("topic")], present, "topic")
    return shapes.COURSE.tidy({**live.entries["COURSE"].value, "topics": topics})


def _quiz(live, quiz, placed):
    questions = []
    for identifier in quiz["questions"]:
        same = {"same_as": identifier}
        questions.append(same if identifier in placed else _without_digest(live.entries[identifier].value))
        placed.add(identifier)
    return {**quiz, "questions": questions} if questions else {k: v for k, v in quiz.items() if k != "questions"}


def _lesson_files(module_id, lesson_ids):
    """Return {id: name of its file} in the order of the files."""
    own = [identifier for identifier in lesson_ids if identifier.startswith(f"{module_id}-")]
    names = {get_lesson_number(identifier): identifier for identifier in own}
    for identifier in sorted(set(lesson_ids) - set(own)):
        free = count(get_lesson_number(identifier))
        names[next(number for number in free if number not in names)] = identifier
    return {names[number]: f"lesson-{number}.yaml" for number in sorted(names)}


def _public(live, ids):
    return [identifier for identifier in ids if live.entries[identifier].is_public]


def _in_their_order(values, present, prefix):
    if prefix in ("language", "organisation", "printable"):
        return values
    place = {identifier: position for position, identifier in enumerate(present)}
    return sorted(values, key=lambda value: place.get(value["id"], len(place)))


def _ids_in(path):
    try:
        return re.findall(r"^- id: (\S+)$", path.read_text(encoding="utf-8"), re.MULTILINE)
    except (OSError, UnicodeDecodeError):
        return []


def _bytes_of(file):
    with file.open("rb") as stream:
        return stream.read()


def _write(path, content):
    if path.exists() and path.read_bytes() == content:
        return False
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        os.chmod(temporary, path.stat().st_mode & 0o777 if path.exists() else 0o644)
        os.replace(temporary, path)
    except BaseException:
        os.unlink(temporary)
        raise
    return True
