"""Validation of uploaded PO files in a sandbox process."""

import polib
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

# Marker of wagtail-localize in its files.
_MARK = "X-WagtailLocalize-TranslationID"


def look_at_translation(content):
    try:
        # polib opens a text that names a file: the sandbox cannot open any.
        found = polib.pofile(content.decode())
    except (OSError, ValueError):
        raise ValidationError(_("This file is no PO file. Bring the one that was downloaded here.")) from None
    if _MARK not in found.metadata:
        raise ValidationError(_("This PO file is of no translation. Bring the one that was downloaded here."))
