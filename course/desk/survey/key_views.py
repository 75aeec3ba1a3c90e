"""Keying in sheets of the survey: a batch at once, which is sealed with one post and never seen again."""

import uuid

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from course.models import FEWEST_ANSWERS
from course.survey.keying import CannotKey, key_batch, people_given_sheets
from course.survey.keys import CannotKeepKeys
from course.survey.rounds import round_of, wording_of
from modules.models import Edition
from quizzes.surveys.wording import wording_shown

from .key_form import CountForm, KeyForm
from .paper_views import requested_clinic, requested_session
from .round_views import requested_wave


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def desk_survey_key(request, clinic_pk, edition_pk, wave):
    """Ask how many sheets there are, then for what each says; a post seals them all, or shows what is wrong."""
    clinic, edition = requested_clinic(request, clinic_pk), get_object_or_404(Edition, pk=edition_pk)
    wave, wording = requested_wave(wave), wording_of(clinic, edition, requested_wave(wave))
    context = {"clinic": clinic, "edition": edition, "wave": wave, "session": requested_session(request, clinic)}
    known = round_of(clinic, edition, wave)
    if wording is None or (known and not known.is_open and request.method != "POST"):
        return render(request, "desk/survey/key_closed.html", context | {"is_closed": wording is not None})
    asked = request.POST if request.method == "POST" else request.GET
    count_form = CountForm(asked if "hojas" in asked or request.method == "POST" else None)
    if not count_form.is_valid():
        status = 422 if count_form.is_bound else 200
        return render(request, "desk/survey/key_count.html", context | {"form": count_form}, status=status)
    options = {"clinic": clinic, "wave": wave, "count": count_form.cleaned_data["hojas"], "by": request.user}
    if request.method != "POST":
        initial = {"given_to": _who_was_there(context["session"], clinic, by=request.user)}
        return _show(request, context, KeyForm(initial=initial, wording=wording, **options), wording)
    return _key(request, context, options, wording)


def _key(request, context, options, wording):
    shown = wording_shown(request.POST.get("texto", "")) or wording
    form = KeyForm(request.POST, wording=shown, **options)
    if not form.is_right():
        return _show(request, context, form, shown, status=422)
    # Enter was pressed in a field, and no button.
    if "mirar" in request.POST:
        return _show(request, context, form, shown)
    people = form.cleaned_data["given_to"]
    try:
        key_batch(
            context["clinic"],
            context["edition"],
            context["wave"],
            form.sheets,
            given_to=people,
            collected_by=form.cleaned_data["collected_by"],
            key=form.batch_key,
            wording=shown,
            by=request.user,
            now=timezone.now(),
        )
    except CannotKey as refused:
        if refused.why == CannotKey.REWORDED:
            # What was typed stands; what is asked otherwise by now is told where it does not fit.
            shown = wording_of(context["clinic"], context["edition"], context["wave"])
            form = KeyForm(request.POST, wording=shown, **options)
            form.is_right()
        return _show(request, context, form, shown, problem=_REFUSED[refused.why](), status=409)
    except CannotKeepKeys:
        problem = _(
            "The sheets cannot be sealed now: the server cannot keep their key. Nothing was kept. Tell who runs it."
        )
        return _show(request, context, form, shown, problem=problem, status=503)
    messages.success(request, _sealed_words(len(form.sheets)))
    return redirect("desk_survey_paper", context["clinic"].pk)


_REFUSED = {
    CannotKey.CLOSED: lambda: _("This wave was closed meanwhile: it takes no sheets any more. Nothing was kept."),
    CannotKey.REWORDED: lambda: _(
        "The questions of this centre are others than those of this page. Nothing was kept: look whether the sheets "
        "are of this wave, and send them again."
    ),
    CannotKey.COLLECTED_THEM: lambda: _("Whoever collected the sheets does not key them in."),
    CannotKey.MORE_THAN_PEOPLE: lambda: _(
        "There are more sheets than ticked people who were still to be asked. Tick everybody who got a sheet; whoever "
        "passed the page before, on screen or with a sheet that was keyed in, does not count again. Nothing was kept."
    ),
    CannotKey.TOO_MANY: lambda: _("Write a number from 1 to 60."),
}


def _sealed_words(count):
    sealed = ngettext("%(count)d sheet is sealed now.", "%(count)d sheets are sealed now.", count) % {"count": count}
    return f"{sealed} {_('They can no longer be seen or corrected. Destroy the sheets of paper.')}"


def _who_was_there(session, clinic, *, by):
    there = session.attendances.order_by().values("learner") if session else []
    return [person.pk for person in people_given_sheets(clinic, by=by).filter(pk__in=there)]


def _show(request, context, form, wording, *, problem="", status=200):
    context |= {
        "form": form,
        "refused": form.refused,
        "problem": problem,
        "wording": wording,
        "count": form.count,
        "is_few": form.count < FEWEST_ANSWERS,
        "batch_key": form.batch_key if form.is_bound else uuid.uuid4(),
    }
    return render(request, "desk/survey/key.html", context, status=status)
