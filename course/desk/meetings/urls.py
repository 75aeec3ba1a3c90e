"""Addresses of face-to-face sessions."""

from django.urls import path

from . import views

urlpatterns = [
    path("<int:cohort_pk>/sesiones/", views.desk_sessions, name="desk_sessions"),
    path("<int:cohort_pk>/sesiones/<int:session_pk>/", views.desk_session, name="desk_session"),
    path("<int:cohort_pk>/sesiones/<int:session_pk>/cambiar/", views.desk_session_change, name="desk_session_change"),
    path("<int:cohort_pk>/sesiones/<int:session_pk>/firmas.pdf", views.desk_sign_in_sheet, name="desk_sign_in_sheet"),
    path("<int:cohort_pk>/sesiones/<int:session_pk>/pared/", views.desk_wall, name="desk_wall"),
    path("<int:cohort_pk>/sesiones/<int:session_pk>/puerta/", views.desk_door, name="desk_door"),
    path("asistencia/<uuid:token>/", views.attend_session, name="attend_session"),
]
