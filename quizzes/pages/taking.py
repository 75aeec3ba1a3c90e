"""The pages of a quiz: entry, questions, summary, review. Each reads the request, calls one function and answers."""

import random

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from quizzes.answering.carrying import carry
from quizzes.answering.feedback import item_states
from quizzes.answering.fields import fields_of, states_of
from quizzes.answering.forms import CHECKS, body_of, question_address, read_batch, save_form, told_of
from quizzes.attempts import taking as attempts
from quizzes.attempts.answers import current_answers, responses_of
from quizzes.attempts.availability import entitlement_of, why_not
from quizzes.attempts.closing import close_by_clock
from quizzes.attempts.counting import counting_since
from quizzes.attempts.hiding import hidden_before, with_hidden_answers
from quizzes.attempts.lessons import lesson_links
from quizzes.attempts.outcomes import counting_attempt
from quizzes.attempts.overview import list_quizzes, topic_progress
from quizzes.attempts.rules import audience_of, may_be_kept, rules_of
from quizzes.attempts.sources import sources_shown
from quizzes.copied import is_copy, keeps_pages
from quizzes.exceptions import (
    AlreadyShown,
    AlreadySubmitted,
    EmptyQuiz,
    MayNotStart,
    NotOnPaper,
    SignInRequired,
    TooMuch,
    UnderWayElsewhere,
    UnreadableResponse,
)
from quizzes.models import Attempt, Layout, Medium, PaperImage, Quiz
from quizzes.wording.languages import other_than_readers

from .finding import attempt_of, lead_on, on_screen_only, where_it_ended
from .refusing import refusal_of
from .rule_words import tell_rules

ATTEMPTS_SHOWN = 20


@login_required
def my_quizzes(request):
    """List the quizzes and where the person stands with each, and how they do in each topic; nobody else sees it."""
    language, hidden = get_language(), hidden_before(request)
    context = {
        "groups": list_quizzes(request.user, language=language),
        "topics": topic_progress(request.user, language=language, hidden_before=hidden, now=timezone.now()),
        "is_hidden": bool(with_hidden_answers(request.user.attempts.all(), hidden)),
    }
    return render(request, "quizzes/mine.html", context)


@login_required
def quiz_entry(request, identifier):
    """Say what awaits the person, show earlier attempts, and offer one button."""
    quizzes = Quiz.objects.in_language(get_language()).with_indispensable()
    quiz = quizzes.filter(identifier=identifier, live=True).first()
    if quiz is None:
        return _unavailable(request, identifier)
    now = timezone.now()
    earlier = attempts.latest_attempts(request.user, quiz.translation_key, count=ATTEMPTS_SHOWN + 1, now=now)
    under_way = next((attempt for attempt in earlier if attempt.asks_again or not attempt.has_ended), None)
    since = counting_since(request.user.pk).get(quiz.translation_key) if earlier else None
    counting, pending = counting_attempt(request.user, quiz.translation_key, earlier, since=since)
    entitlement, question_count = entitlement_of(request.user, quiz), quiz.count_questions()
    context = {
        "quiz": quiz,
        "text_language": other_than_readers(quiz.locale.language_code),
        "rules": tell_rules(quiz, entitlement, question_count=question_count, now=now),
        "attempts": earlier[:ATTEMPTS_SHOWN],
        "more_attempts": len(earlier) > ATTEMPTS_SHOWN,
        "attempts_shown": ATTEMPTS_SHOWN,
        "counting": counting,
        "pending": pending,
        "since": since,
        "under_way": under_way,
        "question_count": question_count,
        "not_now": why_not(quiz, entitlement, now=now),
        "may_start": under_way is not None or request.user.has_perm("quizzes.start_attempt"),
        "now": now,
    }
    return render(request, "quizzes/entry.html", context)


def quiz_start(request, identifier):
    """Start an attempt, or go on with the one in course, at its first unanswered question."""
    entry = reverse("quiz_entry", args=[identifier])
    if not request.user.is_authenticated:
        return redirect_to_login(entry)
    if request.method != "POST":
        return redirect(entry)
    quiz = Quiz.objects.in_language(get_language()).filter(identifier=identifier, live=True).first()
    if quiz is None:
        return _unavailable(request, identifier)
    now = timezone.now()
    attempt = attempts.attempt_to_go_on_with(request.user, quiz.translation_key, now=now)
    if attempt is None and not request.user.has_perm("quizzes.start_attempt"):
        return render(request, "quizzes/closed.html", {"quiz": quiz}, status=403)
    if attempt:
        return redirect(_first_open_question(attempt, responses_of(attempt)))
    try:
        attempt = attempts.begin_attempt(
            request.user,
            quiz,
            language=quiz.locale.language_code,
            now=now,
            chance=random.SystemRandom(),
            audience=audience_of(request.user),
        )
    except MayNotStart as error:
        return render(request, "quizzes/not_now.html", {"message": error, "quiz": quiz}, status=403)
    except EmptyQuiz as error:
        return render(request, "quizzes/unavailable.html", {"message": error, "quiz": quiz}, status=404)
    return redirect(_first_open_question(attempt, {}))


@login_required
def quiz_continue(request, identifier):
    """Lead to the first unanswered question of the attempt in course; without one, to the entry page."""
    quiz = Quiz.objects.in_language(get_language()).filter(identifier=identifier, live=True).first()
    attempt = quiz and attempts.attempt_to_go_on_with(request.user, quiz.translation_key, now=timezone.now())
    if not attempt:
        return redirect("quiz_entry", identifier)
    return redirect(_first_open_question(attempt, responses_of(attempt)))


@on_screen_only
def attempt_question(request, attempt_id, number):
    """Show a question of the attempt; a post saves its answer and goes where the button said."""
    if request.method == "POST":
        return _receive_answer(request, attempt_id, number)
    if not request.user.is_authenticated:
        return redirect_to_login(request.get_full_path())
    attempt = attempt_of(request, attempt_id)
    if attempt.is_final:
        return where_it_ended(request, attempt)
    return _show_question(request, attempt, number)


def _receive_answer(request, attempt_id, number):
    now = timezone.now()
    if not request.user.is_authenticated:
        raise SignInRequired(carry(attempt_id, request.POST, given_at=now))
    attempt = attempt_of(request, attempt_id)
    # From here on it is saved, or the page says why not.
    request.is_noted = True
    try:
        address = save_form(attempt, request.POST, given_at=now, now=now)
        if request.POST.get("go") == "save":
            messages.success(request, _("Saved"))
        return _close_by_clock(request, attempt) if request.POST.get("go") == "clock" else redirect(address)
    except AlreadySubmitted as error:
        messages.warning(request, str(error))
        return where_it_ended(request, attempt_of(request, attempt_id))
    except AlreadyShown as error:
        messages.warning(request, str(error))
        return redirect(question_address(attempt, number))
    except (NotOnPaper, UnreadableResponse, TooMuch) as error:
        if attempt.is_final:
            messages.warning(request, str(error))
            return where_it_ended(request, attempt)
        if request.POST.get("go") == "clock":
            return _close_by_clock(request, attempt)
        return _show_question(request, attempt, number, error=error, status=400)


def _show_question(request, attempt, number, *, error=None, status=200):
    """Show the question; where all stand on one page, that page, whichever the number."""
    if not 1 <= number <= len(attempt.paper["questions"]):
        return render(request, "quizzes/missing_question.html", {"attempt": attempt}, status=404)
    answers = current_answers(attempt, hidden_before=hidden_before(request))
    return show_question_of(request, attempt, number, answers=answers, error=error, status=status)


def show_question_of(request, attempt, number, *, answers, error=None, status=200):
    """Show a question that is there with the `answers` that stand, {question key: CurrentAnswer}."""
    items, is_all = attempt.paper["questions"], rules_of(attempt.paper).layout == Layout.ALL
    errors = getattr(error, "errors", {items[number - 1]["key"]: error}) if error else {}
    states, fields = fields_of(
        attempt.paper,
        answers,
        alone=None if is_all else number,
        form=request.POST if error else None,
        errors=errors,
        unanswered=_asked_to_check(request, number),
    )
    taught = [reference for field in fields if field.reviewed for reference in field.reviewed.lessons]
    context = {
        "attempt": attempt,
        "fields": fields,
        "field": fields[0],
        "links": lesson_links(taught, attempt.quiz_key) if taught else {},
        "number": number,
        "total": len(states),
        "states": states,
        "sources": sources_shown(attempt.paper, fields),
        "keep": _paper_to_keep(request, attempt),
    } | refusal_of(fields, error, is_alone=not is_all)
    return render(request, "quizzes/questions.html" if is_all else "quizzes/question.html", context, status=status)


def _paper_to_keep(request, attempt):
    """Return where a device gets the questions to keep, where it may keep them."""
    keeps = keeps_pages() and may_be_kept(attempt) and not is_copy(request)
    return reverse("attempt_paper", args=[attempt.pk]) if keeps else ""


def _asked_to_check(request, number):
    """Return the number of the question that was to be checked without an answer: `?check`, or `?check-3`."""
    asked = next((name for name in request.GET if name.startswith(CHECKS)), "")
    named = asked.removeprefix(f"{CHECKS}-")
    return int(named) if named.isascii() and named.isdigit() and len(named) <= 4 else number if asked else None


@login_required
@on_screen_only
def attempt_summary(request, attempt_id):
    """List what is answered and what is not, before the attempt is sent."""
    attempt = attempt_of(request, attempt_id)
    if attempt.is_final:
        return where_it_ended(request, attempt)
    return show_summary_of(request, attempt, answers=current_answers(attempt, hidden_before=hidden_before(request)))


def show_summary_of(request, attempt, *, answers):
    """Show the summary of an attempt under way with the `answers` that stand, {question key: CurrentAnswer}."""
    states = states_of(attempt.paper, answers)
    counting = [state for state in states if state.item["marks"]]
    unanswered = [state for state in counting if state.state != "answered"]
    context = {
        "attempt": attempt,
        "states": states,
        "unanswered": len(unanswered),
        "answered": len(counting) - len(unanswered),
        "scored": len(counting),
        "back_to": unanswered[0].number if unanswered else 1,
        "keep": _paper_to_keep(request, attempt),
    }
    return render(request, "quizzes/summary.html", context)


@on_screen_only
def attempt_submit(request, attempt_id):
    """Hand the attempt in: once, however often it is asked."""
    if request.method != "POST":
        return redirect("attempt_summary", attempt_id)
    if not request.user.is_authenticated:
        return redirect_to_login(reverse("attempt_summary", args=[attempt_id]))
    attempt = attempt_of(request, attempt_id)
    request.is_noted = True
    if request.POST.get("by") == "clock":
        return _close_by_clock(request, attempt)
    if attempt.is_final:
        return lead_on(request, attempt)
    return lead_on(request, attempts.submit_attempt(attempt, now=timezone.now()))


@login_required
def paper_image(request, digest):
    """Serve an image of a paper. Its address holds its digest, so it never changes and a browser may keep it."""
    image = get_object_or_404(PaperImage, pk=digest)
    response = HttpResponse(bytes(image.content), content_type=image.content_type)
    response["Cache-Control"] = "private, max-age=31536000, immutable"
    response["X-Content-Type-Options"] = "nosniff"
    return response


@require_POST
def save_answers(request, attempt_id):
    """Save a batch of answers that the page sends as they are given (JSON); answer with what stands now."""
    if not request.user.is_authenticated:
        return JsonResponse({"error": _("Your session ended. Sign in again to go on.")}, status=401)
    now = timezone.now()
    try:
        batch = read_batch(body_of(request), now=now)
        saved = attempts.save_answers(attempt_id, batch.given, learner=request.user, now=now, medium=Medium.SCREEN)
    except Attempt.DoesNotExist as error:
        raise Http404 from error
    except UnderWayElsewhere as error:
        return JsonResponse({"error": str(error)}, status=403)
    except UnreadableResponse as error:
        return JsonResponse({"error": str(error)}, status=400)
    reply = told_of(saved, batch.malformed, hidden_before=hidden_before(request))
    if not saved.is_sent:
        return JsonResponse(reply)
    reply |= {"error": str(AlreadySubmitted()), "result": reverse("attempt_result", args=[attempt_id])}
    return JsonResponse(reply, status=409)


def _close_by_clock(request, attempt):
    """End the attempt because the countdown of its page did; where the page's clock was wrong, it goes on."""
    attempt = close_by_clock(attempt, now=timezone.now())
    return lead_on(request, attempt) if attempt.is_final else redirect("attempt_summary", attempt.pk)


def _first_open_question(attempt, responses):
    if attempt.asks_again:
        return reverse("attempt_second", args=[attempt.pk])
    states = item_states(attempt.paper, responses)
    number = next((state.number for state in states if state.state in ("open", "partly")), None)
    if number is None:
        return reverse("attempt_summary", args=[attempt.pk])
    return question_address(attempt, number)


def _unavailable(request, identifier):
    """Say that the quiz is a draft or gone; an attempt that was begun goes on from its paper all the same."""
    mine = Attempt.objects.filter(learner=request.user, paper__identifier=identifier).without_paper()
    context = {
        "message": _("This quiz is not available now. What you have already done is kept."),
        "attempts": mine.order_by("-started_at")[:ATTEMPTS_SHOWN],
        "now": timezone.now(),
    }
    return render(request, "quizzes/unavailable.html", context, status=404)
