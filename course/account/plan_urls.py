"""Addresses of the plan of the own centre, for whoever heads it."""

from django.urls import path

from . import plan

urlpatterns = [
    path("", plan.my_plan, name="my_plan"),
    path("nueva/", plan.my_plan_new, name="my_plan_new"),
    path("revision/", plan.my_plan_review, name="my_plan_review"),
    path("acciones/<uuid:action_key>/dejar/", plan.my_plan_let_go, name="my_plan_let_go"),
    path("acciones/<uuid:action_key>/revision/<int:days>/", plan.my_plan_correct, name="my_plan_correct"),
    path("hoja.pdf", plan.my_plan_pdf, name="my_plan_pdf"),
]
