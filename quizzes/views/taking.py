"""Pages of a quiz: entry, questions, summary and submission."""

import random
from functools import wraps

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from quizzes.attempts import taking as attempts
from quizzes.attempts.closing import close_if_expired, close_on_countdown
from quizzes.attempts.drawing import shown_sources
from quizzes.attempts.responses import current_answers, responses_of
from quizzes.attempts.results import counting_attempt, list_quizzes, topic_progress
from quizzes.attempts.review import answers_hidden_before, attempts_with_hidden_answers, lesson_links
from quizzes.attempts.rules import (
    attempts_allowed,
    attempts_left,
    audience_of,
    can_be_taken_offline,
    closing_for,
    entitlement_of,
    reason_not_to_start,
    restart_times,
    rules_of,
)
from quizzes.attempts.second_chance import all_items, second_chance_items
from quizzes.attempts.taking import next_url_after, tells_at_once
from quizzes.base.languages import foreign_language
from quizzes.base.offline_copies import (
    build_offline_copy,
    find_images,
    is_offline_copy,
    is_offline_enabled,
    render_anonymously,
)
from quizzes.exceptions import (
    AlreadySubmitted,
    EmptyQuiz,
    FeedbackAlreadyShown,
    LateAnswersFull,
    MayNotStart,
    OpenOnOtherMedium,
    SignInRequired,
    UnknownQuestion,
    UnreadableResponse,
)
from quizzes.models import Attempt, FrozenImage, Layout, Medium, Quiz
from quizzes.question_forms.feedback import get_item_states
from quizzes.question_forms.fields import build_fields, states_from_answers
from quizzes.question_forms.forms import (
    CHECK_BUTTON,
    number_of,
    question_url,
    raw_body,
    read_batch,
    save_form,
    serialize_saved,
)
from quizzes.question_forms.pending import sign_pending_answer
from quizzes.signals import quiz_place_requested

ATTEMPTS_SHOWN = 20


def redirect_paper_attempts(view):
    @wraps(view)
    def wrapper(request, *args, **kwargs):
        try:
            return view(request, *args, **kwargs)
        except OpenOnOtherMedium as error:
            return redirect("quiz_entry", error.attempt.snapshot["identifier"])

    return wrapper


def get_attempt(request, attempt_id):
    """Return the learner's own attempt; raises Http404, and OpenOnOtherMedium for an open one on paper."""
    attempt = close_if_expired(get_object_or_404(Attempt, pk=attempt_id, learner=request.user), now=timezone.now())
    if attempt.medium == Medium.PAPER and not attempt.is_final:
        raise OpenOnOtherMedium(attempt)
    return attempt


def get_answers(request, attempt):
    return current_answers(attempt, hidden_before=answers_hidden_before(request))


def redirect_after_end(request, attempt):
    if attempt.submitted_at or attempt.is_in_second_chance:
        return redirect("attempt_result", attempt.pk)
    messages.warning(request, _("The time was over before anything was answered, so nothing was sent."))
    return redirect("quiz_entry", attempt.snapshot["identifier"])


def redirect_after_submit(request, attempt):
    address = next_url_after(attempt)
    return redirect(address) if address else redirect_after_end(request, attempt)


def error_summary(fields, error, *, is_only=False):
    complaints = [(field, field.error_message) for field in fields if field.error_message]
    if not is_only:
        complaints = [
            (field, _("Question %(number)s") % {"number": field.number} + f": {text}") for field, text in complaints
        ]
    if error:
        heading = ngettext("This answer was not saved", "Some answers were not saved", len(complaints))
    else:
        heading = ngettext("Please look at this answer again", "Please look at these answers again", len(complaints))
    return {"refused": [(text, field.focus_id) for field, text in complaints], "refused_heading": heading}


@login_required
def my_quizzes(request):
    language, hidden = get_language(), answers_hidden_before(request)
    context = {
        "groups": list_quizzes(request.user, language=language),
        "topics": topic_progress(request.user, language=language, hidden_before=hidden),
        "is_hidden": bool(attempts_with_hidden_answers(request.user.attempts.all(), hidden)),
    }
    return render(request, "quizzes/taking/mine.html", context)


def _get_quiz(identifier, quizzes=Quiz.objects):
    return quizzes.in_language(get_language()).filter(identifier=identifier, live=True).first()


@login_required
def quiz_entry(request, identifier):
    quiz = _get_quiz(identifier, Quiz.objects.with_indispensable())
    if quiz is None:
        return _render_unavailable(request, identifier)
    now = timezone.now()
    earlier = attempts.latest_attempts(request.user, quiz.translation_key, count=ATTEMPTS_SHOWN + 1, now=now)
    under_way = next((attempt for attempt in earlier if attempt.is_in_second_chance or not attempt.has_ended), None)
    since = restart_times(request.user.pk).get(quiz.translation_key) if earlier else None
    counting, pending = counting_attempt(request.user, quiz.translation_key, earlier, restarted_at=since)
    entitlement = entitlement_of(request.user, quiz)
    context = {
        "quiz": quiz,
        "text_language": foreign_language(quiz.locale.language_code),
        "rules": _rules_of_person(quiz, entitlement),
        "attempts": earlier[:ATTEMPTS_SHOWN],
        "more_attempts": len(earlier) > ATTEMPTS_SHOWN,
        "attempts_shown": ATTEMPTS_SHOWN,
        "counting": counting,
        "pending": pending,
        "since": since,
        "under_way": under_way,
        "question_count": quiz.count_questions(),
        "not_now": reason_not_to_start(quiz, entitlement, now=now),
        "may_start": under_way is not None or request.user.has_perm("quizzes.start_attempt"),
        "now": now,
    }
    return render(request, "quizzes/taking/entry.html", context)


def _rules_of_person(quiz, entitlement):
    return {
        "time_limit": quiz.time_limit and quiz.time_limit + entitlement.extra_minutes,
        "extra_minutes": entitlement.extra_minutes,
        "attempts_allowed": attempts_allowed(quiz, entitlement),
        "attempts_left": attempts_left(quiz, entitlement),
        "closes_at": closing_for(quiz, entitlement),
    }


def quiz_start(request, identifier):
    entry = reverse("quiz_entry", args=[identifier])
    if not request.user.is_authenticated:
        return redirect_to_login(entry)
    if request.method != "POST":
        return redirect(entry)
    quiz = _get_quiz(identifier)
    if quiz is None:
        return _render_unavailable(request, identifier)
    now = timezone.now()
    attempt = attempts.resumable_attempt(request.user, quiz.translation_key, now=now)
    if attempt is None and not request.user.has_perm("quizzes.start_attempt"):
        return render(request, "quizzes/taking/closed.html", {"quiz": quiz}, status=403)
    if attempt:
        return redirect(_first_open_question_url(attempt))
    try:
        attempt = attempts.create_attempt(
            request.user,
            quiz,
            language=quiz.locale.language_code,
            now=now,
            chance=random.SystemRandom(),
            audience=audience_of(request.user),
        )
    except MayNotStart as error:
        return render(request, "quizzes/taking/not_now.html", {"message": error, "quiz": quiz}, status=403)
    except EmptyQuiz as error:
        return render(request, "quizzes/taking/unavailable.html", {"message": error, "quiz": quiz}, status=404)
    return redirect(_first_open_question_url(attempt))


@login_required
def quiz_continue(request, identifier):
    quiz = _get_quiz(identifier)
    attempt = quiz and attempts.resumable_attempt(request.user, quiz.translation_key, now=timezone.now())
    if not attempt:
        return redirect("quiz_entry", identifier)
    return redirect(_first_open_question_url(attempt))


@redirect_paper_attempts
def attempt_question(request, attempt_id, number):
    if request.method == "POST":
        return _save_answer(request, attempt_id, number)
    if not request.user.is_authenticated:
        return redirect_to_login(request.get_full_path())
    return _show_question(request, get_attempt(request, attempt_id), number)


def _save_answer(request, attempt_id, number):
    now = timezone.now()
    if not request.user.is_authenticated:
        raise SignInRequired(sign_pending_answer(attempt_id, request.POST, given_at=now))
    attempt = get_attempt(request, attempt_id)
    request.is_noted = True
    try:
        address = save_form(attempt, request.POST, given_at=now, now=now)
        if request.POST.get("go") == "save":
            messages.success(request, _("Saved"))
        return _close_on_countdown(request, attempt) if request.POST.get("go") == "clock" else redirect(address)
    except AlreadySubmitted as error:
        messages.warning(request, str(error))
        return redirect_after_end(request, get_attempt(request, attempt_id))
    except FeedbackAlreadyShown as error:
        messages.warning(request, str(error))
        return redirect(question_url(attempt, number))
    except (UnknownQuestion, UnreadableResponse, LateAnswersFull) as error:
        if attempt.is_final:
            messages.warning(request, str(error))
            return redirect_after_end(request, attempt)
        if request.POST.get("go") == "clock":
            return _close_on_countdown(request, attempt)
        return _show_question(request, attempt, number, error=error, status=400)


def _show_question(request, attempt, number, *, error=None, status=200):
    answers = get_answers(request, attempt)
    told, asked = attempts.asked_one_by_one(attempt, answers)
    if attempt.is_final:
        waiting = second_chance_items(attempt.snapshot) if attempt.is_in_second_chance else ()
        asked = [item for item in asked if item["key"] in told or item in waiting or not item["marks"]]
    is_asked = number in {number_of(attempt, item) for item in asked}
    if attempt.is_final and not is_asked:
        return redirect_after_end(request, attempt)
    if not is_asked and not 1 <= number <= len(attempt.snapshot["questions"]):
        return render(request, "quizzes/taking/missing_question.html", {"attempt": attempt}, status=404)
    return render_question(request, attempt, number, answers=answers, error=error, status=status)


def render_question(request, attempt, number, *, answers, error=None, status=200):
    """Render a question, or the page of all questions; `answers` is {question key: CurrentAnswer}."""
    items, is_again = all_items(attempt.snapshot), number > len(attempt.snapshot["questions"])
    is_all = rules_of(attempt.snapshot).layout == Layout.ALL and not is_again
    errors = getattr(error, "errors", {items[number - 1]["key"]: error}) if error else {}
    states, fields = build_fields(
        attempt.snapshot | ({"questions": items} if is_again else {}),
        answers,
        only=None if is_all else number,
        form=request.POST if error else None,
        errors=errors,
        needs_answer=CHECK_BUTTON in request.GET,
    )
    references = [reference for field in fields if field.reviewed for reference in field.reviewed.lessons]
    context = {
        "attempt": attempt,
        "fields": fields,
        "field": fields[0],
        "links": lesson_links(references, attempt.quiz_key) if references else {},
        "number": number,
        "total": len(attempt.snapshot["questions"]),
        "states": states,
        "sources": shown_sources(attempt.snapshot, fields),
        "keep": _offline_copy_url(request, attempt),
        "place": _place_in_course(request, attempt),
        "place_number": number,
    } | error_summary(fields, error, is_only=not is_all)
    if is_all:
        return render(request, "quizzes/taking/questions.html", context, status=status)
    item = items[number - 1]
    if tells_at_once(attempt) or is_again:
        context |= _told_context(attempt, answers, item)
    is_told = fields[0].reviewed or fields[0].is_closed
    return render(request, f"quizzes/taking/{'told' if is_told else 'question'}.html", context, status=status)


def _told_context(attempt, answers, item):
    told, asked = attempts.asked_one_by_one(attempt, answers)
    following = next(_following(attempt, item, told, asked), None)
    paper = [other["key"] for other in attempt.snapshot["questions"]]
    return {
        "tells": True,
        "is_again": "instead_of" in item,
        "place_number": 1 + paper.index(item.get("instead_of", item["key"])),
        "right_count": sum(fraction == 1 for fraction in told.values()),
        "next_url": question_url(attempt, number_of(attempt, following)) if following else _url_at_end(attempt),
    }


def _following(attempt, item, told, asked):
    """Yield what may come after an item: what is open behind it, then before it; reflections behind it."""
    after = asked[asked.index(item) + 1 :] if item in asked else []
    if attempt.is_in_second_chance:
        near = attempt.snapshot.get("near", ())
        waiting = (other for other in second_chance_items(attempt.snapshot) if other["key"] not in told)
        yield from (other for other in waiting if "instead_of" in item and (other in near) == (item in near))
    elif attempt.has_ended:
        yield from (other for other in after if not other["marks"])
    else:
        yield from (other for other in after if other["key"] not in told)
        yield from (other for other in asked if other["marks"] and other["key"] not in told and other is not item)


def _url_at_end(attempt):
    return next_url_after(attempt) or reverse("attempt_result", args=[attempt.pk])


def _place_in_course(request, attempt):
    # A copy is rendered for nobody who is signed in.
    learner = request.user if request.user.pk == attempt.learner_id else attempt.learner
    answers = quiz_place_requested.send(None, learner=learner, quiz_key=attempt.quiz_key)
    return next((place for _receiver, place in answers if place), None)


def _offline_copy_url(request, attempt):
    is_allowed = is_offline_enabled() and not is_offline_copy(request) and _can_be_stored(request, attempt)
    return reverse("attempt_paper", args=[attempt.pk]) if is_allowed else ""


def _can_be_stored(request, attempt):
    return can_be_taken_offline(attempt) and not request.session.get("shared_computer")


@login_required
@redirect_paper_attempts
def attempt_summary(request, attempt_id):
    attempt = get_attempt(request, attempt_id)
    if attempt.is_final:
        return redirect_after_end(request, attempt)
    if tells_at_once(attempt):
        return redirect(_first_open_question_url(attempt))
    return render_summary(request, attempt, answers=get_answers(request, attempt))


def render_summary(request, attempt, *, answers):
    states = states_from_answers(attempt.snapshot, answers)
    counting = [state for state in states if state.item["marks"]]
    unanswered = [state for state in counting if state.state != "answered"]
    context = {
        "attempt": attempt,
        "states": states,
        "unanswered": len(unanswered),
        "answered": len(counting) - len(unanswered),
        "scored": len(counting),
        "back_to": unanswered[0].number if unanswered else 1,
        "keep": _offline_copy_url(request, attempt),
    }
    return render(request, "quizzes/taking/summary.html", context)


@redirect_paper_attempts
def attempt_submit(request, attempt_id):
    if request.method != "POST":
        return redirect("attempt_summary", attempt_id)
    if not request.user.is_authenticated:
        return redirect_to_login(reverse("attempt_summary", args=[attempt_id]))
    attempt = get_attempt(request, attempt_id)
    request.is_noted = True
    if request.POST.get("by") == "clock":
        return _close_on_countdown(request, attempt)
    if attempt.is_final:
        return redirect_after_submit(request, attempt)
    return redirect_after_submit(request, attempts.submit_attempt(attempt, now=timezone.now()))


@login_required
def frozen_image(request, digest):
    image = get_object_or_404(FrozenImage, pk=digest)
    response = HttpResponse(bytes(image.content), content_type=image.content_type)
    response["Cache-Control"] = "private, max-age=31536000, immutable"
    response["X-Content-Type-Options"] = "nosniff"
    return response


@require_POST
def save_answers(request, attempt_id):
    if not request.user.is_authenticated:
        return JsonResponse({"error": _("Your session ended. Sign in again to go on.")}, status=401)
    now = timezone.now()
    try:
        batch = read_batch(raw_body(request), now=now)
        saved = attempts.save_answers(attempt_id, batch.given, learner=request.user, now=now, medium=Medium.SCREEN)
    except Attempt.DoesNotExist as error:
        raise Http404 from error
    except OpenOnOtherMedium as error:
        return JsonResponse({"error": str(error)}, status=403)
    except UnreadableResponse as error:
        return JsonResponse({"error": str(error)}, status=400)
    reply = serialize_saved(saved, batch.malformed, hidden_before=answers_hidden_before(request))
    if not saved.is_closed:
        return JsonResponse(reply)
    reply |= {"error": str(AlreadySubmitted()), "result": reverse("attempt_result", args=[attempt_id])}
    return JsonResponse(reply, status=409)


def _close_on_countdown(request, attempt):
    attempt = close_on_countdown(attempt, now=timezone.now())
    return redirect_after_submit(request, attempt) if attempt.is_final else redirect("attempt_summary", attempt.pk)


def _first_open_question_url(attempt):
    if attempt.is_in_second_chance:
        return reverse("attempt_result", args=[attempt.pk])
    if tells_at_once(attempt):
        item = next(iter(attempts.open_now(attempt)), attempt.snapshot["questions"][-1])
        return question_url(attempt, number_of(attempt, item))
    states = get_item_states(attempt.snapshot, responses_of(attempt))
    number = next((state.number for state in states if state.state in ("open", "partly")), None)
    if number is None:
        return reverse("attempt_summary", args=[attempt.pk])
    return question_url(attempt, number)


def _render_unavailable(request, identifier):
    attempts = Attempt.objects.filter(learner=request.user, snapshot__identifier=identifier).without_snapshot()
    context = {"attempts": attempts.order_by("-started_at")[:ATTEMPTS_SHOWN], "now": timezone.now()}
    return render(request, "quizzes/taking/unavailable.html", context, status=404)


@login_required
def attempt_offline_copy(request, attempt_id):
    try:
        attempt = get_attempt(request, attempt_id)
    except OpenOnOtherMedium as error:
        raise Http404 from error
    if not _can_be_stored(request, attempt):
        raise Http404
    pages = _render_pages(attempt, get_answers(request, attempt))
    quiz = [attempt.snapshot["identifier"]]
    copy = build_offline_copy(
        pages,
        title=attempt.snapshot["title"],
        attempt=str(attempt.pk),
        entry=[reverse(name, args=quiz) for name in ("quiz_entry", "quiz_continue", "quiz_start")],
        images=find_images(pages),
    )
    return HttpResponse(copy, content_type="application/json", headers={"Cache-Control": "private, no-store"})


def _render_pages(attempt, answers):
    is_all = rules_of(attempt.snapshot).layout == Layout.ALL
    pages = {}
    for number in range(1, 2 if is_all else len(attempt.snapshot["questions"]) + 1):
        path = reverse("attempt_question", args=[attempt.pk, number])
        pages[path] = render_anonymously(render_question, path, attempt, number, answers=answers)
    path = reverse("attempt_summary", args=[attempt.pk])
    return pages | {path: render_anonymously(render_summary, path, attempt, answers=answers)}
