"""What a form refuses: sentences, each with the control that it is about."""

from typing import NamedTuple


class Mistake(NamedTuple):
    """A sentence, and the id of the control that it is about; nothing where it is about none."""

    words: str
    control: str = ""


def mistakes_of(form):
    """Return the Mistakes of a form; what is wrong with the whole of it leads to its first control."""
    if not getattr(form, "errors", None):
        return []
    fields = form.visible_fields()
    first = _control(fields[0]) if fields else ""
    found = [Mistake(error, first) for error in form.non_field_errors()]
    found += [Mistake(error) for field in form.hidden_fields() for error in field.errors]
    return found + [Mistake(error, _control(field)) for field in fields for error in field.errors]


def _control(field):
    """Return the id of a field's control: of the first, where it has several to choose from."""
    return f"{field.auto_id}_0" if field.use_fieldset else field.id_for_label or field.auto_id
