"""A whole site of django-quiz-app as a Reading."""

from dataclasses import dataclass, field

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from quizzes.importing.parts.reading import Problem, Reading, ReadQuiz

from .dump import Dump
from .questions import OldQuestion, read_questions
from .quizzes import read_quizzes

# What papers of attempts that were taken there say of themselves.
ORIGIN = "django-quiz-app"


@dataclass
class OldSite(Reading):
    """A Reading that also knows the questions and quizzes by their old keys, and the rows about people."""

    dump: Dump = field(default_factory=Dump)
    old_questions: dict[str, OldQuestion] = field(default_factory=dict)
    old_quizzes: dict[str, ReadQuiz] = field(default_factory=dict)
    # Pairs of (OldQuestion, the warning that its image is not in the file).
    figures: list = field(default_factory=list)


def read_site(dump):
    """Return the OldSite of a Dump; its images are not in it (see media.py), so their questions wait as drafts."""
    site = OldSite(dump=dump)
    site.old_questions = read_questions(dump, site)
    site.old_quizzes = read_quizzes(dump, site.old_questions, site)
    for old in site.old_questions.values():
        if old.figure:
            old.read.published = False
            site.figures.append((old, old.read.problem(_missing(old.figure))))
            site.warnings.append(site.figures[-1][1])
    if dump.unreadable:
        sentence = ngettext(
            "%(n)d entry of the file is no row of a database and was left out.",
            "%(n)d entries of the file are no rows of a database and were left out.",
            dump.unreadable,
        )
        site.warnings.append(Problem("", "", sentence % {"n": dump.unreadable}))
    if people := len(dump.of("quiz.sitting")):
        site.apart.append(
            ngettext(
                "%(n)d sitting of a person is in the file. It comes over only with the command import_questions, which"
                " is told whose it is.",
                "%(n)d sittings of people are in the file. They come over only with the command import_questions,"
                " which is told whose they are.",
                people,
            )
            % {"n": people}
        )
    return site


def _missing(figure):
    return _("Its image “%(name)s” is not in the file: the question waits as a draft without it.") % {
        "name": figure[:80]
    }
