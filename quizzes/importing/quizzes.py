"""Quizzes of an imported file."""

from dataclasses import dataclass

from django.utils.translation import gettext as _

from quizzes.base.identifiers import stable_key
from quizzes.importing.parts.reading import ReadQuiz
from quizzes.models import Quiz, QuizQuestion

_LONGEST_SLUG = 40


@dataclass
class PlannedQuiz:
    """`present` is the existing quiz, which does not change."""

    read: ReadQuiz
    identifier: str
    present: Quiz | None = None


def plan_quizzes(reading, locale, warnings):
    """Return PlannedQuizzes; slugs that are taken get a number, and a warning."""
    if not reading.quizzes:
        return []
    present = {quiz.translation_key: quiz for quiz in Quiz.objects.filter(locale=locale)}
    taken = set(Quiz.objects.values_list("identifier", flat=True))
    planned = []
    for read in reading.quizzes:
        if quiz := present.get(read.key):
            planned.append(PlannedQuiz(read, quiz.identifier, present=quiz))
            continue
        stem = read.slug[:_LONGEST_SLUG].strip("-") or _("quiz")
        identifier = _free(stem, taken)
        taken.add(identifier)
        if identifier != read.slug:
            sentence = _("Its address was “%(old)s” and is “%(new)s” now: the other is taken, too long or no address.")
            warnings.append(read.problem(sentence % {"old": read.slug[:80], "new": identifier}))
        planned.append(PlannedQuiz(read, identifier))
    return planned


def _free(stem, taken):
    identifier, number = stem, 1
    while identifier in taken:
        number += 1
        identifier = f"{stem[: _LONGEST_SLUG - 5]}-{number}"
    return identifier


def write_quiz(planned, *, locale, topic, questions, by, publish):
    read = planned.read
    quiz = Quiz(
        identifier=planned.identifier,
        title=read.title,
        locale=locale,
        translation_key=read.key,
        topic=topic,
        live=False,
        **read.settings,
    )
    quiz.entries = [
        QuizQuestion(
            question=question,
            sort_order=place,
            locale=locale,
            translation_key=stable_key(f"quiz:{quiz.identifier.upper()}/{question.identifier}"),
        )
        for place, question in enumerate(dict.fromkeys(questions))
    ]
    quiz.save()
    revision = quiz.save_revision(user=by)
    if publish and read.published:
        revision.publish(user=by)
        quiz.refresh_from_db()
    return quiz
