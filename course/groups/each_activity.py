"""Every lesson and quiz of a whole group: one character each."""

from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from modules.progress.outline import ModuleOutline
from modules.progress.states import ModuleProgress, State

from .grid import Row

READ, UNREAD, ATTENDED, NOT_ASKED = "|", "·", "+", "-"
PASSED, NOT_PASSED, PENDING, OPEN, NOT_BEGUN = "✓", "×", "…", "~", "·"
# Estimated bytes, including the template's markup.
WEIGHT_OF_A_PAGE, WEIGHT_OF_A_ROW, WEIGHT_OF_A_CELL = 270_000, 100, 20
WEIGHT_OF_A_LINK = 45
NOT_ASKED_WORDS = gettext_lazy("Not asked")


@dataclass(frozen=True)
class Cell:
    progress: ModuleProgress | None
    marks: str
    words: str
    needs_help: bool

    @property
    def weight(self):
        link = WEIGHT_OF_A_LINK if self.needs_help else 0
        return WEIGHT_OF_A_CELL + link + len(self.marks.encode()) + len(self.words.encode())


@dataclass(frozen=True)
class ActivityRow:
    row: Row
    cells: list[Cell]

    @property
    def weight(self):
        return WEIGHT_OF_A_ROW + len(self.row.learner.surnames_first.encode()) + sum(cell.weight for cell in self.cells)


@dataclass(frozen=True)
class ModuleHeading:
    outline: ModuleOutline

    @property
    def marks(self):
        numbers = "".join(str(lesson.number % 10) for lesson in self.outline.lessons)
        return numbers + (f" {_('Quiz')[:1]}" if self.outline.quiz_key else "")


def activity_rows(rows, columns):
    outlines = [column.outline for column in columns]
    return [ActivityRow(row, [cell_of(*pair) for pair in zip(row.cells, outlines, strict=True)]) for row in rows]


def cell_of(module, outline):
    """Return the `Cell` of a person's progress in a module; None if the module is not asked of them."""
    if module is None:
        return Cell(module, "", str(NOT_ASKED_WORDS), needs_help=False)
    return Cell(module, _marks(module, outline), _words(module), module.state is State.NEEDS_HELP)


def pages_by_weight(lines):
    pages, weight = [[]], 0
    for line in lines:
        weight += line.weight
        if pages[-1] and weight > WEIGHT_OF_A_PAGE:
            pages.append([])
            weight = line.weight
        pages[-1].append(line)
    return pages


def activity_table(grid):
    outlines = [column.outline for column in grid.columns]
    headings = [_("Surnames"), _("Given names"), _("User code"), _("Role"), _("Clinic"), _("Course")]
    headings += [name for outline in outlines for name in _activity_names(outline)]
    words = [{mark: str(said) for mark, said in marks} for marks in (lesson_marks(mixed=True), quiz_marks())]
    return headings, [_table_row(row, outlines, *words) for row in grid.rows]


def lesson_marks(*, mixed=False):
    marks = [(READ, pgettext("lesson", "Read")), (UNREAD, _("Not read")), (ATTENDED, _("Counts by a session"))]
    return [*marks, (NOT_ASKED, NOT_ASKED_WORDS)] if mixed else marks


def quiz_marks():
    return [
        (PASSED, _("Passed")),
        (NOT_PASSED, _("To go over")),
        (PENDING, str(State.PENDING.label)),
        (OPEN, str(State.IN_PROGRESS.label)),
        (NOT_BEGUN, str(State.NOT_STARTED.label)),
    ]


def _table_row(row, outlines, lesson_words, quiz_words):
    learner = row.learner
    cells = [learner.last_name, learner.first_name, learner.username, learner.get_role_display()]
    cells += [str(learner.clinic or ""), str(row.state.label)]
    for module, outline in zip(row.cells, outlines, strict=True):
        marks = [_lesson_mark(module, lesson) if module else NOT_ASKED for lesson in outline.lessons]
        cells += [lesson_words[mark] for mark in marks]
        if outline.quiz_key:
            is_asked = module is not None and module.outline.quiz_key
            cells.append(quiz_words[_quiz_mark(module)] if is_asked else str(NOT_ASKED_WORDS))
    return cells


def _activity_names(outline):
    lessons = [f"{outline.number}.{lesson.number} {lesson.title}" for lesson in outline.lessons]
    return lessons + ([f"{outline.number}. {_('Quiz')}"] if outline.quiz_key else [])


def _marks(module, outline):
    lessons = "".join(_lesson_mark(module, lesson) for lesson in outline.lessons)
    return f"{lessons} {_quiz_mark(module)}" if module.outline.quiz_key else lessons


def _lesson_mark(module, lesson):
    if lesson.key in module.lessons_read:
        return READ
    if lesson.key not in module.outline.lesson_keys:
        return NOT_ASKED
    return ATTENDED if module.attended_at else UNREAD


def _quiz_mark(module):
    quiz = module.quiz
    if quiz is None:
        return NOT_BEGUN
    if quiz.passed:
        return PASSED
    if quiz.pending:
        return PENDING
    return NOT_PASSED if quiz.failed else OPEN


def _words(module):
    words = [str(module.state.label)]
    if module.state in (State.FINISHED, State.NOT_STARTED):
        return words[0]
    if module.attended_at:
        words.append(_("lessons by a session"))
    elif total := len(module.outline.lessons):
        words.append(_("%(done)s of %(total)s") % {"done": len(module.lessons_read), "total": total})
    if _quiz_mark(module) in (PASSED, NOT_PASSED):
        words.append(str(dict(quiz_marks())[_quiz_mark(module)]).lower())
    return ", ".join(words)
