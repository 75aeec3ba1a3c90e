"""Addresses of the survey on the desk."""

from django.urls import path

from quizzes.base.spreadsheets import table_paths

from . import key_views, package_views, paper_views, result_views, round_views

urlpatterns = [
    path("encuesta/", round_views.desk_survey, name="desk_survey"),
    path(
        "encuesta/centro/<int:clinic_pk>/<int:edition_pk>/<slug:wave>/cerrar/",
        round_views.desk_survey_close_clinic,
        name="desk_survey_close_clinic",
    ),
    path(
        "encuesta/area/<int:area_pk>/<int:edition_pk>/<slug:wave>/cerrar/",
        round_views.desk_survey_close_area,
        name="desk_survey_close_area",
    ),
    path("encuesta/centro/<int:clinic_pk>/papel/", paper_views.desk_survey_paper, name="desk_survey_paper"),
    path(
        "encuesta/centro/<int:clinic_pk>/<int:edition_pk>/<slug:wave>/hoja.pdf",
        paper_views.desk_survey_sheet,
        name="desk_survey_sheet",
    ),
    path(
        "encuesta/centro/<int:clinic_pk>/<int:edition_pk>/<slug:wave>/digitar/",
        key_views.desk_survey_key,
        name="desk_survey_key",
    ),
    path("encuesta/llave/<int:round_pk>/", round_views.desk_survey_give_up, name="desk_survey_give_up"),
    path("encuesta/resultados/", result_views.desk_survey_results, name="desk_survey_results"),
    *table_paths("encuesta/resultados", result_views.desk_survey_results_file, "desk_survey_results"),
    path("encuesta/datos/", package_views.desk_survey_package, name="desk_survey_package"),
]
