"""PINs that many people choose, and that an attacker would try first.

The kinds are those of studies of leaked PINs (J. Bonneau and others, Financial Cryptography 2012; P. Markert and
others, IEEE Symposium on Security and Privacy 2020), and the numbers in Django's list of common passwords.
"""

import re
from functools import cache
from itertools import pairwise

from django.contrib.auth.password_validation import CommonPasswordValidator
from django.utils.translation import gettext_lazy as _

_DAYS = dict(enumerate((31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31), 1))
# Day, month and year in every order that people write them in; four digits of a year mean 1900 to 2099.
_ORDERS = [
    re.compile(form)
    for form in (
        r"(?P<day>\d\d)(?P<month>\d\d)(\d\d|(19|20)\d\d)",
        r"(?P<month>\d\d)(?P<day>\d\d)(\d\d|(19|20)\d\d)",
        r"(\d\d|(19|20)\d\d)(?P<month>\d\d)(?P<day>\d\d)",
    )
]
# A year with a month before or after it, or with a half of it: 199005, 051990, 199019, 199090, 901990.
_YEAR = re.compile(
    r"(19|20)\d\d(0[1-9]|1[0-2])|(0[1-9]|1[0-2])(19|20)\d\d"
    r"|((?P<a>19|20)(?P<b>\d\d))((?P=a)|(?P=b))|(?P<c>\d\d)(19|20)(?P=c)"
)
_KEYS = {key: (place // 3, place % 3) for place, key in enumerate("123456789 0") if key != " "}


def why_easy(pin, *, code=""):
    """Return a message that says why the PIN is easy to guess, or None."""
    return next((words for is_so, words in _KINDS if is_so(pin)), None) or _why_own(pin, code)


def is_easy_to_guess(pin, *, code=""):
    return pin.isdecimal() and why_easy(pin, code=code) is not None


def _why_own(pin, code):
    digits = "".join(letter for letter in code if letter.isdecimal())
    return _("it has the digits of the user code in it") if len(digits) >= 3 and digits in pin else None


def _repeats(pin):
    blocks = any(pin == (pin[:size] * len(pin))[: len(pin)] for size in range(1, len(pin) // 2 + 1))
    return blocks or len(set(pin)) <= 2 or pin[::2] == pin[1::2] or re.search(r"(\d)\1{3}", pin) is not None


def _is_mirrored(pin):
    return pin == pin[::-1]


def _counts(pin):
    parts = [pin[start : start + 3] for start in range(0, len(pin), 3)]
    return len(_steps(pin)) == 1 or (len(pin) % 3 == 0 and all(_steps(part) in ({1}, {9}) for part in parts))


def _steps(pin):
    return {(int(after) - int(before)) % 10 for before, after in pairwise(pin)}


def _is_date(pin):
    return any((found := order.fullmatch(pin)) and _is_day(found["day"], found["month"]) for order in _ORDERS)


def _is_day(day, month):
    return 1 <= int(day) <= _DAYS.get(int(month), 0)


def _is_year(pin):
    return _YEAR.fullmatch(pin) is not None


def _is_pattern(pin):
    moves = [_move(*pair) for pair in pairwise(pin)]
    lines = [moves[start : start + 2] for start in range(0, len(pin), 3)]
    straight = all(len(line) == 2 and line[0] == line[1] and max(map(abs, line[0])) == 1 for line in lines)
    if "2580" in pin or "0852" in pin:
        return True
    return straight or all(abs(down) + abs(right) == 1 for down, right in moves)


def _move(before, after):
    (row, column), (next_row, next_column) = _KEYS[before], _KEYS[after]
    return next_row - row, next_column - column


@cache
def common_passwords():
    return frozenset(CommonPasswordValidator().passwords)


def _is_common(pin):
    return pin in common_passwords()


_KINDS = [
    (_repeats, _("its digits repeat")),
    (_counts, _("its digits follow one another")),
    (_is_mirrored, _("it reads the same from both ends")),
    (_is_date, _("it is a date")),
    (_is_year, _("there is a year in it")),
    (_is_pattern, _("it is a pattern on the keys")),
    (_is_common, _("many people have chosen it")),
]
