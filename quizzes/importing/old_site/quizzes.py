"""The quizzes of django-quiz-app with the settings that ours have."""

from django.utils.text import slugify
from django.utils.translation import gettext as _

from quizzes.identity import stable_key
from quizzes.importing.parts.reading import Problem, ReadQuiz
from quizzes.wording.choices import FeedbackTime

from .dump import in_order
from .questions import topic_path
from .texts import forgiving


def read_quizzes(dump, questions, reading):
    """Return {key: ReadQuiz} of a dump's quizzes; `questions` are {key: OldQuestion}."""
    asked = {}
    # Its questions came by category, whatever their order in the quiz's form.
    for key in sorted(
        in_order(questions), key=lambda key: _number(dump.of("quiz.question")[key].points_to("category"))
    ):
        for quiz in dump.of("quiz.question")[key].all_that("quiz"):
            asked.setdefault(quiz, []).append(questions[key])
    found = {}
    for key in in_order(dump.of("quiz.quiz")):
        row = dump.of("quiz.quiz")[key]
        found[key] = quiz = _read_quiz(row, dump, asked.get(key, []), reading.warnings)
        reading.quizzes.append(quiz)
    if any(quiz.settings["is_exam"] for quiz in found.values()):
        reading.warnings.append(
            Problem("", "", _("Exams: there the result was shown at once, here a person releases the grade of each."))
        )
    return found


def _number(key):
    return int(key) if key.isdecimal() else 0


def _read_quiz(row, dump, questions, warnings):
    title = " ".join(row.text("title").split())[:200] or row.text("url") or _("quiz %(key)s") % {"key": row.key}
    quiz = ReadQuiz(
        _("quiz %(key)s") % {"key": row.key},
        title,
        slug=slugify(row.text("url")) or slugify(title),
        key=stable_key(f"django-quiz-app quiz {row.key} {row.text('url')} {title}"),
        topic=topic_path(dump, row.points_to("category")),
        questions=[old.read for old in questions],
        published=not row.flag("draft") and bool(questions),
    )
    quiz.settings = {
        "intro": forgiving(row.text("description")),
        "pass_mark": min(max(row.number("pass_mark") or 0, 1), 100),
        "shuffle_questions": row.flag("random_order"),
        "shuffle_options": _all_random(questions),
        "questions_drawn": _how_many(row, questions),
        "attempts_allowed": 1 if row.flag("single_attempt") else None,
        "feedback_time": FeedbackTime.END if row.flag("answers_at_end") else FeedbackTime.NOW,
        "is_exam": row.flag("exam_paper") or row.flag("single_attempt"),
        "passed_text": forgiving(row.text("success_text")),
        "not_passed_text": forgiving(row.text("fail_text")),
    }
    warnings += [quiz.problem(sentence) for sentence in _find_changes(row, quiz, questions)]
    return quiz


def _all_random(questions):
    """Shuffle only where every question says so: one with «all of the above» at its end bears no shuffling."""
    choosing = [old for old in questions if old.read.kind in ("single", "multiple")]
    return bool(choosing) and all(old.is_random for old in choosing)


def _how_many(row, questions):
    most = row.number("max_questions") or 0
    return most if 0 < most < len(questions) else None


def _find_changes(row, quiz, questions):
    """Yield a sentence for each thing that is not quite as it was."""
    mark = row.number("pass_mark")
    if mark is None or not 1 <= mark <= 100:
        yield _("Its pass mark was %(mark)s. Here it goes from 1 to 100%%, so it is %(ours)d%%.") % {
            "mark": mark if mark is not None else _("none"),
            "ours": quiz.settings["pass_mark"],
        }
    if not questions:
        yield _("It has no questions, so it waits as a draft.")
    if quiz.settings["questions_drawn"] and not row.flag("random_order"):
        yield _("It always asked the same first %(n)d of its questions; here chance draws them.") % {
            "n": quiz.settings["questions_drawn"]
        }
    if not quiz.settings["shuffle_options"] and any(old.is_random for old in questions):
        yield _(
            "Some questions had shuffled options and others not. Here a quiz shuffles all or none: it shuffles none."
        )
    if row.flag("single_attempt") and not row.flag("exam_paper"):
        yield _("It allowed a single attempt, so it was an exam there too.")
