"""The file of settings, `/etc/trato-digno.env`, read and written as systemd reads an `EnvironmentFile=`.

A shell would read some of it otherwise: a value with `$`, a `#` after a value, a line without `export`. So nobody
sources it, and every command of the site goes through here. The rules are those of `systemd.exec(5)`. Needs nothing but
Python.
"""

import re
from pathlib import Path

# Of a site that is brought back they have to be as they were: without them cards are void, nobody signs in, or badges
# cannot be checked.
KEYS_AMONG_SETTINGS = ("SECRET_KEY", "ACCOUNT_KEYS", "CREDENTIAL_KEY")
_PLAIN = re.compile(r"[\w./:@%+,=~^-]*", re.ASCII)
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*", re.ASCII)
# Either ends a line.
_ENDS = "\n\r"
_ESCAPED_IN_QUOTES = '"\\`$'


def read_environment(path):
    """Return {name: value} of the file at `path`; of a name that comes twice the last holds. Raises OSError."""
    return parse_environment(Path(path).read_bytes().decode())


def parse_environment(text):
    """Return {name: value} of what such a file holds; a line that is no assignment says nothing, as to systemd."""
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
    """Return the line that sets `name` to `value`, quoted where it needs to be.

    Raises ValueError for what no such line can hold: a name that is none, or a value with a control character.
    """
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
            # It takes the meaning of the next sign away; of the end of a line, the end.
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
