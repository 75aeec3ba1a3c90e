"""The blocks of lessons, introductions and practice pages."""

from django.conf import settings
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from wagtail import blocks
from wagtail.snippets.blocks import SnippetChooserBlock

from modules.labels import NEEDS, lang_attribute
from quizzes.base.view_registry import get_view

from . import examples
from .base import DRAWINGS, GUIDING, LINKING, MARKUP_HELP, PRACTISING, READING, ROLES, MarkupBlock, label_field
from .media import FilmBlock, ListenBlock, PhotoBlock
from .scenarios import ScenarioBlock

CALLOUTS = [
    ("note", _("Note")),
    ("legal", _("Legal note")),
    ("warning", _("Content warning")),
    ("about", _("About this text")),
]
TEXT_FEATURES = ["h3", "bold", "italic", "ol", "ul", "link"]


class TextBlock(blocks.RichTextBlock):
    def __init__(self, **kwargs):
        super().__init__(features=TEXT_FEATURES, help_text=MARKUP_HELP, **kwargs)

    @cached_property
    def field(self):
        field = super().field
        # Wagtail gives its rich text editor no accessible name.
        field.widget.options["ariaLabel"] = self.label
        return field

    class Meta:
        icon = "pilcrow"
        label = _("Text")
        group = READING
        description = _("Paragraphs, lists and small headings: what a lesson mostly is.")
        preview_value = examples.TEXT
        template = "modules/blocks/text.html"


class KeyMessageBlock(MarkupBlock):
    class Meta:
        icon = "remember"
        label = _("Key message")
        help_text = _("One sentence to take along; one or two in a lesson.")
        group = READING
        description = _("The sentence to take along, in large letters.")
        preview_value = examples.KEY_MESSAGE
        template = "modules/blocks/key_message.html"


class RoleTipBlock(blocks.StructBlock):
    role = blocks.ChoiceBlock(choices=ROLES, label=_("Role"), help_text=_("People with this job see the tip first."))
    tip = MarkupBlock(label=_("Tip"), help_text=_("One sentence that says what to do: “Llame por número”."))

    class Meta:
        icon = "user"
        label = _("Tip")


class RoleTipsBlock(blocks.ListBlock):
    def __init__(self, **kwargs):
        super().__init__(RoleTipBlock(), **kwargs)

    def get_context(self, value, parent_context=None):
        context = super().get_context(value, parent_context)
        return context | split_tips(value, context.get("role"))

    class Meta:
        icon = "group"
        label = _("Tips by role")
        group = GUIDING
        description = _("A tip for each job. Everyone sees the one for their own first.")
        preview_value = examples.ROLE_TIPS
        template = "modules/blocks/role_tips.html"


def split_tips(tips, role):
    """Split an iterable of {"role", "tip"} into {"own": [{"role", "label", "tip"}], "others": […]}."""
    labelled = [{"role": tip["role"], "label": dict(ROLES).get(tip["role"], ""), "tip": tip["tip"]} for tip in tips]
    return {
        "own": [tip for tip in labelled if tip["role"] == role],
        "others": [tip for tip in labelled if tip["role"] != role],
    }


class DoAvoidRowBlock(blocks.StructBlock):
    do = MarkupBlock(label=_("Do"), help_text=_("What to do or to say, in the words one would use."))
    avoid = MarkupBlock(label=_("Avoid"), help_text=_("What is done or said instead."))
    why = MarkupBlock(label=_("Why"), required=False, help_text=_("In a few words; may stay empty."))

    class Meta:
        icon = "list-ul"
        label = _("Row")


class DoAvoidBlock(blocks.StructBlock):
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
    """A line drawing of a place or a thing; by rule of the course never of a face."""

    drawing = blocks.ChoiceBlock(
        choices=DRAWINGS, label=_("Drawing"), help_text=_("Places and things only: the course shows no faces.")
    )
    alt = blocks.CharBlock(
        label=_("Alternative text"),
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
    title = blocks.CharBlock(label=_("Title"), help_text=_("When to go through it: “Antes de abrir”."))
    items = blocks.ListBlock(
        MarkupBlock(label=_("Point")),
        label=_("Points"),
        min_num=1,
        help_text=_("Each says one thing that is so or not. Ticks are not stored."),
    )

    class Meta:
        icon = "tasks"
        label = _("Checklist")
        group = GUIDING
        description = _("Points to tick for oneself; nothing is sent or stored.")
        preview_value = examples.CHECKLIST
        template = "modules/blocks/checklist.html"


class CalloutBlock(blocks.StructBlock):
    kind = blocks.ChoiceBlock(
        choices=CALLOUTS,
        default="note",
        label=_("Kind"),
        help_text=_(
            "It decides the colour of the edge. “About this text”, such as the limits of studies, stands in that part"
            " of the lesson and not on its cards."
        ),
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
    title = blocks.CharBlock(label=_("Title"), help_text=_("Such as “Quién puede ayudar”."))
    needs = blocks.ListBlock(
        label_field(blocks.ChoiceBlock(choices=NEEDS, label=_("Need"))),
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
        return context | {"directory": get_view(self, "preview")()}

    class Meta:
        icon = "phone"
        label = _("Directory")
        group = LINKING
        description = _("Who helps with a need, always as the directory has it now.")
        preview_value = examples.DIRECTORY
        template = "modules/blocks/directory.html"


class CardBlock(SnippetChooserBlock):
    def get_preview_value(self):
        return self.target_model.objects.filter(live=True).order_by("pk").first()


class QuizBlock(CardBlock):
    def __init__(self, **kwargs):
        super().__init__("quizzes.Quiz", **kwargs)

    class Meta:
        icon = "help"
        label = _("Quiz")
        help_text = _("Its module shows it anyway: here only if people should take it before they read on.")
        group = LINKING
        description = _("A card that leads into a quiz.")
        template = "modules/blocks/quiz.html"


class WorksheetBlock(CardBlock):
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
    def __init__(self, **kwargs):
        super().__init__("modules.Voice", required=False, **kwargs)

    def get_context(self, value, parent_context=None):
        context = super().get_context(value, parent_context)
        today = context.get("today") or timezone.localdate()
        # A consent cannot be withdrawn from paper.
        is_shown = bool(value) and not context.get("on_paper") and value.can_be_shown(today)
        return context | {"is_shown": is_shown, "spanish": lang_attribute(settings.LANGUAGE_CODE)}

    def get_preview_value(self):
        return None

    def get_preview_context(self, value, parent_context=None):
        return super().get_preview_context(value, parent_context) | {"is_missing": True}

    class Meta:
        icon = "openquote"
        label = _("Voice")
        help_text = _(
            "“Aquí falta una voz. Este espacio espera a una trabajadora sexual que quiera contar, con sus palabras, qué"
            " trato la hizo volver. No la inventamos.” Without a voice and her valid consent, readers see nothing here."
        )
        group = LINKING
        description = _("A sex worker tells, in her own words and with her consent, how she was treated.")
        template = "modules/blocks/voice.html"


class ReflectionBlock(blocks.StructBlock):
    prompt = MarkupBlock(label=_("Prompt"), help_text=_("A question to think about alone. Ask for no names."))
    feedback = MarkupBlock(
        label=_("Feedback"), required=False, help_text=_("Readers open it after thinking; may stay empty.")
    )

    class Meta:
        icon = "thought"
        label = _("Reflection")
        group = PRACTISING
        description = _("A question to think about; nothing is written down.")
        preview_value = examples.REFLECTION
        template = "modules/blocks/reflection.html"


class LessonStream(blocks.StreamBlock):
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
    printable = WorksheetBlock()
    voice = VoiceBlock()
    photo = PhotoBlock()
    listen = ListenBlock()
    film = FilmBlock()


class TextStream(blocks.StreamBlock):
    text = TextBlock()


class MarkupList(blocks.StreamBlock):
    line = MarkupBlock(label=_("Line"), help_text=MARKUP_HELP, icon="minus")


class RoleTips(blocks.StreamBlock):
    tip = RoleTipBlock()


ROLE_HELP = _("People with this job see it first. Empty: it is for everyone.")


class ForRoleBlock(blocks.StructBlock):
    role = blocks.ChoiceBlock(choices=ROLES, label=_("Role"), required=False, help_text=ROLE_HELP)


class PhraseBlock(ForRoleBlock):
    moment = MarkupBlock(label=_("Moment"), help_text=_("When one says it: “Un conocido pregunta por alguien”."))
    words = MarkupBlock(label=_("Words to say"), help_text=_("Short enough to be said by heart."))

    class Meta:
        icon = "openquote"
        label = _("Words to say")


class PairCardBlock(ForRoleBlock):
    """A role play for two: A plays their own job, B reads a sentence and insists."""

    line = MarkupBlock(label=_("B reads"), help_text=_("What a visitor says at this post: “¿Ya entró mi prima?”."))
    insists = MarkupBlock(label=_("B insists"), help_text=_("How B insists twice, kindly. No real case."))

    class Meta:
        icon = "group"
        label = _("Card for two colleagues")


class MomentBlock(ForRoleBlock):
    text = MarkupBlock(label=_("Moment"), help_text=_("It goes on behind “Si”: “oigo un apodo en la fila”."))

    class Meta:
        icon = "time"
        label = _("If-then card: moment")


class ActBlock(ForRoleBlock):
    text = MarkupBlock(label=_("Act"), help_text=_("It goes on behind “entonces yo”: “digo: “aquí, por número””."))

    class Meta:
        icon = "arrow-right"
        label = _("If-then card: act")


class PracticeStream(blocks.StreamBlock):
    phrase = PhraseBlock()
    pair_card = PairCardBlock()
    moment = MomentBlock()
    act = ActBlock()
