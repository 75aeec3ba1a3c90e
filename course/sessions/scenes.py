"""A scenario in front of a group, with a count of hands for each option."""

from dataclasses import dataclass

from django.db import transaction

from course.models import FEWEST_HANDS, HandsCount
from course.people.audit import audit_log
from modules.blocks.scenarios import PLACE_OF_ROLE, Moment, Option, build_tree, find_pronoun, lettered
from modules.labels import lang_attribute
from modules.models import LessonPage
from modules.progress.outline import course_outline
from quizzes.models import Competency

MOST_HANDS = 500


@dataclass(frozen=True)
class Scene:
    identifier: str
    title: str
    warning: str
    module: str
    opening: Moment
    language: str
    place: str
    they: str
    is_short: bool
    act: str

    @property
    def lang(self):
        return lang_attribute(self.language)

    @property
    def rule(self):
        acts = Competency.objects.filter(locale__language_code=self.language, identifier=self.act)
        return (self.act and acts.values_list("text", flat=True).first()) or ""


@dataclass(frozen=True)
class Hands:
    letter: str
    option: Option
    count: int


def scenes_for(session):
    modules = [module for module in course_outline() if not session.modules or str(module.key) in session.modules]
    titles = {
        (lesson.key, lesson.language): f"{module.number}. {module.title}"
        for module in modules
        for lesson in module.lessons
    }
    pages = LessonPage.objects.live().filter(translation_key__in=[key for key, _language in titles])
    bodies = {(page.translation_key, page.locale.language_code): page.body for page in pages.select_related("locale")}
    return [
        Scene(
            identifier=block.value["identifier"],
            title=block.value["title"],
            warning=block.value["warning"] or "",
            module=module,
            opening=opening,
            language=place[1],
            place=block.value.get("place") or PLACE_OF_ROLE.get(block.value["role"], ""),
            they=find_pronoun(block.value["steps"]),
            is_short=len(block.value["steps"]) == 1,
            act=block.value.get("act") or "",
        )
        for place, module in titles.items()
        for block in bodies.get(place, ())
        if block.block_type == "scenario" and (opening := build_tree(block.value["identifier"], block.value["steps"]))
    ]


def moment_at(scene, path):
    """Return the moment that the letters of `path` lead to from the opening («BA»), or None."""
    moment = scene.opening
    for letter in path:
        option = dict(lettered(moment)).get(letter)
        moment = option and option.leads_to
        if moment is None:
            return None
    return moment


def read_hands(moment, typed):
    """Return the Hands of a moment's options from {letter: text}; an invalid number counts as none."""
    return [Hands(letter, option, _number(typed.get(letter, ""))) for letter, option in lettered(moment)]


def _number(text):
    text = text.strip()
    return min(int(text), MOST_HANDS) if text.isascii() and text.isdigit() and len(text) < 5 else 0


@transaction.atomic
def count_hands(session, scene, path, hands, *, by, now):
    """Return False, and delete earlier counts, for fewer than ten hands."""
    place = {"session": session, "scenario": scene.identifier[:60], "step": path[:60]}
    total = sum(one.count for one in hands)
    if total < FEWEST_HANDS:
        HandsCount.objects.filter(**place).delete()
        return False
    counted = {"hands": {one.letter: one.count for one in hands}, "total": total, "counted_at": now}
    HandsCount.objects.update_or_create(**place, defaults=counted)
    audit_log("hands_counted", by=by, cohort=session.cohort, subject=scene.identifier, people=total, now=now)
    return True
