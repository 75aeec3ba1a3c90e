"""What somebody looked for, on its way from the form to the page of what was found.

An address would show the words on a shared screen, and a session would keep them in the database beside the person. So
they travel in a cookie that ends with the browser, and only in the session in which they were typed can they be read.
"""

from datetime import timedelta

from django.core import signing

COOKIE = "buscado"
# As long as somebody reads what was found and comes back to the list.
LASTS = timedelta(minutes=30)
_SALT = "modules.searching.asked"


def keep_words(request, response, words, *, purpose):
    """Send the words along with the redirect to the page that `purpose` names; they take the place of any before."""
    response.set_cookie(
        COOKIE,
        signing.dumps(words, salt=_salt(request, purpose)),
        httponly=True,
        samesite="Lax",
        secure=request.is_secure(),
    )


def words_asked(request, *, purpose):
    """Return what was looked for last on that page in this session, or an empty text."""
    try:
        return signing.loads(request.COOKIES.get(COOKIE, ""), salt=_salt(request, purpose), max_age=LASTS)
    except signing.BadSignature:
        return ""


def forget_words(response):
    response.delete_cookie(COOKIE, samesite="Lax")


def _salt(request, purpose):
    return f"{_SALT}.{purpose}.{request.session.session_key or ''}"
