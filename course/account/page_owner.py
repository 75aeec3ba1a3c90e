"""Current-user cookie, page owner token, and answers and forms that wait for a sign-in."""

from functools import lru_cache
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib import messages
from django.core import signing
from django.http import JsonResponse, UnreadablePostError
from django.shortcuts import render
from django.urls import get_callable
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.deprecation import MiddlewareMixin
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from course.people.owner_tokens import make_owner_token, page_owner
from course.privacy import PERSONAL_COOKIES, delete_personal_cookies
from quizzes.base.offline_copies import OWNER_PLACEHOLDER, is_offline_copy, is_offline_enabled
from quizzes.exceptions import UnreadableResponse
from quizzes.models import Reason
from quizzes.question_forms.forms import raw_body
from quizzes.question_forms.pending import (
    read_pending_answer,
    save_delivered_batch,
    save_delivered_form,
    save_signed_answer,
)

# Read by script, so not HttpOnly; it opens nothing.
CURRENT_USER_COOKIE = "person"


def current_user_digest(user):
    return _digest_of_key(str(user.key), settings.SECRET_KEY) if user.is_authenticated else ""


@lru_cache(maxsize=512)
def _digest_of_key(key, secret):
    return salted_hmac("course.current-user", key, secret=secret, algorithm="sha256").hexdigest()[:16]


def current_user_context(request):
    has_user = hasattr(request, "user") and not is_offline_copy(request)
    return {"current_user_digest": current_user_digest(request.user)} if has_user else {}


class CurrentUserCookieMiddleware(MiddlewareMixin):
    def __call__(self, request):
        before = request.COOKIES.get(CURRENT_USER_COOKIE, "")
        if before and before != current_user_digest(request.user):
            for name in PERSONAL_COOKIES:
                request.COOKIES.pop(name, None)
        response = self.get_response(request)
        now = current_user_digest(request.user)
        if before != now and "immutable" not in response.get("Cache-Control", ""):
            if before:
                delete_personal_cookies(response)
            if now:
                response.set_cookie(CURRENT_USER_COOKIE, now, samesite="Lax", secure=request.is_secure())
            else:
                response.delete_cookie(CURRENT_USER_COOKIE, samesite="Lax")
        return response


OWNER_FIELD = "owner"
OWNER_HEADER = "X-Owner"
OWNERLESS_VIEWS = {"set_language", "keep_alive"}

SAVED_FOR_OWNER = gettext_lazy("This page belongs to the previous user. Their answer was saved for them.")
NOT_SAVED_FOR_OWNER = gettext_lazy("This page belongs to the previous user. Nothing on it was saved for anyone.")


def owner_token_in(request):
    try:
        return request.headers.get(OWNER_HEADER, "") or request.POST.get(OWNER_FIELD, "")
    except UnreadablePostError:  # The connection broke in the middle of the form.
        return ""


def is_owned_by(request, person):
    token = owner_token_in(request)
    return bool(token) and page_owner(token, signed_in=person).person == person


def is_cross_site(request):
    origin = request.headers.get("Origin")
    try:
        is_foreign = origin is not None and urlsplit(origin).netloc != request.get_host()
    except ValueError:
        is_foreign = True
    # "none" is an action of the user, such as reloading the page.
    return is_foreign or request.headers.get("Sec-Fetch-Site", "none") not in ("same-origin", "none")


class PageOwnerMiddleware(MiddlewareMixin):
    """Refuse a post from another site or user's page, and save an answer of the latter for its owner.

    Runs before the CSRF check, whose failure would show the form again under the wrong name.
    """

    def process_view(self, request, view, args, kwargs):
        # Exempt views check the size of an upload before they read it, and then check the CSRF token themselves.
        if request.method != "POST" or not request.user.is_authenticated or getattr(view, "csrf_exempt", False):
            return None
        match = request.resolver_match
        if is_cross_site(request):
            return get_callable(settings.CSRF_FAILURE_VIEW)(request)
        if match.url_name in OWNERLESS_VIEWS or not (token := owner_token_in(request)):
            return None
        owner = page_owner(token, signed_in=request.user)
        if owner.person == request.user:
            return None
        return _save_for_owner(owner, request, match)


def _save_for_owner(owner, request, match):
    now, late_reason = timezone.now(), Reason.STALE_PAGE if owner.is_outdated else None
    if match.url_name == "save_answers" and owner.person:
        return _save_batch_for_owner(owner, request, match.kwargs["attempt_id"], late_reason=late_reason, now=now)
    is_saved = (
        match.url_name == "attempt_question"
        and owner.person is not None
        and save_delivered_form(
            match.kwargs["attempt_id"], request.POST, owner=owner.person, late_reason=late_reason, now=now
        )
    )
    return _refuse_other_owner(request, is_saved)


def _save_batch_for_owner(owner, request, attempt_id, *, late_reason, now):
    try:
        is_saved = save_delivered_batch(
            attempt_id, raw_body(request), owner=owner.person, late_reason=late_reason, now=now
        )
    except UnreadableResponse as error:
        return JsonResponse({"error": str(error)}, status=400)
    return _other_owner_json(is_saved)


def _refuse_other_owner(request, is_saved):
    # Nothing here names the other user.
    if request.headers.get("Accept", "").startswith("application/json"):
        return _other_owner_json(is_saved)
    return render(request, "account/page_owner/other_owner.html", {"message": _owner_message(is_saved)}, status=409)


def _other_owner_json(is_saved):
    body = {"of_another": True, "is_kept": is_saved, "error": str(_owner_message(is_saved))}
    return JsonResponse(body, status=409)


def _owner_message(is_saved):
    return SAVED_FOR_OWNER if is_saved else NOT_SAVED_FOR_OWNER


def page_owner_context(request):
    if is_offline_copy(request):
        return {"is_copy": True, "copied_on": request.copied_on, "owner_token": OWNER_PLACEHOLDER}
    return {"owner_token": lambda: _current_owner_token(request), "keeps_pages": is_offline_enabled()}


def _current_owner_token(request):
    # The page about a wrong Host is rendered before the user is known.
    user = getattr(request, "user", None)
    return make_owner_token(user) if user and user.is_authenticated else ""


def save_pending_answer(request, person, signed_answer):
    """Save the answer for its owner; return the next address if `person` is the owner, else None."""
    now = timezone.now()
    arrival = save_signed_answer(signed_answer, person, now=now)
    if arrival is None:
        if _save_pending_for_owner(signed_answer, now=now):
            warning = str(SAVED_FOR_OWNER)
        else:
            warning = _("The pending answer was not saved: it belongs to another person, or it is more than a day old.")
        messages.warning(request, warning)
        return None
    if arrival.problem:
        messages.error(request, arrival.problem)
    else:
        messages.success(request, _("Your answer was saved. You can go on."))
    return arrival.address


def _save_pending_for_owner(signed_answer, *, now):
    answer = read_pending_answer(signed_answer)
    owner = page_owner(answer.form.get(OWNER_FIELD, "")) if answer else None
    if owner is None or owner.person is None:
        return False
    late_reason = Reason.STALE_PAGE if owner.is_outdated else None
    return save_delivered_form(
        answer.attempt, answer.form, owner=owner.person, given_at=answer.given_at, late_reason=late_reason, now=now
    )


_FORM_SALT = "course.kept-form"
_FORM_MAX_AGE = 60 * 60 * 12
_FORM_MAX_LENGTH = 200_000
# Credentials, and numbers of which the site stores the digest alone.
_SECRET_FIELDS = {"password", "password1", "password2", "present", "new", "again", "code", "login", "cui", "employee"}
_EXCLUDED_PATHS = ("/accounts/", "/i18n/")
# Survey answers are never linked to a person, not even signed and in a page.
_SURVEY_PATH = "/encuesta/"


def sign_pending_form(request):
    """Return the posted fields, signed for this user; "" where the form must not be shown again."""
    if request.session.get("shared_computer", True) or request.FILES or request.path.startswith(_EXCLUDED_PATHS):
        return ""
    if request.path.endswith(_SURVEY_PATH):
        return ""
    if is_cross_site(request) or not is_owned_by(request, request.user):
        return ""
    fields = [
        (name, value)
        for name, values in request.POST.lists()
        if name not in ("csrfmiddlewaretoken", OWNER_FIELD)
        for value in values
    ]
    if (
        not fields
        or _SECRET_FIELDS & {name for name, _value in fields}
        or sum(len(value) for _n, value in fields) > _FORM_MAX_LENGTH
    ):
        return ""
    form = {"person": str(request.user.key), "action": request.get_full_path(), "fields": fields}
    return signing.dumps(form, salt=_FORM_SALT, compress=True)


def show_pending_form(request, person, signed_form):
    """Return the page with the pending form; None, with a message, if it is another person's or too old."""
    try:
        form = signing.loads(signed_form, salt=_FORM_SALT, max_age=_FORM_MAX_AGE)
    except signing.BadSignature:
        form = {}
    if form.get("person") != str(person.key):
        messages.error(request, _("What you wrote before the session ended was not saved."))
        return None
    return render(request, "account/sign_in/confirm_form.html", {"fields": form["fields"], "action": form["action"]})
