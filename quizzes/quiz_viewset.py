"""Quizzes in the Wagtail admin: what they ask, and the rules for taking and passing them."""

from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, FieldRowPanel, InlinePanel
from wagtail.admin.ui.tables import BooleanColumn, Column, UpdatedAtColumn

from .formed_viewset import MARKS_HELP, FormedSnippetViewSet
from .models import Quiz
from .quiz_form import QuizForm


class QuizViewSet(FormedSnippetViewSet):
    model = Quiz
    icon = "form"
    menu_label = _("Quizzes")
    base_form_class = QuizForm
    list_display = [
        "title",
        "identifier",
        Column("pass_mark", label=_("Pass mark"), sort_key="pass_mark"),
        BooleanColumn("live", label=_("Published")),
        UpdatedAtColumn(),
    ]
    list_filter = ["live"]
    ordering = ["identifier"]
    panels = [
        FieldPanel("title", help_text=_("Such as «Cuestionario del módulo 1».")),
        FieldPanel("identifier"),
        FieldPanel("intro", help_text=MARKS_HELP),
        FieldPanel("warning"),
        FieldRowPanel(
            [
                FieldPanel("pass_mark"),
                FieldPanel("shuffle_options", help_text=_("Each attempt has another order.")),
            ]
        ),
        InlinePanel(
            "entries",
            heading=_("Questions, in order"),
            label=_("Question"),
            help_text=_("People who have begun an attempt finish it with the questions they started with."),
            panels=[FieldPanel("question")],
        ),
    ]
