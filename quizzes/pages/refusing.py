"""What a page of questions refuses, as the frame of the site says it first of all."""

from django.utils.translation import gettext as _
from django.utils.translation import ngettext


def refusal_of(fields, error, *, is_alone=False):
    """Return the context of what is wrong with QuestionFields; `error` is there where something was not saved.

    Where a question is not alone on its page, its number stands before what is said of it.
    """
    complaints = [field for field in fields if field.complaint]
    return {
        "refused": [(_complaint(field, is_alone), field.control) for field in complaints],
        "refused_heading": _heading(len(complaints), error),
    }


def _complaint(field, is_alone):
    words = _("Question %(number)s") % {"number": field.number}
    return field.complaint if is_alone else f"{words}: {field.complaint}"


def _heading(count, error):
    if error:
        return ngettext("This answer was not saved", "Some answers were not saved", count)
    return ngettext("Please look at this answer again", "Please look at these answers again", count)
