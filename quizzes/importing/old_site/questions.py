"""The three kinds of question of django-quiz-app, and the categories as paths of topics."""

import hashlib
from dataclasses import dataclass, field

from django.utils.translation import gettext as _

from quizzes.importing.parts.gift_answers import FALSE, TRUE
from quizzes.importing.parts.reading import Problem, ReadChoice, ReadQuestion, Skipped

from .dump import in_order
from .texts import to_marks


@dataclass
class OldQuestion:
    """A question as it was read, and what its sittings need to know of it.

    `places` says which option an old answer was: {what the sitting wrote down: its place among the options}.
    `any_right`: several options were right, and any one of them was enough.
    """

    read: ReadQuestion
    category: str = ""
    places: dict[str, int] = field(default_factory=dict)
    any_right: bool = False
    is_random: bool = False
    figure: str = ""


def place_of_question(key):
    """Return where a question stands, in words."""
    return _("question %(key)s") % {"key": key}


def read_questions(dump, reading):
    """Return {key: OldQuestion}; what can't come over is among the problems of the reading."""
    answers = {}
    for key in in_order(dump.of("multichoice.answer")):
        row = dump.of("multichoice.answer")[key]
        answers.setdefault(row.points_to("question"), []).append(row)
    found = {}
    for key in in_order(dump.of("quiz.question")):
        row = dump.of("quiz.question")[key]
        lost = []
        try:
            found[key] = old = _read_question(row, dump, answers.get(key, []), lost)
        except Skipped as error:
            name = " ".join(row.text("content").split())[:60]
            reading.problems.append(Problem(place_of_question(key), name, str(error)))
            continue
        reading.questions.append(old.read)
        reading.warnings += [old.read.problem(sentence) for sentence in lost]
    for model in ("multichoice.mcquestion", "true_false.tf_question", "essay.essay_question"):
        for key in dump.of(model):
            if key not in dump.of("quiz.question"):
                sentence = _("Its text is not in the file: export the app “quiz” together with the others.")
                reading.problems.append(Problem(place_of_question(key), "", sentence))
    return found


def topic_path(dump, category, sub_category=""):
    """Return the names of a category and a sub-category as the path of a topic; either may be missing or empty."""
    sub = dump.of("quiz.subcategory").get(sub_category)
    row = dump.of("quiz.category").get(category or (sub.points_to("category") if sub else ""))
    names = (row.text("category") if row else "", sub.text("sub_category") if sub else "")
    return tuple(" ".join(name.split()) for name in names if name.strip())


def _read_question(row, dump, answers, lost):
    content = row.text("content")
    path = topic_path(dump, row.points_to("category"), row.points_to("sub_category"))
    read = ReadQuestion(
        place_of_question(row.key),
        "",
        to_marks(content, lost=lost),
        name=" ".join(content.split())[:60],
        feedback=to_marks(row.text("explanation"), lost=lost),
        topic=path,
    )
    category = dump.of("quiz.category").get(row.points_to("category"))
    old = OldQuestion(read, category.text("category") if category else "", figure=row.text("figure"))
    if row.key in dump.of("multichoice.mcquestion"):
        _read_options(old, dump.of("multichoice.mcquestion")[row.key], answers, lost)
    elif row.key in dump.of("true_false.tf_question"):
        read.kind = "true_false"
        is_true = dump.of("true_false.tf_question")[row.key].flag("correct")
        read.choices = [ReadChoice(TRUE, is_correct=is_true), ReadChoice(FALSE, is_correct=not is_true)]
        old.places = {"True": 0, "False": 1}
    elif row.key in dump.of("essay.essay_question"):
        read.kind = "open"
    else:
        raise Skipped(_("It is of no kind that django-quiz-app has, or its kind is not in the file."))
    read.identifier = _identify(row.key, read, answers)
    return old


def _read_options(old, row, answers, lost):
    order = row.text("answer_order")
    old.is_random = order == "random"
    if order == "content":
        answers = sorted(answers, key=lambda answer: answer.text("content"))
    read = old.read
    read.choices = [
        ReadChoice(to_marks(answer.text("content"), line=True, lost=lost), is_correct=answer.flag("correct"))
        for answer in answers
    ]
    old.places = {answer.key: place for place, answer in enumerate(answers)}
    right = sum(choice.is_correct for choice in read.choices)
    old.any_right = right > 1
    read.kind = "multiple" if old.any_right else "single"
    if old.any_right:
        lost.append(
            _(
                "Any one of its %(n)d right options was enough. Here it is a multiple response: people mark all the"
                " right ones, and each of them earns a part. Look whether its text says so."
            )
            % {"n": right}
        )


def _identify(key, read, answers):
    """Return an identifier that is the same each time the same file comes, and another one on another site."""
    words = [read.kind, read.text, *(f"{answer.key} {answer.text('content')}" for answer in answers)]
    mark = hashlib.sha256("\n".join(words).encode()).hexdigest()[:6].upper()
    return f"DQA-{key}-{mark}" if key.isdecimal() and len(key) < 20 else f"DQA-{mark}"
