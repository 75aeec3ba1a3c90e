"""Translatable objects by kind, and digests of their texts."""

import hashlib
import json
from dataclasses import dataclass

from django.db.models import Q, TextChoices
from django.utils.translation import gettext_lazy as _

from modules.models import CoursePage, GlossaryTerm, LanguageEntry, LessonPage, ModulePage, Organisation, Worksheet
from modules.text.placed_texts import PlacedText, placed_texts_of
from quizzes.models import (
    Choice,
    Competency,
    Question,
    Quiz,
    Stimulus,
    SurveyBlock,
    SurveyScale,
    SurveyStatement,
    Topic,
)
from quizzes.models.pools import ASKABLE

# Fields that nobody reads, or that differ by language on purpose.
_NO_TEXTS = [
    *("identifier", "draft_title", "slug", "path", "url_path", "seo_title", "search_description"),
    *("lesson", "english", "checked_by", "plain_language_reason"),
    *("source", "verified_by", "verified_text", "verified_scale"),
]
# Codes, the same in every language.
_RIGHT = "✓"
_WORTH = {"best": _RIGHT, "partial": "~", "harmful": "✗"}


class Kind(TextChoices):
    COURSE = "course", _("Course")
    MODULE = "module", _("Module")
    LESSON = "lesson", _("Lesson")
    QUIZ = "quiz", _("Quiz")
    CASE = "case", _("Case")
    QUESTION = "question", _("Question")
    ACT = "act", _("Act")
    TOPIC = "topic", _("Topic")
    TERM = "term", _("Glossary term")
    ENTRY = "language", _("Line of the language guide")
    ORGANISATION = "organisation", _("Organisation")
    SHEET = "printable", _("Sheet to print")
    THEME = "theme", _("Theme of the survey")
    SCALE = "scale", _("Scale of the survey")
    STATEMENT = "statement", _("Statement of the survey")


@dataclass(frozen=True)
class Translated:
    model: type
    order: tuple
    parts: str = ""
    public: Q | None = None

    def originals(self, locale):
        rows = self.model.objects.filter(self.public or Q(), locale=locale).order_by(*self.order)
        return rows.prefetch_related(self.parts) if self.parts else rows


_LIVE = Q(live=True)
TRANSLATED = {
    Kind.COURSE: Translated(CoursePage, ("path",), public=_LIVE),
    Kind.MODULE: Translated(ModulePage, ("path",), public=_LIVE),
    Kind.LESSON: Translated(LessonPage, ("path",), public=_LIVE),
    Kind.QUIZ: Translated(Quiz, ("identifier",), "bands", _LIVE),
    Kind.CASE: Translated(Stimulus, ("identifier", "pk"), public=_LIVE),
    Kind.QUESTION: Translated(Question, ("identifier",), "choices", ASKABLE),
    Kind.ACT: Translated(Competency, ("identifier",)),
    Kind.TOPIC: Translated(Topic, ("name", "pk")),
    Kind.TERM: Translated(GlossaryTerm, ("term", "pk")),
    Kind.ENTRY: Translated(LanguageEntry, ("sort_order", "pk")),
    Kind.ORGANISATION: Translated(Organisation, ("sort_order", "pk")),
    Kind.SHEET: Translated(Worksheet, ("sort_order", "pk"), public=_LIVE),
    Kind.THEME: Translated(SurveyBlock, ("sort_order", "pk")),
    Kind.SCALE: Translated(SurveyScale, ("identifier",), "options"),
    Kind.STATEMENT: Translated(SurveyStatement, ("sort_order", "pk")),
}
_KINDS = {translated.model: kind for kind, translated in TRANSLATED.items()}


def kind_of(row):
    return _KINDS.get(type(row))


def texts_of(row):
    """Return the texts of a row and its options, bands or answers by key, and which option is right."""
    placed = placed_texts_of(row, leave_out=_NO_TEXTS)
    if parts := TRANSLATED[kind_of(row)].parts:
        for part in sorted(getattr(row, parts).all(), key=lambda part: str(part.translation_key)):
            placed += placed_texts_of(part, leave_out=_NO_TEXTS)
            placed += _worth_of_option(part) if isinstance(part, Choice) else []
    return placed + (_worth_in_scenes(row) if isinstance(row, LessonPage) else [])


def _worth_of_option(choice):
    worth = [_RIGHT] if choice.is_correct else []
    worth += [f"{choice.fraction.normalize():f} %"] if choice.fraction is not None else []
    return [PlacedText(_("What it is worth"), "", " ".join(worth))] if worth else []


def _worth_in_scenes(lesson):
    placed = []
    for block in lesson.body:
        if block.block_type != "scenario":
            continue
        steps = [
            f"{step['name']}: "
            + " · ".join(
                " ".join(filter(None, [_WORTH.get(choice["rating"], ""), choice["next"]])) for choice in step["choices"]
            )
            for step in block.value["steps"]
        ]
        placed.append(PlacedText(_("How good each option is"), block.id or "", "; ".join(steps)))
    return placed


def digest_of_texts(row):
    texts = [placed.text for placed in texts_of(row)]
    return hashlib.sha256(json.dumps(texts, ensure_ascii=False).encode()).hexdigest()
