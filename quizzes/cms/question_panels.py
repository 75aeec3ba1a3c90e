"""Panels of the question form; some are shown only with certain kinds."""

import json

from django import forms
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, FieldRowPanel, HelpPanel, InlinePanel, MultiFieldPanel

from quizzes.kinds import AUTO_MARKED, KINDS, SCORED

from .flaws_panel import FlawsPanel
from .formed_viewset import MARKS_HELP

LISTENS_TO_KIND = {"data-controller": "w-rules", "data-action": "change->w-rules#resolve"}


def shown_with(names):
    """Return HTML attributes of an element that is shown with these kinds."""
    return {"data-w-rules-target": "show", "data-w-rules-show": json.dumps({"kind": sorted(names)})}


def kinds_with(field):
    return [kind.name for kind in KINDS.values() if field in (*kind.choice_fields, *kind.question_fields)]


def make_panels():
    return [
        FlawsPanel(heading=_("What gives it away")),
        FieldRowPanel(
            [
                FieldPanel("identifier"),
                FieldPanel("kind", help_text=_("How people answer; the box below says what each kind needs.")),
            ]
        ),
        HelpPanel(template="quizzes/admin/kinds_help.html", heading=_("What each kind needs")),
        FieldPanel("topic", widget=forms.Select, help_text=_("Groups the questions in lists and figures.")),
        _make_aim(),
        _make_case(),
        FieldPanel("text", help_text=MARKS_HELP),
        _make_image(),
        HelpPanel(
            template="quizzes/admin/place_picker.html",
            heading=_("Places in the picture"),
            attrs=shown_with(kinds_with("x")),
        ),
        _make_options(),
        *_make_what_some_kinds_need(),
        FieldPanel("feedback"),
        _make_wholes(),
        _make_finding(),
        _make_sources(),
    ]


def _make_aim():
    return MultiFieldPanel(
        [
            FieldPanel("act", widget=forms.Select, help_text=_("What a colleague could see somebody do.")),
            FieldPanel("audiences"),
            FieldPanel("is_indispensable", attrs=shown_with(AUTO_MARKED)),
            FieldPanel("lesson"),
        ],
        heading=_("What it asks for, and of whom"),
        classname="collapsed",
    )


def _make_case():
    return MultiFieldPanel(
        [
            FieldPanel("case", widget=forms.Select, help_text=_("The question is asked with the others of its case.")),
            FieldPanel("case_place", help_text=_("1 for the first question of the case; empty: at its end.")),
        ],
        heading=_("Case"),
        classname="collapsed",
    )


def _make_image():
    return MultiFieldPanel(
        [FieldPanel("image"), FieldPanel("image_text")],
        heading=_("Image"),
        classname="collapsed",
        help_text=_("Only where one can’t ask without it. It is published with its description, never without."),
    )


def _make_options():
    points = _("From -100 to 100. Empty: what the kind gives, as the box above says.")
    return InlinePanel(
        "choices",
        heading=_("Options"),
        label=_("Option"),
        help_text=_("Write feedback for every option: it is what people learn from. None for a reflection."),
        panels=[
            FieldPanel("text", help_text=_("About as long as the others: the longest must not give itself away.")),
            FieldPanel("gap", attrs=shown_with(kinds_with("gap")), help_text=_("The number between [[ and ]].")),
            FieldRowPanel(
                [FieldPanel("x"), FieldPanel("y"), FieldPanel("radius", help_text=_("Of the place; it may be empty."))],
                attrs=shown_with(kinds_with("x")),
            ),
            FieldPanel("is_correct", attrs=shown_with(kinds_with("is_correct"))),
            FieldPanel("match", attrs=shown_with(kinds_with("match")), help_text=_("What this one goes with.")),
            FieldPanel("feedback"),
            FieldPanel("lesson"),
            FieldRowPanel(
                [
                    FieldPanel("fraction", attrs=shown_with(kinds_with("fraction")), help_text=points),
                    FieldPanel(
                        "tolerance",
                        attrs=shown_with(kinds_with("tolerance")),
                        help_text=_("How far an answer may be from this one and still count. Empty: not at all."),
                    ),
                ]
            ),
        ],
    )


def _make_what_some_kinds_need():
    forgives = ["forgives_case", "forgives_accents"]
    return [
        FieldPanel("unit", attrs=shown_with(kinds_with("unit"))),
        MultiFieldPanel(
            [FieldPanel(name) for name in forgives],
            heading=_("How answers are compared"),
            help_text=_("The ñ is a letter of its own in either case: “ano” is never “año”."),
            attrs=shown_with(kinds_with("forgives_case")),
        ),
        FieldPanel("marking_guide", attrs=shown_with(kinds_with("marking_guide"))),
    ]


def _make_wholes():
    return MultiFieldPanel(
        [FieldPanel(name) for name in ("right_feedback", "partly_feedback", "wrong_feedback")],
        heading=_("Feedback on the answer as a whole"),
        classname="collapsed",
        help_text=_("Beside that of each option, where the answer as a whole deserves a word. Each may stay empty."),
        attrs=shown_with(SCORED),
    )


def _make_finding():
    return MultiFieldPanel(
        [
            FieldPanel("marks", help_text=_("How much it counts beside the others of its quiz; most are worth 1.")),
            FieldPanel("difficulty", help_text=_("As you expect it; a quiz may draw questions by it.")),
            FieldPanel("tags"),
        ],
        heading=_("Points, difficulty and tags"),
        classname="collapsed",
    )


def _make_sources():
    return MultiFieldPanel(
        [
            FieldPanel(
                "sources",
                widget=forms.CheckboxSelectMultiple,
                help_text=_("Listed below the feedback, beside those that texts point to as [S42]."),
            ),
            FieldPanel("needs_checking"),
        ],
        heading=_("What it rests on"),
        classname="collapsed",
    )
