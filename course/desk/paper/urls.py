"""Addresses of quizzes on paper."""

from django.urls import path

from quizzes.base.spreadsheets import table_paths

from . import views

urlpatterns = [
    path("<int:cohort_pk>/papel/", views.desk_papers, name="desk_papers"),
    *table_paths("<int:cohort_pk>/papel", views.desk_papers_file, "desk_papers"),
    *table_paths("<int:cohort_pk>/papel/<uuid:quiz_key>/hojas", views.desk_sheets_file, "desk_sheets"),
    path("<int:cohort_pk>/papel/<uuid:quiz_key>/", views.desk_paper, name="desk_paper"),
    path("<int:cohort_pk>/papel/<uuid:quiz_key>/imprimir/", views.desk_print_papers, name="desk_print_papers"),
    path("<int:cohort_pk>/papel/<uuid:quiz_key>/respuestas/", views.desk_entry, name="desk_entry"),
    path("<int:cohort_pk>/hojas/<str:code>/", views.desk_enter_sheet, name="desk_enter_sheet"),
    path("<int:cohort_pk>/hojas/<str:code>/retirar/", views.desk_withdraw_sheet, name="desk_withdraw_sheet"),
    path("hoja/<str:code>/", views.desk_sheet, name="desk_sheet"),
]
