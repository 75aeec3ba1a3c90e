"""Scenarios: a graph of steps and choices, validated, shown as a tree."""

import hashlib
import re
from collections import Counter
from dataclasses import dataclass, field
from string import ascii_uppercase

from django.core.exceptions import ValidationError
from django.utils.text import slugify
from django.utils.translation import gettext, gettext_lazy
from django.utils.translation import gettext_lazy as _
from wagtail import blocks
from wagtail.blocks.struct_block import StructBlockValidationError

from quizzes.base.formats import quote

from . import examples
from .base import PRACTISING, ROLES, MarkupBlock
from .media import RecordingsBlock, audible_recordings

MIN_CHOICES = 2
ENDINGS = [
    ("atendida", gettext_lazy("She or he was cared for")),
    ("vuelve", gettext_lazy("She or he comes back")),
    ("calla", gettext_lazy("She or he falls silent")),
    ("reclama", gettext_lazy("She or he complains")),
    ("se-va", gettext_lazy("She or he leaves")),
    ("tarde", gettext_lazy("Too late")),
    ("expuesta", gettext_lazy("Others know now")),
    ("en-riesgo", gettext_lazy("She or he is in danger")),
    ("reparado", gettext_lazy("A mistake was corrected")),
    ("le-cuesta", gettext_lazy("It cost the worker something")),
    ("equipo", gettext_lazy("The team changes")),
    ("regla", gettext_lazy("The rule changes, or stays")),
    ("no-se-sabe", gettext_lazy("No one knows")),
]
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
PLACE_OF_ROLE = {
    "apoyo": "porton",
    "recepcion": "ventanilla",
    "clinica": "consultorio",
    "labfar": "laboratorio",
    "jefatura": "direccion",
}


def find_problems(steps):
    """Return sentences on what makes `steps`, [{"name", "choices": [{"text", "next"}]}], unplayable."""
    if not steps:
        return [gettext("The scene needs at least one step.")]
    endings = (find_ending_problem(choice) for step in steps for choice in step["choices"])
    return [
        *_find_name_problems(steps),
        *_find_dead_ends(steps),
        *_find_unreachable(steps),
        *_find_loops(steps),
        *filter(None, endings),
    ]


def find_ending_problem(choice):
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


def _find_name_problems(steps):
    names = [_name(step) for step in steps]
    for position, name in enumerate(names, start=1):
        if not name:
            yield gettext("Step %(number)d has no name.") % {"number": position}
    for name, count in Counter(filter(None, names)).items():
        if count > 1:
            yield gettext("%(count)d steps have the name “%(name)s”; each name may be used only once.") % {
                "count": count,
                "name": name,
            }


def _find_dead_ends(steps):
    names = {_name(step) for step in steps}
    for step in steps:
        if len(step["choices"]) < MIN_CHOICES:
            yield gettext("Dead end: the step “%(step)s” needs at least two choices.") % {"step": _name(step)}
        for choice in step["choices"]:
            if (target := _target(choice)) and target not in names:
                yield gettext(
                    "Dead end: in the step “%(step)s” the choice “%(choice)s” leads to “%(target)s”, and no step has "
                    "that name."
                ) % {"step": _name(step), "choice": _shortened(choice["text"]), "target": target}


def _find_unreachable(steps):
    leads_to = _leads_to(steps)
    reached, waiting = set(), [_name(steps[0])]
    while waiting:
        if (name := waiting.pop()) not in reached:
            reached.add(name)
            waiting += leads_to.get(name, [])
    for name in dict.fromkeys(map(_name, steps)):
        if name and name not in reached:
            yield gettext("Unreachable: no choice leads from the beginning to the step “%(step)s”.") % {"step": name}


def _find_loops(steps):
    leads_to = _leads_to(steps)
    finished, found = set(), set()
    for start in leads_to:
        if start in finished:
            continue
        chain, branches = [start], [iter(leads_to[start])]
        while chain:
            name = next(branches[-1], None)
            if name is None:
                finished.add(chain.pop())
                branches.pop()
            elif name in chain:
                loop = chain[chain.index(name) :]
                if frozenset(loop) not in found:
                    found.add(frozenset(loop))
                    yield gettext("Loop: %(chain)s leads back to itself.") % {
                        "chain": " → ".join(map(quote, [*loop, name]))
                    }
            elif name not in finished:
                chain.append(name)
                branches.append(iter(leads_to[name]))


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
class PathChoice:
    letter: str
    text: str
    rating: str
    feedback: str
    their_side: str


@dataclass(frozen=True)
class Option:
    """A choice of a moment; `path` are the choices up to here: each end shows the feedback of all of them."""

    letter: str
    text: str
    rating: str
    consequence: str
    feedback: str
    ending: str = ""
    cost: bool = False
    their_side: str = ""
    path: tuple[PathChoice, ...] = ()
    leads_to: "Moment | None" = None


@dataclass(frozen=True)
class Moment:
    """A step at one place of the tree; `group` is the `name` of its <details>, of which one is open at a time."""

    group: str
    text: str
    speaker: str = ""
    path: tuple[PathChoice, ...] = ()
    options: list[Option] = field(default_factory=list)


def build_tree(identifier, steps):
    """Return the opening `Moment`, or None without steps; a hash of the identifier shuffles the options."""
    by_name = {}
    for step in steps:
        by_name.setdefault(_name(step), step)

    def build(step, group, passed, path):
        ordered = sorted(step["choices"], key=lambda choice: _shuffle_key(identifier, step, choice))
        options = []
        for number, (letter, choice) in enumerate(zip(ascii_uppercase, ordered, strict=False), start=1):
            target = _target(choice)
            # A draft in preview may have a loop; the scene ends there.
            next_step = by_name.get(target) if target not in passed else None
            their_side = choice.get("their_side") or ""
            chosen = (*path, PathChoice(letter, choice["text"], choice["rating"], choice["feedback"], their_side))
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
                    path=chosen,
                    leads_to=build(next_step, f"{group}-{number}", passed | {target}, chosen) if next_step else None,
                )
            )
        return Moment(group, step["text"], step.get("speaker") or "", path, options)

    if not steps:
        return None
    return build(steps[0], f"escena-{slugify(identifier)}", {_name(steps[0])}, ())


def lettered(moment):
    return [(option.letter, option) for option in moment.options]


@dataclass(frozen=True)
class Step:
    number: int
    name: str
    text: str
    speaker: str
    choices: list


def list_steps(identifier, steps):
    numbers = {_name(step): number for number, step in enumerate(steps, start=1)}
    listed = []
    for number, step in enumerate(steps, start=1):
        moment = build_tree(identifier, [step])
        targets = {choice["text"]: numbers.get(_target(choice)) for choice in step["choices"]}
        choices = [(option, targets[option.text]) for option in moment.options]
        listed.append(Step(number, _name(step), moment.text, moment.speaker, choices))
    return listed


# {language: (pronouns of a woman, pronouns of a man)}
_PRONOUNS = {
    "es": (frozenset({"ella"}), frozenset({"él"})),
    "en": (frozenset({"she", "her", "hers", "herself"}), frozenset({"he", "him", "his", "himself"})),
}


def find_pronoun(steps, language="es"):
    """Return "she", "he" or "" for the patient: feedback calls the worker *usted*, so *ella* or *él* is the patient."""
    she, he = _PRONOUNS.get(language, (frozenset(), frozenset()))
    feedback = " ".join(choice["feedback"] or "" for step in steps for choice in step["choices"])
    words = set(re.findall(r"\w+", feedback.casefold()))
    if words.isdisjoint(she) == words.isdisjoint(he):
        return ""
    return "he" if words.isdisjoint(she) else "she"


def _shuffle_key(identifier, step, choice):
    return hashlib.sha256(f"{identifier}/{_name(step)}/{choice['text']}".encode()).digest()


RATINGS = [("best", _("Cares")), ("partial", _("Partly")), ("harmful", _("Does harm"))]


class KeyBlock(blocks.CharBlock):
    def get_translatable_segments(self, value):
        return []

    def deconstruct(self):
        # Migrations need not know this class.
        return ("wagtail.blocks.CharBlock", *super().deconstruct()[1:])


class ScenarioChoiceBlock(blocks.StructBlock):
    text = MarkupBlock(
        label=_("What one does or says"), help_text=_("Something that people really do, even if it is wrong.")
    )
    rating = blocks.ChoiceBlock(
        choices=RATINGS, label=_("How good it is"), help_text=_("People see it only after they have chosen.")
    )
    consequence = MarkupBlock(
        label=_("What happens"), required=False, help_text=_("To the patient; needed where the scene ends.")
    )
    feedback = MarkupBlock(label=_("Feedback"), help_text=_("Why it is right or not, without scolding."))
    next = KeyBlock(label=_("Leads to the step"), required=False, help_text=_("Empty: the scene ends here."))
    ending = blocks.ChoiceBlock(
        choices=ENDINGS, label=_("How it ends"), required=False, help_text=_("Where it leads to no step.")
    )
    cost = blocks.BooleanBlock(
        label=_("It costs"), required=False, help_text=_("The worker or the centre pays something for it.")
    )
    their_side = MarkupBlock(
        label=_("Their side"), required=False, help_text=_("What the patient tells later, in her or his own words.")
    )

    class Meta:
        icon = "arrow-right"
        label = _("Choice")


class ScenarioStepBlock(blocks.StructBlock):
    name = KeyBlock(label=_("Name of the step"), help_text=_("Choices lead to it by this name."))
    text = MarkupBlock(label=_("What happens"), help_text=_("What one sees and hears, in two or three sentences."))
    speaker = blocks.CharBlock(
        label=_("Who speaks"), required=False, help_text=_("Whose words they are: “Doña Toña, vecina”.")
    )
    choices = blocks.ListBlock(
        ScenarioChoiceBlock(), label=_("Choices"), min_num=2, help_text=_("Three are good: best, partly, harmful.")
    )

    class Meta:
        icon = "list-ol"
        label = _("Step")


class ScenarioBlock(blocks.StructBlock):
    identifier = KeyBlock(label=_("Identifier"), help_text=_("Stays the same, such as M1-E1."))
    title = blocks.CharBlock(label=_("Title"), help_text=_("Short, and without the answer: “En el portón”."))
    role = blocks.ChoiceBlock(choices=ROLES, label=_("Role"), help_text=_("People with this job see the scene first."))
    warning = blocks.CharBlock(
        label=_("Content warning"),
        required=False,
        help_text=_("What is hard in it. People may skip it; that counts too."),
    )
    act = KeyBlock(label=_("Act"), required=False, help_text=_("The competency that it practises, such as M6-C1."))
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
        cleaned = super().clean(value)
        if problems := find_problems(cleaned["steps"]):
            raise StructBlockValidationError(non_block_errors=[ValidationError(problem) for problem in problems])
        return cleaned

    def get_context(self, value, parent_context=None):
        context = super().get_context(value, parent_context)
        return context | {
            "in_scene": True,
            "recordings": audible_recordings(value.get("recordings"), context),
            "moment": build_tree(value["identifier"], value["steps"]),
            "rule": (context.get("acts") or {}).get(value.get("act"), ""),
            "place": value.get("place") or PLACE_OF_ROLE.get(value["role"], ""),
            "they": find_pronoun(value["steps"], context.get("language", "es")),
            "is_short": len(value["steps"]) == 1,
            "role_label": dict(ROLES).get(value["role"], ""),
            "is_own": value["role"] == context.get("role"),
        }

    class Meta:
        icon = "mask"
        label = _("Scene")
        group = PRACTISING
        description = _("A scene in which one chooses and sees what follows; choices are not stored.")
        preview_value = examples.SCENARIO
        template = "modules/blocks/scenario.html"
