"""The block of a scene: moments, what one may do in each, and what follows."""

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from wagtail import blocks
from wagtail.blocks.struct_block import StructBlockValidationError

from . import examples
from .lines import PRACTISING, ROLES, LineBlock
from .media import RecordingsBlock, heard_on
from .scenarios import ENDINGS, PLACE_OF_ROLE, PLACES, how_they_are_called, problems_of, unfold

RATINGS = [("best", _("Cares")), ("partial", _("Partly")), ("harmful", _("Does harm"))]


class KeyBlock(blocks.CharBlock):
    """A name that other parts of the scene, of the course or of files refer to: the same in every language."""

    def get_translatable_segments(self, value):
        return []

    def deconstruct(self):
        # In the database it is what it is built on.
        return ("wagtail.blocks.CharBlock", *super().deconstruct()[1:])


class ScenarioChoiceBlock(blocks.StructBlock):
    """Something a person may do, what follows, and what to learn from it."""

    text = LineBlock(
        label=_("What one does or says"), help_text=_("Something that people really do, even a wrong one.")
    )
    rating = blocks.ChoiceBlock(
        choices=RATINGS, label=_("How good it is"), help_text=_("People see it only after they have chosen.")
    )
    consequence = LineBlock(
        label=_("What happens"), required=False, help_text=_("To the patient; needed where the scene ends.")
    )
    feedback = LineBlock(label=_("Feedback"), help_text=_("Why it is right or not, without scolding."))
    next = KeyBlock(label=_("Leads to the step"), required=False, help_text=_("Empty: the scene ends here."))
    ending = blocks.ChoiceBlock(
        choices=ENDINGS, label=_("How it ends"), required=False, help_text=_("Where it leads to no step.")
    )
    cost = blocks.BooleanBlock(
        label=_("It costs"), required=False, help_text=_("The worker or the centre pays something for it.")
    )
    their_side = LineBlock(
        label=_("Their side"), required=False, help_text=_("What the patient tells later, in her or his own words.")
    )

    class Meta:
        icon = "arrow-right"
        label = _("Choice")


class ScenarioStepBlock(blocks.StructBlock):
    """A moment of the scenario with its choices."""

    name = KeyBlock(label=_("Name of the step"), help_text=_("Choices lead to it by this name."))
    text = LineBlock(label=_("What happens"), help_text=_("What one sees and hears, in two or three sentences."))
    speaker = blocks.CharBlock(
        label=_("Who speaks"), required=False, help_text=_("Whose words stand in it: “Doña Toña, vecina”.")
    )
    choices = blocks.ListBlock(
        ScenarioChoiceBlock(), label=_("Choices"), min_num=2, help_text=_("Three are good: best, partly, harmful.")
    )

    class Meta:
        icon = "list-ol"
        label = _("Step")


class ScenarioBlock(blocks.StructBlock):
    """A scene in which one chooses, sees the consequence and may go back. Played in the page, without any request."""

    identifier = KeyBlock(label=_("Identifier"), help_text=_("Stays the same, such as M1-E1."))
    title = blocks.CharBlock(label=_("Title"), help_text=_("Short, and without the answer: “En el portón”."))
    role = blocks.ChoiceBlock(
        choices=ROLES, label=_("Role"), help_text=_("The scene opens first for who has this job.")
    )
    warning = blocks.CharBlock(
        label=_("Content warning"),
        required=False,
        help_text=_("What is hard in it. People may skip it; that counts too."),
    )
    act = KeyBlock(
        label=_("Act"), required=False, help_text=_("What it practises, as the list of acts has it, such as M6-C1.")
    )
    place = blocks.ChoiceBlock(
        choices=PLACES, label=_("Place"), required=False, help_text=_("Where it happens: it is drawn above the scene.")
    )
    steps = blocks.ListBlock(
        ScenarioStepBlock(), label=_("Steps"), min_num=1, help_text=_("The first one opens the scene.")
    )
    recordings = RecordingsBlock(
        required=False, help_text=_("How it begins, to listen to: in Spanish, or in the language of the place.")
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
            "recordings": heard_on(value.get("recordings"), context),
            "moment": unfold(value["identifier"], value["steps"]),
            "rule": (context.get("acts") or {}).get(value.get("act"), ""),
            "place": value.get("place") or PLACE_OF_ROLE.get(value["role"], ""),
            "they": how_they_are_called(value["steps"], context.get("language", "es")),
            "is_short": len(value["steps"]) == 1,
            "role_label": dict(ROLES).get(value["role"], ""),
            "is_own": value["role"] == context.get("role"),
        }

    class Meta:
        icon = "mask"
        label = _("Scene")
        group = PRACTISING
        description = _("A scene in which one chooses and sees what follows; nobody learns what was chosen.")
        preview_value = examples.SCENARIO
        template = "modules/blocks/scenario.html"
