"""How long the course says it takes: one rule for every lesson, module and the whole."""

from math import ceil

import pytest

from modules.text.prose import passages_of_lesson
from modules.text.readability import measure
from quizzes.kinds import SCORED
from tools.readability import MEASURED

from .the_course import LANGUAGES, ORIGINAL, course_in, modules_in, names_of_modules, names_of_pieces, piece_in

LESSONS = [name for name in names_of_pieces(ORIGINAL) if "/lesson-" in name]
# The scene of one's own role and two or three more, however many a lesson holds.
MINUTES_OF_SCENES = 6
MOST_WORDS = 380
# The same needs more words in another language, and minutes are whole ones.
LONGER = 1.1


@pytest.mark.parametrize("name", LESSONS)
def test_a_lesson_to_read_is_short_and_takes_a_minute_for_every_150_words_begun_and_one_of_scenes_six(name):
    lesson = piece_in(ORIGINAL, name)
    if any("scenario" in block for block in lesson["body"]):
        assert lesson["minutes"] == MINUTES_OF_SCENES
        return
    text = measure(passages_of_lesson(lesson))
    assert text.words <= MOST_WORDS
    assert lesson["minutes"] == ceil(text.minutes)


@pytest.mark.parametrize("language", [code for code in LANGUAGES if code != ORIGINAL])
@pytest.mark.parametrize("name", LESSONS)
def test_a_translated_lesson_takes_the_minutes_of_the_original_and_hardly_more(name, language):
    lesson = piece_in(language, name)
    assert lesson["minutes"] == piece_in(ORIGINAL, name)["minutes"]
    if not any("scenario" in block for block in lesson["body"]):
        assert measure(passages_of_lesson(lesson), MEASURED[language]).minutes <= LONGER * lesson["minutes"]


@pytest.mark.parametrize("name", names_of_modules())
def test_a_module_takes_its_lessons_and_half_a_minute_a_question_that_is_asked(name):
    module = modules_in(ORIGINAL)[name]
    drawn = sum(draw["count"] for draw in module.quiz.get("draws", []))
    asked = drawn or sum(question["kind"] in SCORED for question in module.quiz["questions"])
    of_the_quiz = ceil(asked / 2)
    assert module.module["minutes"] == sum(lesson["minutes"] for lesson in module.lessons) + of_the_quiz


def test_the_course_takes_its_modules_to_the_nearest_half_hour():
    course = course_in(ORIGINAL)
    total = sum(module.module["minutes"] for module in course.modules)
    assert course.course["minutes"] == 30 * round(total / 30)
