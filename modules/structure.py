"""The published pages of the course, remembered by each process until somebody changes one.

Finding a lesson the usual way takes Wagtail and us six queries over wide rows, more than everything else on the page
together. Here it takes one narrow query: the stamp, which every change of the structure renews. Pages come without
the bodies of lessons, and are shared between requests: whoever gets one only reads it.
"""

from typing import NamedTuple

from django.conf import settings

from quizzes.models import Quiz

from .models import CoursePage, LessonPage, ModulePage, StructureStamp


class Structure(NamedTuple):
    """The published courses by language, and by language every page by its path below the course: `m1/2`."""

    courses: dict[str, CoursePage]
    modules: dict[str, list[ModulePage]]
    pages: dict[str, dict[str, ModulePage | LessonPage]]
    # What others derive from the pages and is true as long as they are, by a name of its own.
    derived: dict

    def course_in(self, language):
        """Return the course in `language`, else in Spanish, else None."""
        return self.courses.get(language) or self.courses.get(settings.LANGUAGE_CODE)

    def page_at(self, language, path):
        """Return the module or lesson at `path` of the course that `course_in(language)` answers, or None."""
        course = self.course_in(language)
        return course and self.pages[course.locale.language_code].get(path)

    def derive(self, name, make):
        """Return what `make()` answered the first time that somebody asked under this name."""
        if name not in self.derived:
            self.derived[name] = make()
        return self.derived[name]


_remembered = (None, None)


def course_structure():
    """Return the `Structure` of now, in one query when it is as it was at the last request of this process."""
    global _remembered
    stamp = StructureStamp.now()
    remembered, structure = _remembered
    if remembered != stamp:
        # Read after the stamp: a change in between makes the next request read again.
        structure = read_structure()
        _remembered = (stamp, structure)
    return structure


def read_structure():
    """Read the published pages in four queries, each page knowing its neighbours."""
    courses = {course.path: course for course in CoursePage.objects.live().select_related("locale").order_by("-path")}
    all_modules = ModulePage.objects.live().select_related("quiz", "locale").order_by("path")
    counts_of_questions = Quiz.objects.counts_of_questions()
    lessons_by_module = {}
    for lesson in LessonPage.objects.live().defer_streamfields().order_by("path"):
        lessons_by_module.setdefault(parent_path(lesson), []).append(lesson)
    structure = Structure({}, {}, {}, {})
    # Of two courses in a language the first one counts, so it comes last.
    for course in courses.values():
        language = course.locale.language_code
        structure.courses[language], structure.modules[language], structure.pages[language] = course, [], {}
        for module in all_modules:
            if parent_path(module) != course.path:
                continue
            module.course, module.lessons = course, lessons_by_module.get(module.path, [])
            module.scored_questions = counts_of_questions.get(module.quiz_id, 0)
            structure.modules[language].append(module)
            structure.pages[language][module.slug] = module
            for lesson in module.lessons:
                lesson.module, lesson.locale = module, module.locale
                structure.pages[language][f"{module.slug}/{lesson.slug}"] = lesson
    return structure


def parent_path(page):
    return page.path[: -page.steplen]
