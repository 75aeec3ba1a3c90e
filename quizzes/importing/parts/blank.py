"""Options without a text, which other systems drop: `{~=yes ~no}` has one."""

import re
from html import unescape

from django.utils.translation import gettext as _

from .reading import Skipped

# What is shown and has no words.
_SHOWN = re.compile(r"<(?:img|audio|video|iframe|object|embed|svg|math)\b", re.IGNORECASE)


def says_nothing(raw):
    """Whether a raw text of a file shows nothing at all: no word, no picture, no sound."""
    return not _SHOWN.search(raw) and not unescape(re.sub(r"<[^<>]*>", "", raw)).strip("\ufeff\u200b \t\n\r\u00a0")


def is_left_out(raw, choice, warnings):
    """Whether an option is dropped as one that says nothing; what goes with it is named in `warnings`."""
    if choice.text or not says_nothing(raw):
        return False
    if choice.feedback or choice.fraction:
        percent = format(choice.fraction.normalize(), "f") if choice.fraction else "0"
        warnings.append(
            _("An option without a text was left out; it gave %(percent)s%% and said “%(feedback)s”.")
            % {"percent": percent, "feedback": choice.feedback[:60]}
        )
    return True


def take_pair(choices, pair, left):
    """Put a pair among the options: one without its left side is an extra right side, one without either is nothing.

    Raises Skipped for a left side (raw, as the file has it) that is only a picture.
    """
    if not pair.text and not says_nothing(left):
        raise Skipped(_("An option has no text."))
    if pair.text or pair.match:
        choices.append(pair)
