"""Whose page a form comes from: each form of a signed-in person carries its owner, signed.

On a computer that several people use, a page of one is still open when another signs in. What comes from it is never
noted for whoever is signed in now: an answer goes to its owner, to the attempt that it belongs to, and nothing else is
recorded.
"""

from urllib.parse import urlsplit

from django.http import JsonResponse, UnreadablePostError
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from course.people.owners import owner_of, token_of
from quizzes.base.offline_copies import OWNER, is_copy, keeps_pages
from quizzes.exceptions import UnreadableResponse
from quizzes.models import Reason
from quizzes.question_forms.forms import body_of
from quizzes.question_forms.pending import deliver_batch, deliver_form

FIELD = "owner"
HEADER = "X-Owner"
# What is nobody's: another language for the page, and a sign of life.
ANYBODYS = {"set_language", "keep_alive"}

KEPT = _("This page was of the person before. Their answer was kept for them.")
NOT_KEPT = _("This page was of the person before. Nothing of it was noted for anybody.")


def token_in(request):
    """Return the token that came with the request, "" when none did."""
    try:
        return request.headers.get(HEADER, "") or request.POST.get(FIELD, "")
    except UnreadablePostError:
        # The line went down in the middle of the form.
        return ""


def is_page_of(request, person):
    """Whether the form says that its page was this person's; one that says nothing may be anybody's."""
    token = token_in(request)
    return bool(token) and owner_of(token, signed_in=person).person == person


def is_sent_from_elsewhere(request):
    """Whether the browser says that a page of another site sent this form: then nothing in it is shown or kept."""
    origin = request.headers.get("Origin")
    try:
        is_foreign = origin is not None and urlsplit(origin).netloc != request.get_host()
    except ValueError:
        is_foreign = True
    # "none" is the person's own doing, such as loading the page anew.
    return is_foreign or request.headers.get("Sec-Fetch-Site", "none") not in ("same-origin", "none")


class OthersPages:
    """Stops what comes from a page of somebody else than who is signed in, before its token against forgery is asked.

    An answer is kept for its owner. It asks first, because that token changes with the person: a form of another would
    be shown again to be confirmed, under the wrong name.
    """

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        return self.get_response(request)

    def process_view(self, request, view, args, kwargs):
        # What is exempt from Django's token looks at a big file before it reads it, and asks for the token itself.
        if request.method != "POST" or not request.user.is_authenticated or getattr(view, "csrf_exempt", False):
            return None
        match = request.resolver_match
        if match.url_name in ANYBODYS or is_sent_from_elsewhere(request) or not (token := token_in(request)):
            return None
        owner = owner_of(token, signed_in=request.user)
        if owner.person == request.user:
            return None
        return _keep_for(owner, request, match)


def _keep_for(owner, request, match):
    now, hold_as = timezone.now(), Reason.EARLIER if owner.is_of_before else None
    if match.url_name == "save_answers" and owner.person:
        return _keep_batch_for(owner, request, match.kwargs["attempt_id"], hold_as=hold_as, now=now)
    is_kept = (
        match.url_name in ("attempt_question", "attempt_second")
        and owner.person is not None
        and deliver_form(match.kwargs["attempt_id"], request.POST, owner=owner.person, hold_as=hold_as, now=now)
    )
    return say_whose(request, is_kept=is_kept)


def _keep_batch_for(owner, request, attempt_id, *, hold_as, now):
    try:
        is_kept = deliver_batch(attempt_id, body_of(request), owner=owner.person, hold_as=hold_as, now=now)
    except UnreadableResponse as error:
        return JsonResponse({"error": str(error)}, status=400)
    return _tell(is_kept)


def say_whose(request, *, is_kept):
    """Answer that the page was of the person before, without a name, and what became of what it said."""
    if request.headers.get("Accept", "").startswith("application/json"):
        return _tell(is_kept)
    return render(request, "account/others_page.html", {"words": KEPT if is_kept else NOT_KEPT}, status=409)


def _tell(is_kept):
    """Answer a script, which keeps what waits until it hears that it is kept here."""
    told = {"of_another": True, "is_kept": is_kept, "error": str(KEPT if is_kept else NOT_KEPT)}
    return JsonResponse(told, status=409)


def page_context(request):
    """What the frame and every form need to say whose the page is; asked only by what shows it.

    A copy that a device keeps is nobody's yet: the device puts in whose it is.
    """
    if is_copy(request):
        return {"is_copy": True, "copied_on": request.copied_on, "owner_token": OWNER}
    return {"owner_token": lambda: _token_of_who_asks(request), "keeps_pages": keeps_pages()}


def _token_of_who_asks(request):
    # A page about a wrong Host is shown before anybody knows who asks.
    user = getattr(request, "user", None)
    return token_of(user) if user and user.is_authenticated else ""
