"""Addresses of the reports and registers."""

from django.urls import path

from quizzes.base.spreadsheets import table_paths

from . import register_views, views

urlpatterns = [
    path("informe/", views.desk_report, name="desk_report"),
    *table_paths("informe", views.desk_report_file, "desk_report"),
    path("registro-de-certificados/", register_views.desk_certificates, name="desk_certificates"),
    *table_paths("registro-de-certificados", register_views.desk_certificates_file, "desk_certificates"),
    path("registro-de-asistencia/", register_views.desk_attendances, name="desk_attendances"),
    *table_paths("registro-de-asistencia", register_views.desk_attendances_file, "desk_attendances"),
]
