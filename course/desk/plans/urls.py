"""Addresses of the plans of centres."""

from django.urls import path

from quizzes.base.spreadsheets import table_paths

from . import views

_PLAN = "centros/<int:clinic_pk>/plan"

urlpatterns = [
    path("planes/", views.desk_plans, name="desk_plans"),
    *table_paths("planes", views.desk_plans_file, "desk_plans"),
    *table_paths("a-quien-llamar/planes", views.desk_due_plans_file, "desk_due_plans"),
    path(f"{_PLAN}/", views.desk_plan, name="desk_plan"),
    *table_paths(_PLAN, views.desk_plan_file, "desk_plan"),
    path(f"{_PLAN}/nueva/", views.desk_plan_new, name="desk_plan_new"),
    path(f"{_PLAN}/revision/", views.desk_plan_review, name="desk_plan_review"),
    path(f"{_PLAN}/acciones/<uuid:action_key>/dejar/", views.desk_plan_let_go, name="desk_plan_let_go"),
    path(f"{_PLAN}/acciones/<uuid:action_key>/revision/<int:days>/", views.desk_plan_correct, name="desk_plan_correct"),
    path(f"{_PLAN}/direccion/", views.desk_plan_heads, name="desk_plan_heads"),
    path(f"{_PLAN}/hoja.pdf", views.desk_plan_pdf, name="desk_plan_pdf"),
]
