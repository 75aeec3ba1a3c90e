"""The words of the lessons that teach what a quiz asks."""

from modules.models import LessonPage, ModulePage
from modules.models.naming import page_id
from modules.text.prose import passages_of_page
from quizzes.guessing.items import Lesson

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
