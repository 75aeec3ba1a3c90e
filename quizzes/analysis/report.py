"""The item analysis of a quiz, put together from its figures and from the newest texts of its questions."""

import random
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from django.conf import settings
from django.core.cache import caches
from django.db.models import Case, When
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from openpyxl import Workbook
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter

from quizzes.attempts.drawing import own_units
from quizzes.base.formats import write_percentage
from quizzes.base.markup import gaps_in, plain
from quizzes.base.spreadsheets import Percentage, append_typed, bytes_of, print_on_letter
from quizzes.kinds import KINDS
from quizzes.kinds.base import share_of
from quizzes.models import Attempt, ItemChoices, ItemScores, Question, Quiz, QuizStatistics

from .indices import GONE, LEAST_SHOWN, Advice, ItemFigures, Option, Weight, advise, analyse, weigh


class Order(StrEnum):
    """The ways of sorting the questions, as the address says them."""

    PLACE = "orden"
    FACILITY = "facilidad"
    DISCRIMINATION = "discriminacion"
    EFFICIENCY = "eficiencia"
    ADVICE = "consejo"


@dataclass(frozen=True)
class QuizState:
    """A quiz in the list: how many people its figures hold."""

    quiz: Quiz
    people: int
    counted_at: datetime | None

    @property
    def weight(self):
        return weigh(self.people)


@dataclass(frozen=True)
class ItemRow:
    """A question of a quiz; `figures` is None where fewer than ten people were asked it."""

    place: int
    key: str
    question: Question | None
    figures: ItemFigures | None

    @property
    def text(self):
        return plain(self.question.text) if self.question else _("A question that is no longer in the bank")

    @property
    def identifier(self):
        return self.question.identifier if self.question else "–"

    @property
    def weight(self):
        return self.figures.weight if self.figures else Weight.HIDDEN

    @property
    def advice(self):
        return advise(self.figures)


@dataclass(frozen=True)
class QuizReport:
    """The analysis of a quiz. `people` are those whose first attempts were counted."""

    quiz: Quiz
    people: int
    counted_at: datetime | None
    is_stale: bool
    order: Order
    rows: tuple

    @property
    def weight(self):
        return weigh(self.people)

    def row_of(self, question_key):
        return next((row for row in self.rows if row.key == str(question_key)), None)


def quiz_states(language):
    """Return the QuizStates of all quizzes, in the reader's language where there is one, by identifier."""
    figures = {figures.quiz_key: figures for figures in QuizStatistics.objects.all()}
    return [
        QuizState(quiz, held.people if held else 0, held.counted_at if held and held.people else None)
        for quiz in sorted(best_of(Quiz.objects.all(), language).values(), key=lambda quiz: quiz.identifier)
        for held in [figures.get(quiz.translation_key)]
    ]


def quiz_report(quiz, *, language, order=Order.PLACE):
    """Return the QuizReport; the number of queries does not depend on how many questions or people there are."""
    figures = QuizStatistics.objects.filter(quiz_key=quiz.translation_key).first()
    people = figures.people if figures else 0
    indices, choices = (indices_of(figures), choices_of(figures.quiz_key)) if people else ({}, {})
    places = places_of(quiz)
    questions = questions_of({*places, *indices}, language)
    keys = sorted({*places, *indices}, key=lambda key: place_key(key, places, questions))
    rows = [
        ItemRow(place, key, questions.get(key), shown_figures(questions.get(key), indices.get(key), choices.get(key)))
        for place, key in enumerate(keys, start=1)
    ]
    return QuizReport(
        quiz=quiz,
        people=people,
        counted_at=figures.counted_at if people else None,
        is_stale=bool(people and figures.is_stale),
        order=order,
        rows=tuple(sort_rows(rows, order)),
    )


def shown_figures(question, indices, choices):
    """Return the ItemFigures of a question, or None where there are too few answers to show anything."""
    if indices is None or indices.weight == Weight.HIDDEN:
        return None
    choices = choices or {}
    return replace(indices, left_open=choices.get("", 0), options=tuple(options_of(question, choices)))


def indices_of(figures):
    """Return {question key: ItemFigures without options}. They are worked out once, until the quiz is counted again."""
    key = f"{figures.quiz_key}:{figures.counted_at.timestamp()}"
    return caches["figures"].get_or_set(key, lambda: work_out_indices(figures.quiz_key), timeout=None)


def work_out_indices(quiz_key):
    scores = {}
    rows = ItemScores.objects.filter(quiz_key=quiz_key)
    for question, *score in rows.values_list("question_key", "fraction", "rest", "people"):
        scores.setdefault(str(question), []).append(score)
    return {question: analyse(of_question) for question, of_question in scores.items()}


def choices_of(quiz_key):
    """Return {question key: {option: people}}."""
    choices = {}
    rows = ItemChoices.objects.filter(quiz_key=quiz_key)
    for question, option, people in rows.values_list("question_key", "option", "people"):
        choices.setdefault(str(question), {})[option] = people
    return choices


def places_of(quiz):
    """Return {question key: place} of the questions that count and stand in the quiz itself or come with their case."""
    asked = [question for unit in own_units(quiz, Question.objects) for question in unit]
    keys = [str(one.translation_key) for one in asked if one.kind in KINDS and KINDS[one.kind].scored]
    return {key: place for place, key in enumerate(keys, start=1)}


def place_key(key, places, questions):
    """The quiz's own questions in its order, then those that were drawn or are no longer in it, by identifier."""
    question = questions.get(key)
    return (places.get(key, len(places) + 1), question is None, question.identifier if question else "", key)


def questions_of(keys, language):
    """Return {question key: the newest version} with its options, in the reader's language where there is one."""
    questions = Question.objects.filter(translation_key__in=keys).prefetch_related("choices")
    return {str(key): question for key, question in best_of(questions, language).items()}


def best_of(rows, language):
    """Return {stable key: row} of translated rows: in this language, else in the site's own."""
    rows = rows.filter(locale__language_code__in=[language, settings.LANGUAGE_CODE])
    return {
        row.translation_key: row
        for row in rows.order_by(Case(When(locale__language_code=language, then=1), default=0), "pk")
    }


def options_of(question, choices):
    """Return the Options of a question's newest version, with how many chose each, then those it no longer has.

    Of steps, pairs and accepted answers only those are listed that are right or that somebody chose.
    """
    texts, right, partly, always = texts_and_right(question)
    listed = [key for key in texts if key in always or key in right or choices.get(key)]
    options = [
        Option(key, texts[key], key in right, choices.get(key, 0), group_of(key), key in partly) for key in listed
    ]
    gone = sum(people for key, people in choices.items() if key and key not in texts)
    return [*options, Option(GONE, _("Options that it no longer has"), False, gone, GONE)] if gone else options


def texts_and_right(question):
    """Return ({what can be picked: its text}, what is right, what is partly right, what people see) of a question.

    Of what people see, steps and pairs are not: there are too many ways to put them.
    """
    if question is None or question.kind not in KINDS:
        return {}, set(), set(), set()
    kind = KINDS[question.kind]
    chance = random.Random(0)  # noqa: S311 - nothing is shuffled: chance has nothing to decide
    item = {"text": question.text} | kind.freeze_choices(list(question.choices.all()), chance, shuffle=False)
    right = set(kind.right_picks(item))
    partly = {pick_of(option) for option in item["options"] if share_of(option, 0) > 0} - right
    return texts_of(item), right, partly, {pick_of(option) for option in kind.shown_options(item)}


def group_of(key):
    return key.partition(":")[0] if ":" in key else ""


def pick_of(option):
    """Return how an option is told among what was picked: with the gap it belongs to, if it belongs to one."""
    return f"{option['gap']}:{option['key']}" if "gap" in option else option["key"]


def texts_of(item):
    """Return {what can be picked: its text}: an option, a step with a place, or an item with what it was joined to.

    An option of a gap has the place of its gap before it.
    """
    places = {number: place for place, number in enumerate(gaps_in(item["text"]), start=1)}
    ends = {match["key"]: plain(match["text"]) for match in item.get("matches", [])}
    ends |= {str(place): str(place) for place in item.get("places", [])}
    texts = {}
    for option in sorted(item["options"], key=lambda option: option.get("place", 0)):
        # «*», which stands for every other answer, is a mark without a word.
        text = plain(option["text"]) or _("Any other answer")
        if ends:
            texts |= {f"{option['key']}:{key}": f"{text} → {end}" for key, end in ends.items()}
        else:
            texts[pick_of(option)] = f"({places.get(option['gap'], '–')}) {text}" if "gap" in option else text
    return texts


def sort_rows(rows, order):
    """Return the rows sorted: the hardest, the least telling or those with the gravest advice first, the rest last."""
    if order == Order.PLACE:
        return rows
    gravity = {advice: number for number, advice in enumerate(Advice)}

    def value(row):
        if row.figures is None:
            return None
        if order == Order.ADVICE:
            return gravity.get(row.advice)
        return getattr(row.figures, order.name.lower())

    return sorted(rows, key=lambda row: (value(row) is None, value(row) or 0, row.place))


def changed_since_counted(question, quiz_key):
    """Say whether the question was published again after the first attempt that is in the figures had begun."""
    if question is None or question.last_published_at is None:
        return False
    counted = Attempt.objects.of_quiz(quiz_key).filter(in_figures=True, started_at__lt=question.last_published_at)
    return counted.exists()


WIDTHS = [6, 14, 60, 20, 12, 10, 12, 12, 12, 14, 12, 12, 40, 12, 60]
OPTION_WIDTHS = [60, 14, 12, 12, 12]
# The columns of the page: the order they sort by (or none), the name, and what the name means.
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
    """A line of the options: `share` is per cent of the people asked, as a text that an SVG can take as a width."""

    text: str
    people: int
    right: bool = False
    share: str = "0"
    is_open: bool = False


def option_rows(figures):
    """Return the OptionRows of a question, with those who left it open last."""
    rows = [
        OptionRow(option.text, option.people, option.right, people_share(option.people, figures.people))
        for option in figures.options
    ]
    left_open = OptionRow(
        _("Left open"), figures.left_open, share=people_share(figures.left_open, figures.people), is_open=True
    )
    return [*rows, left_open]


def people_share(people, of_people):
    return f"{min(100 * people / of_people, 100):.1f}" if of_people else "0"


def percent(number):
    """Return an index to one place, «–» where there is none, and never «-0.0»."""
    if number is None:
        return "–"
    return write_percentage(f"{round(number, 1) + 0:.1f}")


def weight_words(weight):
    """Return what is said of so few answers, or nothing."""
    if weight == Weight.HIDDEN:
        return _("Fewer than %(least)d answers: nothing is shown yet.") % {"least": LEAST_SHOWN}
    return _("few answers") if weight == Weight.FEW else ""


def report_table(report):
    """Return (headings, rows) of a QuizReport; a cell is text, a number or None, and safe to write as it is."""
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
    """Return (headings, rows) of how many people chose each option of a question that has figures."""
    headings = [_("Option"), _("Right"), _("People"), _("Of people"), _("Per cent")]
    of_people = row.figures.people
    return headings, [
        [option.text, _("Right") if option.right else None, option.people, of_people, Percentage(option.share)]
        for option in option_rows(row.figures)
    ]


def table_xlsx(headings, rows, *, widths, frozen="A2"):
    """Return a table as an XLSX workbook that prints on Letter; what is above and left of `frozen` stays in sight."""
    workbook = Workbook()
    sheet = workbook.active
    sheet.title = _("Analysis")
    for values in [headings, *rows]:
        append_typed(sheet, values)
    for row in sheet.iter_rows():
        for cell in row:
            cell.alignment = Alignment(wrap_text=True, vertical="top")
    for cell in sheet[1]:
        cell.font = Font(bold=True)
    for number, width in enumerate(widths, start=1):
        sheet.column_dimensions[get_column_letter(number)].width = width
    sheet.freeze_panes = frozen
    print_on_letter(sheet)
    return bytes_of(workbook)


def file_name(report, ending, *, now):
    """Return a file name that any computer accepts and that says nothing of the course, such as `analisis-m1-….csv`."""
    return f"analisis-{report.quiz.identifier}-{timezone.localdate(now):%Y-%m-%d}.{ending}"


def people_words(people):
    return ngettext("%(count)d person", "%(count)d people", people) % {"count": people}


def _cells(row, people):
    kind = row.question.get_kind_display() if row.question else None
    first = [row.place, row.identifier, row.text, kind]
    figures = row.figures
    if figures is None:
        return [*first, *[None] * 10, weight_words(row.weight)]
    favourite = figures.wrong_favourite
    return [
        *first,
        figures.people,
        people,
        figures.full_points,
        *(_rounded(index) for index in (figures.facility, figures.deviation, figures.discrimination)),
        _rounded(figures.efficiency),
        figures.left_open,
        favourite.text if favourite else None,
        favourite.people if favourite else None,
        str(row.advice.label) if row.advice else weight_words(row.weight),
    ]


def _rounded(index):
    return None if index is None else round(index, 1) + 0
