"""Cards of a group: whom they are for, how far they are, and the PDF for an hour; and one person's new PIN."""

import secrets

from django.contrib.auth.decorators import login_required
from django.http import Http404
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from certificates.jobs import file_of
from course.cards.asking import (
    NobodyToCard,
    card_candidates,
    recent_prints,
    request_cards,
)
from course.people.accounts import reset_pin
from course.people.audit import audit_log
from course.people.cohorts import learners_of
from quizzes.base.spreadsheets import download

from .downloads import send_table
from .job_views import progress_of_job, requested_job
from .requested import requested_cohort, requested_person
from .spreadsheets import file_name
from .tables import cards_table


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def desk_cards(request, cohort_pk):
    """Who of the group has a PIN and who needs a card; a post asks for cards of whoever is ticked."""
    cohort = requested_cohort(request, cohort_pk)
    now, problem = timezone.now(), ""
    candidates = card_candidates(learners_of(cohort), by=request.user, now=now)
    ticked = {str(one.learner.pk) for one in candidates if one.needs_card}
    ending_pins = "ending_pins" in request.POST
    if request.method == "POST":
        ticked = set(request.POST.getlist("persona"))
        try:
            cards = request_cards(
                cohort,
                [one for one in candidates if str(one.learner.pk) in ticked],
                ending_pins=ending_pins,
                by=request.user,
                language=request.LANGUAGE_CODE,
                now=now,
            )
        except NobodyToCard as nobody:
            problem = str(nobody)
        else:
            return redirect("desk_card_print", cohort.pk, cards.pk)
    context = {
        "cohort": cohort,
        "candidates": candidates,
        "ticked": ticked,
        "owners": sum(one.has_own_pin for one in candidates),
        "needing": sum(one.needs_card for one in candidates),
        "ending_pins": ending_pins,
        "problem": problem,
        "problem_at": next((f"persona-{one.learner.pk}" for one in candidates if one.may_get), ""),
        "prints": recent_prints(request.user, cohort, now=now),
    }
    return render(request, "desk/cards.html", context, status=422 if problem else 200)


@login_required
@require_safe
def desk_cards_file(request, ending, cohort_pk):
    """Who has a PIN and who needs a card, as a file; there is no PIN in it."""
    cohort = requested_cohort(request, cohort_pk)
    candidates = card_candidates(learners_of(cohort), by=request.user, now=timezone.now())
    return send_table(request, ending, _("Cards"), cards_table(candidates), cohort=cohort, people=len(candidates))


@login_required
@require_safe
def desk_card_print(request, cohort_pk, print_id):
    """How far the cards are, then where to fetch them."""
    cohort, cards = requested_job(request, "cards", cohort_pk, print_id)
    now = timezone.now()
    context = {"cohort": cohort, "cards": cards, "ready": file_of(cards, now=now) is not None}
    context |= progress_of_job("cards", cards, now=now)
    return render(request, "desk/card_print.html", context)


@login_required
@require_safe
def desk_card_pdf(request, cohort_pk, print_id):
    """The cards, within the hour and for nobody but who asked for them."""
    cohort, cards = requested_job(request, "cards", cohort_pk, print_id)
    pdf = file_of(cards, now=timezone.now())
    if pdf is None:
        raise Http404
    audit_log("cards_fetched", by=request.user, cohort=cohort, people=cards.done, now=timezone.now())
    return download(bytes(pdf), file_name(_("Cards"), cohort, "pdf", now=cards.finished_at), "application/pdf")


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def desk_new_pin(request, cohort_pk, learner_pk):
    """Say what a new PIN does; a post gives it and shows it, once."""
    cohort, learner = requested_person(request, cohort_pk, learner_pk)
    if not request.user.has_perm("course.change_learner", learner):
        raise Http404
    context = {"cohort": cohort, "learner": learner}
    if request.method == "POST":
        now = timezone.now()
        chance = secrets.SystemRandom()
        context["pin"] = reset_pin(learner, cohort=cohort, by=request.user, now=now, chance=chance)
        context["until"] = learner.starting_pin.expires_at
    return render(request, "desk/new_pin.html", context)
