"""What an import would make, and what is in its way: worked out before anything is written."""

import re
import unicodedata
from dataclasses import dataclass, field

from django.utils import translation
from django.utils.text import slugify
from django.utils.translation import gettext as _

from quizzes.base.identifiers import stable_key
from quizzes.importing.parts.images import find_image_problem
from quizzes.importing.parts.reading import Problem, Reading, ReadQuestion, order_of, say_unknown_kind
from quizzes.kinds import KINDS
from quizzes.kinds.base import DraftProblem
from quizzes.models import Choice, Difficulty, Question, Topic

from .cases import PlannedCase, plan_cases
from .quizzes import PlannedQuiz, plan_quizzes

# As the admin and the content files take it.
_IDENTIFIER = re.compile(r"(?=.{1,40}$)[A-Za-z0-9]+(?:[-_.][A-Za-z0-9]+)*")


@dataclass
class PlannedQuestion:
    """A question of the file and what becomes of it: `new`, `present` (nothing is done) or `refused`."""

    read: ReadQuestion
    identifier: str = ""
    topic: tuple[str, ...] = ()  # the names, outermost first, from the topic of the import on
    present: Question | None = None
    problems: list[Problem] = field(default_factory=list)
    # What an editor has to add, in sentences: the file could not have it.
    unfinished: list[str] = field(default_factory=list)
    twin: "PlannedQuestion | None" = None
    made: Question | None = None

    @property
    def state(self):
        if self.problems:
            return "refused"
        return "present" if self.present or self.twin else "new"

    @property
    def question(self):
        """The question of the bank that it is, once it is written; None for one that is not."""
        return self.present or self.made or (self.twin and self.twin.question)

    @property
    def kind_label(self):
        return KINDS[self.read.kind].label if self.read.kind in KINDS else ""

    @property
    def is_draft(self):
        """Whether it will wait for an editor: it was hidden, lacks something, or its image is described to nobody."""
        no_words = bool(self.read.image and not self.read.image_text)
        return not self.read.published or bool(self.unfinished) or no_words


@dataclass
class Plan:
    """What `write_import` would do. `problems` has everything that can't be imported, in the order of the file."""

    reading: Reading
    locale: object
    topic: Topic | None
    rows: list[PlannedQuestion]
    warnings: list[Problem]
    quizzes: list[PlannedQuiz] = field(default_factory=list)
    cases: list[PlannedCase] = field(default_factory=list)
    # The places of cases that are not wanted, or cases.ALL.
    without_cases: object = ()

    @property
    def problems(self):
        found = [*self.reading.problems, *(problem for row in self.rows for problem in row.problems)]
        return sorted(found, key=lambda problem: order_of(problem.place))

    def rows_that_are(self, state):
        return [row for row in self.rows if row.state == state]


def plan_import(reading, *, locale, topic=None, without_cases=()):
    """Return the Plan of bringing a Reading into the bank of a language.

    With a `topic`, all of it goes into that topic, and the topics of the file become parts of it. The same identifier,
    or the same text with the same options, is the same question: it is there already, and stays as it is.
    `without_cases` are the places of texts that are not to become cases, or `cases.ALL`.
    """
    bank = _Bank(locale)
    with translation.override(locale.language_code):
        for choice in (choice for read in reading.questions for choice in read.choices):
            # «True» and «False» have no words in the file: they take those of the bank.
            choice.text = str(choice.text)
    plan = Plan(reading, locale, topic, [], list(reading.warnings), without_cases=without_cases)
    for read in reading.questions:
        row = PlannedQuestion(read, topic=tuple(name.strip()[:120] for name in read.topic if name.strip()))
        row.problems = [read.problem(sentence) for sentence in find_problems(read)]
        plan.rows.append(row)
        if not row.problems:
            row.unfinished = find_unfinished(read)
            plan.warnings += [read.problem(sentence) for sentence in row.unfinished]
            bank.place(row, topic, plan.warnings)
    plan.cases = plan_cases(plan.rows, locale, without_cases, plan.warnings)
    plan.quizzes = plan_quizzes(reading, locale, plan.warnings)
    return plan


def find_problems(read):
    """Yield a sentence for each thing that keeps a question out of the bank."""
    kind = KINDS.get(read.kind)
    if kind is None:
        yield say_unknown_kind(read.kind)
        return
    if not read.text.strip():
        yield _("The question has no text.")
    yield from (str(sentence) for sentence in _check(read) if not isinstance(sentence, DraftProblem))
    if not 1 <= read.marks <= 100:
        yield _("A question is worth from 1 to 100 points.")
    if read.difficulty and read.difficulty not in Difficulty.values:
        yield _("The difficulty is one of these: %(values)s.") % {"values": ", ".join(Difficulty.values)}
    yield from _find_long_texts(read)
    if any(choice.fraction is not None and not -100 <= choice.fraction <= 100 for choice in read.choices):
        yield _("An option gives from -100 to 100 per cent.")
    if any(choice.tolerance is not None and not 0 <= choice.tolerance < 10**12 for choice in read.choices):
        yield _("A tolerance is a number from 0 up.")
    if read.image and (sentence := find_image_problem(read.image)):
        yield sentence


def find_unfinished(read):
    """Return a sentence for each thing that an editor has to add before a question can be published."""
    until_then = _("Until then it is a draft.")
    return [f"{sentence} {until_then}" for sentence in _check(read) if isinstance(sentence, DraftProblem)]


def _check(read):
    return KINDS[read.kind].check(read.choices, text=read.text, has_image=bool(read.image))


def _find_long_texts(read):
    for name, value, limit in (
        (_("what the image shows"), read.image_text, 300),
        (_("unit"), read.unit, 40),
        *((_("tag"), tag, 100) for tag in read.tags),
    ):
        if len(value) > limit:
            yield _("Too long, more than %(limit)d letters: %(name)s.") % {"name": name, "limit": limit}
    wholes = (read.right_feedback, read.partly_feedback, read.wrong_feedback)
    texts = (read.text, read.feedback, *wholes, *(choice.text + choice.feedback for choice in read.choices))
    if "\x00" in "".join(texts):
        yield _("The text has characters that no text has; the file is damaged.")


class _Bank:
    def __init__(self, locale):
        questions = list(Question.objects.select_related("locale").prefetch_related("choices"))
        # An identifier joins a question to its translation, so a made one must be free in every language.
        self.taken = {question.identifier.casefold() for question in questions}
        ours = [question for question in questions if question.locale_id == locale.pk]
        self.by_identifier = {question.identifier.casefold(): question for question in ours}
        self.by_signature = {_signature_of(question, question.choices.all()): question for question in ours}
        self.planned = {}
        # What each identifier of the file stands for.
        self.given = {}
        self.next_numbers = {}

    def place(self, row, topic, warnings):
        """Find the question in the bank or in the file so far, or give it an identifier of its own."""
        read, signature = row.read, _signature_of(row.read, row.read.choices)
        identifier = self._own_identifier(read, signature, warnings)
        row.present = self.by_identifier.get(identifier.casefold()) or self.by_signature.get(signature)
        if row.present:
            row.identifier = row.present.identifier
            self.given.setdefault(row.identifier.casefold(), signature)
            if _signature_of(row.present, row.present.choices.all()) != signature:
                warnings.append(read.problem(_("It is in the bank with another text, which stays as it is.")))
            return
        if twin := self.planned.get(signature):
            row.twin, row.identifier = twin, twin.identifier
            warnings.append(read.problem(_("It is in the file twice; the first one counts.")))
            return
        row.identifier = self._identify(row, topic, identifier, warnings)
        self.taken.add(row.identifier.casefold())
        self.planned[signature] = row
        self.given[row.identifier.casefold()] = signature

    def _own_identifier(self, read, signature, warnings):
        if self.given.get(read.identifier.casefold(), signature) == signature:
            return read.identifier
        sentence = _("Another question of the file is called “%(identifier)s” too: this one gets a name of its own.")
        warnings.append(read.problem(sentence % {"identifier": read.identifier[:40]}))
        return ""

    def _identify(self, row, topic, identifier, warnings):
        if _IDENTIFIER.fullmatch(identifier):
            return identifier
        if identifier:
            sentence = _(
                "“%(identifier)s” is longer than 40 letters or has other signs than - _ . in it: it gets another."
            )
            warnings.append(row.read.problem(sentence % {"identifier": identifier[:60]}))
        if _IDENTIFIER.fullmatch(row.read.name) and row.read.name.casefold() not in self.taken:
            return row.read.name
        inner = row.topic[-1] if row.topic else topic.identifier if topic else ""
        stem = slugify(inner).upper()[:30].strip("-") or _("QUESTION")
        # Those below were taken when the last one was looked for, and none is given back.
        number = self.next_numbers.get(stem, 1)
        while f"{stem}-{number:03}".casefold() in self.taken:
            number += 1
        self.next_numbers[stem] = number
        return f"{stem}-{number:03}"


def _signature_of(question, choices):
    parts = [question.text, *(part for choice in choices for part in (choice.text, choice.match))]
    belongs = tuple((choice.gap, choice.x, choice.y) for choice in choices)
    return (question.kind, tuple(unicodedata.normalize("NFC", " ".join(part.split())) for part in parts), belongs)


def make_question(row, locale, **fields):
    """Return an unsaved question of the bank with its options as they were read; its image is not in it."""
    read = row.read
    question = Question(
        identifier=row.identifier,
        locale=locale,
        kind=read.kind,
        difficulty=read.difficulty,
        text=read.text,
        image_text=read.image_text,
        marks=read.marks,
        forgives_case=read.forgives_case,
        forgives_accents=read.forgives_accents,
        unit=read.unit,
        marking_guide=read.marking_guide,
        feedback=read.feedback,
        right_feedback=read.right_feedback,
        partly_feedback=read.partly_feedback,
        wrong_feedback=read.wrong_feedback,
        **fields,
    )
    question.choices = _make_choices(read, row.identifier, locale)
    return question


def _make_choices(read, identifier, locale):
    letters = [_letter_of(position) for position in range(len(read.choices))]
    return [
        Choice(
            identifier=letter,
            locale=locale,
            translation_key=stable_key(f"{identifier}/{letter}"),
            sort_order=position,
            text=choice.text,
            match=choice.match,
            is_correct=choice.is_correct,
            fraction=choice.fraction,
            tolerance=choice.tolerance,
            gap=choice.gap,
            x=choice.x,
            y=choice.y,
            radius=choice.radius,
            feedback=choice.feedback,
        )
        for position, (letter, choice) in enumerate(zip(letters, read.choices, strict=True))
    ]


def _letter_of(position):
    return "abcdefghijklmnopqrstuvwxyz"[position] if position < 26 else f"o{position + 1}"
