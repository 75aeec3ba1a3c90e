"""Practice material of a module, sorted by the reader's role."""

from dataclasses import dataclass, field

from modules.blocks.base import ROLES
from modules.models import LessonPage, ModulePage
from modules.page_ids import page_id
from modules.text.prose import is_only_scenes, passages_of_page
from quizzes.guessing.items import Lesson

MAX_HALVES = 4


@dataclass(frozen=True)
class PartsByRole:
    own: list = field(default_factory=list)
    others: list = field(default_factory=list)


@dataclass(frozen=True)
class Practice:
    phrases: PartsByRole
    pair_cards: PartsByRole
    moments: list[str]
    acts: list[str]


def get_practice(module, role):
    return Practice(
        phrases=_parts_by_role(module, "phrase", role),
        pair_cards=_parts_by_role(module, "pair_card", role),
        moments=[part["text"] for part in _parts_by_role(module, "moment", role).own[:MAX_HALVES]],
        acts=[part["text"] for part in _parts_by_role(module, "act", role).own[:MAX_HALVES]],
    )


def get_pair_cards(module):
    return _labelled(module, "pair_card")


def _parts_by_role(module, kind, role):
    parts = _labelled(module, kind)
    own = [{**part, "label": ""} for part in parts if part["role"] == role and role]
    for_all = [part for part in parts if not part["role"]]
    return PartsByRole([*own, *for_all], [part for part in parts if part["role"] not in ("", role)])


def _labelled(module, kind):
    names = dict(ROLES)
    parts = [block.value for block in module.practice if block.block_type == kind]
    return [{**part, "label": names.get(part["role"], "")} for part in parts]


def lessons_of_quizzes(quizzes, language, **kwargs):
    modules = ModulePage.objects.live().filter(quiz__in=quizzes, locale__language_code=language).order_by("number")
    return [lesson for module in modules for lesson in _lessons_below(module, language)]


def _lessons_below(module, language):
    for lesson in LessonPage.objects.live().child_of(module).order_by("path"):
        if not is_only_scenes({block.block_type for block in lesson.body}):
            name = page_id(lesson.translation_key) or f"{module.slug}/{lesson.slug}"
            yield Lesson(name, "\n".join(passages_of_page(lesson)), language)
