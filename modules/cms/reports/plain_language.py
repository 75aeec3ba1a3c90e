"""The report «Lenguaje claro»: how easy every lesson and quiz of the CMS is to read."""

from dataclasses import dataclass

from django.conf import settings
from django.utils.translation import gettext_lazy as _
from wagtail.admin.ui.tables import Column, TitleColumn

from modules.models import LessonPage
from modules.models.naming import page_id
from modules.reviews.unverified import edit_address
from modules.text.languages import MEASURED
from modules.text.prose import passages_of_page, passages_of_questions
from modules.text.readability import MEASURED_LANGUAGES, Readability, measure
from quizzes.models import Quiz
from quizzes.wording.marks import plain

from .listing import CourseReportView

_TEXTS_OF_A_QUESTION = ("text", "feedback", "right_feedback", "partly_feedback", "wrong_feedback")


@dataclass(frozen=True)
class MeasuredText:
    """A lesson or a quiz with its measures, in the words and figures of the report."""

    title: str
    address: str
    text: Readability
    said_minutes: int | None = None
    reason: str = ""

    @property
    def words(self):
        return self.text.words

    @property
    def mean(self):
        return round(self.text.words_per_sentence, 1)

    @property
    def longest(self):
        return max((sentence.words for sentence in self.text.sentences), default=0)

    @property
    def too_long(self):
        return len(self.text.too_long)

    @property
    def index(self):
        return None if self.text.index is None else round(self.text.index, 1)

    @property
    def label(self):
        return str(self.text.label)

    @property
    def second_index(self):
        return round(self.text.judged[1].value, 1) if self.text.judged[1:] else None

    @property
    def second_label(self):
        return str(self.text.judged[1].label) if self.text.judged[1:] else ""

    @property
    def minutes(self):
        return round(self.text.minutes, 1)

    @property
    def judged(self):
        return f"{self.index} · {self.label}" if self.text.judged else "–"

    @property
    def judged_beside(self):
        return f"{self.second_index} · {self.second_label}" if self.text.judged[1:] else "–"

    @property
    def both_minutes(self):
        return f"{self.said_minutes or '–'} / {self.minutes}"

    @property
    def verdict(self):
        if self.text.is_easy:
            return str(_("It holds"))
        return self.reason or str(_("To be made easier"))


def measured_texts(language=settings.LANGUAGE_CODE):
    """Return the MeasuredText of every published lesson and quiz, in the order of the course. Six queries."""
    lessons = LessonPage.objects.live().filter(locale__language_code=language).order_by("path")
    rows = []
    for lesson in lessons:
        identifier = page_id(lesson.translation_key)
        title = f"{identifier} · {lesson.title}" if identifier else lesson.title
        measured = measure(passages_of_page(lesson), language)
        rows.append(MeasuredText(title, edit_address(lesson), measured, lesson.minutes, lesson.plain_language_reason))
    return rows + [_measured_quiz(quiz, language) for quiz in _quizzes(language)]


def _quizzes(language):
    quizzes = Quiz.objects.filter(live=True, locale__language_code=language).order_by("identifier")
    return quizzes.prefetch_related("entries__question__choices", "entries__question__case")


def _measured_quiz(quiz, language):
    questions = [
        {
            **{name: getattr(entry.question, name) for name in _TEXTS_OF_A_QUESTION},
            "choices": [
                {"text": choice.text, "match": choice.match, "feedback": choice.feedback}
                for choice in entry.question.choices.all()
            ],
        }
        for entry in quiz.entries.all()
    ]
    cases = dict.fromkeys(entry.question.case for entry in quiz.entries.all() if entry.question.case)
    told = [line for case in cases for line in plain(f"{case.text}\n{case.dialogue}").splitlines() if line.strip()]
    passages = [quiz.intro, *told, *passages_of_questions(questions)]
    return MeasuredText(quiz.title, edit_address(quiz), measure(passages, language))


class PlainLanguageReport(CourseReportView):
    page_title = _("Plain language")
    header_icon = "openquote"
    index_url_name = "plain_language_report"
    explanations = {
        "es": _(
            "Judged by Fernández Huerta’s index: from 70 on it is “fairly easy”, which a person understands after the "
            "sixth grade. INFLESZ, made for texts for patients, stands beside it. Minutes: as the lesson says, and as "
            "reading 150 words a minute takes."
        ),
        "en": _(
            "Judged by Flesch’s index: from 60 on it is “plain”, which most people of thirteen to fifteen years "
            "understand. Minutes: as the lesson says, and as reading 150 words a minute takes."
        ),
    }
    languages = tuple(MEASURED_LANGUAGES)
    export_filename = "lenguaje-claro"

    @property
    def explanation(self):
        return self.explanations[self.language]

    @property
    def indexes(self):
        return [index.name for index in MEASURED[self.language].indexes]

    @property
    def columns(self):
        cells = zip(("judged", "judged_beside"), self.indexes, strict=False)
        return [
            TitleColumn("title", label=_("Text"), get_url=lambda row: row.address, width="30%"),
            *(Column(name, label=label) for name, label in cells),
            Column("words", label=_("Words")),
            Column("mean", label=_("A sentence")),
            Column("longest", label=_("The longest")),
            Column("too_long", label=_("Over 25")),
            Column("both_minutes", label=_("Minutes")),
            Column("verdict", label=_("Result")),
        ]

    @property
    def export_headings(self):
        first, *second = self.indexes
        return {
            "title": _("Text"),
            "index": first,
            "label": _("That is"),
            **{
                name: label
                for beside in second
                for name, label in (
                    ("second_index", beside),
                    ("second_label", _("That is, by %(index)s") % {"index": beside}),
                )
            },
            "words": _("Words"),
            "mean": _("Words in a sentence"),
            "longest": _("Words in the longest sentence"),
            "too_long": _("Sentences over 25 words"),
            "said_minutes": _("Minutes it says"),
            "minutes": _("Minutes it takes"),
            "verdict": _("Result"),
        }

    def get_rows(self):
        return measured_texts(self.language)
