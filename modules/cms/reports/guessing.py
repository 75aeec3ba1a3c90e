"""The report «Adivinable»: what the questions and scenes of the CMS give away to whoever guesses, and which of them."""

from dataclasses import dataclass

from django.conf import settings
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils.text import Truncator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.admin.auth import permission_denied
from wagtail.admin.ui.tables import Column, Table, TitleColumn
from wagtail.models import Page
from wagtail.permissions import policy_registry

from modules.guessing.from_cms import pools_of_cms
from modules.text.readability import MEASURED_LANGUAGES
from quizzes.guessing.items import audiences_in
from quizzes.guessing.measuring import Measured, Verdict, measure_pools
from quizzes.guessing.ratchet import name_of
from quizzes.guessing.strategies import TOLD
from quizzes.guessing.telling import VERDICTS, tell_figure, tell_measured, write_interval, write_points

from .listing import WORKS_ON_PAGES, CourseReportView, address_in, chosen_language


@dataclass(frozen=True)
class GuessedPool:
    """A row of the report: a bank, a module, a quiz or scenes, in words and figures."""

    measured: Measured
    language: str

    @property
    def title(self):
        return self.measured.pool.title

    @property
    def address(self):
        return address_in(reverse("guessing_pool", args=[name_of(self.measured.pool)]), self.language)

    @property
    def count(self):
        return self.measured.count

    @property
    def chance(self):
        return round(self.measured.chance)

    @property
    def strategy(self):
        return str(TOLD[self.measured.largest.strategy])

    @property
    def advantage(self):
        return write_points(self.measured.largest.advantage)

    @property
    def interval(self):
        return write_interval(self.measured.largest)

    @property
    def points(self):
        return round(self.measured.largest.advantage)

    @property
    def lower(self):
        return round(self.measured.largest.lower)

    @property
    def upper(self):
        return round(self.measured.largest.upper)

    @property
    def verdict(self):
        return str(VERDICTS[self.measured.verdict])

    @property
    def meaning(self):
        return tell_measured(self.measured)


def measured_pools(language=settings.LANGUAGE_CODE):
    """Return {name: Measured} of all that the published course asks and shows, in a fixed number of queries."""
    return {name_of(one.pool): one for one in measure_pools(pools_of_cms(language)).values()}


def guessed_pools(language=settings.LANGUAGE_CODE):
    """Return a GuessedPool for each of them."""
    return [GuessedPool(one, language) for one in measured_pools(language).values()]


class GuessingReport(CourseReportView):
    page_title = gettext_lazy("What can be guessed")
    header_icon = "view"
    index_url_name = "guessing_report"
    explanation = gettext_lazy(
        "What somebody earns who knows nothing and always takes, for example, the longest option: in points of 100 "
        "above what blind marking earns, of the strategy that earns most. In brackets: where it may lie with other "
        "questions like these. Over the whole bank none may be above +12; a quiz is judged from 20 questions on."
    )
    columns = [
        TitleColumn("title", label=gettext_lazy("What is measured"), get_url=lambda row: row.address, width="26%"),
        Column("meaning", label=gettext_lazy("What it means"), width="42%"),
        Column("verdict", label=gettext_lazy("Result")),
        Column("advantage", label=gettext_lazy("Above chance")),
        Column("interval", label=gettext_lazy("From – to")),
        Column("count", label=gettext_lazy("Questions")),
    ]
    export_headings = {
        "title": gettext_lazy("What is measured"),
        "count": gettext_lazy("Questions"),
        "chance": gettext_lazy("By chance"),
        "strategy": gettext_lazy("Whoever always takes"),
        "points": gettext_lazy("Above chance"),
        "lower": gettext_lazy("From"),
        "upper": gettext_lazy("To"),
        "verdict": gettext_lazy("Result"),
        "meaning": gettext_lazy("What it means"),
    }
    languages = tuple(MEASURED_LANGUAGES)
    export_filename = "adivinable"

    def get_rows(self):
        return guessed_pools(self.language)


def show_pool(request, name):
    """Every strategy in one of them, for each job, and which strategies find each question."""
    if not policy_registry.get_by_type(Page).user_has_any_permission(request.user, WORKS_ON_PAGES):
        return permission_denied(request)
    language = chosen_language(request, MEASURED_LANGUAGES)
    measured = measured_pools(language).get(name)
    if measured is None:
        # Taken out of the course since.
        return redirect(GuessingReport.index_url_name)
    context = {
        "measured": measured,
        "verdict": VERDICTS[measured.verdict],
        "meaning": tell_measured(measured),
        "strategies": _table_of_strategies(measured),
        "jobs": _table_of_jobs(measured),
        "questions": _table_of_questions(measured),
        "report": address_in(reverse(GuessingReport.index_url_name), language),
    }
    return render(request, "modules/admin/guessing_pool.html", context)


def _table_of_strategies(measured):
    columns = [
        Column("strategy", label=_("Whoever always takes"), accessor=lambda figure: TOLD[figure.strategy], width="40%"),
        Column("advantage", label=_("Above chance"), accessor=lambda figure: write_points(figure.advantage)),
        Column("interval", label=_("From – to"), accessor=write_interval),
        Column("surely", label=_("Surely at least"), accessor=lambda figure: write_points(figure.surely)),
    ]
    if measured.verdict != Verdict.FEW:
        columns.append(Column("verdict", label=_("Result"), accessor=lambda figure: VERDICTS[figure.verdict]))
    return Table(columns, measured.figures, caption=_("What each way of guessing earns"))


def _table_of_jobs(measured):
    rows = [(audience.label, measured.for_audience(audience)) for audience in audiences_in(measured.pool.items)]
    columns = [
        Column("job", label=_("Job"), accessor=lambda row: row[0]),
        Column("count", label=_("Questions"), accessor=lambda row: row[1].count),
        Column("meaning", label=_("What it means"), accessor=lambda row: tell_figure(row[1].largest), width="40%"),
        Column("interval", label=_("From – to"), accessor=lambda row: write_interval(row[1].largest)),
        Column("verdict", label=_("Result"), accessor=lambda row: VERDICTS[row[1].verdict]),
    ]
    return Table(columns, rows, caption=_("What is asked of each job")) if rows else None


def _table_of_questions(measured):
    rows = list(zip(measured.pool.items, measured.found, strict=True))
    columns = [
        TitleColumn(
            "identifier",
            label=_("Question"),
            accessor=lambda row: row[0].identifier,
            get_url=lambda row: row[0].address or None,
        ),
        Column("text", label=_("What is asked"), accessor=lambda row: Truncator(row[0].text).chars(120), width="36%"),
        Column("found", label=_("Found by whoever takes"), accessor=lambda row: _tell_found(row[1]), width="44%"),
    ]
    return Table(columns, rows, caption=_("What finds each question"))


def _tell_found(names):
    return "; ".join(str(TOLD[name]) for name in names) or "–"


def guessing_paths():
    return [path("reports/guessing/<path:name>/", show_pool, name="guessing_pool")]
