"""Pages: reminders by e-mail and a person's address."""

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import Http404
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_safe

from course.groups.calling import languages_of
from course.models import Reminder
from course.people.cohorts import cohorts_trained_by
from course.reminders.addresses import AddressForm
from course.reminders.asking import request_reminders
from course.reminders.letters import previews
from course.reminders.reachability import outcome_words, reachability_of, reachability_words

from .downloads import send_table
from .requested import own_list, requested_person
from .tables import reminders_table

SHOWN = 50


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def desk_reminders(request):
    now, due = timezone.now(), own_list(request).due
    if request.method == "POST":
        return _remind(request, due, now=now)
    reachability = reachability_of([one.learner for one in due], now=now)
    told = [(one, reachability[one.learner.pk], reachability_words(reachability[one.learner.pk])) for one in due]
    reachable = [line for line in told if line[1].may_be_reminded]
    page = Paginator(_sent_in_own_groups(request.user), SHOWN).get_page(request.GET.get("pagina"))
    context = {
        "goes_out": settings.MAIL_GOES_OUT,
        "reachable": reachable,
        "others": [line for line in told if not line[1].may_be_reminded],
        "letters": previews(languages_of([one.learner for one, *_rest in reachable]).values(), by=request.user),
        "page": page,
        "lines": [(reminder, outcome_words(reminder, now=now)) for reminder in page],
    }
    return render(request, "desk/reminders.html", context)


@require_safe
@login_required
def desk_reminders_file(request, ending):
    if not request.user.trains:
        raise Http404
    now = timezone.now()
    lines = [(reminder, outcome_words(reminder, now=now)) for reminder in _sent_in_own_groups(request.user)]
    return send_table(request, ending, _("Reminders by e-mail"), reminders_table(lines), people=len(lines))


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def desk_address(request, cohort_pk, learner_pk):
    cohort, learner = requested_person(request, cohort_pk, learner_pk)
    if not request.user.has_perm("course.change_learner", learner):
        raise Http404
    form = AddressForm(request.POST if request.method == "POST" else None, person=learner)
    if form.is_valid() and form.save(by=request.user, cohort=cohort, now=timezone.now()):
        messages.success(request, _("Saved."))
        return redirect("desk_person", cohort.pk, learner.pk)
    context = {"cohort": cohort, "learner": learner, "form": form}
    return render(request, "desk/address.html", context, status=422 if form.errors else 200)


def _remind(request, due, *, now):
    if not settings.MAIL_GOES_OUT:
        raise Http404
    ticked, is_list = set(request.POST.getlist("persona")), request.POST.get("from") == "list"
    asked = request_reminders([one for one in due if str(one.learner.pk) in ticked], by=request.user, now=now)
    if asked:
        words = ngettext("%(count)d reminder is on its way.", "%(count)d reminders are on their way.", len(asked))
        messages.success(request, words % {"count": len(asked)})
    else:
        words = _("Nobody was reminded: tick somebody who can get a reminder now.")
        messages.error(request, words, extra_tags="" if is_list else "persona")
    return redirect("desk_cohorts" if is_list else "desk_reminders")


def _sent_in_own_groups(trainer):
    reminders = Reminder.objects.filter(cohort__in=cohorts_trained_by(trainer).order_by().values("pk"))
    return reminders.select_related("learner", "cohort", "requested_by").order_by("-requested_at", "-pk")
