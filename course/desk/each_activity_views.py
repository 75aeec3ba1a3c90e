"""Page: every lesson and quiz of a whole group."""

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from course.groups.each_activity import (
    ModuleHeading,
    activity_rows,
    activity_table,
    lesson_marks,
    pages_by_weight,
    quiz_marks,
)
from course.people.cohorts import help_rule, learners_of
from course.refresher_cases import completion_rates

from .downloads import send_table
from .requested import requested_grid
from .words import rule_words, summary_words


@require_safe
@login_required
def desk_activities(request, cohort_pk):
    cohort, grid = requested_grid(request, cohort_pk)
    page = Paginator(pages_by_weight(activity_rows(grid.rows, grid.columns)), 1).get_page(request.GET.get("pagina"))
    context = {
        "cohort": cohort,
        "grid": grid,
        "page": page,
        "lines": page.object_list[0],
        "headings": [ModuleHeading(column.outline) for column in grid.columns],
        "legend": [(_("Each lesson in turn"), lesson_marks(mixed=grid.is_mixed)), (_("Then the quiz"), quiz_marks())],
        "summary": summary_words(grid),
        "rule": rule_words(help_rule(cohort)),
        "states": grid.states_to_show,
        "reviews": completion_rates(learners_of(cohort), now=timezone.now()),
    }
    return render(request, "desk/each_activity.html", context)


@require_safe
@login_required
def desk_activities_file(request, ending, cohort_pk):
    cohort, grid = requested_grid(request, cohort_pk)
    return send_table(request, ending, _("Activities"), activity_table(grid), cohort=cohort, people=len(grid.rows))
