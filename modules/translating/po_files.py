"""A file of translations (PO) as somebody brings it: looked at where nothing can be opened."""

import polib
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

# How wagtail-localize marks what it hands out.
_MARK = "X-WagtailLocalize-TranslationID"


def look_at_translation(content):
    """Raise ValidationError for bytes that are no PO file, or none that was downloaded here."""
    try:
        # A text that names a file would have polib read that file: see quizzes/base/sandbox, where none can be opened.
        found = polib.pofile(content.decode())
    except (OSError, ValueError):
        raise ValidationError(_("This file is no PO file. Bring the one that was downloaded here.")) from None
    if _MARK not in found.metadata:
        raise ValidationError(_("This PO file is of no translation. Bring the one that was downloaded here."))
