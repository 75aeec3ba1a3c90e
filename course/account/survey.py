"""Page of the survey.

Answers go into an encrypted envelope only: never to a person, a session or a message. If encryption fails, this
response alone shows them again. Answering and skipping lead to the same page.
"""

from django.contrib.auth.decorators import login_required
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from course.survey.keys import CannotKeepKeys
from course.survey.passing import Passed, due_page, has_passed, offered_wave, pass_page
from course.survey.rounds import wording_of
from modules.progress.deriving import progress_of
from quizzes.surveys.asking import asked_blocks, language_of, same_items
from quizzes.surveys.reading import items_in, kept_answers
from quizzes.surveys.wording import wording_shown

from .my_course import next_address
from .sessions import idle_seconds

FIELD_PREFIX = "f-"


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def survey(request):
    person, now = request.user, timezone.now()
    progress = progress_of(person, now=now)
    wave = due_page(person, progress, now=now)
    wording = wording_of(person.clinic, progress.edition, wave) if wave else None
    if wording is None:
        return _show_outcome(request, progress, "nothing")
    # The post may come from an old page of another wave.
    if request.method == "POST" and request.POST.get("ronda") == wave:
        return _pass(request, progress, wave, wording)
    if has_passed(person, progress.edition, wave):
        return _show_outcome(request, progress, "passed")
    if offered_wave(person, progress, now=now) is None:
        return _show_outcome(request, progress, "closed")
    return _show_questions(request, progress, wave, wording)


def _pass(request, progress, wave, wording):
    shown, given = wording, {}
    if "seguir" not in request.POST:
        shown = wording_shown(request.POST.get("texto", ""))
        given = _marked(request, shown or wording, wave)
    if "mirar" in request.POST:
        return _show_questions(request, progress, wave, wording, marked=given)
    try:
        came = Passed.REWORDED
        if shown:
            came = pass_page(request.user, progress.edition, wave, given, wording=shown)
    except CannotKeepKeys:
        problem = _("The survey cannot be taken now, and nothing was sent. Try again later, or go on with the course.")
        return _show_questions(request, progress, wave, wording, marked=given, problem=problem, status=503)
    if came is not Passed.REWORDED:
        return redirect("survey")
    wording = wording_of(request.user.clinic, progress.edition, wave)
    same = same_items(shown.contents, wording.contents, wave) if shown else set()
    marked = {item: code for item, code in given.items() if item in same}
    problem = _("The questions were changed meanwhile, and nothing was sent. What is asked as before is still marked.")
    return _show_questions(request, progress, wave, wording, marked=marked, problem=problem, status=409)


def _marked(request, wording, wave):
    fields = {
        item["id"]: request.POST.get(f"{FIELD_PREFIX}{item['id']}", "") for item in items_in(wording.contents, wave)
    }
    return kept_answers(wording.contents, wave, fields)


def _show_questions(request, progress, wave, wording, *, marked=None, problem="", status=200):
    language = language_of(wording.contents, get_language())
    context = {
        "wave": wave,
        "wording": wording,
        "item": FIELD_PREFIX,
        "blocks": asked_blocks(wording.contents, wave, language=language, marked=marked),
        "words_language": "" if language == get_language() else language,
        "next_address": next_address(request.user, progress),
        "problem": problem,
        "idle_minutes": (idle_seconds(request) or 0) // 60,
        "is_lost_when_closed": True,
    }
    return render(request, "account/survey/survey.html", context, status=status)


def _show_outcome(request, progress, what):
    context = {"what": what, "next_address": next_address(request.user, progress)}
    return render(request, "account/survey/outcome.html", context)
