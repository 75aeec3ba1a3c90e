"""Pages without what was uploaded: a picture as its words, a recording as a line that says when it can be heard."""

import re

from django.utils.html import format_html
from django.utils.translation import gettext as _

_PICTURE = re.compile(r"<img\b[^>]*>")
_WORDS = re.compile(r'\balt="([^"]*)"')
_RECORDING = re.compile(r"<(audio|video)\b[^>]*>(?:.*?</\1>)?", re.DOTALL)


def without_uploads(html):
    """Return a page that asks for no file which only a line brings."""
    heard = format_html('<p class="small muted">{}</p>', _("The recording can be heard when there is a connection."))
    return _RECORDING.sub(str(heard), _PICTURE.sub(_words_of, html))


def _words_of(picture):
    words = _WORDS.search(picture[0])
    return f"<span>{words[1]}</span>" if words and words[1] else ""
