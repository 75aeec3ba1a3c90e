"""Survey results as tables for a spreadsheet, with codebooks."""

from django.utils import timezone
from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext as _

from course.models import Wave
from quizzes.base.spreadsheets import Percentage
from quizzes.surveys.codebook import codebook_table
from quizzes.surveys.figures import COMPARED, Gap
from quizzes.surveys.readings import GAPS, answered_words, change_words
from quizzes.surveys.statements import SEEN
from quizzes.surveys.wording import text_in

from .results import GROUPS, STANDINGS, limits_of, rounding_words


def result_sheets(results, *, place, now):
    """Return [(title, headings, rows)]; `place` is what the results are of, in words."""
    return [
        (_("Waves"), *_waves(results)),
        (_("Figures"), *result_table(results)),
        (pgettext("survey", "Changes"), *_changes(results)),
        (_("Codebook (Spanish)"), *codebook_table(results.wordings, "es")),
        (_("Codebook (English)"), *codebook_table(results.wordings, "en")),
        (_("How to read it"), *_notes(results, place, now)),
    ]


def result_table(results):
    """Return (headings, rows): each figure of each wave, of everybody and of both groups."""
    headings = [
        _("Wave"),
        _("Figure"),
        pgettext("survey", "Text"),
        _("What is counted"),
        _("Who"),
        _("Value"),
        _("At the end of the scale"),
        _("Lower limit"),
        _("Upper limit"),
        _("Answered"),
        _("Why there is none"),
    ]
    rows = [
        [str(Wave(wave).label), line.id, text_in(line.words), _counted(line), who, *_cells(line, figure)]
        for who, line in _lines(results)
        for wave, figure in line.waves.items()
    ]
    return headings, rows


def _lines(results):
    figures = results.figures
    whole = [(_("Everybody"), line) for line in [*figures.scores.values(), *figures.statements.values()]]
    parts = [
        (str(GROUPS[group]), line)
        for group, one in figures.groups.items()
        for line in [*one.scores.values(), *one.statements.values()]
        if line.has_figures
    ]
    return whole + parts


def _counted(line):
    if line.is_score:
        return _("Score from 0 to 100")
    return _("Saw it at least once") if line.about.kind == SEEN else _("Agree")


def _cells(line, figure):
    if isinstance(figure, Gap):
        return [None, "", None, None, "", str(GAPS[figure])]
    low, high = figure.interval
    ends = {-1: _("so much or less"), 0: "", 1: _("so much or more")}
    number = int if line.is_score else Percentage
    return [
        number(figure.shown.value),
        ends[figure.shown.end],
        number(low.value),
        number(high.value),
        answered_words(figure.answered),
        "",
    ]


def _changes(results):
    headings = [
        _("Figure"),
        pgettext("survey", "Text"),
        _("Who"),
        pgettext("survey", "From"),
        pgettext("survey", "To"),
        _("Points"),
        _("Lower limit"),
        _("Upper limit"),
        _("In words"),
    ]
    rows = []
    for who, line in _lines(results):
        for before, now in COMPARED:
            change = line.changes[before, now]
            numbers = [None, None, None] if isinstance(change, Gap) else [change.points, change.low, change.high]
            waves = [str(Wave(one).label) for one in (before, now)]
            rows.append([line.id, text_in(line.words), who, *waves, *numbers, change_words(change)])
    return headings, rows


def _waves(results):
    headings = [_("Wave"), _("State"), _("People who answered"), _("Groups of answers")]
    rows = []
    for wave, standing in results.standings.items():
        sums = results.figures.waves[wave]
        counts = [sums.people, sums.lots] if sums.lots else [None, None]
        rows.append([str(Wave(wave).label), str(STANDINGS[standing]), *counts])
    return headings, rows


def _notes(results, place, now):
    rows = [
        [_("Whose"), place],
        [_("Edition"), str(results.edition)],
        [_("Made at"), f"{timezone.localtime(now):%Y-%m-%d %H:%M}"],
        [_("Language"), get_language()],
        *([_("What it does not prove"), words] for words in limits_of(results)),
        [_("Rounding"), rounding_words()],
    ]
    return [_("What"), pgettext("survey", "Words")], rows
