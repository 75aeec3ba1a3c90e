"""Corrections of a list by the trainer before it is confirmed."""

import contextlib
import json
import unicodedata
import uuid

from django.db import transaction
from django.utils.translation import gettext as _

from course.models import Clinic, Role
from course.people.clinics import clinic_name_key
from course.people.names import normalise_name

from .clinic_names import NEW, NONE
from .job_titles import LONGEST_KEY
from .known import people_known_to
from .matching import OTHER
from .uploads import ListMovedOn, lock_to_change

# Fields of a row and their maximum length.
ROW_FIELDS = {"given": 150, "surnames": 150, "role": 20, "clinic": 200, "out": 2, "person": 2, "same": 36}
_CHECKED = {"out", "person"}
_MOST_CHOICES = 5_000
_MOST_GIVEN_BACK = 20


class CannotMend(ValueError):
    pass


def row_field(name, number):
    return f"{name}-{number}"


def what_was_shown(fields):
    return json.dumps(fields, ensure_ascii=False, separators=(",", ":"))


def changed_fields(posted, shown):
    """Return {control name: value} of changes to `shown`, so that an old page undoes no other change."""
    try:
        before = json.loads(shown)
    except (ValueError, RecursionError):
        before = {}
    if not isinstance(before, dict):
        before = {}
    before = {name: _on_one_line(value) for name, value in before.items() if isinstance(value, str)}
    now = {name: _on_one_line(str(posted.get(name, ""))) for name in before}
    return {name: value for name, value in now.items() if value != before[name]}


def _on_one_line(text):
    letters = unicodedata.normalize("NFC", text)
    letters = (" " if letter.isspace() else letter for letter in letters if letter.isspace() or letter.isprintable())
    return " ".join("".join(letters).split())


def _printable(key):
    # Spaces stay: a truncated key may end in one.
    return "".join(filter(str.isprintable, key))


def mend(upload, changed, *, read_as=None):
    """Save changes, {control name: value}; return whether there were any.

    Names are those of `row_field`, `title:KEY` and `clinic:KEY`; one invalid value refuses all. `read_as` is the
    `way_of_reading` of the page. Raises `CannotMend` and `ListMovedOn`.
    """
    if not changed:
        return False
    with transaction.atomic():
        try:
            locked = lock_to_change(upload, read_as=read_as)
        except ListMovedOn as moved:
            raise ListMovedOn(f"{moved} {_given_back(changed)}".strip()) from moved
        chosen = {name: dict(locked.chosen.get(name, {})) for name in ("clinics", "roles", "rows")}
        for name, value in changed.items():
            _keep(chosen, name, value, locked)
        if any(len(kept) > _MOST_CHOICES for kept in chosen.values()):
            raise CannotMend(_("That is more than one list can hold. Mend it in Excel and bring it anew."))
        locked.chosen |= chosen
        _check_answers(locked, changed)
        locked.save(update_fields=["chosen"])
    upload.chosen = locked.chosen
    return True


def _given_back(changed):
    typed = [
        f"{number}: {value}"
        for name, value in changed.items()
        for field, _dash, number in [name.rpartition("-")]
        if value and field in ("given", "surnames", "clinic")
    ]
    more = ["…"] if len(typed) > _MOST_GIVEN_BACK else []
    return _("You wrote, by row: %(typed)s.") % {"typed": "; ".join(typed[:_MOST_GIVEN_BACK] + more)} if typed else ""


def _keep(chosen, name, value, upload):
    kind, colon, key = name.partition(":")
    if kind == "title" and colon:
        if value and value not in Role.values:
            raise CannotMend(_("Choose one of the roles."))
        chosen["roles"][_printable(key)[:LONGEST_KEY]] = value
    elif kind == "clinic" and colon:
        if value not in (NEW, NONE, "") and not Clinic.objects.filter(pk=_number(value)).exists():
            raise CannotMend(_("Choose one of the clinics."))
        chosen["clinics"][clinic_name_key(_printable(key))[:200]] = value
    else:
        field, _dash, number = name.rpartition("-")
        if field not in ROW_FIELDS or not 1 <= _number(number) <= len(upload.rows):
            raise CannotMend(_("This row is not in the list."))
        _keep_of_row(chosen["rows"].setdefault(str(_number(number)), {}), field, value[: ROW_FIELDS[field]])


def _keep_of_row(row, field, value):
    if field == "role" and value and value not in Role.values:
        raise CannotMend(_("Choose one of the roles."))
    if field in _CHECKED:
        row.pop(field, None)
        if value:
            row[field] = True
    elif field == "same" and not value:
        row.pop(field, None)
    else:
        row[field] = normalise_name(value) if field in ("given", "surnames") else value


def _number(text):
    return int(text) if text.isdecimal() and text.isascii() and len(text) < 10 else 0


def _check_answers(upload, changed):
    keys = {value for name, value in changed.items() if name.startswith("same-") and value not in ("", OTHER)}
    if keys and len(keys) != people_known_to(upload.brought_by).filter(key__in=filter(_is_key, keys)).count():
        raise CannotMend(_("Choose one of the people who are shown."))


def _is_key(text):
    with contextlib.suppress(ValueError):
        return str(uuid.UUID(text)) == text
    return False
