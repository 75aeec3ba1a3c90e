"""Addresses of the survey on the desk."""

from django.urls import path

from . import round_views

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
    path("encuesta/llave/<int:round_pk>/", round_views.desk_survey_give_up, name="desk_survey_give_up"),
]
