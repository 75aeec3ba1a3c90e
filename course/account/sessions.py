"""Start, length and end of a session; device cookie; owner of a page; forms kept over a sign-in."""

import re
from datetime import timedelta
from functools import lru_cache
from urllib.parse import urlsplit

from allauth.account.adapter import get_adapter
from allauth.account.authentication import AUTHENTICATION_METHODS_SESSION_KEY
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import login, update_session_auth_hash
from django.core import signing
from django.forms import ValidationError
from django.http import JsonResponse, UnreadablePostError
from django.shortcuts import render
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from course.models import Change, Ending
from course.people import devices, limits
from course.people.devices import device_of, draw_mark, is_called_shared, known_device, remember_device
from course.people.limits import TooSoon
from course.people.owners import owner_of, token_of
from course.people.pins import choose_pin
from course.people.refusals import keep_refusal
from course.privacy import OF_ONE_PERSON, forget_person
from course.sessions.turns import round_goes_on, round_of
from quizzes.base.offline_copies import OWNER, is_copy, keeps_pages
from quizzes.exceptions import UnreadableResponse
from quizzes.models import Reason
from quizzes.question_forms.forms import body_of
from quizzes.question_forms.pending import apply_carried, deliver_batch, deliver_form, read_carried

MARK_COOKIE = "device"
# The longest that browsers keep one.
_COOKIE_LASTS = timedelta(days=400)
_WELL_FORMED = re.compile(r"[\w-]{22}", re.ASCII)


def mark_of(request):
    """Return the mark of the browser that sent this request, or "" if it has none of ours."""
    mark = request.COOKIES.get(MARK_COOKIE, "")
    return mark if _WELL_FORMED.fullmatch(mark) else ""


def know_device(request, response, person, *, is_shared):
    """Keep that the person signed in, all steps done, in this browser; return whether it is new to the person.

    The browser keeps its mark, or gets one with the response.
    """
    mark = mark_of(request) or draw_mark()
    response.set_cookie(
        MARK_COOKIE,
        mark,
        max_age=_COOKIE_LASTS,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )
    return remember_device(person, mark, is_shared=is_shared, now=timezone.now())


# Kept from the form of sign-in to the end of it, perhaps past the page of a second factor.
SHARED, PENDING_ANSWER, PENDING_FORM = "shared_at_sign_in", "carried", "kept"
# All that a session keeps of the visitor who signs in. The last two: how they proved who they are, and who that is.
_TAKEN_ALONG = {
    SHARED,
    PENDING_ANSWER,
    PENDING_FORM,
    AUTHENTICATION_METHODS_SESSION_KEY,
    f"{AUTHENTICATION_METHODS_SESSION_KEY}_user",
}


def drop_visitor(request):
    """Drop what a visitor's session holds, so that nothing of it stands beside the person in the database."""
    with round_goes_on(request):
        for name in set(request.session.keys()) - _TAKEN_ALONG:
            del request.session[name]


def set_length(request, *, is_shared):
    """Let the session end with the browser, and after ten idle minutes, on a shared device; else last for two weeks."""
    request.session["shared_computer"] = is_shared
    request.session.set_expiry(0 if is_shared else settings.SESSION_COOKIE_AGE)


def let_in(request, person, *, backend, is_shared):
    """Sign in a person who needs no form of sign-in, such as one who joined a group just now."""
    with round_goes_on(request):
        request.session.flush()
    login(request, person, backend=backend)
    set_length(request, is_shared=is_shared)


def is_known_shared(request):
    """Whether the device was closed for idleness, goes round a group, or was called shared by anybody known on it."""
    was_idle = getattr(request, "was_locked", False) or "idle" in request.GET
    return was_idle or round_of(request) is not None or is_called_shared(mark_of(request))


def is_phone(request):
    """Whether the browser says that it runs on a telephone: Chromium in a header of its own, others in their name."""
    return request.headers.get("Sec-CH-UA-Mobile") == "?1" or "Mobi" in request.headers.get("User-Agent", "")


def ask_whether_shared(form, request):
    """Tick the question before it is shown: yes, unless the device is a telephone of which nothing else is known.

    Where only the screen can tell, script looks at it. A form that comes back keeps what was chosen in it.
    """
    if form.is_bound or "shared" in form.initial:
        return
    known, field = is_known_shared(request), form.fields["shared"]
    field.initial = known or not is_phone(request)
    if not known:
        field.widget.attrs["data-unless-phone"] = ""


def idle_seconds(request):
    """Return after how many seconds without activity the session closes, or None where it does not."""
    if request.session.get("shared_computer"):
        return settings.IDLE_SECONDS
    return settings.STAFF_IDLE_SECONDS if request.user.is_staff else None


def longest_session(user):
    """Return how many seconds after signing in a session closes, whatever is done in it."""
    return settings.STAFF_SESSION_SECONDS if user.is_staff else settings.SESSION_COOKIE_AGE


# A name in the session: when somebody was there last, in seconds.
SEEN_AT = "seen_at"


def arrive(request, response, person, *, is_shared):
    """Know the device by which the person came in, all steps done, and begin the trail of this session."""
    is_new = know_device(request, response, person, is_shared=is_shared)
    now, session = timezone.now(), request.session
    device = known_device(person, response.cookies[MARK_COOKIE].value)
    looks = device_of(request.headers.get("User-Agent", ""))
    sign_in = devices.keep_sign_in(person, looks, device=device, is_new=is_new, is_shared=is_shared, now=now)
    session[devices.SIGN_IN] = str(sign_in.pk)
    session[SEEN_AT] = int(now.timestamp())
    devices.keep_hidden_before(session, person, device)
    if not is_new:
        _tell_new_devices(request, person, device, now)


def _tell_new_devices(request, person, device, now):
    for one in devices.take_new_devices(person, device=device, now=now):
        day = date_format(timezone.localtime(one.at), "DATETIME_FORMAT")
        messages.warning(
            request,
            _(
                "Somebody signed in with your code on another device for the first time: %(day)s. If it was not you, "
                "open “My account”, close the other sessions and choose another PIN."
            )
            % {"day": day},
        )


def sign_in_of(request):
    """Return the key of the sign-in that opened this session, or None."""
    return request.session.get(devices.SIGN_IN)


def end_trail(request, ending):
    """Keep how the session of this request comes to its end; the first that is said of it stays."""
    devices.end_sign_in(sign_in_of(request), ending, now=timezone.now())


def keep_own_pin(request, pin):
    """Keep the PIN or password that the person chose; every other session is closed, and this one goes on."""
    person, now = request.user, timezone.now()
    choose_pin(person, pin)
    devices.note_change(person, Change.PIN_CHOSEN, by=person, now=now)
    devices.close_other_sessions(person, besides=sign_in_of(request), ending=Ending.PIN, now=now)
    update_session_auth_hash(request, person)


# Read by script, so not HttpOnly; it opens nothing.
COOKIE = "person"


def person_mark(user):
    """Return the same few letters on all pages of one person, and none for a visitor."""
    return _mark_of(str(user.key), settings.SECRET_KEY) if user.is_authenticated else ""


@lru_cache(maxsize=512)
def _mark_of(key, secret):
    """Three times a page asks for the mark of one person, which lasts as long as the site's key."""
    return salted_hmac(__name__, key, secret=secret, algorithm="sha256").hexdigest()[:16]


def current_user_context(request):
    """What the frame of every page needs to tell whose it is; a copy that a device keeps does not say it."""
    says = hasattr(request, "user") and not is_copy(request)
    return {"person_mark": person_mark(request.user)} if says else {}


class TellWhoIsThere:
    """Keeps the cookie true, however a session began or ended, and forgets what the person before left in others."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        before = request.COOKIES.get(COOKIE, "")
        if before and before != person_mark(request.user):
            for name in OF_ONE_PERSON:
                request.COOKIES.pop(name, None)
        response = self.get_response(request)
        now = person_mark(request.user)
        if before != now and "immutable" not in response.get("Cache-Control", ""):
            if before:
                forget_person(response)
            if now:
                response.set_cookie(COOKIE, now, samesite="Lax", secure=request.is_secure())
            else:
                response.delete_cookie(COOKIE, samesite="Lax")
        return response


FIELD = "owner"
HEADER = "X-Owner"
# What is nobody's: another language for the page, and a sign of life.
ANYBODYS = {"set_language", "keep_alive"}

SAVED_FOR_OWNER = gettext_lazy("This page was of the person before. Their answer was kept for them.")
NOT_SAVED_FOR_OWNER = gettext_lazy("This page was of the person before. Nothing of it was noted for anybody.")


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
    return render(
        request, "account/others_page.html", {"words": SAVED_FOR_OWNER if is_kept else NOT_SAVED_FOR_OWNER}, status=409
    )


def _tell(is_kept):
    """Answer a script, which keeps what waits until it hears that it is kept here."""
    told = {"of_another": True, "is_kept": is_kept, "error": str(SAVED_FOR_OWNER if is_kept else NOT_SAVED_FOR_OWNER)}
    return JsonResponse(told, status=409)


def page_owner_context(request):
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


def save_carried_answer(request, person, carried):
    """Save the answer for whose it is, and say what happened; return the address to go on at if it is `person`'s."""
    now = timezone.now()
    arrival = apply_carried(carried, person, now=now)
    if arrival is None:
        not_saved = _(
            "The answer that was waiting was not saved: it belongs to another person, or it is more than a day old."
        )
        messages.warning(request, str(SAVED_FOR_OWNER) if _keep_for_owner(carried, now=now) else not_saved)
        return None
    if arrival.problem:
        messages.error(request, arrival.problem)
    else:
        messages.success(request, _("Your answer was saved. You can go on."))
    return arrival.address


def _keep_for_owner(carried, *, now):
    """Keep an answer for the person whose page it came from, somebody else than who signed in; return whether it is."""
    answer = read_carried(carried)
    owner = owner_of(answer.form.get(FIELD, "")) if answer else None
    if owner is None or owner.person is None:
        return False
    hold_as = Reason.EARLIER if owner.is_of_before else None
    return deliver_form(
        answer.attempt, answer.form, owner=owner.person, given_at=answer.given_at, hold_as=hold_as, now=now
    )


_PURPOSE = "course.kept-form"
_FORM_LASTS = 60 * 60 * 12
# Of all fields together. A long text of the CMS has its place; a list of staff comes as a file, and is chosen again.
_LONGEST = 200_000
# Nothing that opens a door is written into a page.
_SECRET = {"password", "password1", "password2", "present", "new", "again", "code", "login"}
# Nor a number that is kept as a digest alone.
_SECRET |= {"cui", "employee"}
_NEVER = ("/accounts/", "/i18n/")
# What somebody answers to a survey is never kept with who it is, not even signed and in a page.
_OF_NOBODY = "/encuesta/"


def keep_form(request):
    """Return what was sent in this request, signed for its person alone; "" where it cannot be shown again."""
    if request.session.get("shared_computer", True) or request.FILES or request.path.startswith(_NEVER):
        return ""
    if request.path.endswith(_OF_NOBODY):
        return ""
    # The token against forgery is asked after this: nothing of another site or another person is shown to be confirmed.
    if is_sent_from_elsewhere(request) or not is_page_of(request, request.user):
        return ""
    fields = [
        (name, value)
        for name, values in request.POST.lists()
        if name not in ("csrfmiddlewaretoken", FIELD)
        for value in values
    ]
    if not fields or _SECRET & {name for name, _value in fields} or sum(len(value) for _n, value in fields) > _LONGEST:
        return ""
    kept = {"person": str(request.user.key), "action": request.get_full_path(), "fields": fields}
    return signing.dumps(kept, salt=_PURPOSE, compress=True)


def show_kept_form(request, person, kept):
    """Return the page with the form that waited, or None where it is not this person's or too old; that is said."""
    try:
        form = signing.loads(kept, salt=_PURPOSE, max_age=_FORM_LASTS)
    except signing.BadSignature:
        form = {}
    if form.get("person") != str(person.key):
        messages.error(request, _("What was written before the session was over was not saved."))
        return None
    return render(request, "account/confirm_form.html", {"fields": form["fields"], "action": form["action"]})


def address_of(request):
    """Return the address that a request comes from, behind as many proxies as the settings say."""
    return get_adapter(request).get_client_ip(request)


def begin_try(request, code):
    """Return the try of somebody to show who they are. Raises `ValidationError`, with how long to wait, if too soon.

    Nothing of what was typed is looked at before: whether it was right is not told.
    """
    now, address = timezone.now(), address_of(request)
    try:
        return limits.take_try(code, mark=mark_of(request), address=address, now=now)
    except TooSoon as soon:
        request.waits = soon.wait
        keep_refusal("wait", address=address, code=code, now=now)
        raise ValidationError(words_of_wait(soon), code="too_soon") from soon


def end_try(request, code, tried, *, was_right, reason="pin"):
    """Give the try back if it was right; else it stays taken, and stands in the list of what was refused."""
    now = timezone.now()
    if was_right:
        limits.give_back(tried, now=now)
    else:
        keep_refusal(reason, address=address_of(request), code=code, is_known=tried.is_known, now=now)


def spend(request, what, whose, pace):
    """Take one of what somebody may do at this pace, if the request changes something. Raises `TooSoon`."""
    if request.method == "POST":
        limits.take(what, whose, pace, now=timezone.now())


def words_of_wait(soon):
    """Return in words how long to wait, and who can help."""
    how_long = {"how_long": length_in_words(soon.wait)}
    if soon.of_account:
        words = _("Too many wrong tries. Wait %(how_long)s and try again, or ask your trainer to unlock your code now.")
        return words % how_long
    return _("Too many wrong tries from this place. Wait %(how_long)s and try again.") % how_long


def length_in_words(wait):
    """Return a wait in whole minutes, rounded up: never said shorter than it is."""
    minutes = max(1, -(-int(wait.total_seconds() * 1000) // 60_000))
    hours, minutes = divmod(minutes, 60) if minutes > 60 else (0, minutes)
    parts = []
    if hours:
        parts.append(ngettext("%(number)s hour", "%(number)s hours", hours) % {"number": hours})
    if minutes:
        parts.append(ngettext("%(number)s minute", "%(number)s minutes", minutes) % {"number": minutes})
    return (
        _("%(hours)s and %(minutes)s") % dict(zip(("hours", "minutes"), parts, strict=True)) if parts[1:] else parts[0]
    )
