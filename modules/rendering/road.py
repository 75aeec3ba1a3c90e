"""The road of a module: its parts and the steps of each, for one role."""

from dataclasses import dataclass
from uuid import UUID

from django.utils import timezone
from django.utils.translation import get_language

from modules.models import LessonPage
from modules.progress.outline import get_course_structure, page_path
from modules.text.cards import derive_cards
from quizzes.signals import QuizPlace


@dataclass(frozen=True)
class Place:
    """A lesson on the road: `number` among the parts, steps `before` it, its own `steps`, its `cards`."""

    number: int
    before: int
    steps: int
    cards: int
    # Nothing but one scene, of the role.
    is_own_scene: bool = False
    # A few words may stand before it.
    begins_with_scene: bool = False


@dataclass(frozen=True)
class Road:
    places: dict[UUID, Place]
    # Questions that the quiz asks.
    questions: int
    has_quiz: bool

    @property
    def parts(self):
        return len(self.places) + self.has_quiz

    @property
    def total(self):
        return self.before_quiz + self.questions

    @property
    def before_quiz(self):
        return sum(place.steps for place in self.places.values())

    def next_part(self, progress):
        """Return the number of the part to go on with and the steps before it."""
        for lesson in progress.unread_lessons:
            if place := self.places.get(lesson.key):
                return place.number, place.before
        return self.parts, self.total if progress.is_finished else self.before_quiz

    def place_of(self, lesson):
        """Return the place of a lesson; a draft that is not published stands after the others."""
        return self.places.get(lesson.translation_key) or Place(len(self.places) + 1, self.before_quiz, 0, 0)


def get_road(module, *, role, today, structure=None):
    structure, language = structure or get_course_structure(), get_language()
    course = structure.course_in(language)
    # A draft, or a page of a structure that was renewed meanwhile, is not cached.
    if course is None or getattr(module.course, "structure_key", None) != course.structure_key:
        return _build_road(module, role, today)
    return structure.derive(("road", module.pk, role, language, today), lambda: _build_road(module, role, today))


def _build_road(module, role, today):
    bodies = LessonPage.objects.in_bulk([lesson.pk for lesson in module.lessons])
    places, before = {}, 0
    for number, lesson in enumerate(module.lessons, start=1):
        page = bodies.get(lesson.pk, lesson)
        page.locale = lesson.locale
        found = derive_cards(page, role=role, today=today)
        scenes = [card.kind == "scene" for card in found.cards]
        is_own_scene = scenes == [True] and found.cards[0].block.value["role"] == role
        places[lesson.translation_key] = Place(number, before, found.steps, len(scenes), is_own_scene, any(scenes[:2]))
        before += found.steps
    return Road(places, module.scored_questions, module.quiz is not None)


def get_quiz_place(learner, quiz_key, **kwargs):
    structure, language = get_course_structure(), get_language()
    modules = (module for module in structure.modules_in(language) if module.quiz)
    module = next((module for module in modules if module.quiz.translation_key == quiz_key), None)
    if module is None:
        return None
    road = get_road(module, role=getattr(learner, "role", ""), today=timezone.localdate(), structure=structure)
    return QuizPlace(module.number, page_path(module), road.before_quiz, road.total)


def get_page_addresses():
    """Return {pk: address} of the published pages of the course."""
    structure, language = get_course_structure(), get_language()
    return structure.derive(
        ("addresses", language),
        lambda: {page.pk: page_path(page) for page in structure.pages.get(language, {}).values()},
    )
