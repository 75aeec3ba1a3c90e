"""The kinds of question. A new one is a file here, a template and its line in `KINDS`:
see docs/how-to/add-a-question-kind.md."""

from .matching import Matching
from .multiple import Multiple
from .ordering import Ordering
from .reflection import Reflection
from .single import Single
from .true_false import TrueFalse

KINDS = {kind.name: kind for kind in (Single(), Multiple(), TrueFalse(), Ordering(), Matching(), Reflection())}
SCORED = [kind.name for kind in KINDS.values() if kind.scored]


def kind_of(item):
    """Return the kind of a paper's item."""
    return KINDS[item["kind"]]


def choices():
    """Return the kinds as choices of a field."""
    return [(kind.name, kind.label) for kind in KINDS.values()]
