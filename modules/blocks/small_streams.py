"""What pages hold beside the body of a lesson: introductions, lists of lines, tips for each role."""

from django.utils.translation import gettext_lazy as _
from wagtail import blocks

from .lessons import MARKS_HELP, LineBlock, RoleTipBlock, TextBlock


class TextStream(blocks.StreamBlock):
    """Plain text, for introductions."""

    text = TextBlock()


class LineList(blocks.StreamBlock):
    """A list of lines, such as objectives."""

    line = LineBlock(label=_("Line"), help_text=MARKS_HELP, icon="minus")


class RoleTips(blocks.StreamBlock):
    """A tip for each role."""

    tip = RoleTipBlock()
