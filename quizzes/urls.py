"""Addresses of quizzes and attempts, under /<language>/cuestionario/."""

from django.urls import path

from quizzes.base.spreadsheets import table_paths
from quizzes.views.results import attempt_result, attempt_second
from quizzes.views.taking import attempt_offline_copy

from .views import analysis as analysis_views
from .views import taking as views

# `intento/…` always has a further part, so a quiz may be called `intento` too.
urlpatterns = [
    path("", views.my_quizzes, name="my_quizzes"),
    path("<slug:identifier>/analisis/", analysis_views.quiz_analysis, name="quiz_analysis"),
    *table_paths("<slug:identifier>/analisis/preguntas", analysis_views.quiz_analysis_file, "quiz_analysis"),
    path("<slug:identifier>/analisis/<uuid:question_key>/", analysis_views.question_analysis, name="question_analysis"),
    *table_paths(
        "<slug:identifier>/analisis/<uuid:question_key>", analysis_views.question_analysis_file, "question_analysis"
    ),
    path("<slug:identifier>/", views.quiz_entry, name="quiz_entry"),
    path("<slug:identifier>/comenzar/", views.quiz_start, name="quiz_start"),
    path("<slug:identifier>/seguir/", views.quiz_continue, name="quiz_continue"),
    # After those: a quiz may be called `imagen`, and no digest is one of these words.
    path("imagen/<str:digest>/", views.frozen_image, name="frozen_image"),
    path("intento/<uuid:attempt_id>/<int:number>/", views.attempt_question, name="attempt_question"),
    path("intento/<uuid:attempt_id>/papel.json", attempt_offline_copy, name="attempt_paper"),
    path("intento/<uuid:attempt_id>/resumen/", views.attempt_summary, name="attempt_summary"),
    path("intento/<uuid:attempt_id>/enviar/", views.attempt_submit, name="attempt_submit"),
    path("intento/<uuid:attempt_id>/otra/", attempt_second, name="attempt_second"),
    path("intento/<uuid:attempt_id>/revision/", attempt_result, name="attempt_result"),
    path("intento/<uuid:attempt_id>/respuestas/", views.save_answers, name="save_answers"),
]
