"""The page that asks again: somebody has the points, and missed something that nobody can do without."""

from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.shortcuts import redirect, render
from django.utils import timezone

from quizzes.answering.carrying import carry
from quizzes.answering.fields import fields_of, name_open
from quizzes.answering.forms import save_form
from quizzes.attempts import taking as attempts
from quizzes.attempts.answers import current_answers
from quizzes.attempts.asking_again import second_paper
from quizzes.attempts.hiding import hidden_before
from quizzes.attempts.lessons import lesson_links
from quizzes.attempts.sources import sources_shown
from quizzes.exceptions import AlreadySubmitted, NotOnPaper, SignInRequired, TooMuch, UnreadableResponse

from .finding import attempt_of, lead_on, where_it_ended
from .refusing import refusal_of


def attempt_second(request, attempt_id):
    """Ask another question of everything indispensable that was missed; a post saves the answers and sends them."""
    now = timezone.now()
    if not request.user.is_authenticated:
        if request.method == "POST":
            raise SignInRequired(carry(attempt_id, request.POST, given_at=now))
        return redirect_to_login(request.get_full_path())
    attempt = attempt_of(request, attempt_id)
    if not attempt.is_final:
        return redirect("attempt_summary", attempt.pk)
    if request.method != "POST":
        return _show_second(request, attempt) if attempt.asks_again else where_it_ended(request, attempt)
    try:
        save_form(attempt, request.POST, given_at=now, now=now)
    except AlreadySubmitted as error:
        messages.warning(request, str(error))
        return where_it_ended(request, attempt_of(request, attempt_id))
    except (NotOnPaper, UnreadableResponse, TooMuch) as error:
        return _show_second(request, attempt, error=error, status=400)
    attempt = attempts.send_second(attempt, now=now)
    return _show_second(request, attempt, is_asked=True) if attempt.asks_again else lead_on(request, attempt)


def _show_second(request, attempt, *, error=None, is_asked=False, status=200):
    """Show what is asked again; `is_asked`: the person wanted to send it, and it is not all answered."""
    answers = current_answers(attempt, hidden_before=hidden_before(request))
    paper = second_paper(attempt.paper)
    errors = getattr(error, "errors", {})
    _states, fields = fields_of(paper, answers, form=request.POST if error else None, errors=errors)
    fields = [name_open(field) if is_asked else field for field in fields]
    missed = {item["key"]: item for item in attempt.paper["questions"]}
    named = [field.item.get("lesson") or missed[field.item["instead_of"]].get("lesson", "") for field in fields]
    links = lesson_links(filter(None, named), attempt.quiz_key)
    context = {
        "attempt": attempt,
        "fields": fields,
        "asked": [(field, links.get(name) or links.get("")) for field, name in zip(fields, named, strict=True)],
        "sources": sources_shown(attempt.paper, fields),
    } | refusal_of(fields, error)
    return render(request, "quizzes/second.html", context, status=status)
