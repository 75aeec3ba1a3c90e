"""The blocks of worksheets."""

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from wagtail import blocks
from wagtail.blocks.struct_block import StructBlockValidationError

from .base import MARKUP_HELP, ROLES, MarkupBlock, label_field
from .lessons import RoleTipBlock

WIDTHS = [("narrow", _("Narrow")), ("normal", _("Normal")), ("wide", _("Wide"))]
MAX_ANSWERS = 5
MAX_COLUMNS = 9
MAX_ROWS = 40
MAX_LINES = 12


class TitleBlock(blocks.CharBlock):
    def __init__(self, **kwargs):
        super().__init__(**{"label": _("Title"), "required": False, "max_length": 120} | kwargs)


class ParagraphBlock(MarkupBlock):
    class Meta:
        icon = "pilcrow"
        label = _("Paragraph")
        template = "modules/worksheets/blocks/text.html"
        description = _("A paragraph between the other parts.")
        preview_value = "Marquen una casilla en cada punto."


class SentenceBlock(MarkupBlock):
    class Meta:
        icon = "openquote"
        label = _("Sentence to say, in large letters")
        template = "modules/worksheets/blocks/sentence.html"
        description = _("Words that can be read from the other side of the room.")
        preview_value = "«Con gusto; eso lo ve la dirección»."


class BlanksBlock(blocks.StructBlock):
    title = TitleBlock()
    fields = blocks.ListBlock(
        label_field(blocks.CharBlock(label=_("What is written there"), max_length=120)),
        label=_("Lines to fill in"),
        min_num=1,
    )

    class Meta:
        icon = "edit"
        label = _("Lines to fill in")
        template = "modules/worksheets/blocks/blanks.html"
        description = _("A date, a name, a telephone: what is written in by hand.")
        preview_value = {"title": "", "fields": ["Centro de salud", "Fecha"]}


class ChecklistGroupBlock(blocks.StructBlock):
    title = TitleBlock(required=True)
    points = blocks.ListBlock(MarkupBlock(label=_("Point")), label=_("Points"), min_num=1)

    class Meta:
        icon = "list-ul"
        label = _("Group of points")


class AnsweredChecklistBlock(blocks.StructBlock):
    """Numbered points with a box for each answer; the first answer is counted in each group."""

    answers = blocks.ListBlock(
        label_field(blocks.CharBlock(label=_("Answer"), max_length=30)),
        label=_("Answers"),
        min_num=1,
        max_num=MAX_ANSWERS,
        help_text=_("Each answer is a column of boxes. The first one is counted; the others show what to talk about."),
    )
    groups = blocks.ListBlock(
        ChecklistGroupBlock(),
        label=_("Groups of points"),
        min_num=1,
        help_text=_("The points are numbered through all the groups."),
    )

    def get_context(self, value, parent_context=None):
        context = super().get_context(value, parent_context)
        return context | {"groups": number_points(value["groups"])}

    class Meta:
        icon = "tick"
        label = _("Checklist with answers")
        template = "modules/worksheets/blocks/checklist.html"
        description = _("Points with a box for each answer; on screen they are counted.")
        preview_value = {
            "answers": ["Sí", "En parte", "No"],
            "groups": [{"title": "Entrada y espera", "points": ["Un solo saludo para todas las personas."]}],
        }


def number_points(groups):
    numbered, first = [], 1
    for group in groups:
        numbered.append({"title": group["title"], "points": list(enumerate(group["points"], start=first))})
        first += len(group["points"])
    return numbered


class NumberedBlock(blocks.StructBlock):
    title = TitleBlock()
    items = blocks.ListBlock(MarkupBlock(label=_("Rule or step")), label=_("Rules or steps"), min_num=1)

    class Meta:
        icon = "list-ol"
        label = _("Numbered rules or steps")
        template = "modules/worksheets/blocks/numbered.html"
        description = _("Rules to agree on, or steps to follow.")
        preview_value = {"title": "", "items": ["La llamamos por el nombre que nos diga.", "Cuidamos sus datos."]}


class PairBlock(blocks.StructBlock):
    when = MarkupBlock(label=_("On the left"))
    then = MarkupBlock(label=_("On the right"))

    class Meta:
        icon = "arrow-right"
        label = _("Row")


class PairsBlock(blocks.StructBlock):
    title = TitleBlock()
    when = blocks.CharBlock(label=_("Heading on the left"), max_length=60)
    then = blocks.CharBlock(label=_("Heading on the right"), max_length=60)
    rows = blocks.ListBlock(PairBlock(), label=_("Rows"), min_num=1)

    class Meta:
        icon = "arrow-right"
        label = _("Situation and answer")
        template = "modules/worksheets/blocks/pairs.html"
        description = _("What happens on the left, what to do on the right.")
        preview_value = {
            "title": "",
            "when": "Lo que pasa",
            "then": "Lo que se hace",
            "rows": [{"when": "«¿Está aquí fulana?»", "then": "«No damos razón de ninguna persona»."}],
        }


class ColumnBlock(blocks.StructBlock):
    title = TitleBlock(required=True)
    width = blocks.ChoiceBlock(choices=WIDTHS, default="normal", label=_("Width"))

    class Meta:
        icon = "table"
        label = _("Column")


class EmptyTableBlock(blocks.StructBlock):
    title = TitleBlock()
    columns = blocks.ListBlock(ColumnBlock(), label=_("Columns"), min_num=1, max_num=MAX_COLUMNS)
    rows = blocks.IntegerBlock(label=_("Empty rows"), default=3, min_value=1, max_value=MAX_ROWS)
    lines = blocks.IntegerBlock(label=_("Lines of handwriting in a row"), default=2, min_value=1, max_value=MAX_LINES)

    def get_context(self, value, parent_context=None):
        context = super().get_context(value, parent_context)
        return context | {"empty_rows": range(value["rows"])}

    class Meta:
        icon = "table"
        label = _("Table to fill in")
        template = "modules/worksheets/blocks/table.html"
        description = _("Columns with headings and empty rows.")
        preview_value = {
            "title": "",
            "columns": [{"title": "Qué cambiaremos", "width": "wide"}, {"title": "Fecha", "width": "narrow"}],
            "rows": 3,
            "lines": 3,
        }


class ByRoleBlock(blocks.StructBlock):
    title = TitleBlock()
    roles = blocks.ListBlock(RoleTipBlock(), label=_("Roles"), min_num=1)

    def get_context(self, value, parent_context=None):
        context = super().get_context(value, parent_context)
        names = dict(ROLES)
        return context | {"tips": [(names.get(tip["role"], ""), tip["tip"]) for tip in value["roles"]]}

    class Meta:
        icon = "group"
        label = _("A line for each role")
        template = "modules/worksheets/blocks/by_role.html"
        description = _("A sentence for each role.")
        preview_value = {"title": "", "roles": [{"role": "apoyo", "tip": "«Orientaré sin preguntar el motivo»"}]}


class AgendaStepBlock(blocks.StructBlock):
    minutes = blocks.IntegerBlock(label=_("Minutes"), min_value=1, max_value=600)
    text = MarkupBlock(label=_("What is done"))

    class Meta:
        icon = "time"
        label = _("Part of the meeting")


class AgendaBlock(blocks.StructBlock):
    title = TitleBlock()
    steps = blocks.ListBlock(AgendaStepBlock(), label=_("Parts"), min_num=1)

    def get_context(self, value, parent_context=None):
        context = super().get_context(value, parent_context)
        return context | schedule_parts(value["steps"])

    class Meta:
        icon = "time"
        label = _("Agenda with minutes")
        template = "modules/worksheets/blocks/agenda.html"
        description = _("A meeting; the start of each part is computed.")
        preview_value = {
            "title": "",
            "steps": [{"minutes": 5, "text": "Acuerdos de respeto."}, {"minutes": 10, "text": "Elegir tres acciones."}],
        }


def schedule_parts(steps):
    """Return {"parts": [{"minutes", "begins", "ends", "text"}], "total"}, all in minutes from the start."""
    parts, begins = [], 0
    for step in steps:
        ends = begins + step["minutes"]
        parts.append({"minutes": step["minutes"], "begins": begins, "ends": ends, "text": step["text"]})
        begins = ends
    return {"parts": parts, "total": begins}


class SignaturesBlock(blocks.StructBlock):
    title = TitleBlock()
    posts = blocks.ListBlock(
        label_field(blocks.CharBlock(label=_("Who signs"), max_length=60)),
        label=_("Who signs by post"),
        default=[],
        help_text=_("A line with these words under it, such as “Dirección, firma y sello”."),
    )
    rows = blocks.IntegerBlock(
        label=_("Numbered lines for everyone else"), default=0, required=False, min_value=0, max_value=MAX_ROWS
    )

    def clean(self, value):
        cleaned = super().clean(value)
        if not cleaned["posts"] and not cleaned["rows"]:
            raise StructBlockValidationError(
                non_block_errors=[ValidationError(_("Write who signs, or how many lines there are to sign."))]
            )
        return cleaned

    def get_context(self, value, parent_context=None):
        context = super().get_context(value, parent_context)
        return context | {"signing": in_two_columns(value["rows"] or 0)}

    class Meta:
        icon = "edit"
        label = _("Signatures")
        template = "modules/worksheets/blocks/signatures.html"
        description = _("Lines to sign, by post and for everyone.")
        preview_value = {"title": "", "posts": ["Dirección, firma y sello"], "rows": 8}


def in_two_columns(count):
    """Return rows of the numbers from 1 to `count` in two columns, the left one first: [(1, 3), (2, "")]."""
    half = (count + 1) // 2
    return [(number, number + half if number + half <= count else "") for number in range(1, half + 1)]


class NoteBlock(blocks.StructBlock):
    title = TitleBlock()
    lines = blocks.ListBlock(MarkupBlock(label=_("Paragraph")), label=_("Paragraphs"), min_num=1)

    class Meta:
        icon = "info-circle"
        label = _("Note in a box")
        template = "modules/worksheets/blocks/note.html"
        description = _("What must not be forgotten.")
        preview_value = {"title": "", "lines": ["Elijan como máximo tres cambios."]}


class WorksheetStream(blocks.StreamBlock):
    text = ParagraphBlock(help_text=MARKUP_HELP)
    sentence = SentenceBlock()
    blanks = BlanksBlock()
    checklist = AnsweredChecklistBlock()
    numbered = NumberedBlock()
    pairs = PairsBlock()
    table = EmptyTableBlock()
    by_role = ByRoleBlock()
    agenda = AgendaBlock()
    signatures = SignaturesBlock()
    note = NoteBlock()
