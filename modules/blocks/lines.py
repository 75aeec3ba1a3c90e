"""What every block of a lesson is made with: a line of marked text, the roles, the groups of the picker."""

from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from wagtail import blocks

from quizzes.base.job_roles import Audience

# In the order in which tips are shown to someone without a role.
ROLES = list(Audience.choices)
# The groups of the picker: what is read, what guides at work, what one does, what stands elsewhere too.
READING, GUIDING, PRACTISING, LINKING = (
    _("For reading"),
    _("For work"),
    _("To practise"),
    _("From the rest of the course"),
)
MARKS_HELP = _("[S42] points to source 42, [VL] shows “not verified”, [[estigma]] explains a glossary term.")


def named(block):
    """Return the block, its label the name of its field: Wagtail labels those in a group only, none alone in a list."""
    block.field.widget.attrs["aria-label"] = block.label
    return block


class LineBlock(blocks.TextBlock):
    """One paragraph of marked text: see docs/reference/content-format.md. Its field grows with the text."""

    def __init__(self, **kwargs):
        super().__init__(**{"rows": 1} | kwargs)

    @cached_property
    def field(self):
        field = super().field
        # Wagtail labels fields within a group only: alone in a list or a stream they have no name.
        field.widget.attrs["aria-label"] = self.label
        return field

    def clean(self, value):
        """A line has no line breaks, however it was pasted."""
        return " ".join(super().clean(value).split())
