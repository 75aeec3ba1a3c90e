"""What is wrong with the content files: every problem with its file, its line and what to do."""

from dataclasses import dataclass

from django.utils.translation import gettext as _


@dataclass(frozen=True, order=True)
class Problem:
    """Something wrong in a file. `line` counts from 1; 0 means the file as a whole."""

    path: str
    line: int
    sentence: str

    def __str__(self):
        if not self.line:
            return f"{self.path}: {self.sentence}"
        return _("%(path)s, line %(line)d: %(sentence)s") % {
            "path": self.path,
            "line": self.line,
            "sentence": self.sentence,
        }


class ContentError(Exception):
    """The files cannot be loaded; `problems` says everything that is wrong with them."""

    def __init__(self, problems):
        self.problems = sorted(problems)
        super().__init__("\n".join(map(str, self.problems)))
