"""Certificates in the CMS: editors write what is printed from now on. What was issued is not there to be edited."""

from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, FieldRowPanel, InlinePanel, MultiFieldPanel
from wagtail.snippets.views.snippets import SnippetViewSet

from .models import CertificateDesign


class CertificateDesignViewSet(SnippetViewSet):
    """The words, signatures and paper of the certificates to come."""

    model = CertificateDesign
    icon = "doc-full-inverse"
    add_to_admin_menu = True
    menu_label = _("Certificates")
    menu_order = 220
    list_display = ["name", "heading", "locale", "is_active"]
    search_fields = ["name", "heading", "issuer"]
    panels = [
        FieldPanel("name"),
        FieldRowPanel([FieldPanel("is_active"), FieldPanel("paper_size")]),
        MultiFieldPanel(
            [FieldPanel("issuer"), FieldPanel("heading"), FieldPanel("statement"), FieldPanel("subject")],
            heading=_("What is printed"),
        ),
        InlinePanel(
            "signatories",
            heading=_("Who signs"),
            label=_("Signatory"),
            max_num=3,
            help_text=_("Leave a name empty and it can be written by hand under the line."),
            panels=[FieldRowPanel([FieldPanel("name"), FieldPanel("post")])],
        ),
    ]
