"""Pages: a session on one shared device, with scenarios and each person's quiz."""

from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.decorators import login_required
from django.http import Http404
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from course.models import FEWEST_HANDS
from course.people.cohorts import learners_of
from course.privacy import delete_personal_cookies
from course.sessions.scenes import count_hands, moment_at, read_hands, scenes_for
from course.sessions.turns import begin_round, end_round, keep_round, next_in, pass_over, quiz_of, round_of
from modules.blocks.scenarios import lettered
from modules.progress.outline import course_outline
from quizzes.models import Quiz

from .views import requested_session


@login_required
@require_safe
def desk_stage(request, cohort_pk, session_pk):
    session = requested_session(request, cohort_pk, session_pk)
    modules = [module for module in course_outline() if not session.modules or str(module.key) in session.modules]
    context = {
        "cohort": session.cohort,
        "session": session,
        "scenes": scenes_for(session),
        "modules": [module for module in modules if module.quiz_key and module.quiz_is_open],
        "there": session.attendances.count(),
        "people": learners_of(session.cohort).count(),
    }
    return render(request, "desk/sessions/stage.html", context)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def desk_scene(request, cohort_pk, session_pk, identifier):
    session = requested_session(request, cohort_pk, session_pk)
    scene = next((one for one in scenes_for(session) if one.identifier == identifier), None)
    path = request.GET.get("camino", "")
    moment = scene and moment_at(scene, path)
    if moment is None:
        raise Http404
    context = {
        "cohort": session.cohort,
        "session": session,
        "scene": scene,
        "moment": moment,
        "options": lettered(moment),
        "path": path,
        "fewest": FEWEST_HANDS,
        "in_scene": True,
        "lang": scene.lang,
        "they": scene.they,
        "is_short": scene.is_short,
    }
    if request.method == "POST":
        hands = read_hands(moment, request.POST)
        kept = count_hands(session, scene, path, hands, by=request.user, now=timezone.now())
        context |= {"hands": hands, "total": sum(one.count for one in hands), "kept": kept, "rule": scene.rule}
    return render(request, "desk/sessions/scene.html", context)


@login_required
@require_POST
def desk_round(request, cohort_pk, session_pk):
    """Pass the device to the attendees, or to the whole group; signs the trainer out."""
    session = requested_session(request, cohort_pk, session_pk)
    keys = [module.quiz_key for module in course_outline() if str(module.quiz_key) == request.POST.get("quiz")]
    quiz = keys and Quiz.objects.in_language(get_language()).filter(translation_key=keys[0], live=True).first()
    if not quiz:
        messages.error(request, _("Choose a quiz."), extra_tags="quiz")
        return redirect("desk_stage", cohort_pk, session_pk)
    there = set(session.attendances.values_list("learner_id", flat=True))
    learners = [learner for learner in learners_of(session.cohort) if not there or learner.pk in there]
    logout(request)
    response = redirect("turn")
    delete_personal_cookies(response)
    back = reverse("desk_session", args=[cohort_pk, session_pk])
    keep_round(request, response, begin_round(quiz, learners, back=back, now=timezone.now()))
    return response


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def turn(request):
    round_ = round_of(request)
    if round_ is None:
        return redirect("account_login")
    if request.user.is_authenticated:
        return render(request, "desk/sessions/turn.html", {"signed_in": True})
    person, sent, people = next_in(round_)
    quiz = quiz_of(round_, get_language())
    if request.method == "POST":
        if "terminar" in request.POST:
            query = f"?{urlencode({'next': round_.back})}" if round_.back else ""
            response = redirect(reverse("account_login") + query)
            end_round(request, response)
            return response
        response = redirect("turn")
        if person and request.POST.get("falta") == str(person.pk):
            keep_round(request, response, pass_over(round_, person.pk))
        return response
    context = {"person": person, "quiz": quiz, "sent": sent, "people": people}
    if person and quiz:
        entry = reverse("quiz_entry", args=[quiz.identifier])
        context["sign_in"] = f"{reverse('account_login')}?{urlencode({'c': person.username, 'next': entry})}"
    return render(request, "desk/sessions/turn.html", context)
