"""Questions, quizzes and the survey as values of content files."""

from collections import defaultdict

from django.db.models import Q
from wagtail.images import get_image_model

from modules.content.declarations import bank as shapes
from modules.content.declarations.surveys import SCALE, STATEMENT, THEME
from modules.content.question_images import name_images
from modules.models import ModulePage
from modules.text.richtext import canonical_markdown, one_line
from quizzes.models import (
    Choice,
    Question,
    Quiz,
    QuizDraw,
    QuizQuestion,
    ScoreBand,
    Stimulus,
    SurveyBlock,
    SurveyOption,
    SurveyScale,
    SurveyStatement,
)
from quizzes.models.pools import ASKABLE

_SAME_NAME = """pass_mark questions_drawn shuffle_questions attempts_allowed wait_minutes counting_attempt feedback_time
    opens_at closes_at time_limit grace_seconds layout asks_certainty passed_text not_passed_text"""


def choice_ids(choices):
    """Return the ids of a question's choices; one without an id gets the first free letter."""
    taken = {choice.identifier for choice in choices}
    free = (letter for letter in map(chr, range(ord("a"), ord("z") + 1)) if letter not in taken)
    return [choice.identifier or next(free) for choice in choices]


def case_values(locale):
    """Yield (row, value) of each case; images by name, with their digest."""
    rows = list(Stimulus.objects.filter(locale=locale).select_related("image").order_by("pk"))
    names = _names_in(locale)
    for row in rows:
        value = {
            "id": row.identifier,
            "title": one_line(row.title),
            "text": row.text,
            "dialogue": row.dialogue,
            "image": names.get(row.image_id, ""),
            "image_text": row.image_text,
        }
        yield row, shapes.CASE.tidy(value) | _digest_of(row)


def _names_in(locale):
    of_bank = [
        model.objects.filter(locale=locale, image__isnull=False).values("image") for model in (Stimulus, Question)
    ]
    return name_images(get_image_model().objects.filter(Q(pk__in=of_bank[0]) | Q(pk__in=of_bank[1])))


def _digest_of(row):
    return {"image_digest": row.image.get_file_hash()} if row.image else {}


def question_values(locale):
    choices = grouped(Choice.objects.filter(question__locale=locale).order_by("sort_order", "pk"), "question_id")
    sources = defaultdict(list)
    through = Question.sources.through.objects.filter(question__locale=locale)
    for question_pk, identifier in through.values_list("question_id", "source__identifier"):
        sources[question_pk].append(identifier)
    rows = Question.objects.filter(locale=locale).select_related("topic", "image", "case", "act").order_by("pk")
    rows = list(rows.prefetch_related("tagged_items__tag"))
    names = _names_in(locale)
    for row in rows:
        value = {
            "id": row.identifier,
            "kind": row.kind,
            "case": row.case.identifier if row.case else "",
            "case_place": row.case_place if row.case else None,
            "topic": row.topic.identifier if row.topic else "",
            "difficulty": row.difficulty,
            "tags": [item.tag.name for item in row.tagged_items.all()],
            "act": row.act.identifier if row.act else "",
            "roles": row.audiences,
            "indispensable": row.is_indispensable,
            "lesson": row.lesson,
            "text": row.text,
            "image": names.get(row.image_id, ""),
            "image_text": row.image_text,
            "points": row.marks,
            "unit": row.unit,
            "capitals_matter": not row.forgives_case,
            "accents_matter": not row.forgives_accents,
            "choices": _choices(choices[row.pk]),
            "feedback": row.feedback,
            "right_feedback": row.right_feedback,
            "partly_feedback": row.partly_feedback,
            "wrong_feedback": row.wrong_feedback,
            "marking_guide": row.marking_guide,
            "sources": sources[row.pk],
            "verify": row.needs_checking,
        }
        yield row, shapes.QUESTION.tidy(value) | _digest_of(row)


def images_of(things, locale):
    names = _names_in(locale)
    return {names[thing.image.pk]: thing.image for thing in things if thing.image}


def _choices(rows):
    return [
        {
            "id": identifier,
            "gap": row.gap,
            "text": row.text,
            "match": row.match,
            "x": row.x,
            "y": row.y,
            "radius": row.radius,
            "correct": row.is_correct,
            "percent": row.fraction,
            "tolerance": row.tolerance,
            "feedback": row.feedback,
            "lesson": row.lesson,
        }
        for identifier, row in zip(choice_ids(rows), rows, strict=True)
    ]


def quiz_values(locale):
    asked = Question.objects.filter(ASKABLE)
    places = QuizQuestion.objects.filter(quiz__locale=locale, question__in=asked).select_related("question")
    entries = grouped(places.order_by("sort_order", "pk"), "quiz_id")
    draws = QuizDraw.objects.filter(quiz__locale=locale).select_related("topic").order_by("sort_order", "pk")
    draws = grouped(draws, "quiz_id")
    bands = grouped(ScoreBand.objects.filter(quiz__locale=locale).order_by("sort_order", "pk"), "quiz_id")
    in_modules = set(ModulePage.objects.filter(locale=locale, quiz__isnull=False).values_list("quiz", flat=True))
    for row in Quiz.objects.filter(locale=locale).select_related("topic").order_by("pk"):
        value = _rules(row) | {
            "warning": "" if row.pk in in_modules else row.warning,
            "draws": [_draw(draw) for draw in draws[row.pk]],
            "bands": [{"from": band.from_percent, "text": band.text} for band in bands[row.pk]],
        }
        questions = [entry.question.identifier for entry in entries[row.pk]]
        yield row, shapes.QUIZ_RULES.tidy(value) | {"questions": questions}


def _rules(row):
    return {name: getattr(row, name) for name in _SAME_NAME.split()} | {
        "id": row.identifier.upper(),
        "title": one_line(row.title),
        "topic": row.topic.identifier if row.topic else "",
        "intro": canonical_markdown(row.intro),
        "keep_option_order": not row.shuffle_options,
        "exam": row.is_exam,
    }


def _draw(row):
    return {
        "topic": row.topic.identifier if row.topic else "",
        "pool": row.pool,
        "only_this_topic": not row.with_subtopics,
        "difficulty": row.difficulty,
        "count": row.count,
    }


def grouped(rows, attribute):
    groups = defaultdict(list)
    for row in rows:
        groups[getattr(row, attribute)].append(row)
    return groups


def survey_entries(locale):
    """Yield (name, shape, row, value) of each scale, theme and statement, in order."""
    of_scales = grouped(SurveyOption.objects.filter(scale__locale=locale).order_by("sort_order", "pk"), "scale_id")
    for row in SurveyScale.objects.filter(locale=locale).order_by("pk"):
        options = [
            {"code": int(option.code), "kind": option.kind, "label": one_line(option.label)}
            for option in of_scales[row.pk]
        ]
        yield f"scale:{row.identifier}", SCALE, row, {"name": one_line(row.name), "options": options}
    for row in SurveyBlock.objects.filter(locale=locale).select_related("scale").order_by("sort_order", "pk"):
        value = {"title": one_line(row.title), "scoring": row.scoring, "scale": row.scale.identifier}
        yield f"theme:{row.identifier}", THEME, row, value | {"waves": row.waves}
    statements = SurveyStatement.objects.filter(locale=locale).select_related("block", "scale")
    for row in statements.order_by("sort_order", "pk"):
        value = {"theme": row.block.identifier, "text": one_line(row.text), "direction": row.direction}
        value |= {"scale": row.scale.identifier if row.scale else "", "source": one_line(row.source)}
        yield f"statement:{row.identifier}", STATEMENT, row, value


def survey_file(live, in_order):
    """Return the survey file's value, or None; `in_order(values, prefix)` sorts what has no order in the CMS."""
    statements = [entry.value for entry in live.of("statement")]
    themes = [
        entry.value | {"statements": [_without_theme(one) for one in statements if one["theme"] == entry.value["id"]]}
        for entry in live.of("theme")
    ]
    themes = [theme for theme in themes if theme["statements"]]
    if not themes:
        return None
    return {"scales": in_order([entry.value for entry in live.of("scale")], "scale"), "themes": themes}


def _without_theme(statement):
    return {key: value for key, value in statement.items() if key != "theme"}
