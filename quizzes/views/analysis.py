"""Item-analysis pages. Without the permission they are a 404."""

from functools import wraps

from django.contrib.auth.decorators import login_required
from django.http import Http404
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from quizzes.analysis.counts import count_throttled
from quizzes.analysis.indices import MIN_ADVISED, MIN_SHOWN
from quizzes.analysis.report import (
    HEADINGS,
    OPTION_WIDTHS,
    WIDTHS,
    Order,
    build_report,
    file_name,
    has_changed_since_counted,
    list_quiz_states,
    option_rows,
    options_table,
    report_table,
    table_xlsx,
)
from quizzes.base.spreadsheets import CSV, XLSX, download, table_csv
from quizzes.models import Quiz

LIMITS = {"least_shown": MIN_SHOWN, "least_advised": MIN_ADVISED}


def requires_analysis_permission(view):
    @require_safe
    @wraps(view)
    @login_required
    def wrapper(request, *args, **kwargs):
        if not request.user.has_perm("quizzes.see_analysis"):
            raise Http404
        return view(request, *args, **kwargs)

    return wrapper


@requires_analysis_permission
def analysis_list(request):
    return render(request, "quizzes/analysis/list.html", LIMITS | {"states": list_quiz_states(get_language())})


@requires_analysis_permission
def quiz_analysis(request, identifier):
    report = _get_report(request, identifier)
    context = {"report": report, "headings": HEADINGS, "orders": Order, "now": timezone.now()}
    return render(request, "quizzes/analysis/quiz.html", LIMITS | context)


@requires_analysis_permission
def question_analysis(request, identifier, question_key):
    report = _get_report(request, identifier)
    row = report.row_of(question_key)
    if row is None:
        raise Http404
    context = {
        "report": report,
        "row": row,
        "options": option_rows(row.statistics) if row.statistics else [],
        "has_changed": has_changed_since_counted(row.question, report.quiz.translation_key),
        "now": timezone.now(),
    }
    return render(request, "quizzes/analysis/question.html", LIMITS | context)


@requires_analysis_permission
def quiz_analysis_file(request, identifier, ending):
    report = _get_report(request, identifier)
    return _file(report, report_table(report), ending, widths=WIDTHS, frozen="C2")


@requires_analysis_permission
def question_analysis_file(request, identifier, question_key, ending):
    report = _get_report(request, identifier)
    row = report.row_of(question_key)
    if row is None or not row.statistics:
        raise Http404
    return _file(report, options_table(row), ending, widths=OPTION_WIDTHS)


def _file(report, table, ending, **layout):
    name = file_name(report, ending, now=timezone.now())
    if ending == "xlsx":
        return download(table_xlsx(*table, **layout), name, XLSX)
    return download(table_csv(*table), name, CSV)


def _get_report(request, identifier):
    quiz = get_object_or_404(Quiz.objects.in_language(get_language()).filter(identifier=identifier)[:1])
    count_throttled(quiz.translation_key, now=timezone.now())
    requested = request.GET.get("orden")
    order = Order(requested) if requested in list(Order) else Order.PLACE
    return build_report(quiz, language=get_language(), order=order)
