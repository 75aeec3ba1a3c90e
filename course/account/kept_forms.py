"""A form that staff sent after their session was over: shown once more after signing in, for one tap.

Only on a device of their own: on a shared one the next person would find it in the page.
"""

from django.contrib import messages
from django.core import signing
from django.shortcuts import render
from django.utils.translation import gettext as _

from .owners import FIELD, is_page_of, is_sent_from_elsewhere

_PURPOSE = "course.kept-form"
_LASTS = 60 * 60 * 12
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
        form = signing.loads(kept, salt=_PURPOSE, max_age=_LASTS)
    except signing.BadSignature:
        form = {}
    if form.get("person") != str(person.key):
        messages.error(request, _("What was written before the session was over was not saved."))
        return None
    return render(request, "account/confirm_form.html", {"fields": form["fields"], "action": form["action"]})
