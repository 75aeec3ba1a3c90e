"""The course keeps the craft of its scenes, pools and lessons: each limit of the guide, over content/."""

from collections import Counter

import pytest

from quizzes.base.job_roles import Audience
from quizzes.base.markup import strip_markup
from tools.guessing.measuring import Scope
from tools.questions import core, for_role, measures_of_pools, scored
from tools.scenes import measures_of

from .the_course import (
    ORIGINAL,
    course_in,
    in_each_language,
    modules_in,
    names_of_modules,
    pools_in,
    scenes_in,
)

# What nobody may miss: minors, data and whoever asks for them, the clock of 72 hours, thoughts of death.
FOR_EVERYONE = {"M2": "M2-C3", "M3": "M3-C1", "M4": "M4-C4", "M5": "M5-C3", "M6": "M6-C1", "M7": "M7-C5"}


@in_each_language
def test_every_limit_is_kept(language):
    """`python -m tools.check scenes` and `questions` say by how much; guessing: `test_guessing_of_course`."""
    measures = measures_of(scenes_in(language), language) + measures_of_pools(course_in(language))
    missed = [f"{measure.key}: {measure.count}/{measure.total}" for measure in measures if not measure.holds]
    assert missed == []


@in_each_language
def test_modules_on_violence_and_on_the_police_carry_a_warning(language):
    warned = {name for name, module in modules_in(language).items() if module.module.get("warning")}
    assert {"M5", "M6"} <= warned


def test_the_bank_asks_twice_without_a_repeat_and_more():
    modules = modules_in(ORIGINAL).values()
    assert sum(len(scored(module.quiz)) for module in modules) >= 240
    for module in modules:
        assert module.quiz["draws"] == [{"pool": "core", "count": 6}, {"pool": "own", "count": 4}]
        assert {question["kind"] for question in module.quiz["questions"]} <= {"single", "multiple", "gaps", "places"}
        assert {question["act"] for question in core(module.quiz)} >= {
            act["id"]
            for act in course_in(ORIGINAL).acts
            if act.get("core") and act["id"].startswith(module.module["id"])
        }


@pytest.mark.parametrize("name", FOR_EVERYONE)
def test_what_nobody_may_miss_has_three_cases_for_everyone(name):
    cases = [
        one
        for one in core(modules_in(ORIGINAL)[name].quiz)
        if one.get("indispensable") and one["act"] == FOR_EVERYONE[name]
    ]
    assert len(cases) >= 3


@pytest.mark.parametrize("name", names_of_modules())
def test_each_job_is_asked_for_each_of_its_acts(name):
    quiz = modules_in(ORIGINAL)[name].quiz
    acts = {act["id"] for act in course_in(ORIGINAL).acts if act["id"].startswith(f"{name}-") and not act.get("core")}
    for role in Audience.values:
        own = {act for act in acts if act.startswith(f"{name}-{role}-")}
        assert own
        assert own - {question["act"] for question in for_role(quiz, role)} == set(), role


@pytest.mark.parametrize("name", names_of_modules())
def test_a_lesson_has_a_tip_for_each_job_that_it_touches_and_a_module_asks_about_ones_own_reactions(name):
    scenes, *lessons = modules_in(ORIGINAL)[name].lessons
    tips = [tips for lesson in lessons for block in lesson["body"] for tips in [block.get("role_tips")] if tips]
    assert len(tips) >= len(lessons)
    assert Counter(len(one) for one in tips)[len(Audience.values)] >= len(lessons) - 1
    assert any("reflection" in block for lesson in lessons for block in lesson["body"])
    roles = [block["scenario"]["role"] for block in scenes["body"] if "scenario" in block]
    assert sorted(roles) == sorted(Audience.values)


@in_each_language
def test_seven_in_ten_cases_stand_in_no_lesson(language):
    """A case that shares five words in a row with a lesson of its module may be one that was told there."""
    (bank,) = [pool for pool in pools_in(language) if pool.scope == Scope.BANK]
    seen = [item for item in bank.items if any(lesson.repeats(strip_markup(item.text)) for lesson in item.lessons)]
    assert len(seen) <= 0.3 * len(bank.items)
