"""The course of `content/`, as its files tell it."""

from dataclasses import replace

from modules.content.declarations.pages import get_lesson_number
from modules.content.loading.files import read_course

from .measures import Failed


def read_modules(directory, language, module=None):
    """Return the CourseText of a language; with `module`, such as m3, it has that module alone.

    Raises ContentError where the files are wrong, and Failed where there is no such module.
    """
    course = read_course(directory, language)
    if module is None:
        return course
    modules = [one for one in course.modules if one.module["id"].lower() == module.lower()]
    if not modules:
        raise Failed(f"There is no module “{module}”.")
    return replace(course, modules=modules, survey=None)


def pieces_of(course):
    """Return {"m1/lesson-1.yaml": value} of every lesson and quiz of the modules, and of the survey."""
    pieces = {}
    for module in course.modules:
        folder = module.module["id"].lower()
        pieces |= {f"{folder}/lesson-{get_lesson_number(lesson['id'])}.yaml": lesson for lesson in module.lessons}
        if module.quiz:
            pieces[f"{folder}/quiz.yaml"] = module.quiz
    return pieces | ({"survey.yaml": course.survey} if course.survey else {})


def scenes_of(course):
    lessons = (lesson for module in course.modules for lesson in module.lessons)
    return [block["scenario"] for lesson in lessons for block in lesson["body"] if "scenario" in block]
