"""What is measured together: the bank, whole and for each job; each module; quizzes of none; the scenes."""

import re

from modules.text.prose import is_only_scenes, passages_of_lesson
from quizzes.base import job_roles
from quizzes.base.markup import strip_markup
from quizzes.guessing.items import ONE, Lesson
from quizzes.models import Choice

from .items import Item, audiences_in, for_audience, items_of
from .measuring import Pool, Scope

_NUMBER = re.compile(r"(\d+)")


def pools_of(course):
    """Return the tuple of Pools of a CourseText."""
    quizzes = [*_of_modules(course), *_of_no_module(course)]
    # A question that two quizzes ask is one of the bank, with the lessons of the first.
    bank = _in_order({item.identifier: item for pool in reversed(quizzes) for item in pool.items}.values())
    jobs = [Pool(Scope.AUDIENCE, str(job), f"For: {job.label}", for_audience(bank, job)) for job in audiences_in(bank)]
    scenes = [_scenes_of(module, course.language) for module in course.modules]
    moments = tuple(moment for pool in scenes for moment in pool.items)
    pools = [
        Pool(Scope.BANK, "", "The whole bank", bank),
        *jobs,
        *quizzes,
        Pool(Scope.SCENES, "", "The scenes", moments),
        *scenes,
    ]
    return tuple(pool for pool in pools if pool.items)


def _of_modules(course):
    for one in course.modules:
        if one.quiz:
            identifier = one.module["id"]
            lessons = tuple(_taught_in(one, course.language))
            items = _items_of_quiz(one.quiz, course, lessons)
            yield Pool(Scope.MODULE, identifier, f"{identifier} · {one.module['title']}", items)


def _of_no_module(course):
    for quiz in course.quizzes:
        yield Pool(Scope.QUIZ, quiz["id"], quiz["title"], _items_of_quiz(quiz, course, ()))


def _taught_in(module, language):
    for lesson in module.lessons:
        if not is_only_scenes({kind for block in lesson["body"] for kind in block}):
            yield Lesson(lesson["id"], "\n".join(passages_of_lesson(lesson)), language)


def _scenes_of(module, language):
    identifier = module.module["id"]
    moments = [
        moment
        for lesson in module.lessons
        for moment in _moments_in(lesson["body"], group=identifier, language=language)
    ]
    return Pool(Scope.SCENES_OF_MODULE, identifier, f"{identifier} · its scenes", tuple(moments))


def _moments_in(body, **more):
    """Yield an Item for each moment of the scenes in a lesson's body: the best choices are the right ones."""
    for scene in (block["scenario"] for block in body if "scenario" in block):
        for step in scene["steps"]:
            best = tuple(choice["rating"] == "best" for choice in step["choices"])
            if set(best) == {True, False}:
                texts = tuple(strip_markup(choice["text"]) for choice in step["choices"])
                yield Item(
                    ONE, strip_markup(step["text"]), texts, best, identifier=f"{scene['id']} · {step['name']}", **more
                )


def _items_of_quiz(quiz, course, lessons):
    return _in_order(
        item
        for question in _asked_in(quiz, course)
        for item in items_of(
            question["id"],
            question["kind"],
            question["text"],
            [_choice(choice) for choice in question.get("choices", [])],
            lessons=lessons,
            group=quiz["id"],
            audiences=tuple(question.get("roles", ())),
            language=course.language,
        )
    )


def _asked_in(quiz, course):
    """Return every question that a quiz may ask: its own, those of their cases, and those that it draws by topic."""
    by_id = {question["id"]: question for question in course.all_questions()}
    own = [by_id[entry.get("same_as") or entry["id"]] for entry in quiz.get("questions", [])]
    cases = {question["case"] for question in own if "case" in question}
    asked = {question["id"]: question for question in own}
    below = _topics_below(course.course.get("topics", []))
    for question in by_id.values():
        if question.get("case") in cases or any(_is_drawn(question, draw, below) for draw in quiz.get("draws", [])):
            asked.setdefault(question["id"], question)
    return asked.values()


def _is_drawn(question, draw, below):
    # Without a topic it draws from the quiz's own questions.
    if "topic" not in draw or draw.get("difficulty") not in (None, question.get("difficulty")):
        return False
    if draw.get("pool") == job_roles.Pool.CORE and question.get("roles"):
        return False
    topics = {draw["topic"]} if draw.get("only_this_topic") else below.get(draw["topic"], {draw["topic"]})
    return question.get("topic") in topics


def _topics_below(topics):
    parents = {topic["id"]: topic.get("part_of") for topic in topics}
    below = {topic: {topic} for topic in parents}
    for topic in parents:
        above = parents[topic]
        # The files are refused where a topic is part of itself.
        while above:
            below[above].add(topic)
            above = parents[above]
    return below


def _choice(value):
    return Choice(
        text=value.get("text", ""),
        gap=value.get("gap"),
        is_correct=value.get("correct", False),
        fraction=value.get("percent"),
    )


def _in_order(items):
    """Return items as people count them, M1-Q9 before M1-Q10."""
    return tuple(
        sorted(
            items, key=lambda item: [int(part) if part.isdigit() else part for part in _NUMBER.split(item.identifier)]
        )
    )
