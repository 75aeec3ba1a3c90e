"""What a certificate never says: it certifies that a course was completed, not what a person or a place is like."""

import re

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

_CLAIMS = re.compile(
    r"libres?\s+de\s+(tod[oa]\s+)?(estigmas?|prejuicios?|discriminaci[oó]n)"
    r"|(stigma|prejudice|discrimination)[\s-]*free"
    r"|free\s+(of|from)\s+(all\s+)?(stigma|prejudices?|discrimination)",
    re.IGNORECASE,
)


def claim_in(text):
    """Return the words by which a text claims what a course cannot give, or nothing."""
    found = _CLAIMS.search(text)
    return found[0] if found else ""


def without_claim(text):
    """Return `text`, or nothing when it claims what a course cannot give: the paper must not say it."""
    return "" if claim_in(text) else text


def check_claims(texts):
    """Raise `ValidationError` naming each of {field: text} that claims what a course cannot give."""
    claims = {field: words for field, text in texts.items() if (words := claim_in(text))}
    if claims:
        raise ValidationError(
            {
                field: _("“%(words)s” cannot be certified. Say what was done: “completed the course”.")
                % {"words": words}
                for field, words in claims.items()
            }
        )
