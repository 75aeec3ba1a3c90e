"""Deleting parts of the survey in the CMS: what others need is kept, and what was asked before is not touched."""

from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from wagtail.admin import messages

from quizzes.models import SurveyBlock, SurveyScale, SurveyStatement
from quizzes.surveys.following import delete_translations

MODELS = (SurveyScale, SurveyBlock, SurveyStatement)


def keep_what_surveys_use(request, rows):
    """Before snippets are deleted, one or several: no theme that has statements, and no scale that anything uses."""
    model = type(rows[0]) if rows else None
    if model is SurveyBlock:
        sentence = _(
            "The theme “%(thing)s” has statements, so nothing was deleted: %(users)s. Delete or move them first."
        )
    elif model is SurveyScale:
        sentence = _("The scale “%(thing)s” is used, so nothing was deleted: %(users)s. Give them another one first.")
    else:
        return None
    refused = [sentence % {"thing": row, "users": ", ".join(users)} for row in rows if (users := _users_of(row))]
    for one in refused:
        messages.error(request, one)
    return redirect(reverse(model.snippet_viewset.get_url_name("list"))) if refused else None


def _users_of(row):
    statements = list(row.statements.order_by("identifier").values_list("identifier", flat=True))
    if isinstance(row, SurveyBlock):
        return statements
    return [*row.blocks.order_by("identifier").values_list("identifier", flat=True), *statements]


def delete_survey_translations(request, rows):
    """After a part of the survey was deleted in the site's own language, it is gone in the others too."""
    if rows and isinstance(rows[0], MODELS):
        delete_translations(rows)
