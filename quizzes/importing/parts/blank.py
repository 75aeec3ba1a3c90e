"""Empty options, which other systems drop."""

import re
from html import unescape

from django.utils.translation import gettext as _

from .reading import Skipped

_SHOWN = re.compile(r"<(?:img|audio|video|iframe|object|embed|svg|math)\b", re.IGNORECASE)


def says_nothing(raw):
    """Return whether a raw text shows nothing: no word, picture or sound."""
    return not _SHOWN.search(raw) and not unescape(re.sub(r"<[^<>]*>", "", raw)).strip("\ufeff\u200b \t\n\r\u00a0")


def is_left_out(raw, choice, warnings):
    """Return whether an empty option is dropped; what is lost with it is added to `warnings`."""
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
    """Add a pair, unless it is empty; raises Skipped if its left side (raw: `left`) is only a picture."""
    if not pair.text and not says_nothing(left):
        raise Skipped(_("An option has no text."))
    if pair.text or pair.match:
        choices.append(pair)
