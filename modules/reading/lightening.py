"""What a copy of a lesson leaves out: what only a line brings, and what takes much of one and nobody misses."""

import re

from django.utils.html import format_html
from django.utils.translation import gettext as _

# What is uploaded: a photograph becomes its words and a line that says when it can be seen, another picture its words,
# a recording a line that says when it can be heard.
_PHOTO = re.compile(r'<span class="photo-frame">.*?</span>', re.DOTALL)
_LARGER = re.compile(r' <a class="larger".*?</a>', re.DOTALL)
# Of a film, for which its own line stands.
_STILL = re.compile(r"<picture>.*?</picture>", re.DOTALL)
_PICTURE = re.compile(r"<img\b[^>]*>")
_WORDS = re.compile(r'\balt="([^"]*)"')
_PLAYER = re.compile(r"<(audio|video)\b[^>]*>(?:.*?</\1>)?", re.DOTALL)
# What nobody misses there: ornaments, the list of publications, where one stands on the net, the editor's names of
# paragraphs. The marks of sources stay; they lead nowhere then.
_LEFT_OUT = re.compile(
    r'<div class="scene-place">.*?</div>|<details class="disclosure sources">.*?</details>|<link rel="icon"[^>]*>'
    r'| <a href="([^"]*)" rel="noreferrer">\1</a>| data-block-key="[^"]*"',
    re.DOTALL,
)
_MARK = re.compile(r'<a [^>]*href="[^"]*#fuente-[^"]*"[^>]*>(.*?)</a>', re.DOTALL)


def lighten(html):
    """Return a page of the course as a copy holds it."""
    html = _MARK.sub(r'<span class="source">\1</span>', html)
    html = _STILL.sub("", _LARGER.sub("", _PHOTO.sub(_words_of_photo, html)))
    return _LEFT_OUT.sub("", _PLAYER.sub(_when_it_plays, _PICTURE.sub(_words_of, html)))


def _when_it_plays(player):
    """Return the line in place of a player; what is said stands in writing beside it."""
    lines = {
        "audio": _("The recording can be heard when there is a connection."),
        "video": _("The film can be seen when there is a connection."),
    }
    return format_html('<p class="small muted">{}</p>', lines[player[1]])


def _words_of_photo(photo):
    words = _words_of(photo)
    seen = format_html('<p class="small muted">{}</p>', _("The photograph can be seen when there is a connection."))
    return f"<p>{words}</p>{seen}"


def _words_of(picture):
    words = _WORDS.search(picture[0])
    return f"<span>{words[1]}</span>" if words and words[1] else ""
