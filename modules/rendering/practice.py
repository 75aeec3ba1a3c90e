"""What a module gives to practise, sorted for a reader: one's own job first, then what is for everyone."""

from dataclasses import dataclass, field

from modules.blocks.base import ROLES
from modules.models import LessonPage, ModulePage
from modules.page_ids import page_id
from modules.text.prose import passages_of_page
from quizzes.guessing.items import Lesson

# As many halves of a resolution as one looks through at once.
MOST_HALVES = 4


@dataclass(frozen=True)
class Sorted:
    """Parts of one kind; `label` names the job of those that are for another one than the reader's."""

    own: list = field(default_factory=list)
    others: list = field(default_factory=list)


@dataclass(frozen=True)
class Practice:
    """What the page of a module's practice shows."""

    phrases: Sorted
    pair_cards: Sorted
    moments: list[str]
    acts: list[str]


def practice_of(module, role):
    """Return the `Practice` of a module for who has this role, or none ("")."""
    return Practice(
        phrases=_sorted(module, "phrase", role),
        pair_cards=_sorted(module, "pair_card", role),
        moments=_halves(module, "moment", role),
        acts=_halves(module, "act", role),
    )


def pair_cards_of(module):
    """Return every card for two colleagues of a module, in its order, each with the name of its job."""
    return _labelled(module, "pair_card")


def _sorted(module, kind, role):
    parts = _labelled(module, kind)
    # Of one's own job nobody needs the name.
    own = [{**part, "label": ""} for part in parts if part["role"] == role and role]
    everyones = [part for part in parts if not part["role"]]
    return Sorted([*own, *everyones], [part for part in parts if part["role"] not in ("", role)])


def _labelled(module, kind):
    names = dict(ROLES)
    parts = [block.value for block in module.practice if block.block_type == kind]
    return [{**part, "label": names.get(part["role"], "")} for part in parts]


def _halves(module, kind, role):
    own = _sorted(module, kind, role).own
    return [part["text"] for part in own][:MOST_HALVES]


# What comes after them closes the module.
TEACHING_LESSONS = 4


def lessons_of_quizzes(quizzes, language, **kwargs):
    """Return the Lessons of the modules that these quizzes (keys of rows) close, in order."""
    modules = ModulePage.objects.live().filter(quiz__in=quizzes, locale__language_code=language).order_by("number")
    return [lesson for module in modules for lesson in _lessons_below(module, language)]


def _lessons_below(module, language):
    name = page_id(module.translation_key) or module.slug
    for number, lesson in enumerate(LessonPage.objects.live().child_of(module).order_by("path")[:TEACHING_LESSONS], 1):
        yield Lesson(f"{name}-L{number}", "\n".join(passages_of_page(lesson)), language)
