"""What a page refuses, gathered from wherever its view keeps it, so that every page says it in one way."""

from typing import NamedTuple

from django import template
from django.contrib.messages import ERROR

register = template.Library()


class Mistake(NamedTuple):
    """A sentence, and the id of the control that it is about; nothing where it is about none."""

    words: str
    control: str = ""


@register.simple_tag(takes_context=True)
def mistakes(context):
    """Return the Mistakes of a page, in the order in which it shows them.

    They come from the messages that say an error (`extra_tags` names the control), from `problem` (a sentence, with
    its control in `problem_at`), from `refused` ([(sentence, control)]), and from the forms `form` and `file_form`.
    """
    found = [
        Mistake(str(message), message.extra_tags or "")
        for message in context.get("messages") or ()
        if message.level >= ERROR
    ]
    if problem := context.get("problem"):
        found.append(Mistake(str(problem), context.get("problem_at", "")))
    found += [Mistake(*one) for one in context.get("refused") or ()]
    for name in ("form", "file_form"):
        found += mistakes_of(context.get(name))
    return found


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
