"""Questions of the bank as ReadQuestions."""

from decimal import Decimal
from pathlib import PurePosixPath

from django.db.models import F, OuterRef, Q, Subquery

from quizzes.importing.parts.reading import ReadCase, ReadChoice, ReadImage, ReadQuestion, read_number
from quizzes.kinds import KINDS
from quizzes.models import Question, QuizQuestion, Topic
from quizzes.models.pools import get_subtopics


def select_questions(*, locale, topic=None, quiz=None):
    """Return all questions of a language, or those of a topic with its subtopics or of a quiz in its order."""
    questions = Question.objects.filter(locale=locale)
    if topic is not None:
        questions = questions.filter(topic__in=get_subtopics(topic.locale_id)[topic.pk])
    if quiz is not None:
        return _with_what_cases_bring(questions, quiz)
    return questions.order_by("topic__name", "identifier")


def _with_what_cases_bring(questions, quiz):
    entries = QuizQuestion.objects.filter(quiz=quiz)
    cases = entries.filter(question__case__live=True).values("question__case")
    found = questions.filter(Q(pk__in=entries.values("question")) | Q(case__in=cases, live=True))
    place = Subquery(entries.filter(question=OuterRef("pk")).values("sort_order")[:1])
    return found.annotate(place=place).order_by(F("place").asc(nulls_last=True), "case_place", "pk")


def gather_questions(questions, *, with_images=True):
    """Return [(ReadQuestion, Question)] in a constant number of queries."""
    questions = questions.select_related("topic", "image", "case__image").prefetch_related(
        "choices", "tagged_items__tag", "sources"
    )
    topics, cases = {topic.pk: topic for topic in Topic.objects.all()}, {}
    gathered = []
    for question in questions:
        read = _gather(question, topics, with_images)
        if question.case:
            read.case = cases.get(question.case_id) or _gather_case(question.case, with_images)
            cases[question.case_id] = read.case
        gathered.append((read, question))
    return _in_order_of_cases(gathered)


def _gather_case(case, with_images):
    return ReadCase(
        place="",
        title=case.title,
        text=case.text.strip(),
        identifier=case.identifier,
        dialogue=case.dialogue.strip(),
        image=_read_image(case.image) if with_images and case.image else None,
        image_text=case.image_text,
    )


def _in_order_of_cases(gathered):
    by_case = {}
    for pair in gathered:
        if pair[0].case:
            by_case.setdefault(id(pair[0].case), []).append(pair)
    for pairs in by_case.values():
        pairs.sort(key=lambda pair: (pair[1].case_place is None, pair[1].case_place or 0, pair[1].pk), reverse=True)
    return [by_case[id(pair[0].case)].pop() if pair[0].case else pair for pair in gathered]


def _gather(question, topics, with_images):
    return ReadQuestion(
        place="",
        kind=question.kind,
        text=question.text.strip(),
        name=question.identifier,
        identifier=question.identifier,
        choices=[_gather_choice(choice, question.kind) for choice in question.choices.all()],
        feedback=question.feedback.strip(),
        topic=_path(question.topic_id, topics),
        tags=tuple(sorted(item.tag.name for item in question.tagged_items.all())),
        difficulty=question.difficulty,
        marks=question.marks,
        image=_read_image(question.image) if with_images and question.image else None,
        image_text=question.image_text,
        forgives_case=question.forgives_case,
        forgives_accents=question.forgives_accents,
        unit=question.unit,
        marking_guide=question.marking_guide.strip(),
        right_feedback=question.right_feedback.strip(),
        partly_feedback=question.partly_feedback.strip(),
        wrong_feedback=question.wrong_feedback.strip(),
        published=question.live,
    )


def _gather_choice(choice, kind):
    text = choice.text.strip()
    if kind == "number" and (number := read_number(text)) is not None:
        text = format(number, "f")
    # The field may hold a value of another kind.
    used = KINDS[kind].choice_fields
    return ReadChoice(
        text=text,
        is_correct=choice.is_correct and "is_correct" in used,
        fraction=_plain(choice.fraction),
        feedback=choice.feedback.strip(),
        match=choice.match.strip(),
        tolerance=_plain(choice.tolerance) or None,
        **{name: _plain(getattr(choice, name)) for name in ("x", "y", "radius") if name in used},
        gap=choice.gap if "gap" in used else None,
    )


def _plain(number):
    return None if number is None else Decimal(format(number.normalize(), "f"))


def _path(pk, topics):
    names = []
    while pk is not None and len(names) < 20:
        names.append(topics[pk].name)
        pk = topics[pk].parent_id
    return tuple(reversed(names))


def _read_image(image):
    try:
        with image.file.open("rb") as stream:
            return ReadImage(PurePosixPath(image.file.name).name, stream.read())
    except OSError:
        return None
