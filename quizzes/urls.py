"""URLs of quizzes, attempts and item analysis."""

from django.urls import path

from quizzes.base.spreadsheets import table_paths

from .views import analysis, results, taking

# `intento/…` always has more parts, so a quiz may be called `intento`.
urlpatterns = [
    path("", taking.my_quizzes, name="my_quizzes"),
    path("<slug:identifier>/analisis/", analysis.quiz_analysis, name="quiz_analysis"),
    *table_paths("<slug:identifier>/analisis/preguntas", analysis.quiz_analysis_file, "quiz_analysis"),
    path("<slug:identifier>/analisis/<uuid:question_key>/", analysis.question_analysis, name="question_analysis"),
    *table_paths(
        "<slug:identifier>/analisis/<uuid:question_key>", analysis.question_analysis_file, "question_analysis"
    ),
    path("<slug:identifier>/", taking.quiz_entry, name="quiz_entry"),
    path("<slug:identifier>/comenzar/", taking.quiz_start, name="quiz_start"),
    path("<slug:identifier>/seguir/", taking.quiz_continue, name="quiz_continue"),
    # After those, as a quiz may be called `imagen`.
    path("imagen/<str:digest>/", taking.frozen_image, name="frozen_image"),
    path("intento/<uuid:attempt_id>/<int:number>/", taking.attempt_question, name="attempt_question"),
    path("intento/<uuid:attempt_id>/papel.json", taking.attempt_offline_copy, name="attempt_paper"),
    path("intento/<uuid:attempt_id>/resumen/", taking.attempt_summary, name="attempt_summary"),
    path("intento/<uuid:attempt_id>/enviar/", taking.attempt_submit, name="attempt_submit"),
    path("intento/<uuid:attempt_id>/revision/", results.attempt_result, name="attempt_result"),
    path("intento/<uuid:attempt_id>/contestadas/", results.attempt_answers, name="attempt_answers"),
    path("intento/<uuid:attempt_id>/respuestas/", taking.save_answers, name="save_answers"),
]

analysis_urlpatterns = [path("", analysis.analysis_list, name="analysis_list")]
