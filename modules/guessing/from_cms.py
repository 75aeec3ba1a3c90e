"""The course as the CMS has published it, as whoever guesses meets it."""

import json
from dataclasses import dataclass, field
from functools import lru_cache

from wagtail.models import Locale

from modules.models import LessonPage, ModulePage
from modules.models.naming import page_id
from modules.reviews.unverified import edit_address
from modules.text.prose import value_of_page
from quizzes.bank.usage import find_uses_now
from quizzes.guessing.items import MEASURED_KINDS
from quizzes.models import Question
from quizzes.models.pools import ASKABLE

from .gathering import Asked, pools_of_course, teach


def pools_of_cms(language):
    """Return the Pools of the published course in a language; a fixed number of queries, however long it is."""
    locale = Locale.objects.filter(language_code=language).first()
    if locale is None:
        return ()
    modules = list(ModulePage.objects.live().filter(locale=locale).order_by("number", "path"))
    lessons = list(LessonPage.objects.live().filter(locale=locale).order_by("path"))
    taught = {module.pk: _teach(module, lessons, language) for module in modules}
    of_quiz = {module.quiz_id: taught[module.pk] for module in reversed(modules) if module.quiz_id}
    return pools_of_course(list(taught.values()), _quizzes(locale, of_quiz), language=language)


def lessons_of_quizzes(quizzes, language, **kwargs):
    """Return the Lessons of the modules that these quizzes (keys of rows) close, in order."""
    modules = ModulePage.objects.live().filter(quiz__in=quizzes, locale__language_code=language).order_by("number")
    return [lesson for module in modules for lesson in _teach(module, _lessons_below(module), language).lessons]


def _lessons_below(module):
    return LessonPage.objects.live().child_of(module).order_by("path")


@dataclass(frozen=True)
class _Written:
    """A module as it is written now: what is the same needs not be read again."""

    language: str
    identifier: str
    title: str
    bodies: tuple[str, ...]
    lessons: tuple[LessonPage, ...] = field(compare=False)


def _teach(module, lessons, language):
    own = tuple(one for one in lessons if one.path.startswith(module.path) and one.depth == module.depth + 1)
    bodies = tuple(json.dumps([lesson.warning, *lesson.body.raw_data], default=str) for lesson in own)
    name = page_id(module.translation_key) or module.slug
    return _read(_Written(language, name, module.title, bodies, own))


# Rich text is read letter by letter: a module takes a tenth of a second.
@lru_cache(maxsize=32)
def _read(written):
    values = [value_of_page(lesson) for lesson in written.lessons]
    return teach(written.identifier, written.title, values, language=written.language)


def _quizzes(locale, of_quiz):
    """Return what each published quiz may ask, in the order of their names."""
    questions = Question.objects.filter(ASKABLE, locale=locale, kind__in=MEASURED_KINDS).order_by("identifier")
    questions = list(questions.prefetch_related("choices"))
    uses, quizzes = find_uses_now(questions), {}
    for question in questions:
        for quiz in {use.quiz.pk: use.quiz for use in uses[question.pk] if _asks(use.quiz, locale)}.values():
            asked = quizzes.setdefault(quiz.pk, Asked(quiz.identifier.upper(), quiz.title, of_quiz.get(quiz.pk)))
            asked.questions.append(
                (
                    question.identifier,
                    question.kind,
                    question.text,
                    list(question.choices.all()),
                    question.audiences,
                    edit_address(question),
                )
            )
    return sorted(quizzes.values(), key=lambda quiz: quiz.identifier)


def _asks(quiz, locale):
    return quiz.live and quiz.locale_id == locale.pk
