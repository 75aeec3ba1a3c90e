"""The page on which a trainer gives one person more time or attempts in a quiz."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from course.groups.allowances import allow_more, limited_quizzes
from course.people.permissions import may_allow

from .allowance_form import AllowanceForm
from .requested import requested_person


@login_required
def desk_allow(request, cohort_pk, learner_pk, quiz_key):
    """Show what a person was given in a quiz, by whom and when; a post gives it anew."""
    cohort, learner = requested_person(request, cohort_pk, learner_pk)
    found = limited_quizzes(learner, quiz_key=quiz_key)
    if not found or not may_allow(request.user, learner):
        raise Http404
    limited = found[0]
    form = AllowanceForm(request.POST or None, quiz=limited.quiz, in_force=limited.in_force)
    if request.method == "POST" and form.is_valid():
        given = form.given | {"reason": form.cleaned_data["reason"]}
        allow_more(learner, quiz_key, cohort=cohort, by=request.user, now=timezone.now(), **given)
        words = _("Saved: what %(person)s may do in “%(quiz)s” beyond its rules.")
        messages.success(request, words % {"person": learner, "quiz": limited.quiz})
        return redirect("desk_person", cohort.pk, learner.pk)
    context = {"cohort": cohort, "learner": learner, "limited": limited, "form": form}
    return render(request, "desk/allow.html", context, status=400 if form.errors else 200)
