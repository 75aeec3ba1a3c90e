"""The course of the content files, as whoever guesses meets it."""

from quizzes.models import Choice
from quizzes.wording.audiences import Pool

from .gathering import Asked, pools_of_course, teach


def pools_of_files(course):
    """Return the Pools of a CourseText."""
    language = course.language
    taught = {
        id(one): teach(one.module["id"], one.module["title"], one.lessons, language=language) for one in course.modules
    }
    by_id = {question["id"]: question for question in course.all_questions()}
    below = _topics_below(course.course.get("topics", []))
    quizzes = [
        Asked(one.quiz["id"], one.quiz["title"], taught[id(one)], _asked_in(one.quiz, by_id, below))
        for one in course.modules
        if one.quiz
    ]
    quizzes += [Asked(quiz["id"], quiz["title"], None, _asked_in(quiz, by_id, below)) for quiz in course.quizzes]
    return pools_of_course(list(taught.values()), quizzes, language=language)


def _asked_in(quiz, by_id, below):
    """Return every question that a quiz may ask: its own, those of their cases, and those that it draws by topic."""
    own = [by_id[entry.get("same_as") or entry["id"]] for entry in quiz.get("questions", [])]
    cases = {question["case"] for question in own if "case" in question}
    asked = {question["id"]: question for question in own}
    for question in by_id.values():
        if question.get("case") in cases or any(_is_drawn(question, draw, below) for draw in quiz.get("draws", [])):
            asked.setdefault(question["id"], question)
    return [
        (
            one["id"],
            one["kind"],
            one["text"],
            [_choice(choice) for choice in one.get("choices", [])],
            one.get("roles", ()),
            "",
        )
        for one in asked.values()
    ]


def _is_drawn(question, draw, below):
    # Without a topic it draws from the quiz's own questions.
    if "topic" not in draw or draw.get("difficulty") not in (None, question.get("difficulty")):
        return False
    if draw.get("pool") == Pool.CORE and question.get("roles"):
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
