"""The blocks that lessons are made of. Each has its icon, its help text and a template of its own."""

from django.conf import settings
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from wagtail import blocks
from wagtail.snippets.blocks import SnippetChooserBlock

from modules.wording import NEEDS, language_mark
from quizzes.base.view_registry import view_of

from . import examples
from .base import DRAWINGS, GUIDING, LINKING, MARKS_HELP, PRACTISING, READING, ROLES, LineBlock, named
from .media import FilmBlock, ListenBlock, PhotoBlock
from .scenarios import ScenarioBlock

CALLOUTS = [("note", _("Note")), ("legal", _("Legal note")), ("warning", _("Content warning"))]
TEXT_FEATURES = ["h3", "bold", "italic", "ol", "ul", "link"]


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
    tip = LineBlock(label=_("Tip"), help_text=_("One sentence that says what to do: “Llame por número”."))

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

    title = blocks.CharBlock(label=_("Title"), required=False, help_text=_("Such as the place: “En la ventanilla”."))
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
        help_text=_("What the drawing shows: “Dibujo de un portón abierto”."),
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

    title = blocks.CharBlock(label=_("Title"), help_text=_("When to go through it: “Antes de abrir”."))
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

    title = blocks.CharBlock(label=_("Title"), help_text=_("Such as “Quién puede ayudar”."))
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
        super().__init__("modules.Worksheet", **kwargs)

    class Meta:
        icon = "doc-full"
        label = _("Sheet to print")
        help_text = _("Sheets are written under “Words and directory”.")
        group = LINKING
        description = _("A card that leads to a sheet and its PDF.")
        template = "modules/blocks/printable.html"


class VoiceBlock(CardBlock):
    """What a sex worker tells in her own words, for as long as she consents; else people read nothing of it."""

    def __init__(self, **kwargs):
        super().__init__("modules.Voice", required=False, **kwargs)

    def get_context(self, value, parent_context=None):
        context = super().get_context(value, parent_context)
        today = context.get("today") or timezone.localdate()
        # Paper cannot be taken back.
        is_shown = bool(value) and not context.get("on_paper") and value.may_be_shown(today)
        return context | {"is_shown": is_shown, "spanish": language_mark(settings.LANGUAGE_CODE)}

    def get_preview_value(self):
        return None

    def get_preview_context(self, value, parent_context=None):
        return super().get_preview_context(value, parent_context) | {"is_missing": True}

    class Meta:
        icon = "openquote"
        label = _("Voice")
        help_text = _(
            "“Aquí falta una voz. Este espacio espera a una trabajadora sexual que quiera contar, con sus palabras, qué"
            " trato la hizo volver. No la inventamos.” As long as none is chosen, or she does not consent, people read"
            " nothing here."
        )
        group = LINKING
        description = _("A sex worker tells, in her own words and with her consent, how she was treated.")
        template = "modules/blocks/voice.html"


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
    voice = VoiceBlock()
    photo = PhotoBlock()
    listen = ListenBlock()
    film = FilmBlock()


class TextStream(blocks.StreamBlock):
    """Plain text, for introductions."""

    text = TextBlock()


class LineList(blocks.StreamBlock):
    """A list of lines, such as objectives."""

    line = LineBlock(label=_("Line"), help_text=MARKS_HELP, icon="minus")


class RoleTips(blocks.StreamBlock):
    """A tip for each role."""

    tip = RoleTipBlock()


FOR_WHOM = _("Who has this job gets it first. Empty: it is for everyone.")


class _RoleBlock(blocks.StructBlock):
    """Something for one role, or for everyone."""

    role = blocks.ChoiceBlock(choices=ROLES, label=_("Role"), required=False, help_text=FOR_WHOM)


class PhraseBlock(_RoleBlock):
    """Words to say in a moment of one's work."""

    moment = LineBlock(label=_("Moment"), help_text=_("When one says it: “Un conocido pregunta por alguien”."))
    words = LineBlock(label=_("Words to say"), help_text=_("Short enough to be said by heart."))

    class Meta:
        icon = "openquote"
        label = _("Words to say")


class PairCardBlock(_RoleBlock):
    """A card for two colleagues: one does the own post, the other reads a line and insists."""

    line = LineBlock(label=_("B reads"), help_text=_("What somebody says at this post: “¿Ya entró mi prima?”."))
    insists = LineBlock(label=_("B insists"), help_text=_("How B insists twice, kindly. No real case."))

    class Meta:
        icon = "group"
        label = _("Card for two colleagues")


class MomentBlock(_RoleBlock):
    """The first half of a resolution: what goes on behind «Si»."""

    text = LineBlock(label=_("Moment"), help_text=_("It goes on behind “Si”: “oigo un apodo en la fila”."))

    class Meta:
        icon = "time"
        label = _("If-then card: moment")


class ActBlock(_RoleBlock):
    """The second half of a resolution: what goes on behind «entonces yo»."""

    text = LineBlock(label=_("Act"), help_text=_("It goes on behind “entonces yo”: “digo: “aquí, por número””."))

    class Meta:
        icon = "arrow-right"
        label = _("If-then card: act")


class PracticeStream(blocks.StreamBlock):
    """What a module gives to practise."""

    phrase = PhraseBlock()
    pair_card = PairCardBlock()
    moment = MomentBlock()
    act = ActBlock()
