"""What a module gives to practise at work: words to say, cards for two colleagues, moments and acts of a resolution."""

from django.utils.translation import gettext_lazy as _
from wagtail import blocks

from .lines import ROLES, LineBlock

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
