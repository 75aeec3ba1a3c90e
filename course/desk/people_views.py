"""Pages: find and add a person."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from course.groups.calling import chats_with
from course.groups.finding import LONGEST_QUERY, SHOWN, look_for_people
from course.people.accounts import CannotAdd
from course.people.cohorts import cohorts_of
from modules.search.search import get_saved_query, save_query
from quizzes.base.identifiers import parse_key

from .adding import Added, AddPersonForm, add_or_ask

_PURPOSE = "people"


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def desk_find_people(request):
    if not request.user.trains:
        raise Http404
    if request.method == "POST":
        response = redirect("desk_find_people")
        save_query(request, response, request.POST.get("q", "").strip()[:LONGEST_QUERY], purpose=_PURPOSE)
        return response
    query = get_saved_query(request, purpose=_PURPOSE)
    found, more, by_sound = look_for_people(request.user, query, now=timezone.now())
    looked_after = [one.person for one in found if one.is_in_group]
    chats = chats_with(looked_after, by=request.user, address=request.build_absolute_uri("/"))
    context = {
        "query": query,
        "found": [(one, chats.get(one.person.pk)) for one in found],
        "by_sound": by_sound,
        "more": more,
        "shown": SHOWN,
        "longest": LONGEST_QUERY,
    }
    return render(request, "desk/find_people.html", context)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def desk_add_person(request):
    if not request.user.trains:
        raise Http404
    chosen = parse_key(request.GET.get("grupo", ""))
    form = AddPersonForm(
        request.POST if request.method == "POST" else None, by=request.user, initial={"cohort": chosen}
    )
    problem, added = "", Added()
    if request.method == "POST":
        try:
            added = add_or_ask(request, form, now=timezone.now())
        except CannotAdd as refusal:
            problem = str(refusal)
    if added.person:
        messages.success(
            request, _("%(person)s is in “%(group)s” now.") % {"person": added.person, "group": form.group}
        )
        if not form.group.is_open_on(timezone.localdate()):
            messages.warning(request, _("The group is closed today: nobody of it can go on in the course."))
        page = "desk_person" if added.person.has_usable_password() else "desk_new_pin"
        return redirect(page, form.group.pk, added.person.pk)
    context = {
        "form": form,
        "resembling": added.resembling,
        "group": cohorts_of(request.user).filter(pk=chosen).first() if chosen else None,
        "problem": problem,
    }
    return render(request, "desk/add_person.html", context, status=422 if form.errors or problem else 200)
