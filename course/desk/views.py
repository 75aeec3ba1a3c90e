"""Pages: first screen of the desk, a group's grid, a person."""

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import Http404
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from course.groups.activity import activity_by_learner
from course.groups.calling import call_list, chats_with, next_steps, order_words, with_messages
from course.groups.certificates import certificates_of_person
from course.groups.corrections import how_many_wait
from course.groups.finding import LONGEST_QUERY
from course.groups.grid import grids_by_cohort
from course.groups.person import EVENTS_A_PAGE, by_month, limited_quizzes, person_report, timeline_of
from course.groups.training import training_of
from course.people import limits
from course.people.accounts import unlock_person
from course.people.audit import audit_log
from course.people.clinics import areas_by_groups, may_open_clinic
from course.people.cohorts import (
    closed_cohorts,
    cohorts_of,
    cohorts_trained_by,
    help_rule,
    learners_by_cohort,
    unclosed_cohorts,
)
from course.people.enrolment import describe_call_rules
from course.people.permissions import may_allow
from course.plans.access import clinics_reminded_of
from course.plans.due import SHOWN as PLANS_SHOWN
from course.plans.due import due_plans
from course.reminders.letters import previews
from course.reminders.reachability import reachability_of, reachability_words
from quizzes.base.spreadsheets import CSV, XLSX, download

from .downloads import send_table
from .requested import requested_grid, requested_person
from .spreadsheets import file_name, write_csv, write_xlsx
from .tables import attempts_table
from .words import rule_words, summary_words

GROUPS_A_PAGE = 20
CLOSED_A_PAGE = 50


@require_safe
@login_required
def desk_cohorts(request):
    if not request.user.trains:
        raise Http404
    now, today = timezone.now(), timezone.localdate()
    own = list(unclosed_cohorts(cohorts_trained_by(request.user), today=today))
    groups = cohorts_of(request.user)
    page = Paginator(unclosed_cohorts(groups, today=today), GROUPS_A_PAGE).get_page(request.GET.get("pagina"))
    grids = grids_by_cohort(learners_by_cohort({*page, *own}), now=now)
    calls = call_list({cohort: grids[cohort.pk] for cohort in own}, by=request.user, now=now)
    address = request.build_absolute_uri("/")
    told = _with_reminders(with_messages(calls.today, by=request.user, address=address), now=now)
    languages = [language for _due, _message, language, may_be_reminded, _words in told if may_be_reminded]
    context = {
        "page": page,
        "closed": Paginator(closed_cohorts(groups, today=today), CLOSED_A_PAGE).get_page(request.GET.get("cerrados")),
        "groups": [
            (cohort, grids[cohort.pk], summary_words(grids[cohort.pk]), describe_call_rules(cohort)) for cohort in page
        ],
        "trains_groups": bool(own),
        "areas": (areas := list(areas_by_groups(request.user))),
        "areas_without_groups": [area for area in areas if not area.has_groups],
        "calls": calls,
        "today": told,
        "due_plans": due_plans(clinics_reminded_of(request.user, today=today), now=now),
        "due_shown": f":{PLANS_SHOWN}",
        "sends_mail": settings.MAIL_GOES_OUT,
        "reachable": len(languages),
        "letters": previews(languages, by=request.user) if settings.MAIL_GOES_OUT else [],
        "order": order_words(),
        "longest": LONGEST_QUERY,
    }
    return render(request, "desk/cohorts.html", context)


@require_safe
@login_required
def desk_cohort(request, cohort_pk):
    cohort, grid = requested_grid(request, cohort_pk)
    now = timezone.now()
    page = Paginator(grid.rows, grid.rows_a_page).get_page(request.GET.get("pagina"))
    activity = activity_by_learner([row.learner for row in page], now=now)
    return render(
        request,
        "desk/cohort.html",
        {
            "cohort": cohort,
            "grid": grid,
            "page": page,
            "lines": [(row, activity[row.learner.pk]) for row in page],
            "narrow": _narrow(request, cohort, page, now=now),
            "narrow_columns": len(grid.columns) + 1 if grid.fits_a_phone else 2,
            "summary": summary_words(grid),
            "rule": rule_words(help_rule(cohort)),
            "states": grid.states_to_show,
            "now": now,
            "leads_to_clinic": may_open_clinic(cohort, today=timezone.localdate(now)),
            "to_confirm": how_many_wait(request.user, [row.learner for row in grid.rows]),
        },
    )


def _narrow(request, cohort, page, *, now):
    to_call = [row.learner for row in page if row.reasons]
    chats = chats_with(to_call, by=request.user, address=request.build_absolute_uri("/"))
    steps = next_steps(page, rule=help_rule(cohort), now=now)
    return [(state, [(step, chats.get(step.row.learner.pk)) for step in those]) for state, those in steps]


@require_safe
@login_required
def desk_cohort_file(request, ending, cohort_pk):
    cohort, grid = requested_grid(request, cohort_pk)
    now = timezone.now()
    name = file_name(_("Group"), cohort, ending, now=now)
    activity = activity_by_learner([row.learner for row in grid.rows], now=now)
    audit_log("group_exported", by=request.user, cohort=cohort, people=len(grid.rows), now=now)
    if ending == "xlsx":
        return download(write_xlsx(cohort, grid, activity, now=now), name, XLSX)
    return download(write_csv(grid, activity), name, CSV)


@require_safe
@login_required
def desk_person(request, cohort_pk, learner_pk):
    cohort, learner = requested_person(request, cohort_pk, learner_pk)
    now = timezone.now()
    report, training = person_report(learner, rule=help_rule(cohort), now=now), training_of(learner)
    events = timeline_of(
        learner,
        attempts=report.attempts,
        training=training,
        cohorts=set(cohorts_of(request.user).order_by().values_list("pk", flat=True)),
        now=now,
    )
    page = Paginator(events, EVENTS_A_PAGE).get_page(request.GET.get("pagina"))
    return render(
        request,
        "desk/person.html",
        {
            "page": page,
            "months": by_month(page),
            "cohort": cohort,
            "learner": learner,
            "report": report,
            "training": training,
            "certificates": certificates_of_person(report.row, user=request.user),
            "limited": limited_quizzes(learner),
            "to_confirm": how_many_wait(request.user, [learner]),
            "may_change": request.user.has_perm("course.change_learner", learner),
            "numbers": learner.identifiers.order_by("kind"),
            "chat": chats_with([learner], by=request.user, address=request.build_absolute_uri("/")).get(learner.pk),
            "may_allow": may_allow(request.user, learner),
            "rule": rule_words(help_rule(cohort)),
            "slowed": limits.is_slowed(learner, now=now),
            "keeps_offline": settings.KEEP_PAGES_OFFLINE,
            "now": now,
        },
    )


@require_safe
@login_required
def desk_person_attempts(request, ending, cohort_pk, learner_pk):
    cohort, learner = requested_person(request, cohort_pk, learner_pk)
    report = person_report(learner, rule=help_rule(cohort), now=timezone.now())
    return send_table(request, ending, _("Attempts"), attempts_table(report), cohort=cohort, people=1)


@require_POST
@login_required
def desk_unlock(request, cohort_pk, learner_pk):
    cohort, learner = requested_person(request, cohort_pk, learner_pk)
    unlock_person(learner, cohort=cohort, by=request.user, now=timezone.now())
    messages.success(request, _("%(person)s can try the PIN again now.") % {"person": learner})
    return redirect("desk_person", cohort.pk, learner.pk)


def _with_reminders(told, *, now):
    reachability = reachability_of([due.learner for due, *_rest in told], now=now)
    reachability = {pk: (one.may_be_reminded, reachability_words(one)) for pk, one in reachability.items()}
    return [(*line, *reachability[line[0].learner.pk]) for line in told]
