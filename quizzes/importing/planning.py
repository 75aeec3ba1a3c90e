"""Plan of an import: what it would create, and what prevents it."""

import string
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

from .cases import IDENTIFIER, PlannedCase, plan_cases
from .quizzes import PlannedQuiz, plan_quizzes


@dataclass
class PlannedQuestion:
    """The state is `new`, `present` (nothing is done) or `refused`."""

    read: ReadQuestion
    identifier: str = ""
    topic: tuple[str, ...] = ()  # the names, outermost first, from the topic of the import on
    present: Question | None = None
    problems: list[Problem] = field(default_factory=list)
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
        """Return the question of the bank, or None before it is written."""
        return self.present or self.made or (self.twin and self.twin.question)

    @property
    def kind_label(self):
        return KINDS[self.read.kind].label if self.read.kind in KINDS else ""

    @property
    def is_draft(self):
        """Return whether it becomes a draft: hidden, incomplete, or with an image without description."""
        no_words = bool(self.read.image and not self.read.image_text)
        return not self.read.published or bool(self.unfinished) or no_words


@dataclass
class Plan:
    """`problems` has everything that cannot be imported, in the order of the file."""

    reading: Reading
    locale: object
    topic: Topic | None
    rows: list[PlannedQuestion]
    warnings: list[Problem]
    quizzes: list[PlannedQuiz] = field(default_factory=list)
    cases: list[PlannedCase] = field(default_factory=list)
    without_cases: object = ()

    @property
    def problems(self):
        found = [*self.reading.problems, *(problem for row in self.rows for problem in row.problems)]
        return sorted(found, key=lambda problem: order_of(problem.place))

    def rows_that_are(self, state):
        return [row for row in self.rows if row.state == state]


def plan_import(reading, *, locale, topic=None, without_cases=()):
    """Plan an import; `without_cases` are the places of texts that become no cases, or `cases.ALL`."""
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
    """Return sentences on what prevents publishing of an imported question."""
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
        self.given = {}
        self.next_numbers = {}

    def place(self, row, topic, warnings):
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
        if IDENTIFIER.fullmatch(identifier):
            return identifier
        if identifier:
            sentence = _(
                "“%(identifier)s” is longer than 40 letters or has other signs than - _ . in it: it gets another."
            )
            warnings.append(row.read.problem(sentence % {"identifier": identifier[:60]}))
        if IDENTIFIER.fullmatch(row.read.name) and row.read.name.casefold() not in self.taken:
            return row.read.name
        inner = row.topic[-1] if row.topic else topic.identifier if topic else ""
        stem = slugify(inner).upper()[:30].strip("-") or _("QUESTION")
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
    letters = [*string.ascii_lowercase, *(f"o{number}" for number in range(27, len(read.choices) + 1))]
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
        for position, (letter, choice) in enumerate(zip(letters, read.choices, strict=False))
    ]
