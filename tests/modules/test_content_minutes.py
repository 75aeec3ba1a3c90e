"""How long the course says it takes: one rule for every lesson, module and the whole."""

from math import ceil

import pytest
from django.conf import settings

from modules.content.loading.files import read_course
from modules.text.prose import passages_of_lesson
from modules.text.readability import measure
from quizzes.kinds import SCORED

COURSE = read_course(settings.BASE_DIR / "content", "es")
MODULES = {module.module["id"]: module for module in COURSE.modules}
LESSONS = {lesson["id"]: lesson for module in COURSE.modules for lesson in module.lessons}
TO_READ = [name for name, lesson in LESSONS.items() if not any("scenario" in block for block in lesson["body"])]
# The scene of one's own role and two or three more, however many a lesson holds.
MINUTES_OF_SCENES = 6
MOST_WORDS = 380


@pytest.mark.parametrize("name", TO_READ)
def test_a_lesson_to_read_is_short_and_takes_a_minute_for_every_150_words_begun(name):
    text = measure(passages_of_lesson(LESSONS[name]))
    assert text.words <= MOST_WORDS
    assert LESSONS[name]["minutes"] == ceil(text.minutes)


def test_lessons_of_scenes_take_six_minutes():
    assert {LESSONS[name]["minutes"] for name in LESSONS.keys() - set(TO_READ)} == {MINUTES_OF_SCENES}


@pytest.mark.parametrize("name", MODULES)
def test_a_module_takes_its_lessons_and_half_a_minute_a_question_that_is_asked(name):
    module = MODULES[name]
    drawn = sum(draw["count"] for draw in module.quiz.get("draws", []))
    asked = drawn or sum(question["kind"] in SCORED for question in module.quiz["questions"])
    of_the_quiz = ceil(asked / 2)
    assert module.module["minutes"] == sum(lesson["minutes"] for lesson in module.lessons) + of_the_quiz


def test_the_course_takes_its_modules_to_the_nearest_half_hour():
    total = sum(module.module["minutes"] for module in MODULES.values())
    assert COURSE.course["minutes"] == 30 * round(total / 30)
