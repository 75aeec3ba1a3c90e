"""Item-analysis report of a quiz, as a page and a table."""

import random
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from django.conf import settings
from django.core.cache import caches
from django.db.models import Case, When
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from openpyxl import Workbook
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter

from quizzes.attempts.drawing import own_units
from quizzes.base.formats import format_percentage
from quizzes.base.markup import find_gaps, strip_markup
from quizzes.base.spreadsheets import Percentage, append_row, set_up_printing, workbook_bytes
from quizzes.kinds import KINDS
from quizzes.kinds.base import get_share
from quizzes.models import Attempt, ItemChoices, ItemScores, Question, Quiz, QuizStatistics

from .indices import (
    DELETED_OPTIONS,
    MIN_SHOWN,
    Advice,
    ItemStatistics,
    Option,
    SampleSize,
    advise,
    analyse,
    sample_size,
)


class Order(StrEnum):
    PLACE = "orden"
    FACILITY = "facilidad"
    DISCRIMINATION = "discriminacion"
    EFFICIENCY = "eficiencia"
    ADVICE = "consejo"


@dataclass(frozen=True)
class QuizState:
    quiz: Quiz
    people: int
    counted_at: datetime | None

    @property
    def sample_size(self):
        return sample_size(self.people)


@dataclass(frozen=True)
class ItemRow:
    """`statistics` is None if fewer than ten people were asked the question."""

    place: int
    key: str
    question: Question | None
    statistics: ItemStatistics | None

    @property
    def text(self):
        return strip_markup(self.question.text) if self.question else _("A question that is no longer in the bank")

    @property
    def identifier(self):
        return self.question.identifier if self.question else "–"

    @property
    def sample_size(self):
        return self.statistics.sample_size if self.statistics else SampleSize.HIDDEN

    @property
    def advice(self):
        return advise(self.statistics)


@dataclass(frozen=True)
class QuizReport:
    quiz: Quiz
    people: int
    counted_at: datetime | None
    is_stale: bool
    order: Order
    rows: tuple

    @property
    def sample_size(self):
        return sample_size(self.people)

    def row_of(self, question_key):
        return next((row for row in self.rows if row.key == str(question_key)), None)


def list_quiz_states(language):
    counted = {row.quiz_key: row for row in QuizStatistics.objects.filter(people__gt=0)}
    quizzes = sorted(_in_language(Quiz.objects.all(), language).values(), key=lambda quiz: quiz.identifier)
    rows = [(quiz, counted.get(quiz.translation_key)) for quiz in quizzes]
    return [QuizState(quiz, row.people if row else 0, row.counted_at if row else None) for quiz, row in rows]


def build_report(quiz, *, language, order=Order.PLACE):
    statistics = QuizStatistics.objects.filter(quiz_key=quiz.translation_key).first()
    people = statistics.people if statistics else 0
    indices, choices = (_get_indices(statistics), _get_choices(statistics.quiz_key)) if people else ({}, {})
    places = question_places(quiz)
    found = Question.objects.filter(translation_key__in={*places, *indices}).prefetch_related("choices")
    questions = {str(key): question for key, question in _in_language(found, language).items()}
    keys = sorted({*places, *indices}, key=lambda key: _place_key(key, places, questions))
    rows = [
        ItemRow(
            place, key, questions.get(key), _visible_statistics(questions.get(key), indices.get(key), choices.get(key))
        )
        for place, key in enumerate(keys, start=1)
    ]
    return QuizReport(
        quiz=quiz,
        people=people,
        counted_at=statistics.counted_at if people else None,
        is_stale=bool(people and statistics.is_stale),
        order=order,
        rows=tuple(_sort_rows(rows, order)),
    )


def _visible_statistics(question, indices, choices):
    if indices is None or indices.sample_size == SampleSize.HIDDEN:
        return None
    choices = choices or {}
    return replace(indices, left_open=choices.get("", 0), options=tuple(_build_options(question, choices)))


def _get_indices(statistics):
    key = f"{statistics.quiz_key}:{statistics.counted_at.timestamp()}"
    return caches["figures"].get_or_set(key, lambda: _compute_indices(statistics.quiz_key), timeout=None)


def _compute_indices(quiz_key):
    scores = {}
    rows = ItemScores.objects.filter(quiz_key=quiz_key)
    for question, *score in rows.values_list("question_key", "fraction", "rest", "people"):
        scores.setdefault(str(question), []).append(score)
    return {question: analyse(of_question) for question, of_question in scores.items()}


def _get_choices(quiz_key):
    choices = {}
    rows = ItemChoices.objects.filter(quiz_key=quiz_key)
    for question, option, people in rows.values_list("question_key", "option", "people"):
        choices.setdefault(str(question), {})[option] = people
    return choices


def question_places(quiz):
    """Return {question key: place} of the quiz's scored questions, with those of its cases."""
    questions = [question for unit in own_units(quiz, Question.objects) for question in unit]
    scored = [question for question in questions if question.kind in KINDS and KINDS[question.kind].scored]
    return {str(question.translation_key): place for place, question in enumerate(scored, start=1)}


def _place_key(key, places, questions):
    question = questions.get(key)
    return (places.get(key, len(places) + 1), question is None, question.identifier if question else "", key)


def _in_language(rows, language):
    rows = rows.filter(locale__language_code__in=[language, settings.LANGUAGE_CODE])
    return {
        row.translation_key: row
        for row in rows.order_by(Case(When(locale__language_code=language, then=1), default=0), "pk")
    }


def _build_options(question, choices):
    texts, right, partly, always = _describe_options(question)
    listed = [key for key in texts if key in always or key in right or choices.get(key)]
    options = [
        Option(key, texts[key], key in right, choices.get(key, 0), key.rpartition(":")[0], key in partly)
        for key in listed
    ]
    gone = sum(people for key, people in choices.items() if key and key not in texts)
    if gone:
        options.append(Option(DELETED_OPTIONS, _("Options that it no longer has"), False, gone, DELETED_OPTIONS))
    return options


def _describe_options(question):
    if question is None or question.kind not in KINDS:
        return {}, set(), set(), set()
    kind = KINDS[question.kind]
    chance = random.Random(0)  # noqa: S311 - nothing is shuffled
    item = {"text": question.text} | kind.freeze_choices(list(question.choices.all()), chance, shuffle=False)
    right = set(kind.right_picks(item))
    partly = {_pick_key(option) for option in item["options"] if get_share(option, 0) > 0} - right
    return _pick_texts(item), right, partly, {_pick_key(option) for option in kind.visible_options(item)}


def _pick_key(option):
    return f"{option['gap']}:{option['key']}" if "gap" in option else option["key"]


def _pick_texts(item):
    places = {number: place for place, number in enumerate(find_gaps(item["text"]), start=1)}
    ends = {match["key"]: strip_markup(match["text"]) for match in item.get("matches", [])}
    ends |= {str(place): str(place) for place in item.get("places", [])}
    texts = {}
    for option in sorted(item["options"], key=lambda option: option.get("place", 0)):
        text = strip_markup(option["text"]) or _("Any other answer")
        if ends:
            texts |= {f"{option['key']}:{key}": f"{text} → {end}" for key, end in ends.items()}
        else:
            texts[_pick_key(option)] = f"({places.get(option['gap'], '–')}) {text}" if "gap" in option else text
    return texts


def _sort_rows(rows, order):
    if order == Order.PLACE:
        return rows
    gravity = {advice: number for number, advice in enumerate(Advice)}

    def value(row):
        if row.statistics is None:
            return None
        if order == Order.ADVICE:
            return gravity.get(row.advice)
        return getattr(row.statistics, order.name.lower())

    return sorted(rows, key=lambda row: (value(row) is None, value(row) or 0, row.place))


def has_changed_since_counted(question, quiz_key):
    if question is None or question.last_published_at is None:
        return False
    counted = Attempt.objects.of_quiz(quiz_key).filter(in_statistics=True, started_at__lt=question.last_published_at)
    return counted.exists()


WIDTHS = [6, 14, 60, 20, 12, 10, 12, 12, 12, 14, 12, 12, 40, 12, 60]
OPTION_WIDTHS = [60, 14, 12, 12, 12]
# (Order or None, name, explanation)
HEADINGS = [
    (Order.PLACE, gettext_lazy("Question"), ""),
    (Order.ADVICE, gettext_lazy("Advice"), ""),
    (None, gettext_lazy("Asked"), gettext_lazy("of the people counted")),
    (Order.FACILITY, gettext_lazy("Facility index"), gettext_lazy("mean of its points")),
    (None, gettext_lazy("Standard deviation"), gettext_lazy("how far people differ")),
    (Order.DISCRIMINATION, gettext_lazy("Discrimination index"), gettext_lazy("goes with the rest of the quiz")),
    (Order.EFFICIENCY, gettext_lazy("Discriminative efficiency"), gettext_lazy("of the most it could")),
    (None, gettext_lazy("Wrong option chosen most"), ""),
]


@dataclass(frozen=True)
class OptionRow:
    """`share` is the per cent of people as text, for a width in SVG."""

    text: str
    people: int
    right: bool = False
    share: str = "0"
    is_open: bool = False


def option_rows(statistics):
    rows = [
        OptionRow(option.text, option.people, option.right, _share(option.people, statistics.people))
        for option in statistics.options
    ]
    left_open = OptionRow(
        _("Left open"), statistics.left_open, share=_share(statistics.left_open, statistics.people), is_open=True
    )
    return [*rows, left_open]


def _share(people, of_people):
    return f"{min(100 * people / of_people, 100):.1f}" if of_people else "0"


def percent(number):
    # Plus 0 turns -0.0 into 0.0.
    return "–" if number is None else format_percentage(f"{round(number, 1) + 0:.1f}")


def sample_size_label(size):
    if size == SampleSize.HIDDEN:
        return _("Fewer than %(least)d answers: nothing is shown yet.") % {"least": MIN_SHOWN}
    return _("few answers") if size == SampleSize.FEW else ""


def report_table(report):
    headings = [
        _("No."),
        _("Identifier"),
        _("Question"),
        _("Kind"),
        _("Asked"),
        _("Of people"),
        _("All points"),
        _("Facility index"),
        _("Standard deviation"),
        _("Discrimination index"),
        _("Discriminative efficiency"),
        _("Left open"),
        _("Wrong option chosen most"),
        _("Chosen by"),
        _("Advice"),
    ]
    return headings, [_cells(row, report.people) for row in report.rows]


def options_table(row):
    headings = [_("Option"), _("Right"), _("People"), _("Of people"), _("Per cent")]
    of_people = row.statistics.people
    return headings, [
        [option.text, _("Right") if option.right else None, option.people, of_people, Percentage(option.share)]
        for option in option_rows(row.statistics)
    ]


def table_xlsx(headings, rows, *, widths, frozen="A2"):
    workbook = Workbook()
    sheet = workbook.active
    sheet.title = _("Analysis")
    for values in [headings, *rows]:
        append_row(sheet, values)
    for row in sheet.iter_rows():
        for cell in row:
            cell.alignment = Alignment(wrap_text=True, vertical="top")
    for cell in sheet[1]:
        cell.font = Font(bold=True)
    for number, width in enumerate(widths, start=1):
        sheet.column_dimensions[get_column_letter(number)].width = width
    sheet.freeze_panes = frozen
    set_up_printing(sheet)
    return workbook_bytes(workbook)


def file_name(report, ending, *, now):
    return f"analisis-{report.quiz.identifier}-{timezone.localdate(now):%Y-%m-%d}.{ending}"


def _cells(row, people):
    kind = row.question.get_kind_display() if row.question else None
    first = [row.place, row.identifier, row.text, kind]
    statistics = row.statistics
    if statistics is None:
        return [*first, *[None] * 10, sample_size_label(row.sample_size)]
    distractor = statistics.top_distractor
    return [
        *first,
        statistics.people,
        people,
        statistics.full_points,
        *(_rounded(index) for index in (statistics.facility, statistics.deviation, statistics.discrimination)),
        _rounded(statistics.efficiency),
        statistics.left_open,
        distractor.text if distractor else None,
        distractor.people if distractor else None,
        str(row.advice.label) if row.advice else sample_size_label(row.sample_size),
    ]


def _rounded(index):
    return None if index is None else round(index, 1) + 0
