"""Quizzes in the Wagtail admin."""

from django import forms
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, FieldRowPanel, InlinePanel, MultiFieldPanel
from wagtail.admin.ui.tables import BooleanColumn, Column, UpdatedAtColumn
from wagtail.snippets.views.snippets import IndexView

from quizzes.base.snippets import OutdatedTranslationsColumn
from quizzes.models import Quiz

from .formed_viewset import MARKS_HELP, FormedSnippetViewSet
from .quiz_form import QuizForm

WHAT_IT_ASKS = InlinePanel(
    "entries",
    heading=_("What it asks: its own questions, in order"),
    label=_("Question"),
    help_text=_("Every attempt asks these. People who have begun one finish it with what they started with."),
    panels=[FieldPanel("question")],
)

BY_CHANCE = MultiFieldPanel(
    [
        InlinePanel(
            "draws",
            heading=_("Questions drawn by chance"),
            label=_("Draw"),
            help_text=_(
                "Each attempt gets other questions, and never the same one twice. Two draws without a topic, such as "
                "6 for everyone and 4 for one’s own job, ask the quiz’s own questions by job: what the person has not "
                "met before comes first, each act of everyone is asked for, and something indispensable is among them."
            ),
            panels=[
                FieldRowPanel(
                    [
                        FieldPanel("pool", help_text=_("Whoever has no job on the site is asked those for everyone.")),
                        FieldPanel(
                            "topic",
                            widget=forms.Select,
                            help_text=_("Empty: from the quiz’s own questions, which then are asked only so."),
                        ),
                    ]
                ),
                FieldRowPanel(
                    [
                        FieldPanel("count", help_text=_("Each attempt asks this many of them.")),
                        FieldPanel("difficulty", help_text=_("Only questions as hard as this; empty: of any.")),
                    ]
                ),
                FieldPanel("with_subtopics", help_text=_("Questions of the topics below it may come too.")),
            ],
        ),
        FieldPanel(
            "questions_drawn",
            help_text=_("People get so many of the quiz’s own questions, chosen by chance; empty: all of them."),
        ),
    ],
    heading=_("What it asks: questions drawn by chance"),
    classname="collapsed",
)

GRADE = MultiFieldPanel(
    [FieldPanel("pass_mark", help_text=_("Per cent of the points from which a person has passed, such as 80 of 100."))],
    heading=_("Grade"),
)

TAKING_IT = MultiFieldPanel(
    [
        FieldPanel(
            "layout", help_text=_("With one question a page people see less at once; with all of them they scroll.")
        ),
        FieldRowPanel(
            [
                FieldPanel("shuffle_questions", help_text=_("Each attempt asks in another order.")),
                FieldPanel("shuffle_options", help_text=_("Each attempt shows the options in another order.")),
            ]
        ),
        FieldRowPanel(
            [
                FieldPanel(
                    "attempts_allowed", help_text=_("A person may take it so often; empty: as often as they like.")
                ),
                FieldPanel("wait_minutes", help_text=_("After an attempt a person waits so long before the next.")),
            ]
        ),
        FieldPanel("counting_attempt", help_text=_("Of several attempts, this one is the person’s result.")),
        FieldPanel("feedback_time", help_text=_("From then on people read what was right, and why.")),
        FieldPanel(
            "asks_certainty",
            help_text=_("With each answer people say how sure they are; it does not change the grade."),
        ),
        FieldPanel("is_exam", help_text=_("Nobody reads a grade or a right answer before a facilitator releases it.")),
    ],
    heading=_("Taking it"),
    classname="collapsed",
)

TIME = MultiFieldPanel(
    [
        FieldRowPanel(
            [
                FieldPanel("opens_at", help_text=_("Before this, nobody can begin; empty: it is open at once.")),
                FieldPanel("closes_at", help_text=_("After this, nobody can begin or answer; empty: it stays open.")),
            ]
        ),
        FieldRowPanel(
            [
                FieldPanel(
                    "time_limit",
                    help_text=_("So many minutes after beginning, what was answered is sent; empty: no limit."),
                ),
                FieldPanel(
                    "grace_seconds",
                    help_text=_("Answers that a slow line brings so many seconds after the end still count."),
                ),
            ]
        ),
    ],
    heading=_("Time"),
    classname="collapsed",
)

MESSAGES = MultiFieldPanel(
    [
        FieldPanel("passed_text", help_text=_("Whoever passed reads this above the review.")),
        FieldPanel("not_passed_text", help_text=_("Whoever has not passed yet reads this above the review.")),
        InlinePanel(
            "bands",
            heading=_("Messages by grade"),
            label=_("Message by grade"),
            help_text=_("A person reads the message of the highest grade that they reached."),
            panels=[
                FieldPanel("from_percent", help_text=_("Per cent, from 0 to 100.")),
                FieldPanel("text", help_text=_("Say what the person can do next.")),
            ],
        ),
    ],
    heading=_("Messages"),
    classname="collapsed",
)


class QuizIndexView(IndexView):
    def get_base_queryset(self):
        return super().get_base_queryset().select_related("topic")


class QuizViewSet(FormedSnippetViewSet):
    model = Quiz
    index_view_class = QuizIndexView
    icon = "form"
    menu_label = _("Quizzes")
    base_form_class = QuizForm
    list_display = [
        "title",
        "identifier",
        Column("topic", label=_("Topic"), sort_key="topic__name"),
        Column("pass_mark", label=_("Pass mark"), sort_key="pass_mark"),
        BooleanColumn("is_exam", label=_("Exam"), sort_key="is_exam"),
        BooleanColumn("live", label=_("Published")),
        UpdatedAtColumn(),
        OutdatedTranslationsColumn(),
    ]
    list_filter = ["live", "is_exam", "topic"]
    ordering = ["identifier"]
    panels = [
        FieldPanel("title", help_text=_("Such as “Cuestionario del módulo 1”.")),
        FieldPanel("identifier"),
        FieldPanel("intro", help_text=MARKS_HELP),
        WHAT_IT_ASKS,
        BY_CHANCE,
        GRADE,
        TAKING_IT,
        TIME,
        MESSAGES,
        MultiFieldPanel(
            [
                FieldPanel(
                    "topic",
                    widget=forms.Select,
                    help_text=_("Groups the quizzes in lists; in “My quizzes” it is a heading."),
                ),
                FieldPanel("warning"),
            ],
            heading=_("Topic and content warning"),
            classname="collapsed",
        ),
    ]
