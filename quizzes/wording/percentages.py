"""How a percentage is written, everywhere: in Spanish a space that does not break stands before the sign."""

from django.utils.translation import gettext as _


def write_percentage(number):
    """Return a number, or a text that holds one, with the sign after it, in the language of the page."""
    return _("%(number)s%%") % {"number": number}
