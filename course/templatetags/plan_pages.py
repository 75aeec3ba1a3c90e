"""Addresses of a plan: the same pages stand on the desk and with who heads the centre."""

from django import template
from django.urls import reverse

register = template.Library()


@register.simple_tag(takes_context=True)
def plan_url(context, page="", *arguments):
    """Return the address of a page of the plan that is shown; `plan_pages` says whose: (name, arguments)."""
    name, first = context["plan_pages"]
    return reverse(f"{name}_{page}" if page else name, args=[*first, *arguments])
