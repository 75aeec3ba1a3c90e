"""Page: add a person who came to a session but is not in its group."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from course.desk.adding import Added, AddPersonForm, add_or_ask
from course.groups.changing import telling, watching
from course.groups.finding import LONGEST_QUERY, look_for_people
from course.people.accounts import CannotAdd
from course.sessions.attendance import keep_attendance

from .views import problem_with_day, requested_session, tell_changes


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def desk_add_to_session(request, cohort_pk, session_pk):
    session, now = requested_session(request, cohort_pk, session_pk), timezone.now()
    if to_come := problem_with_day(session, now=now):
        messages.error(request, to_come)
        return redirect("desk_session", cohort_pk, session.pk)
    looks = "q" in request.POST
    form = AddPersonForm(
        request.POST if request.method == "POST" and not looks else None, by=request.user, cohort=session.cohort
    )
    problem, added = "", Added()
    if form.is_bound:
        try:
            added = add_or_ask(request, form, now=now)
        except CannotAdd as refusal:
            problem = str(refusal)
    if added.person:
        with watching([added.person]) as ended, telling([added.person], now=now) as told:
            keep_attendance(session, {added.person.pk}, shown=set(), by=request.user, now=now)
        messages.success(request, _("%(person)s is in the group and attended.") % {"person": added.person})
        tell_changes(request, ended, told)
        return redirect("desk_session", cohort_pk, session.pk)
    query = request.POST.get("q", "").strip()[:LONGEST_QUERY]
    found, more, by_sound = look_for_people(request.user, query, now=now) if looks else ([], 0, False)
    context = {
        "cohort": session.cohort,
        "session": session,
        "form": form,
        "resembling": added.resembling,
        "problem": problem,
        "query": query,
        "found": found,
        "by_sound": by_sound,
        "more": more,
        "longest": LONGEST_QUERY,
    }
    status = 422 if form.errors or problem else 200
    return render(request, "desk/sessions/add_person.html", context, status=status)
