"""What a person wove: a module when it is finished, and the whole cloth at the end."""

import re
from collections import defaultdict

from django.http import Http404
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from modules.blocks.lines import ROLES
from modules.progress.deriving import progress_of
from modules.progress.outline import course_outline
from modules.progress.structure import course_structure
from modules.wording.translations import rows_in
from quizzes.attempts.results import counting_attempt
from quizzes.attempts.rules import counting_since
from quizzes.models import Act

from .reading import for_learners, role_of

# Where each job meets people, as in «Para mañana, en la ventanilla».
TOMORROW = {
    "clinica": _("For tomorrow, in the consulting room"),
    "labfar": _("For tomorrow, in the laboratory or the pharmacy"),
    "recepcion": _("For tomorrow, at the window"),
    "apoyo": _("For tomorrow, at the gate and in the corridors"),
    "jefatura": _("For tomorrow, in the office"),
}
_MODULE_OF_ACT = re.compile(r"M(\d+)-")


@for_learners
def show_woven(request, number):
    """A module that was just finished: its motif, one thing to try tomorrow, and the way on."""
    progress = progress_of(request.user, now=timezone.now())
    done = next((one for one in progress.modules if one.outline.number == number), None)
    if done is None:
        # One that the person's edition of the course does not ask: there to be read, and no thread of the weave.
        if any(outline.number == number for outline in course_outline()):
            return redirect("my_course")
        raise Http404
    if not done.is_finished:
        return redirect(done.outline.url)
    numbers, role = [one.outline.number for one in progress.modules], role_of(request)
    module, place = _page_of(done.outline), numbers.index(number)
    attempt = _attempt_that_counts(request.user, done)
    following = progress.next_module
    context = {
        "done": done,
        "progress": progress,
        "numbers": numbers,
        "woven": [one.outline.number for one in progress.modules if one.is_finished],
        "beside": [numbers[place - 1], numbers[(place + 1) % len(numbers)]],
        "attempt": attempt,
        "tip": _tip_for(module, role),
        "where": TOMORROW.get(role) or _("For tomorrow"),
        "following": following and following.outline,
        "begins": following is not None and not following.has_begun,
    }
    return render(request, "modules/woven.html", context)


@for_learners
def show_whole_weave(request):
    """The whole cloth of whoever finished the course, and what the person can do now, by job."""
    progress = progress_of(request.user, now=timezone.now())
    if not progress.finished:
        return redirect("my_course")
    role, language = role_of(request), get_language()
    own, core = acts_of(role, language)
    outlines = [one.outline for one in progress.modules]
    tips = {one.number: [tip] for one in outlines if (tip := _tip_for(_page_of(one), role))}
    context = {
        "progress": progress,
        "role_name": dict(ROLES).get(role, ""),
        # Without a competency map the tips say what one does.
        "able": [(one, own.get(one.number) or tips.get(one.number, [])) for one in outlines],
        # Every module has a card; one is enough to begin with, and the last is the freshest.
        "practised": next((one for one in reversed(outlines) if one.practice_url), None),
        "core": [(one, core[one.number]) for one in outlines if core.get(one.number)],
    }
    return render(request, "modules/whole_weave.html", context)


def acts_of(role, language):
    """Return the acts of a job and those of everyone as {number of the module: [text]}, in one query."""
    own, core = defaultdict(list), defaultdict(list)
    for act in sorted(rows_in(Act.objects.all(), language), key=lambda act: act.identifier):
        module = _MODULE_OF_ACT.match(act.identifier)
        if module and act.is_core:
            core[int(module[1])].append(act.text)
        elif module and role and role in act.identifier.split("-"):
            own[int(module[1])].append(act.text)
    return own, core


def _page_of(outline):
    """Return the page of a module in the language of the reader, as this process remembers it."""
    modules = course_structure().modules_in(get_language())
    return next(module for module in modules if module.translation_key == outline.key)


def _tip_for(module, role):
    """Return the module's tip for a job, else its first key message, else ""."""
    tips = (tip.value["tip"] for tip in module.role_tips if tip.value["role"] == role)
    messages = (message.value for message in module.key_messages)
    return next(tips, None) or next(messages, "")


def _attempt_that_counts(learner, done):
    """Return the attempt with which a module's quiz is passed; of whoever began anew, one of since then."""
    if not done.quiz_passed:
        return None
    since = counting_since(learner.pk).get(done.outline.quiz_key)
    return counting_attempt(learner, done.outline.quiz_key, since=since)[0]
