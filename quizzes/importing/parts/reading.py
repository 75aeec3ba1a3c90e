"""Contents of a file of questions, independent of its format and of the bank."""

import re
import uuid
from dataclasses import dataclass, field, replace
from decimal import ROUND_HALF_UP, Decimal

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from quizzes.base.formats import quote
from quizzes.exceptions import QuizError
from quizzes.kinds.typed import parse_number as read_typed_number

MOST_QUESTIONS, MOST_TEXTS, MOST_LETTERS = 5_000, 100_000, 10_000_000
MOST_IN_ONE = 500
MOST_TOLD = 2_000
_OPINIONS = re.compile(r"likert|opini[oó]n|encuesta|survey", re.IGNORECASE)


class UnreadableFile(QuizError):
    """The file as a whole is refused; `str(error)` is the message for the user."""

    def __init__(self, sentence):
        super().__init__(sentence)
        self.sentence = sentence


class Skipped(Exception):
    """A question cannot be imported; `str(error)` is the reason."""


@dataclass(frozen=True)
class Problem:
    """A message about a place of a file, such as «línea 12», which may be empty."""

    place: str
    name: str
    sentence: str

    def __str__(self):
        where = " ".join(part for part in (self.place, quote(self.name) if self.name else "") if part)
        return f"{where}: {self.sentence}" if where else self.sentence


@dataclass(frozen=True)
class ReadImage:
    """An image; after `look_at`, with a thumbnail or a problem."""

    name: str
    content: bytes
    looked_at: bool = False
    problem: str = ""
    small: bytes = b""  # WebP


@dataclass
class ReadChoice:
    """An option, step, pair or accepted answer with the fields of `Choice`, so that a kind can check it."""

    text: str
    is_correct: bool = False
    fraction: Decimal | None = None  # per cent
    feedback: str = ""
    match: str = ""
    tolerance: Decimal | None = None
    gap: int | None = None
    x: Decimal | None = None  # per cent of the picture's width
    y: Decimal | None = None  # per cent of the picture's height
    radius: Decimal | None = None  # per cent of the picture's width


@dataclass
class ReadCase:
    """A case; its questions refer to the same object."""

    place: str
    title: str
    text: str = ""
    identifier: str = ""
    dialogue: str = ""
    image: ReadImage | None = None
    image_text: str = ""

    def problem(self, sentence):
        return Problem(self.place, self.title[:60], str(sentence))


@dataclass
class ReadQuestion:
    """`identifier` comes from the file (idnumber), `name` is a title; `topic` is a path, outermost first."""

    place: str
    kind: str
    text: str
    name: str = ""
    identifier: str = ""
    choices: list[ReadChoice] = field(default_factory=list)
    feedback: str = ""
    topic: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    difficulty: str = ""
    marks: int = 1
    image: ReadImage | None = None
    image_text: str = ""
    forgives_case: bool = True
    forgives_accents: bool = True
    unit: str = ""
    marking_guide: str = ""
    right_feedback: str = ""
    partly_feedback: str = ""
    wrong_feedback: str = ""
    case: ReadCase | None = None
    # Other kinds that the file may mean: see percent.read_as.
    either: tuple[str, ...] = ()
    published: bool = True

    def problem(self, sentence):
        return Problem(self.place, self.name or self.identifier or self.text[:60], str(sentence))


@dataclass
class ReadQuiz:
    """`key` is the same whenever the same file is read; `settings` are fields of Quiz."""

    place: str
    title: str
    slug: str
    key: uuid.UUID
    topic: tuple[str, ...] = ()
    questions: list[ReadQuestion] = field(default_factory=list)
    settings: dict = field(default_factory=dict)
    published: bool = True

    def problem(self, sentence):
        return Problem(self.place, self.title[:60], str(sentence))


@dataclass
class Reading:
    questions: list[ReadQuestion] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    warnings: list[Problem] = field(default_factory=list)
    quizzes: list[ReadQuiz] = field(default_factory=list)  # of the formats that have any

    def say_that_accents_are_forgiven(self):
        """Warn once if there are short answers: Moodle compares accents, this site does not."""
        if any(question.kind == "short_text" for question in self.questions):
            sentence = _("Short answers forgive accents here, as they don’t in Moodle. A question can say otherwise.")
            self.warnings.append(Problem("", "", sentence))


def refuse_long_readings(reading):
    """Raise UnreadableFile for too many questions, and keep only the first of many warnings."""
    texts = [text for question in reading.questions for text in _texts_of(question)]
    if (
        len(reading.questions) + len(reading.quizzes) > MOST_QUESTIONS
        or any(len(_texts_of(question)) > MOST_IN_ONE for question in reading.questions)
        or len(texts) > MOST_TEXTS
        or sum(map(len, texts)) > MOST_LETTERS
    ):
        raise UnreadableFile(
            _("The file has more questions, or more in them, than one can look through. Export it in parts.")
        )
    reading.problems, reading.warnings = _first_of(reading.problems), _first_of(reading.warnings)


def _texts_of(question):
    texts = [question.name, question.identifier, question.text, question.feedback, question.image_text]
    texts += [question.marking_guide, question.unit, *question.topic, *question.tags]
    texts += [question.right_feedback, question.partly_feedback, question.wrong_feedback]
    if question.case:
        texts += [question.case.title, question.case.text, question.case.dialogue, question.case.image_text]
    for choice in question.choices:
        texts += [str(choice.text), choice.match, choice.feedback]
    return [text for text in texts if text]


def _first_of(remarks):
    kept = [replace(remark, name=remark.name[:200], sentence=remark.sentence[:2_000]) for remark in remarks[:MOST_TOLD]]
    if left := len(remarks) - len(kept):
        rest = ngettext("%(n)d more remark is left out.", "%(n)d more remarks are left out.", left) % {"n": left}
        kept.append(Problem("", "", rest))
    return kept


def say_unknown_kind(kind):
    if _OPINIONS.search(kind):
        return _("“%(kind)s” asks for an opinion and has no right answer: it belongs in a survey, not in a quiz.") % {
            "kind": kind[:60]
        }
    return _("There is no kind of question “%(kind)s” here.") % {"kind": kind[:60]}


def at_line(number):
    return _("line %(number)d") % {"number": number}


def at_row(number):
    return _("row %(number)d") % {"number": number}


def order_of(place):
    """Return the sort key of a place: file by file, and line 9 before line 12."""
    return [(part.isdigit(), int(part) if part.isdigit() else 0, part) for part in re.split(r"([0-9]+)", place)]


def read_number(text, unit=""):
    """Return the Decimal of a number as people write it here («12,345», «37,5»), or None."""
    number = read_typed_number(str(text), unit)
    if number is None or not -(10**15) < number < 10**15:
        return None
    return Decimal(number.numerator) / Decimal(number.denominator)


def read_marks(text):
    """Return the points from 1 to 100, and a sentence if the file has another number."""
    points = read_number(text)
    if points is None:
        return 1, _("“%(points)s” is no number of points, so the question is worth 1.") % {"points": str(text)[:20]}
    whole = min(max(int(points.to_integral_value(ROUND_HALF_UP)), 1), 100) if abs(points) < 10_000 else 100
    if whole == points:
        return whole, ""
    return whole, _("Points are whole numbers from 1 to 100 here: %(points)s became %(whole)d.") % {
        "points": format(points.normalize(), "f")[:20],
        "whole": whole,
    }
