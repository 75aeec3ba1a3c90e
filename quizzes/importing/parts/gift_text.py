"""Texts in GIFT: escapes and formats."""

import re

from django.utils.translation import gettext as _

from quizzes.base.markup import escape_markup

from .html import check_length, convert_html, is_html

_FORMAT = re.compile(r"\s*\[(html|moodle|plain|markdown)\]", re.IGNORECASE)
_ESCAPE = re.compile(r"\\([\\~=#{}:n])")


def unescape(text):
    return _ESCAPE.sub(lambda match: "\n" if match.group(1) == "n" else match.group(1), text)


def escape(text):
    return re.sub(r"[\\~=#{}:]", r"\\\g<0>", text).replace("\n", "\\n")


def split_once(text, sign):
    """Partition at the first `sign` that no backslash escapes."""
    match = re.search(rf"(?:\\.|(?!{re.escape(sign)})[^\\]|\\$)*", text, re.DOTALL)
    end = match.end()
    return text[:end], text[end : end + len(sign)], text[end + len(sign) :]


def split_at(text, signs):
    """Return [(sign, text), …], split at unescaped signs; the first part has no sign."""
    parts = re.split(rf"(?<!\\)((?:\\\\)*)([{re.escape(signs)}])", text)
    cut = [("", parts[0])]
    for kept, sign, rest in zip(parts[1::3], parts[2::3], parts[3::3], strict=True):
        cut[-1] = (cut[-1][0], cut[-1][1] + kept)
        cut.append((sign, rest))
    return cut


class GiftText:
    """Reads the texts of one question; those without a format have that of the question."""

    def __init__(self):
        self.format = "moodle"
        self.warnings = []

    def take_format(self, text):
        """Return the text without its format prefix, which becomes that of the question."""
        if match := _FORMAT.match(text):
            self.format = match.group(1).lower()
            return text[match.end() :]
        return text

    def read(self, text, *, line=False):
        text_format = self.format
        if match := _FORMAT.match(text):
            text_format, text = match.group(1).lower(), text[match.end() :]
        return self._convert(unescape(text.strip()).strip(), text_format, line)

    def read_rest(self, text):
        """Return the question text, after `take_format`, as markup."""
        return self._convert(unescape(text.strip()).strip(), self.format, False)

    def read_plain(self, text):
        if match := _FORMAT.match(text):
            text = text[match.end() :]
        return " ".join(unescape(text.strip()).split())

    def _convert(self, text, text_format, line):
        check_length(text)
        if text_format == "markdown":
            return text
        if text_format == "html" or (text_format == "moodle" and is_html(text)):
            return self._from_html(text if text_format == "html" else text.replace("\n", "<br>"), line)
        return escape_markup(text)

    def _from_html(self, text, line):
        converted = convert_html(text, line=line)
        self.warnings += converted.losses
        if converted.images:
            self.warnings.append(_("GIFT holds no images: add it to the question by hand."))
        return converted.text


def begins_with_format(text):
    return bool(_FORMAT.match(text))


def begins_with_weight(text):
    return bool(re.match(r"\s*%-?\d", text))
