"""What a page refuses, gathered from wherever its view keeps it, so that every page says it in one way."""

from django import template
from django.contrib.messages import ERROR

from course.mistakes import Mistake, mistakes_of

register = template.Library()


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
