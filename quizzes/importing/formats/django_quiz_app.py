"""Import of django-quiz-app: JSON of its `manage.py dumpdata`."""

import hashlib
import json
import re
from collections import defaultdict

from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from quizzes.base.choices import FeedbackTime
from quizzes.base.identifiers import stable_key
from quizzes.base.markup import escape_markup
from quizzes.importing.parts.gift_answers import FALSE, TRUE
from quizzes.importing.parts.html import check_length, convert_html, is_html
from quizzes.importing.parts.reading import (
    Problem,
    ReadChoice,
    Reading,
    ReadQuestion,
    ReadQuiz,
    Skipped,
    UnreadableFile,
)
from quizzes.importing.parts.texts import clean, decode

name = "django-quiz-app"
label = gettext_lazy("django-quiz-app (JSON of dumpdata)")
suffixes = (".json",)
_LABELS = re.compile(r'"model"\s*:\s*"(?:quiz|multichoice|true_false|essay)\.\w+"', re.IGNORECASE)


def sniff(content):
    text = decode(content[:4_000_000])
    return text.lstrip()[:1] == "[" and bool(_LABELS.search(text))


def read(content):
    """Return questions and quizzes; rows about people are ignored. Raises UnreadableFile."""
    tables, reading = _read_tables(content), Reading()
    answers = defaultdict(list)
    for _key, row in sorted(tables["multichoice.answer"].items()):
        answers[row.number("question")].append(row)
    questions = {}
    for key, row in sorted(tables["quiz.question"].items()):
        question = ReadQuestion(_("question %(key)s") % {"key": key}, "", "", name=row.line("content")[:60])
        try:
            _read_question(question, row, tables, answers[key], reading)
            questions[key] = question
        except Skipped as error:
            reading.problems.append(question.problem(error))
    reading.questions += questions.values()
    asked = defaultdict(list)
    for row in sorted(tables["quiz.question"].values(), key=lambda row: (row.number("category") or 0, row.key)):
        for quiz_key in row.numbers("quiz"):
            asked[quiz_key].append(row.key)
    for key, row in sorted(tables["quiz.quiz"].items()):
        place, url = _("quiz %(key)s") % {"key": key}, row.text("url")
        title = row.line("title")[:200] or url or place
        stable = stable_key(f"django-quiz-app quiz {key} {url} {title}")
        quiz = ReadQuiz(place, title, slugify(url) or slugify(title), stable)
        try:
            _read_quiz(quiz, row, tables, {key: questions[key] for key in asked[key] if key in questions}, reading)
            reading.quizzes.append(quiz)
        except Skipped as error:
            reading.problems.append(quiz.problem(error))
    if any(quiz.settings["is_exam"] for quiz in reading.quizzes):
        sentence = _("Exams: there the result was shown at once, here a person releases the grade of each.")
        reading.warnings.append(Problem("", "", sentence))
    return reading


class _Row:
    def __init__(self, key, fields):
        self.key, self.fields = key, fields

    def text(self, field):
        value = self.fields.get(field)
        return clean(value).strip() if isinstance(value, str) else ""

    def line(self, field):
        return " ".join(self.text(field).split())

    def number(self, field):
        return _number(self.fields.get(field))

    def numbers(self, field):
        value = self.fields.get(field)
        return {_number(item) for item in value} - {None} if isinstance(value, list) else set()

    def flag(self, field):
        return self.fields.get(field) is True


def _number(value):
    return value if type(value) is int and abs(value) < 10**9 else None


def _read_tables(content):
    try:
        entries = json.loads(decode(content))
    except (RecursionError, ValueError) as error:
        sentence = _(
            "The file is no JSON that can be read: it is cut off, or a number in it is impossible (%(error)s)."
        )
        raise UnreadableFile(sentence % {"error": str(error)[:100]}) from None
    tables = defaultdict(dict)
    for entry in entries if isinstance(entries, list) else ():
        match entry:
            case {"model": str(model), "pk": int(key), "fields": dict(fields)} if abs(key) < 10**9:
                tables[model.lower()][key] = _Row(key, fields)
    if not (tables["quiz.question"] or tables["quiz.quiz"]):
        raise UnreadableFile(
            _("The file is JSON, but no dumpdata of django-quiz-app: it has no row of its quizzes or questions.")
        )
    return tables


def _topic_path(row, tables):
    sub = tables["quiz.subcategory"].get(row.number("sub_category"))
    category = tables["quiz.category"].get(row.number("category") or (sub and sub.number("category")))
    names = (category and category.line("category"), sub and sub.line("sub_category"))
    return tuple(name for name in names if name)


def _to_marks(text, losses, *, line=False):
    check_length(text)
    if not is_html(text):
        return escape_markup(" ".join(text.split()) if line else text.replace("\r\n", "\n"))
    converted = convert_html(text, line=line)
    losses += converted.losses
    if converted.images:
        losses.append(_("An image inside the text was left out."))
    return converted.text


def _read_question(question, row, tables, answers, reading):
    losses = []
    question.text = _to_marks(row.text("content"), losses)
    question.feedback = _to_marks(row.text("explanation"), losses)
    question.topic = _topic_path(row, tables)
    if row.key in tables["multichoice.mcquestion"]:
        _read_options(question, tables["multichoice.mcquestion"][row.key], answers, losses)
    elif row.key in tables["true_false.tf_question"]:
        is_true = tables["true_false.tf_question"][row.key].flag("correct")
        question.kind = "true_false"
        question.choices = [ReadChoice(TRUE, is_correct=is_true), ReadChoice(FALSE, is_correct=not is_true)]
    elif row.key in tables["essay.essay_question"]:
        question.kind = "open"
    else:
        raise Skipped(_("It is of no kind that django-quiz-app has, or its kind is not in the file."))
    if figure := row.text("figure"):
        question.published = False
        sentence = _("Its image “%(name)s” is not in the file: the question waits as a draft without it.")
        losses.append(sentence % {"name": figure[:80]})
    words = [question.kind, question.text, *(f"{answer.key} {answer.text('content')}" for answer in answers)]
    question.identifier = f"DQA-{row.key}-{hashlib.sha256('\n'.join(words).encode()).hexdigest()[:6].upper()}"
    reading.warnings += [question.problem(sentence) for sentence in losses]


def _read_options(question, row, answers, losses):
    if row.text("answer_order") == "content":
        answers = sorted(answers, key=lambda answer: answer.text("content"))
    question.choices = [
        ReadChoice(_to_marks(answer.text("content"), losses, line=True), is_correct=answer.flag("correct"))
        for answer in answers
    ]
    right = sum(choice.is_correct for choice in question.choices)
    question.kind = "multiple" if right > 1 else "single"
    if right > 1:
        sentence = _(
            "Any one of its %(n)d right options was enough. Here it is a multiple response: people mark all the"
            " right ones, and each of them earns a part. Look whether its text says so."
        )
        losses.append(sentence % {"n": right})


def _read_quiz(quiz, row, tables, questions, reading):
    pass_mark, most, losses = row.number("pass_mark"), row.number("max_questions") or 0, []
    drawn = most if 0 < most < len(questions) else None
    choosing = tables["multichoice.mcquestion"]
    are_random = [choosing[key].text("answer_order") == "random" for key in questions if key in choosing]
    quiz.topic, quiz.questions = _topic_path(row, tables), list(questions.values())
    quiz.published = not row.flag("draft") and bool(questions)
    quiz.settings = {
        "intro": _to_marks(row.text("description"), losses),
        "pass_mark": min(max(pass_mark or 0, 1), 100),
        "shuffle_questions": row.flag("random_order"),
        "shuffle_options": bool(are_random) and all(are_random),
        "questions_drawn": drawn,
        "attempts_allowed": 1 if row.flag("single_attempt") else None,
        "feedback_time": FeedbackTime.END if row.flag("answers_at_end") else FeedbackTime.NOW,
        "is_exam": row.flag("exam_paper") or row.flag("single_attempt"),
        "passed_text": _to_marks(row.text("success_text"), losses),
        "not_passed_text": _to_marks(row.text("fail_text"), losses),
    }
    if pass_mark != quiz.settings["pass_mark"]:
        sentence = _("Its pass mark was %(mark)s. Here it goes from 1 to 100%%, so it is %(ours)d%%.")
        mark = _("none") if pass_mark is None else pass_mark
        losses.append(sentence % {"mark": mark, "ours": quiz.settings["pass_mark"]})
    if not questions:
        losses.append(_("It has no questions, so it waits as a draft."))
    if drawn and not row.flag("random_order"):
        sentence = _("It always asked the same first %(n)d of its questions; here chance draws them.")
        losses.append(sentence % {"n": drawn})
    if any(are_random) and not all(are_random):
        losses.append(
            _("Some questions had shuffled options and others not. Here a quiz shuffles all or none: it shuffles none.")
        )
    reading.warnings += [quiz.problem(sentence) for sentence in losses]
