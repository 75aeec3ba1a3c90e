"""The attempt that a page is about, and where it leads when it is over."""

import random
from functools import wraps
from typing import NamedTuple

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
from quizzes.attempts.closing import close_by_clock, close_if_over
from quizzes.attempts.drawing import sources_shown
from quizzes.attempts.responses import current_answers, responses_of
from quizzes.attempts.results import counting_attempt, list_quizzes, topic_progress
from quizzes.attempts.review import hidden_before, lesson_links, with_hidden_answers
from quizzes.attempts.rules import (
    attempts_allowed,
    attempts_left,
    audience_of,
    closing_for,
    counting_since,
    entitlement_of,
    may_be_kept,
    rules_of,
    why_not,
)
from quizzes.attempts.taking import page_after
from quizzes.base.formats import tell_minutes, tell_moment, write_percentage
from quizzes.base.job_roles import Pool
from quizzes.base.languages import other_than_readers
from quizzes.base.offline_copies import images_in, is_copy, keeps_pages, make_copy, make_page
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
from quizzes.models import Attempt, CountingAttempt, FeedbackTime, FrozenImage, Layout, Medium, Quiz
from quizzes.question_forms.feedback import item_states
from quizzes.question_forms.fields import fields_of, states_of
from quizzes.question_forms.forms import CHECKS, body_of, question_address, read_batch, save_form, told_of
from quizzes.question_forms.pending import carry


def on_screen_only(view):
    """Lead from the pages of an open attempt on paper to its quiz, which says where it is."""

    @wraps(view)
    def answer(request, *args, **kwargs):
        try:
            return view(request, *args, **kwargs)
        except UnderWayElsewhere as error:
            return redirect("quiz_entry", error.attempt.snapshot["identifier"])

    return answer


def attempt_of(request, attempt_id):
    """Return the attempt if it is this person's, closed if its time is over; other people's do not exist for them."""
    attempt = close_if_over(get_object_or_404(Attempt, pk=attempt_id, learner=request.user), now=timezone.now())
    if attempt.medium == Medium.PAPER and not attempt.is_final:
        raise UnderWayElsewhere(attempt)
    return attempt


def where_it_ended(request, attempt):
    """Lead to the review of an attempt that was sent, or to what it asks again; one that was never sent has none."""
    if attempt.asks_again:
        return redirect("attempt_second", attempt.pk)
    if attempt.submitted_at:
        return redirect("attempt_result", attempt.pk)
    messages.warning(request, _("The time was over before anything was answered, so nothing was sent."))
    return redirect("quiz_entry", attempt.snapshot["identifier"])


def lead_on(request, attempt):
    """Lead on from an attempt that was just sent: to what it finished, if the course has a page for that."""
    address = page_after(attempt)
    return redirect(address) if address else where_it_ended(request, attempt)


def refusal_of(fields, error, *, is_alone=False):
    """Return the context of what is wrong with QuestionFields; `error` is there where something was not saved.

    Where a question is not alone on its page, its number stands before what is said of it.
    """
    complaints = [field for field in fields if field.complaint]
    return {
        "refused": [(_complaint(field, is_alone), field.control) for field in complaints],
        "refused_heading": _heading(len(complaints), error),
    }


def _complaint(field, is_alone):
    words = _("Question %(number)s") % {"number": field.number}
    return field.complaint if is_alone else f"{words}: {field.complaint}"


def _heading(count, error):
    if error:
        return ngettext("This answer was not saved", "Some answers were not saved", count)
    return ngettext("Please look at this answer again", "Please look at these answers again", count)


class RuleWords(NamedTuple):
    """A rule: its name, what holds for the person, and what follows from it."""

    name: str
    words: str
    note: str = ""


def tell_rules(quiz, entitlement, *, question_count, now):
    """Return the RuleWords of a quiz for a person with this Entitlement; what does not apply is left out."""
    closes_at = closing_for(quiz, entitlement)
    counts = {
        CountingAttempt.BEST: _("The best result"),
        CountingAttempt.FIRST: _("The first result"),
        CountingAttempt.LAST: _("The last result"),
    }
    told = [
        RuleWords(_("Questions"), tell_questions(quiz, question_count)),
        RuleWords(_("To pass"), write_percentage(quiz.pass_mark)),
        getattr(quiz, "has_indispensable", False) and tell_indispensable(),
        tell_time_limit(quiz, entitlement),
        tell_attempts(quiz, entitlement),
        quiz.wait_minutes and RuleWords(_("Wait before taking it again"), tell_minutes(quiz.wait_minutes)),
        attempts_allowed(quiz, entitlement) != 1
        and RuleWords(_("If you take it more than once, what counts is"), counts[quiz.counting_attempt]),
        quiz.opens_at
        and RuleWords(_("Opens") if now < quiz.opens_at else _("Opened"), tell_moment(quiz.opens_at, now=now)),
        closes_at and tell_closing(entitlement, closes_at, now=now),
        tell_feedback(quiz, closes_at),
        quiz.asks_certainty
        and RuleWords(_("How sure you are"), _("Asked with each question"), _("It does not change your result.")),
    ]
    return [rule for rule in told if rule]


def tell_questions(quiz, count):
    """Return how many questions are asked, and whether chance chooses them."""
    draws = list(quiz.draws.all())
    if quiz.questions_drawn is None and not draws:
        return str(count)
    if own := sum(draw.count for draw in draws if draw.pool == Pool.OWN):
        sentence = _("%(count)d drawn by chance: %(core)d for everyone and %(own)d for your own job")
        return sentence % {"count": count, "core": count - own, "own": own}
    return ngettext("%(count)d question drawn by chance", "%(count)d questions drawn by chance", count) % {
        "count": count
    }


def tell_indispensable():
    """Say what becomes of somebody who has the points and misses something indispensable."""
    return RuleWords(
        _("Indispensable"),
        _("Some questions have to be right"),
        _("Whoever has the points and misses one reads its lesson and answers another one, without a limit of time."),
    )


def tell_time_limit(quiz, entitlement):
    if not quiz.time_limit:
        return None
    extra = entitlement.extra_minutes
    words = tell_minutes(quiz.time_limit + extra)
    if extra:
        words += " " + _("(%(minutes)s more for you)") % {"minutes": tell_minutes(extra)}
    return RuleWords(_("Time limit"), words, _("When the time is over, what you have answered is sent."))


def tell_attempts(quiz, entitlement):
    allowed = attempts_allowed(quiz, entitlement)
    if allowed is None:
        return RuleWords(_("How often you can take it"), _("Unlimited"))
    left = attempts_left(quiz, entitlement)
    words = ngettext("%(allowed)d; you have %(left)d left", "%(allowed)d; you have %(left)d left", left)
    note = entitlement.extra_attempts and ngettext(
        "%(count)d of them was added for you by your facilitator.",
        "%(count)d of them were added for you by your facilitator.",
        entitlement.extra_attempts,
    ) % {"count": entitlement.extra_attempts}
    return RuleWords(_("How often you can take it"), words % {"allowed": allowed, "left": left}, note or "")


def tell_closing(entitlement, closes_at, *, now):
    name = _("Closes") if now < closes_at else _("Closed")
    note = _("This date is for you; your facilitator set it.") if entitlement.closes_at else ""
    return RuleWords(name, tell_moment(closes_at, now=now), note)


def tell_feedback(quiz, closes_at):
    """Say when the person reads the grade and what was right."""
    if quiz.is_exam:
        return RuleWords(
            _("Result"),
            _("When a person has reviewed the exam"),
            _("Until then it says “Waiting to be marked”."),
        )
    if quiz.feedback_time == FeedbackTime.CLOSING and closes_at:
        return RuleWords(_("Right answers"), _("When the quiz has closed"), _("You read your result at once."))
    # Where there is no second time nothing is kept back for it.
    if quiz.feedback_time == FeedbackTime.PASSED and quiz.attempts_allowed != 1:
        words = _("When you pass, or after the second time")
        return RuleWords(
            _("Right answers"), words, _("Until then you read how each question went and where it is taught.")
        )
    at_once = quiz.feedback_time == FeedbackTime.NOW
    return RuleWords(_("Right answers"), str((FeedbackTime.NOW if at_once else FeedbackTime.END).label))


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
    if not 1 <= number <= len(attempt.snapshot["questions"]):
        return render(request, "quizzes/missing_question.html", {"attempt": attempt}, status=404)
    answers = current_answers(attempt, hidden_before=hidden_before(request))
    return show_question_of(request, attempt, number, answers=answers, error=error, status=status)


def show_question_of(request, attempt, number, *, answers, error=None, status=200):
    """Show a question that is there with the `answers` that stand, {question key: CurrentAnswer}."""
    items, is_all = attempt.snapshot["questions"], rules_of(attempt.snapshot).layout == Layout.ALL
    errors = getattr(error, "errors", {items[number - 1]["key"]: error}) if error else {}
    states, fields = fields_of(
        attempt.snapshot,
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
        "sources": sources_shown(attempt.snapshot, fields),
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
    states = states_of(attempt.snapshot, answers)
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
def frozen_image(request, digest):
    """Serve an image of a paper. Its address holds its digest, so it never changes and a browser may keep it."""
    image = get_object_or_404(FrozenImage, pk=digest)
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
    states = item_states(attempt.snapshot, responses)
    number = next((state.number for state in states if state.state in ("open", "partly")), None)
    if number is None:
        return reverse("attempt_summary", args=[attempt.pk])
    return question_address(attempt, number)


def _unavailable(request, identifier):
    """Say that the quiz is a draft or gone; an attempt that was begun goes on from its paper all the same."""
    mine = Attempt.objects.filter(learner=request.user, snapshot__identifier=identifier).without_snapshot()
    context = {
        "message": _("This quiz is not available now. What you have already done is kept."),
        "attempts": mine.order_by("-started_at")[:ATTEMPTS_SHOWN],
        "now": timezone.now(),
    }
    return render(request, "quizzes/unavailable.html", context, status=404)


@login_required
def attempt_offline_copy(request, attempt_id):
    """The pages of an attempt that a device may keep, with the answers that stand now; for its person alone."""
    try:
        attempt = attempt_of(request, attempt_id)
    except UnderWayElsewhere as error:
        raise Http404 from error
    if not may_be_kept(attempt):
        raise Http404
    pages = _pages_of(attempt, current_answers(attempt, hidden_before=hidden_before(request)))
    quiz = [attempt.snapshot["identifier"]]
    copy = make_copy(
        pages,
        title=attempt.snapshot["title"],
        attempt=str(attempt.pk),
        entry=[reverse(name, args=quiz) for name in ("quiz_entry", "quiz_continue", "quiz_start")],
        images=images_in(pages),
    )
    return HttpResponse(copy, content_type="application/json", headers={"Cache-Control": "private, no-store"})


def _pages_of(attempt, answers):
    is_all = rules_of(attempt.snapshot).layout == Layout.ALL
    pages = {}
    for number in range(1, 2 if is_all else len(attempt.snapshot["questions"]) + 1):
        path = reverse("attempt_question", args=[attempt.pk, number])
        pages[path] = make_page(show_question_of, path, attempt, number, answers=answers)
    path = reverse("attempt_summary", args=[attempt.pk])
    return pages | {path: make_page(show_summary_of, path, attempt, answers=answers)}
