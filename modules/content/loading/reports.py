"""Report of problems, definitions and references in content files."""

from collections import Counter
from dataclasses import dataclass, field

from django.utils.translation import gettext as _

from modules.content.declarations.reading import Problem, read_nodes
from quizzes.base.markup import MAX_CASE_QUESTIONS

_UNKNOWN = {
    "source": lambda: _("Source “%(id)s” is not in sources.yaml. Correct the number or add the source there."),
    "term": lambda: _("The term “%(id)s” is not in glossary.yaml. Correct the id or add the term there."),
    "topic": lambda: _("The topic “%(id)s” is not among the topics of course.yaml. Correct it or add it there."),
    "act": lambda: _("There is no act “%(id)s” in acts.yaml. Correct the id or add the act there."),
    "quiz": lambda: _("There is no quiz “%(id)s”. Its id stands in the first line of a quiz.yaml."),
    "printable": lambda: _("There is no sheet “%(id)s” in printables.yaml. Correct the id or add the sheet there."),
    "case": lambda: _("There is no case “%(id)s” in cases.yaml. Correct the id or add the case there."),
    "lesson": lambda: _("There is no lesson “%(id)s”. Its id stands in the first line of a lesson’s file."),
    "question": lambda: _("There is no question “%(id)s” in any quiz.yaml. Correct the id."),
    "scale": lambda: _("There is no scale “%(id)s” in survey.yaml. Correct the id or add the scale there."),
    "image": lambda: _("There is no image “%(id)s” in the folder “images”. Put it there or correct its name."),
    "photo": lambda: _("There is no photograph “%(id)s” in media/photos.yaml. Correct the id or add it there."),
    "recording": lambda: _("There is no recording “%(id)s” in media/recordings.yaml. Correct the id or add it there."),
    "film": lambda: _("There is no film “%(id)s” in media/films.yaml. Correct the id or add it there."),
    "medium": lambda: _("There is no file “%(id)s” in the folder “media”. Put it there or correct its name."),
    "page": lambda: _("The link leads to “%(id)s”, and there is no such module or lesson. Correct the id."),
}
_DEFINED_AS = {"lesson": "page"}


@dataclass
class Findings:
    problems: set = field(default_factory=set)
    defined: dict = field(default_factory=dict)  # (kind, id) -> (path, line)
    referred: list = field(default_factory=list)  # of (kind, id, path, line)
    unread: set = field(default_factory=set)  # kinds of ids that an unreadable file may define

    def unknown_references(self):
        return {
            Problem(path, line, _UNKNOWN[kind]() % {"id": identifier})
            for kind, identifier, path, line in self.referred
            if _DEFINED_AS.get(kind, kind) not in self.unread
            and (_DEFINED_AS.get(kind, kind), identifier) not in self.defined
        }

    def miscounted_cases(self):
        if "question" in self.unread:
            return set()
        named = Counter(identifier for kind, identifier, _path, _line in self.referred if kind == "case")
        cases = {identifier: place for (kind, identifier), place in self.defined.items() if kind == "case"}
        found = set()
        for identifier, (path, line) in cases.items():
            if not named[identifier]:
                sentence = _("No question has “case: %(id)s”. Write it in two to six questions, or take the case out.")
                found.add(Problem(path, line, sentence % {"id": identifier}))
            elif named[identifier] > MAX_CASE_QUESTIONS:
                sentence = _("%(count)d questions have “case: %(id)s”. At most six share a case.")
                found.add(Problem(path, line, sentence % {"id": identifier, "count": named[identifier]}))
        return found


@dataclass
class Report:
    path: str
    findings: Findings
    found: int = 0

    def add(self, line, sentence):
        self.found += 1
        self.findings.problems.add(Problem(self.path, line, sentence))

    def define(self, kind, identifier, line):
        first = self.findings.defined.setdefault((kind, identifier), (self.path, line))
        if first != (self.path, line):
            sentence = _("The id “%(id)s” is taken: %(path)s, line %(line)d. Give this one another id.")
            self.add(line, sentence % {"id": identifier, "path": first[0], "line": first[1]})

    def refer(self, kind, identifier, line):
        self.findings.referred.append((kind, identifier, self.path, line))


def nodes_in(path, report):
    try:
        return read_nodes(path.read_bytes(), report)
    except FileNotFoundError:
        report.add(0, _("The file is missing. Add it."))
    except OSError as error:
        report.add(0, _("The file cannot be read: %(reason)s.") % {"reason": error.strerror})
    return None
