"""Settings file `/etc/trato-digno.env`, read as by systemd.

A shell would read `$` and `#` differently, so never source it. Rules: `systemd.exec(5)`. Standard library only.
"""

import re
from pathlib import Path

# Of a site that is brought back they have to be as they were: without them cards are void, nobody signs in, or badges
# cannot be checked.
KEYS_AMONG_SETTINGS = ("SECRET_KEY", "ACCOUNT_KEYS", "CREDENTIAL_KEY")
_PLAIN = re.compile(r"[\w./:@%+,=~^-]*", re.ASCII)
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*", re.ASCII)
_ENDS = "\n\r"
_ESCAPED_IN_QUOTES = '"\\`$'


def read_environment(path):
    """Return {name: value} of a file; the last of two equal names counts. Raises OSError."""
    return parse_environment(Path(path).read_bytes().decode())


def parse_environment(text):
    """Return {name: value} of the text of such a file; invalid lines are ignored, as by systemd."""
    found, letters = {}, _Letters(text)
    while not letters.at_end():
        letters.skip_blank()
        if letters.at_end():
            break
        if letters.next_is("#;"):
            _skip_comment(letters)
            continue
        name, has_value = _read_name(letters)
        if has_value:
            value = _read_value(letters)
            if _NAME.fullmatch(name):
                found[name] = value
    return found


def line_of(name, value):
    """Return the line that sets `name` to `value`. Raises ValueError for a control character or invalid name."""
    if not _NAME.fullmatch(name):
        raise ValueError(f"«{name}» is no name of a variable.")
    if not value.isprintable():
        raise ValueError(f"The value of {name} holds a sign that cannot be printed, such as the end of a line.")
    if _PLAIN.fullmatch(value):
        return f"{name}={value}"
    return f'{name}="{"".join("\\" * (sign in _ESCAPED_IN_QUOTES) + sign for sign in value)}"'


class _Letters:
    def __init__(self, text):
        self._text, self._at = text, 0

    def at_end(self):
        return self._at >= len(self._text)

    def next_is(self, signs):
        return not self.at_end() and self._text[self._at] in signs

    def take(self):
        self._at += 1
        return self._text[self._at - 1]

    def skip_blank(self):
        while self.next_is(" \t\r\n"):
            self.take()


def _skip_comment(letters):
    while not letters.at_end() and letters.take() not in _ENDS:
        pass


def _read_name(letters):
    name = ""
    while not letters.at_end():
        sign = letters.take()
        if sign == "=":
            return name.strip(), True
        if sign in _ENDS:
            break
        name += sign
    return name, False


def _read_value(letters):
    value = ""
    while not letters.at_end():
        sign = letters.take()
        if sign in _ENDS:
            break
        if sign in "'\"":
            value += _read_quoted(letters, sign)
        elif sign not in " \t":
            return value + _read_plain(letters, sign)
    return value


def _read_plain(letters, sign):
    kept = blanks = ""
    while sign not in _ENDS:
        if sign == "\\":
            # A backslash escapes the next character, and joins lines.
            escaped = "" if letters.at_end() else letters.take()
            kept, blanks = kept + blanks + escaped.strip(_ENDS), ""
        elif sign in " \t":
            blanks += sign
        else:
            kept, blanks = kept + blanks + sign, ""
        sign = "\n" if letters.at_end() else letters.take()
    return kept


def _read_quoted(letters, quote):
    value = ""
    while not letters.at_end():
        sign = letters.take()
        if sign == quote:
            break
        if sign == "\\" and quote == '"' and not letters.at_end():
            escaped = letters.take()
            value += escaped if escaped in _ESCAPED_IN_QUOTES else "" if escaped == "\n" else f"\\{escaped}"
        else:
            value += sign
    return value
