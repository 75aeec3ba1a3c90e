"""The file: a page to read, the same as JSON for another program, and the certificates as they were issued."""

import json
import zipfile
from io import BytesIO

from django.core.serializers.json import DjangoJSONEncoder
from django.template.defaultfilters import yesno
from django.template.loader import render_to_string

from certificates.models import Certificate

from .collecting import collect

# Neither name says what it is about, nor whose it is.
PAGE, DATA = "datos.html", "datos.json"


def write_own_data(person, *, hidden_before, now):
    """Return the bytes of a ZIP with all that is kept of the person."""
    kept = collect(person, hidden_before=hidden_before, now=now)
    file = BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        context = {"kept": kept, "tables": list(map(_to_read, kept["tables"])), "person": person}
        archive.writestr(PAGE, render_to_string("account/own_data_page.html", context))
        archive.writestr(DATA, json.dumps(kept, cls=_Encoder, ensure_ascii=False, indent=1))
        for certificate in Certificate.objects.filter(learner=person).order_by("issued_at", "pk").iterator():
            archive.writestr(f"certificados/{certificate.serial}.pdf", bytes(certificate.pdf))
    return file.getvalue()


def _to_read(table):
    headings = table["columns"]
    rows = [[(headings[name], _in_words(value)) for name, value in row.items()] for row in table["rows"]]
    return {"title": table["title"], "rows": rows}


def _in_words(value):
    return yesno(value) if isinstance(value, bool) else value


class _Encoder(DjangoJSONEncoder):
    """Moments with their zone, and bytes not at all: they stand beside."""

    def default(self, value):
        return None if isinstance(value, bytes | memoryview) else super().default(value)
