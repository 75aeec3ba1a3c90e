"""CMS pages for certificate designs; issued certificates are not editable."""

from django.utils.functional import lazy
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, FieldRowPanel, HelpPanel, InlinePanel, MultiFieldPanel

from certificates.issuing.field_values import MAX_LOGOS, MAX_SIGNATORIES
from certificates.models import CertificateDesign
from certificates.text.fields import FIELDS
from quizzes.base.snippets import SnippetViewSet

_LINES_HELP = _("Up to five lines, each with room for a field. Empty: the content, the length and the date.")


def _fields_help():
    meanings = {
        "name": _("the name of the person"),
        "role": _("the post, where the person has it printed"),
        "clinic": _("the health centre"),
        "course": _("the name of the course"),
        "modules_count": _("how many modules it has"),
        "hours": _("how long it takes"),
        "edition": _("the edition of the course"),
        "finished_in_words": _("the day on which the course was finished"),
        "date_in_words": _("the day of issue"),
        "grade": _("the mean of the grades of the quizzes, of 100; only printed where you write it"),
        "expires_in_words": _("the last day on which it is valid"),
    }
    rows = format_html_join(
        "",
        "<li><code>{{{}}}</code>, <code>{{{}}}</code>: {}</li>",
        ((*names, meanings[field]) for *names, field in FIELDS),
    )
    return format_html(
        "<p>{}</p><ul>{}</ul><p>{}</p>",
        _("In these three texts, a field in braces becomes what is so for each person:"),
        rows,
        _("A line whose field has nothing to say for a person, such as a grade, is left out."),
    )


class CertificateDesignViewSet(SnippetViewSet):
    model = CertificateDesign
    icon = "doc-full-inverse"
    add_to_admin_menu = True
    menu_label = _("Certificates")
    menu_order = 220
    list_display = ["name", "heading", "locale", "is_active"]
    search_fields = ["name", "heading", "issuer"]
    panels = [
        FieldPanel("name"),
        FieldRowPanel(
            [
                FieldPanel("is_active", help_text=_("One design per language. Issued certificates do not change.")),
                FieldPanel("validity_months"),
            ]
        ),
        MultiFieldPanel(
            [
                FieldPanel("issuer", help_text=_("The institution, in one line above the heading.")),
                FieldPanel("heading", help_text=_("The title of the paper, printed in capitals.")),
            ],
            heading=_("Issuer and heading"),
        ),
        MultiFieldPanel(
            [
                HelpPanel(lazy(_fields_help, str)()),
                FieldPanel(
                    "statement",
                    help_text=_(
                        "Follows the name. The name of the course is added unless it is here. Certify completion, never"
                        " attitudes."
                    ),
                ),
                FieldPanel("subject", help_text=_("Best a short sentence: long ones are printed smaller.")),
                FieldPanel("text", help_text=_LINES_HELP),
            ],
            heading=_("What is printed"),
        ),
        InlinePanel(
            "signatories",
            heading=_("Who signs"),
            label=_("Signatory"),
            max_num=MAX_SIGNATORIES,
            help_text=_("Up to three. Leave a name empty and it can be written by hand under the line."),
            panels=[
                FieldRowPanel(
                    [
                        FieldPanel("name", help_text=_("As it is printed, with its title.")),
                        FieldPanel("post", help_text=_("Printed below the name.")),
                    ]
                ),
                FieldPanel(
                    "image",
                    help_text=_(
                        "PNG, JPEG or WebP: ink on white or on nothing. Margins are cut off. Empty: signed by hand."
                    ),
                ),
            ],
        ),
        InlinePanel(
            "logos",
            heading=_("Logos"),
            label=_("Logo"),
            max_num=MAX_LOGOS,
            help_text=_("Up to four, at the head, from left to right. They are printed on white."),
            panels=[
                FieldPanel("image", help_text=_("PNG, JPEG or WebP, 600 pixels wide or more. SVG is not printed.")),
                FieldPanel("institution", help_text=_("Read aloud instead of the logo; printed if that gets lost.")),
            ],
        ),
        MultiFieldPanel(
            [
                FieldPanel("paper_size", help_text=_("The sheet in the printer; always landscape.")),
                FieldRowPanel(
                    [
                        FieldPanel("border", help_text=_("What the bands above and below are woven of.")),
                        FieldPanel("palette", help_text=_("The heading takes its colour too.")),
                    ]
                ),
            ],
            heading=_("Paper and border"),
        ),
    ]
