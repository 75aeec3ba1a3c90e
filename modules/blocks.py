"""The blocks that lessons are made of. Each has its icon, its help text and a template of its own."""

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from wagtail import blocks
from wagtail.blocks.struct_block import StructBlockValidationError
from wagtail.snippets.blocks import SnippetChooserBlock

from .directory import NEEDS
from .drawings import DRAWINGS
from .scenarios import problems_of, unfold

# The same slugs as course.Role, in the order in which tips are shown to someone without a role.
ROLES = [
    ("clinica", _("Medicine, nursing, psychology, social work")),
    ("labfar", _("Laboratory, pharmacy")),
    ("recepcion", _("Front desk, records, cashier")),
    ("apoyo", _("Guard, cleaning, maintenance, driver")),
    ("jefatura", _("Director, coordination, administration")),
]
RATINGS = [("best", _("Best")), ("partial", _("Partly")), ("harmful", _("Harmful"))]
CALLOUTS = [("note", _("Note")), ("legal", _("Legal note")), ("warning", _("Content warning"))]
TEXT_FEATURES = ["h3", "bold", "italic", "ol", "ul", "link"]
MARKS_HELP = _("[S42] points to source 42, [VL] shows «not verified», [[estigma]] explains a glossary term.")


class LineBlock(blocks.TextBlock):
    """One paragraph of marked text: see docs/reference/content-format.md. Its field grows with the text."""

    def __init__(self, **kwargs):
        super().__init__(**{"rows": 1} | kwargs)

    def clean(self, value):
        """A line has no line breaks, however it was pasted."""
        return " ".join(super().clean(value).split())


class TextBlock(blocks.RichTextBlock):
    """Paragraphs, lists and small headings."""

    def __init__(self, **kwargs):
        super().__init__(features=TEXT_FEATURES, help_text=MARKS_HELP, **kwargs)

    class Meta:
        icon = "pilcrow"
        label = _("Text")
        template = "modules/blocks/text.html"


class KeyMessageBlock(LineBlock):
    """The sentence to remember."""

    class Meta:
        icon = "openquote"
        label = _("Key message")
        template = "modules/blocks/key_message.html"


class RoleTipBlock(blocks.StructBlock):
    """A tip for one role."""

    role = blocks.ChoiceBlock(choices=ROLES, label=_("Role"))
    tip = LineBlock(label=_("Tip"))

    class Meta:
        icon = "user"
        label = _("Tip")


class RoleTipsBlock(blocks.ListBlock):
    """Tips by role; the reader's own role is shown first."""

    def __init__(self, **kwargs):
        super().__init__(RoleTipBlock(), **kwargs)

    def get_context(self, value, parent_context=None):
        context = super().get_context(value, parent_context)
        return context | tips_for(value, context.get("role"))

    class Meta:
        icon = "group"
        label = _("Tips by role")
        template = "modules/blocks/role_tips.html"


def tips_for(tips, role):
    """Return {"own": tips of the reader's role, "others": the rest} of an iterable of {"role", "tip"}."""
    named = [{"role": tip["role"], "label": dict(ROLES).get(tip["role"], ""), "tip": tip["tip"]} for tip in tips]
    return {
        "own": [tip for tip in named if tip["role"] == role],
        "others": [tip for tip in named if tip["role"] != role],
    }


class DoAvoidRowBlock(blocks.StructBlock):
    """What to do, what to avoid, why."""

    do = LineBlock(label=_("Do"))
    avoid = LineBlock(label=_("Avoid"))
    why = LineBlock(label=_("Why"), required=False)

    class Meta:
        icon = "list-ul"
        label = _("Row")


class DoAvoidBlock(blocks.StructBlock):
    """A table of what to do and what to avoid."""

    title = blocks.CharBlock(label=_("Title"), required=False)
    rows = blocks.ListBlock(DoAvoidRowBlock(), label=_("Rows"), min_num=1)

    def get_context(self, value, parent_context=None):
        context = super().get_context(value, parent_context)
        return context | {"has_reasons": any(row["why"] for row in value["rows"])}

    class Meta:
        icon = "table"
        label = _("Do and avoid")
        template = "modules/blocks/do_avoid.html"


class FigureBlock(blocks.StructBlock):
    """A line drawing of a place or a thing, never of a face."""

    drawing = blocks.ChoiceBlock(choices=DRAWINGS, label=_("Drawing"))
    alt = blocks.CharBlock(label=_("In words, for who does not see it"))
    caption = blocks.CharBlock(label=_("Caption"), required=False)

    class Meta:
        icon = "image"
        label = _("Drawing")
        template = "modules/blocks/figure.html"


class ChecklistBlock(blocks.StructBlock):
    """Points to go through; nothing that is ticked is sent."""

    title = blocks.CharBlock(label=_("Title"))
    items = blocks.ListBlock(LineBlock(label=_("Point")), label=_("Points"), min_num=1)

    class Meta:
        icon = "tick"
        label = _("Checklist")
        template = "modules/blocks/checklist.html"


class CalloutBlock(blocks.StructBlock):
    """A note that stands apart: a remark, the law, or a content warning."""

    kind = blocks.ChoiceBlock(choices=CALLOUTS, default="note", label=_("Kind"))
    title = blocks.CharBlock(label=_("Title"))
    text = TextBlock()

    class Meta:
        icon = "warning"
        label = _("Callout")
        template = "modules/blocks/callout.html"


class DirectoryBlock(blocks.StructBlock):
    """Organisations that help with some needs, always as the directory has them now."""

    title = blocks.CharBlock(label=_("Title"))
    needs = blocks.ListBlock(blocks.ChoiceBlock(choices=NEEDS, label=_("Need")), label=_("Needs"), min_num=1)

    def get_context(self, value, parent_context=None):
        context = super().get_context(value, parent_context)
        directory = context.get("directory")
        return context | {"entries": directory.helping_with(*value["needs"]) if directory else []}

    class Meta:
        icon = "site"
        label = _("Directory")
        template = "modules/blocks/directory.html"


class QuizBlock(SnippetChooserBlock):
    """The way into a quiz."""

    def __init__(self, **kwargs):
        super().__init__("quizzes.Quiz", **kwargs)

    class Meta:
        icon = "help"
        label = _("Quiz")
        template = "modules/blocks/quiz.html"


class PrintableBlock(SnippetChooserBlock):
    """The way to a sheet to print."""

    def __init__(self, **kwargs):
        super().__init__("modules.Printable", **kwargs)

    class Meta:
        icon = "download"
        label = _("Sheet to print")
        template = "modules/blocks/printable.html"


class ReflectionBlock(blocks.StructBlock):
    """A box to think in: its text stays in the page and is never sent."""

    prompt = LineBlock(label=_("Prompt"))
    feedback = LineBlock(label=_("Feedback"), required=False)

    class Meta:
        icon = "comment"
        label = _("Reflection")
        template = "modules/blocks/reflection.html"


class ScenarioChoiceBlock(blocks.StructBlock):
    """Something a person may do, what follows, and what to learn from it."""

    text = LineBlock(label=_("What one does or says"))
    rating = blocks.ChoiceBlock(choices=RATINGS, label=_("How good it is"))
    consequence = LineBlock(label=_("What happens"), required=False)
    feedback = LineBlock(label=_("Feedback"))
    next = blocks.CharBlock(label=_("Leads to the step"), required=False, help_text=_("Empty: the scenario ends here."))

    class Meta:
        icon = "arrow-right"
        label = _("Choice")


class ScenarioStepBlock(blocks.StructBlock):
    """A moment of the scenario with its choices."""

    name = blocks.CharBlock(label=_("Name of the step"), help_text=_("Choices lead to it by this name."))
    text = LineBlock(label=_("What happens"))
    choices = blocks.ListBlock(ScenarioChoiceBlock(), label=_("Choices"), min_num=2)

    class Meta:
        icon = "list-ol"
        label = _("Step")


class ScenarioBlock(blocks.StructBlock):
    """A scene in which one chooses, sees the consequence and may go back. Played in the page, without any request."""

    identifier = blocks.CharBlock(label=_("Identifier"), help_text=_("Stays the same, such as M1-E1."))
    title = blocks.CharBlock(label=_("Title"))
    role = blocks.ChoiceBlock(choices=ROLES, label=_("Role"))
    warning = blocks.CharBlock(label=_("Content warning"), required=False)
    steps = blocks.ListBlock(ScenarioStepBlock(), label=_("Steps"), min_num=1)

    def clean(self, value):
        """Refuse a scenario that cannot be played, in sentences that name the step and the choice."""
        cleaned = super().clean(value)
        if problems := problems_of(cleaned["steps"]):
            raise StructBlockValidationError(non_block_errors=[ValidationError(problem) for problem in problems])
        return cleaned

    def get_context(self, value, parent_context=None):
        context = super().get_context(value, parent_context)
        return context | {
            "in_scene": True,
            "moment": unfold(value["identifier"], value["steps"]),
            "role_label": dict(ROLES).get(value["role"], ""),
            "is_own": value["role"] == context.get("role"),
        }

    class Meta:
        icon = "mask"
        label = _("Scenario")
        template = "modules/blocks/scenario.html"


class TextStream(blocks.StreamBlock):
    """Plain text, for introductions."""

    text = TextBlock()


class LineList(blocks.StreamBlock):
    """A list of lines, such as objectives."""

    line = LineBlock(label=_("Line"), help_text=MARKS_HELP)


class RoleTips(blocks.StreamBlock):
    """A tip for each role."""

    tip = RoleTipBlock()


class LessonStream(blocks.StreamBlock):
    """Everything that a lesson may hold."""

    text = TextBlock()
    key_message = KeyMessageBlock()
    role_tips = RoleTipsBlock()
    do_avoid = DoAvoidBlock()
    figure = FigureBlock()
    scenario = ScenarioBlock()
    quiz = QuizBlock()
    checklist = ChecklistBlock()
    directory = DirectoryBlock()
    callout = CalloutBlock()
    reflection = ReflectionBlock()
    printable = PrintableBlock()
