"""Differences between Moodle's grading of orderings and ours."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

_OURS = ("ABSOLUTE_POSITION", "ABSOLUTE", "ABS")
_OTHERS = {
    "ALL_OR_NOTHING": gettext_lazy("all or nothing"),
    "LONGEST_ORDERED_SUBSET": gettext_lazy("by the longest run in the right order"),
    "LONGEST_CONTIGUOUS_SUBSET": gettext_lazy("by the longest run without a gap"),
    "RELATIVE_TO_CORRECT": gettext_lazy("by how far each step is from its place"),
}


def say_other_grading(grading, some, steps):
    """Return sentences; `grading` is Moodle's name, `some` how many steps it draws, or 0."""
    sentences = []
    if grading.upper() not in _OURS:
        other = _OTHERS.get(grading.upper(), gettext_lazy("by the steps beside each one"))
        sentences.append(
            _("In Moodle the order is marked %(other)s; here each step in its place counts.") % {"other": other}
        )
    if 0 < some < steps:
        sentences.append(_("Moodle asks for %(some)d of its steps at a time; here all are asked.") % {"some": some})
    return sentences
