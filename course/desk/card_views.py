"""Cards of a group: whom they are for, how far they are, and the PDF for an hour; and one person's new PIN."""

import secrets

from django.contrib.auth.decorators import login_required
from django.http import Http404
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from course.cards import FILE_KEPT, NobodyToCard, card_candidates, request_cards
from course.jobs import visible_jobs
from course.people.accounts import reset_pin
from course.people.cohorts import learners_of

from .downloads import send_table
from .requested import requested_cohort, requested_person
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
            return redirect("desk_job", cohort.pk, cards.pk)
    context = {
        "cohort": cohort,
        "candidates": candidates,
        "ticked": ticked,
        "owners": sum(one.has_own_pin for one in candidates),
        "needing": sum(one.needs_card for one in candidates),
        "ending_pins": ending_pins,
        "problem": problem,
        "problem_at": next((f"persona-{one.learner.pk}" for one in candidates if one.may_get), ""),
        "jobs": visible_jobs(request.user, cohort).filter(kind="cards", requested_at__gt=now - FILE_KEPT, problem=""),
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
