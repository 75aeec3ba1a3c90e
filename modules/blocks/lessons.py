"""The blocks that lessons are made of. Each has its icon, its help text and a template of its own."""

from django.core.exceptions import ValidationError
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from wagtail import blocks
from wagtail.blocks.struct_block import StructBlockValidationError
from wagtail.snippets.blocks import SnippetChooserBlock

from modules.wording.needs import NEEDS
from quizzes.shown import view_of

from . import examples
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
# The groups of the picker: what is read, what guides at work, what one does, what stands elsewhere too.
READING, GUIDING, PRACTISING, LINKING = (
    _("For reading"),
    _("For work"),
    _("To practise"),
    _("From the rest of the course"),
)
MARKS_HELP = _("[S42] points to source 42, [VL] shows «not verified», [[estigma]] explains a glossary term.")


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


class TextBlock(blocks.RichTextBlock):
    """Paragraphs, lists and small headings."""

    def __init__(self, **kwargs):
        super().__init__(features=TEXT_FEATURES, help_text=MARKS_HELP, **kwargs)

    @cached_property
    def field(self):
        field = super().field
        field.widget.options["ariaLabel"] = self.label  # Wagtail gives its rich text no name
        return field

    class Meta:
        icon = "pilcrow"
        label = _("Text")
        group = READING
        description = _("Paragraphs, lists and small headings: what a lesson mostly is.")
        preview_value = examples.TEXT
        template = "modules/blocks/text.html"


class KeyMessageBlock(LineBlock):
    """The sentence to remember."""

    class Meta:
        icon = "remember"
        label = _("Key message")
        help_text = _("One sentence to take along; one or two in a lesson.")
        group = READING
        description = _("The sentence to take along, in large letters.")
        preview_value = examples.KEY_MESSAGE
        template = "modules/blocks/key_message.html"


class RoleTipBlock(blocks.StructBlock):
    """A tip for one role."""

    role = blocks.ChoiceBlock(choices=ROLES, label=_("Role"), help_text=_("Who has this job sees the tip first."))
    tip = LineBlock(label=_("Tip"), help_text=_("One sentence that says what to do: «Llame por número»."))

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
        group = GUIDING
        description = _("A tip for each job. Everyone sees the one for their own first.")
        preview_value = examples.ROLE_TIPS
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

    do = LineBlock(label=_("Do"), help_text=_("What to do or to say, in the words one would use."))
    avoid = LineBlock(label=_("Avoid"), help_text=_("What is done or said instead."))
    why = LineBlock(label=_("Why"), required=False, help_text=_("In a few words; may stay empty."))

    class Meta:
        icon = "list-ul"
        label = _("Row")


class DoAvoidBlock(blocks.StructBlock):
    """A table of what to do and what to avoid."""

    title = blocks.CharBlock(label=_("Title"), required=False, help_text=_("Such as the place: «En la ventanilla»."))
    rows = blocks.ListBlock(DoAvoidRowBlock(), label=_("Rows"), min_num=1)

    def get_context(self, value, parent_context=None):
        context = super().get_context(value, parent_context)
        return context | {"has_reasons": any(row["why"] for row in value["rows"])}

    class Meta:
        icon = "do-avoid"
        label = _("Do and avoid")
        group = GUIDING
        description = _("What to do beside what to avoid, with the reason.")
        preview_value = examples.DO_AVOID
        template = "modules/blocks/do_avoid.html"


class FigureBlock(blocks.StructBlock):
    """A line drawing of a place or a thing, never of a face."""

    drawing = blocks.ChoiceBlock(
        choices=DRAWINGS, label=_("Drawing"), help_text=_("Places and things only: the course shows no faces.")
    )
    alt = blocks.CharBlock(
        label=_("In words, for who does not see it"),
        help_text=_("What the drawing shows: «Dibujo de un portón abierto»."),
    )
    caption = blocks.CharBlock(label=_("Caption"), required=False, help_text=_("A few words below it; may stay empty."))

    class Meta:
        icon = "image"
        label = _("Drawing")
        group = READING
        description = _("A line drawing of a place or a thing.")
        preview_value = examples.FIGURE
        template = "modules/blocks/figure.html"


class ChecklistBlock(blocks.StructBlock):
    """Points to go through; nothing that is ticked is sent."""

    title = blocks.CharBlock(label=_("Title"), help_text=_("When to go through it: «Antes de abrir»."))
    items = blocks.ListBlock(
        LineBlock(label=_("Point")),
        label=_("Points"),
        min_num=1,
        help_text=_("Each says one thing that is so or not. Nothing that people tick is kept."),
    )

    class Meta:
        icon = "tasks"
        label = _("Checklist")
        group = GUIDING
        description = _("Points to tick for oneself; nothing is sent or kept.")
        preview_value = examples.CHECKLIST
        template = "modules/blocks/checklist.html"


class CalloutBlock(blocks.StructBlock):
    """A note that stands apart: a remark, the law, or a content warning."""

    kind = blocks.ChoiceBlock(
        choices=CALLOUTS, default="note", label=_("Kind"), help_text=_("It decides the colour of the edge.")
    )
    title = blocks.CharBlock(label=_("Title"), help_text=_("A few words that say what it is about."))
    text = TextBlock()

    class Meta:
        icon = "info-circle"
        label = _("Callout")
        group = READING
        description = _("A box beside the text: a remark, the law, or a content warning.")
        preview_value = examples.CALLOUT
        template = "modules/blocks/callout.html"


class DirectoryBlock(blocks.StructBlock):
    """Organisations that help with some needs, always as the directory has them now."""

    title = blocks.CharBlock(label=_("Title"), help_text=_("Such as «Quién puede ayudar»."))
    needs = blocks.ListBlock(
        named(blocks.ChoiceBlock(choices=NEEDS, label=_("Need"))),
        label=_("Needs"),
        min_num=1,
        help_text=_("Every organisation of the directory that helps with one of these is shown, as it is there now."),
    )

    def get_context(self, value, parent_context=None):
        context = super().get_context(value, parent_context)
        directory = context.get("directory")
        return context | {"entries": directory.helping_with(*value["needs"]) if directory else []}

    def get_preview_context(self, value, parent_context=None):
        context = super().get_preview_context(value, parent_context)
        return context | {"directory": view_of(self, "preview")()}

    class Meta:
        icon = "phone"
        label = _("Directory")
        group = LINKING
        description = _("Who helps with a need, always as the directory has it now.")
        preview_value = examples.DIRECTORY
        template = "modules/blocks/directory.html"


class CardBlock(SnippetChooserBlock):
    """The way to something of the course that stands elsewhere. The picker shows the first one there is."""

    def get_preview_value(self):
        return self.target_model.objects.filter(live=True).order_by("pk").first()


class QuizBlock(CardBlock):
    """The way into a quiz."""

    def __init__(self, **kwargs):
        super().__init__("quizzes.Quiz", **kwargs)

    class Meta:
        icon = "help"
        label = _("Quiz")
        help_text = _("Its module shows it anyway: here only if people should take it before they read on.")
        group = LINKING
        description = _("A card that leads into a quiz.")
        template = "modules/blocks/quiz.html"


class PrintableBlock(CardBlock):
    """The way to a sheet to print."""

    def __init__(self, **kwargs):
        super().__init__("modules.Printable", **kwargs)

    class Meta:
        icon = "doc-full"
        label = _("Sheet to print")
        help_text = _("Sheets are written under «Words and directory».")
        group = LINKING
        description = _("A card that leads to a sheet and its PDF.")
        template = "modules/blocks/printable.html"


class ReflectionBlock(blocks.StructBlock):
    """A box to think in: its text stays in the page and is never sent."""

    prompt = LineBlock(label=_("Prompt"), help_text=_("A question to think about alone. Ask for no names."))
    feedback = LineBlock(
        label=_("Feedback"), required=False, help_text=_("Opens for who wants it, after thinking; may stay empty.")
    )

    class Meta:
        icon = "thought"
        label = _("Reflection")
        group = PRACTISING
        description = _("A box to think in; what is written there never leaves the page.")
        preview_value = examples.REFLECTION
        template = "modules/blocks/reflection.html"


class ScenarioChoiceBlock(blocks.StructBlock):
    """Something a person may do, what follows, and what to learn from it."""

    text = LineBlock(
        label=_("What one does or says"), help_text=_("Something that people really do, even a wrong one.")
    )
    rating = blocks.ChoiceBlock(
        choices=RATINGS, label=_("How good it is"), help_text=_("People see it only after they have chosen.")
    )
    consequence = LineBlock(
        label=_("What happens"), required=False, help_text=_("To the patient; needed where the scenario ends.")
    )
    feedback = LineBlock(label=_("Feedback"), help_text=_("Why it is right or not, without scolding."))
    next = blocks.CharBlock(label=_("Leads to the step"), required=False, help_text=_("Empty: the scenario ends here."))

    class Meta:
        icon = "arrow-right"
        label = _("Choice")


class ScenarioStepBlock(blocks.StructBlock):
    """A moment of the scenario with its choices."""

    name = blocks.CharBlock(label=_("Name of the step"), help_text=_("Choices lead to it by this name."))
    text = LineBlock(label=_("What happens"), help_text=_("What one sees and hears, in two or three sentences."))
    choices = blocks.ListBlock(
        ScenarioChoiceBlock(), label=_("Choices"), min_num=2, help_text=_("Three are good: best, partly, harmful.")
    )

    class Meta:
        icon = "list-ol"
        label = _("Step")


class ScenarioBlock(blocks.StructBlock):
    """A scene in which one chooses, sees the consequence and may go back. Played in the page, without any request."""

    identifier = blocks.CharBlock(label=_("Identifier"), help_text=_("Stays the same, such as M1-E1."))
    title = blocks.CharBlock(label=_("Title"), help_text=_("Short, and without the answer: «En el portón»."))
    role = blocks.ChoiceBlock(
        choices=ROLES, label=_("Role"), help_text=_("The scene opens first for who has this job.")
    )
    warning = blocks.CharBlock(
        label=_("Content warning"),
        required=False,
        help_text=_("What is hard in it. People may skip it; that counts too."),
    )
    steps = blocks.ListBlock(
        ScenarioStepBlock(), label=_("Steps"), min_num=1, help_text=_("The first one opens the scenario.")
    )

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
        group = PRACTISING
        description = _("A scene in which one chooses and sees what follows; nobody learns what was chosen.")
        preview_value = examples.SCENARIO
        template = "modules/blocks/scenario.html"


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
