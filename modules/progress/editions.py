"""Editions of learners and their requirements in the published text."""

from dataclasses import replace
from functools import cache
from uuid import UUID

from django.conf import settings
from django.db.models import Subquery
from django.utils.translation import get_language

from modules.models import Registration, StructureStamp

from .outline import get_course_structure, get_module_outline


def edition_in_force(structure):
    """Return the Edition of new learners, or None where no course was ever published."""
    return next(reversed(structure.editions.values()), None)


def registrations_of(learners):
    current = _current().filter(learner__in=learners)
    return {registration.learner_id: registration for registration in current}


@cache
def _current():
    return Registration.objects.current()


def edition_of(registration, structure):
    """Return the Edition of a current Registration; without one, the current edition (None without a course)."""
    return (registration and structure.editions.get(registration.edition_id)) or edition_in_force(structure)


def read_edition(learner):
    """Return (Edition of one learner, Structure), in one query while the structure is unchanged."""
    own = _current().filter(learner=learner).values("edition")[:1]
    stamp, edition_pk = StructureStamp.now_with(Subquery(own))
    structure = get_course_structure(stamp)
    return structure.editions.get(edition_pk) or edition_in_force(structure), structure


def outlines_of(edition, structure, language=None):
    """Return the required published modules as [ModuleOutline]; if none is left, all published ones."""
    language = language or get_language() or settings.LANGUAGE_CODE
    name = "outlines", edition and edition.pk, language, get_language()
    return structure.derive(name, lambda: _make_outlines(edition, language, structure))


def asked_of(registration, structure):
    return outlines_of(edition_of(registration, structure), structure)


def _make_outlines(edition, language, structure):
    published = [get_module_outline(module, structure) for module in structure.modules_in(language)]
    if edition is None:
        return published
    held = {UUID(module["key"]): module for module in edition.contents}
    # A lesson may stand in another module by now.
    lessons = [lesson for outline in published for lesson in outline.lessons]
    asked = [_narrow(outline, held[outline.key], lessons) for outline in published if outline.key in held]
    return [outline for outline in asked if outline] or published


def _narrow(outline, held, published):
    if not held["lessons"] and held["quiz"] is None:
        return outline
    keys = {UUID(key) for key in held["lessons"]}
    lessons = [lesson for lesson in published if lesson.key in keys]
    if lessons != outline.lessons:
        lessons = [replace(lesson, number=number) for number, lesson in enumerate(lessons, start=1)]
    quiz = {}
    if held["quiz"] is None:
        quiz = {"quiz_key": None}
    elif outline.quiz_key and UUID(held["quiz"]) != outline.quiz_key:
        quiz = {"former_quiz_key": UUID(held["quiz"])}
    if not lessons and not (outline.quiz_key and held["quiz"]):
        return None
    return replace(outline, lessons=lessons, **quiz)


def pass_rule(edition, quiz_key):
    """Return (pass mark, which attempt counts) of a quiz in the edition, or None."""
    for module in edition.contents if edition else []:
        if module["quiz"] == str(quiz_key):
            return module["pass_mark"], module["counting_attempt"]
    return None
