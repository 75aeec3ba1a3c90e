"""Scenarios: a graph of moments and choices, checked when an editor saves it, unfolded into a tree to be played."""

import hashlib
import re
from collections import Counter
from dataclasses import dataclass, field
from itertools import groupby
from string import ascii_uppercase

from django.core.exceptions import ValidationError
from django.utils.text import slugify
from django.utils.translation import gettext, gettext_lazy
from django.utils.translation import gettext_lazy as _
from wagtail import blocks
from wagtail.blocks.struct_block import StructBlockValidationError

from quizzes.base.formats import quoted

from . import examples
from .base import PRACTISING, ROLES, LineBlock
from .media import RecordingsBlock, heard_on

MINIMUM_CHOICES = 2
# How a path ends for the people in it.
ENDINGS = [
    ("atendida", gettext_lazy("She or he was cared for")),
    ("vuelve", gettext_lazy("She or he comes back")),
    ("calla", gettext_lazy("She or he falls silent")),
    ("reclama", gettext_lazy("She or he complains")),
    ("se-va", gettext_lazy("She or he leaves")),
    ("tarde", gettext_lazy("Too late")),
    ("expuesta", gettext_lazy("Others know now")),
    ("en-riesgo", gettext_lazy("She or he is in danger")),
    ("reparado", gettext_lazy("A mistake was mended")),
    ("le-cuesta", gettext_lazy("It cost the worker something")),
    ("equipo", gettext_lazy("The team changes")),
    ("regla", gettext_lazy("The rule changes, or stays")),
    ("no-se-sabe", gettext_lazy("Nobody knows")),
]
# Where scenes happen, each with a drawing of its own.
PLACES = [
    ("porton", gettext_lazy("Gate")),
    ("fila", gettext_lazy("Waiting line")),
    ("ventanilla", gettext_lazy("Window")),
    ("consultorio", gettext_lazy("Consulting room")),
    ("laboratorio", gettext_lazy("Laboratory")),
    ("farmacia", gettext_lazy("Pharmacy")),
    ("direccion", gettext_lazy("Office")),
    ("reunion", gettext_lazy("Meeting")),
    ("pasillo", gettext_lazy("Corridor")),
    ("calle", gettext_lazy("Street")),
    ("telefono", gettext_lazy("Telephone")),
    ("vehiculo", gettext_lazy("Vehicle")),
]
# Where a scene happens that does not say so: where who does this job stands.
PLACE_OF_ROLE = {
    "apoyo": "porton",
    "recepcion": "ventanilla",
    "clinica": "consultorio",
    "labfar": "laboratorio",
    "jefatura": "direccion",
}


def problems_of(steps):
    """Return sentences that name what is wrong with a scenario, none when it can be played.

    `steps` is a list of mappings {"name", "choices": [{"text", "next"}]}; the first one opens the scenario. Whoever
    reads the sentences should know at once which step and which choice to look at.
    """
    if not steps:
        return [gettext("The scene needs at least one step.")]
    return [
        *_problems_of_names(steps),
        *_dead_ends(steps),
        *_unreachable(steps),
        *_loops(steps),
        *_problems_of_endings(steps),
    ]


def problem_of_ending(choice):
    """Return a sentence about an `ending` that stands where none can, or that lacks what it needs; else None."""
    if not (ending := choice.get("ending")):
        return None
    if _target(choice):
        return gettext("The choice “%(choice)s” leads to a step, so it cannot say how the scene ends.") % {
            "choice": _shortened(choice["text"])
        }
    if ending == "no-se-sabe" and not choice.get("their_side"):
        return gettext(
            "“no-se-sabe” needs “their_side”: the choice “%(choice)s” does not say what she or he lived."
        ) % {"choice": _shortened(choice["text"])}
    return None


def _problems_of_endings(steps):
    return filter(None, (problem_of_ending(choice) for step in steps for choice in step["choices"]))


def _problems_of_names(steps):
    names = [_name(step) for step in steps]
    for position, name in enumerate(names, start=1):
        if not name:
            yield gettext("Step %(number)d has no name.") % {"number": position}
    for name, count in Counter(filter(None, names)).items():
        if count > 1:
            yield gettext("%(count)d steps have the name “%(name)s”; each name may stand only once.") % {
                "count": count,
                "name": name,
            }


def _dead_ends(steps):
    names = {_name(step) for step in steps}
    for step in steps:
        if len(step["choices"]) < MINIMUM_CHOICES:
            yield gettext("Dead end: the step “%(step)s” needs at least two choices.") % {"step": _name(step)}
        for choice in step["choices"]:
            if (target := _target(choice)) and target not in names:
                yield gettext(
                    "Dead end: in the step “%(step)s” the choice “%(choice)s” leads to “%(target)s”, and no step has "
                    "that name."
                ) % {"step": _name(step), "choice": _shortened(choice["text"]), "target": target}


def _unreachable(steps):
    leads_to = _leads_to(steps)
    reached, waiting = set(), [_name(steps[0])]
    while waiting:
        if (name := waiting.pop()) not in reached:
            reached.add(name)
            waiting += leads_to.get(name, [])
    for name in dict.fromkeys(map(_name, steps)):
        if name and name not in reached:
            yield gettext("Unreachable: no choice leads from the beginning to the step “%(step)s”.") % {"step": name}


def _loops(steps):
    """Name every chain that comes back to itself, each once."""
    leads_to = _leads_to(steps)
    finished, found = set(), set()
    for start in leads_to:
        if start in finished:
            continue
        chain, branches = [start], [iter(leads_to[start])]
        while chain:
            following = next(branches[-1], None)
            if following is None:
                finished.add(chain.pop())
                branches.pop()
            elif following in chain:
                loop = chain[chain.index(following) :]
                if frozenset(loop) not in found:
                    found.add(frozenset(loop))
                    yield gettext("Loop: %(chain)s leads back to itself.") % {
                        "chain": " → ".join(quoted(name) for name in [*loop, following])
                    }
            elif following not in finished:
                chain.append(following)
                branches.append(iter(leads_to[following]))


def _leads_to(steps):
    names = {_name(step) for step in steps} - {""}
    leads_to = {}
    for step in steps:
        targets = (_target(choice) for choice in step["choices"])
        leads_to.setdefault(_name(step), []).extend(target for target in targets if target in names)
    return leads_to


def _name(step):
    return (step["name"] or "").strip()


def _target(choice):
    return (choice.get("next") or "").strip()


def _shortened(text, length=60):
    return text if len(text) <= length else text[: length - 1].rstrip() + "…"


@dataclass(frozen=True)
class Made:
    """A choice on somebody's way through a scene, with what is said of it when the way ends."""

    letter: str
    text: str
    rating: str
    feedback: str
    their_side: str


@dataclass(frozen=True)
class Option:
    """Something one may do, what follows, and the moment it leads to, or None where the scene ends.

    `way` holds the choices from the opening to this one: every path has an end of its own, so whoever gets there reads
    about all of it at once, and nothing needs to remember what was chosen.
    """

    letter: str
    text: str
    rating: str
    consequence: str
    feedback: str
    ending: str = ""
    cost: bool = False
    their_side: str = ""
    way: tuple[Made, ...] = ()
    leads_to: "Moment | None" = None


@dataclass(frozen=True)
class Moment:
    """What happens, and what one may do then; `group` names the set of options of which one is open at a time.

    `way` holds the choices that led here, for whoever leaves in the middle.
    """

    group: str
    text: str
    speaker: str = ""
    way: tuple[Made, ...] = ()
    options: list[Option] = field(default_factory=list)


def unfold(identifier, steps):
    """Return the opening `Moment` with everything that may follow.

    The options stand in an order that looks like chance and is the same for everyone: it follows from the identifier,
    so that the best one is not always the first, and nothing needs to be remembered about a person.
    """
    by_name = {}
    for step in steps:
        by_name.setdefault(_name(step), step)

    def moment(step, group, passed, way):
        ordered = sorted(step["choices"], key=lambda choice: _lot(identifier, step, choice))
        options = []
        for number, (letter, choice) in enumerate(zip(ascii_uppercase, ordered, strict=False), start=1):
            target = _target(choice)
            # A draft in preview may still hold a loop: the scene then ends where it would begin again.
            following = by_name.get(target) if target not in passed else None
            their_side = choice.get("their_side") or ""
            made = (*way, Made(letter, choice["text"], choice["rating"], choice["feedback"], their_side))
            options.append(
                Option(
                    letter=letter,
                    text=choice["text"],
                    rating=choice["rating"],
                    consequence=choice.get("consequence") or "",
                    feedback=choice["feedback"],
                    ending=choice.get("ending") or "",
                    cost=bool(choice.get("cost")),
                    their_side=their_side,
                    way=made,
                    leads_to=moment(following, f"{group}-{number}", passed | {target}, made) if following else None,
                )
            )
        return Moment(group, step["text"], step.get("speaker") or "", way, options)

    if not steps:
        return None
    return moment(steps[0], f"escena-{slugify(identifier)}", {_name(steps[0])}, ())


def lettered(moment):
    """Return [(letter, Option)] of a moment, as paper names them: A, B, C…"""
    return [(option.letter, option) for option in moment.options]


@dataclass(frozen=True)
class Step:
    """A step where each stands once: `choices` holds (`Option`, the number of the step it leads to, or None)."""

    number: int
    name: str
    text: str
    speaker: str
    choices: list


def lay_out(identifier, steps):
    """Return each step of a scene once as a `Step`, its choices by the letters that the player shows."""
    numbers = {_name(step): number for number, step in enumerate(steps, start=1)}
    laid_out = []
    for number, step in enumerate(steps, start=1):
        alone = unfold(identifier, [step])
        targets = {choice["text"]: numbers.get(_target(choice)) for choice in step["choices"]}
        choices = [(option, targets[option.text]) for option in alone.options]
        laid_out.append(Step(number, _name(step), alone.text, alone.speaker, choices))
    return laid_out


# The words for a woman and for a man.
_CALLED = {
    "es": (frozenset({"ella"}), frozenset({"él"})),
    "en": (frozenset({"she", "her", "hers", "herself"}), frozenset({"he", "him", "his", "himself"})),
}


def how_they_are_called(steps, language="es"):
    """Return "she", "he" or "" for whom the scene is about.

    The feedback says what she or he lived, and calls the worker *usted*, “you”: whom alone it calls *ella* or *él* is
    the other person. Where it has both words or none, or we know no words of the language, nobody can say.
    """
    she, he = _CALLED.get(language, (frozenset(), frozenset()))
    said = " ".join(choice["feedback"] or "" for step in steps for choice in step["choices"])
    words = set(re.findall(r"\w+", said.casefold()))
    if words.isdisjoint(she) == words.isdisjoint(he):
        return ""
    return "he" if words.isdisjoint(she) else "she"


def _lot(identifier, step, choice):
    return hashlib.sha256(f"{identifier}/{_name(step)}/{choice['text']}".encode()).digest()


@dataclass(frozen=True)
class Scenes:
    """Scenarios that follow each other in a lesson: those of the reader's own role come first."""

    own: list
    others: list

    @property
    def split(self):
        """Whether there are scenes of both kinds, so that the others get a heading of their own."""
        return bool(self.own and self.others)


def arrange_scenes(stream, role):
    """Return the blocks of a lesson in order, with each run of scenarios gathered into one `Scenes`."""
    parts = []
    for is_scene, run in groupby(stream, key=lambda block: block.block_type == "scenario"):
        if not is_scene:
            parts += run
            continue
        run = list(run)
        own = [block for block in run if block.value["role"] == role]
        parts.append(Scenes(own, [block for block in run if block.value["role"] != role]))
    return parts


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
