"""Wagtail hooks."""

from django.urls import path
from wagtail import hooks
from wagtail.snippets.models import register_snippet

from quizzes.cms.actions import ACTIONS
from quizzes.cms.deletion import delete_survey_translations, keep_what_quizzes_use, keep_what_surveys_use
from quizzes.cms.pictures import show_picture
from quizzes.cms.publishing import ask_before_publishing, publish_affecting
from quizzes.cms.survey_viewsets import SurveyGroup
from quizzes.cms.viewsets import QuestionBankGroup

from .bank import previews  # noqa: F401 - says how questions and quizzes are previewed

register_snippet(QuestionBankGroup)
register_snippet(SurveyGroup)
hooks.register("before_delete_snippet", keep_what_quizzes_use)
hooks.register("before_delete_snippet", keep_what_surveys_use)
hooks.register("after_delete_snippet", delete_survey_translations)
hooks.register("before_publish", ask_before_publishing)
for action in ACTIONS:
    # After Wagtail's own, whose place that of deleting takes.
    hooks.register("register_bulk_action", action, order=1)


@hooks.register("register_admin_urls")
def add_addresses():
    return [
        path("quizzes/publish/<int:revision_pk>/", publish_affecting, name="publish_affecting"),
        path("quizzes/picture/<int:image_pk>/", show_picture, name="picture_for_places"),
    ]
