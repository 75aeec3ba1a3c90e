"""The pages of the item analysis, for who trains or edits; to everyone else they do not exist."""

from django.contrib.auth.decorators import login_required
from django.http import Http404
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from quizzes.analysis.counts import look_for_new_people
from quizzes.analysis.indices import LEAST_ADVISED, LEAST_SHOWN
from quizzes.analysis.report import (
    HEADINGS,
    OPTION_WIDTHS,
    WIDTHS,
    Order,
    changed_since_counted,
    file_name,
    option_rows,
    options_table,
    quiz_report,
    quiz_states,
    report_table,
    table_xlsx,
)
from quizzes.base.spreadsheets import CSV, XLSX, download, table_csv
from quizzes.models import Quiz

LEAST = {"least_shown": LEAST_SHOWN, "least_advised": LEAST_ADVISED}


def for_who_may_see(view):
    """Answer only to who may see the analysis; whoever is not signed in does so first."""

    @require_safe
    @login_required
    def answer(request, *args, **kwargs):
        if not request.user.has_perm("quizzes.see_analysis"):
            raise Http404
        return view(request, *args, **kwargs)

    return answer


@for_who_may_see
def analysis_list(request):
    """The quizzes, and how much can be said of each."""
    return render(request, "quizzes/analysis/list.html", LEAST | {"states": quiz_states(get_language())})


@for_who_may_see
def quiz_analysis(request, identifier):
    """The questions of a quiz with their figures; the same page is what gets printed."""
    report = _requested_report(request, identifier)
    context = {"report": report, "headings": HEADINGS, "orders": Order, "now": timezone.now()}
    return render(request, "quizzes/analysis/quiz.html", LEAST | context)


@for_who_may_see
def question_analysis(request, identifier, question_key):
    """A question of a quiz: its figures, how many chose each option, and what to do about it."""
    report = _requested_report(request, identifier)
    row = report.row_of(question_key)
    if row is None:
        raise Http404
    context = {
        "report": report,
        "row": row,
        "options": option_rows(row.figures) if row.figures else [],
        "has_changed": changed_since_counted(row.question, report.quiz.translation_key),
        "now": timezone.now(),
    }
    return render(request, "quizzes/analysis/question.html", LEAST | context)


@for_who_may_see
def quiz_analysis_file(request, identifier, ending):
    """The table as a file, sorted as the page was."""
    report = _requested_report(request, identifier)
    return _file(report, report_table(report), ending, widths=WIDTHS, frozen="C2")


@for_who_may_see
def question_analysis_file(request, identifier, question_key, ending):
    """How many people chose each option, as a file; of a question without figures there is none."""
    report = _requested_report(request, identifier)
    row = report.row_of(question_key)
    if row is None or not row.figures:
        raise Http404
    return _file(report, options_table(row), ending, widths=OPTION_WIDTHS)


def _file(report, table, ending, **layout):
    name = file_name(report, ending, now=timezone.now())
    if ending == "xlsx":
        return download(table_xlsx(*table, **layout), name, XLSX)
    return download(table_csv(*table), name, CSV)


def _requested_report(request, identifier):
    """Return the report of the quiz in the address, after counting who waits; an unknown order counts as none."""
    quiz = get_object_or_404(Quiz.objects.in_language(get_language()).filter(identifier=identifier)[:1])
    look_for_new_people(quiz.translation_key, now=timezone.now())
    asked = request.GET.get("orden")
    order = Order(asked) if asked in list(Order) else Order.PLACE
    return quiz_report(quiz, language=get_language(), order=order)
