"""Addresses of face-to-face sessions."""

from django.urls import path

from quizzes.base.spreadsheets import table_paths

from . import adding_views, stage_views, views

urlpatterns = [
    path("<int:cohort_pk>/sesiones/", views.desk_sessions, name="desk_sessions"),
    *table_paths("<int:cohort_pk>/sesiones", views.desk_sessions_file, "desk_sessions"),
    *table_paths("<int:cohort_pk>/sesiones/<int:session_pk>/asistencia", views.desk_attendance_file, "desk_attendance"),
    path("<int:cohort_pk>/sesiones/<int:session_pk>/", views.desk_session, name="desk_session"),
    path("<int:cohort_pk>/sesiones/<int:session_pk>/cambiar/", views.desk_session_change, name="desk_session_change"),
    path("<int:cohort_pk>/sesiones/<int:session_pk>/borrar/", views.desk_session_delete, name="desk_session_delete"),
    path(
        "<int:cohort_pk>/sesiones/<int:session_pk>/agregar/",
        adding_views.desk_add_to_session,
        name="desk_add_to_session",
    ),
    path("<int:cohort_pk>/sesiones/<int:session_pk>/firmas.pdf", views.desk_sign_in_sheet, name="desk_sign_in_sheet"),
    path("<int:cohort_pk>/sesiones/<int:session_pk>/pared/", views.desk_wall, name="desk_wall"),
    path("<int:cohort_pk>/sesiones/<int:session_pk>/puerta/", views.desk_door, name="desk_door"),
    path("<int:cohort_pk>/sesiones/<int:session_pk>/grupal/", stage_views.desk_stage, name="desk_stage"),
    path(
        "<int:cohort_pk>/sesiones/<int:session_pk>/grupal/<str:identifier>/", stage_views.desk_scene, name="desk_scene"
    ),
    path("<int:cohort_pk>/sesiones/<int:session_pk>/vuelta/", stage_views.desk_round, name="desk_round"),
    path("turno/", stage_views.turn, name="turn"),
    path("asistencia/<uuid:token>/", views.attend_session, name="attend_session"),
]
