"""`{% csrf_token %}` of every form: beside Django's token it says whose page it is, so that no form can forget to.

A copy that a device keeps holds no token: what is done on it is kept there, and delivered without one.
"""

from django import template
from django.template.defaulttags import CsrfTokenNode
from django.utils.html import format_html

register = template.Library()


class OwnedFormNode(CsrfTokenNode):
    """The two hidden fields of a form; on the page of a visitor there is no owner."""

    def render(self, context):
        if context.get("is_copy"):
            owner = context.get("owner_token")
            return format_html('<input type="hidden" name="copia" value="1">{}', _owner_field(owner))
        fields = super().render(context)
        ask = context.get("owner_token")
        token = ask() if callable(ask) else ask
        if not fields or not token:
            return fields
        return fields + _owner_field(token)


def _owner_field(token):
    return format_html('<input type="hidden" name="owner" value="{}">', token)


@register.tag
def csrf_token(parser, token):
    return OwnedFormNode()
