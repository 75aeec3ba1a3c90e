"""Addresses below a group for bringing people in: the list of staff, cards, PINs."""

from django.urls import path

from . import card_views, roster_views

urlpatterns = [
    path("tarjetas/", card_views.desk_cards, name="desk_cards"),
    path("tarjetas/<uuid:print_id>/", card_views.desk_card_print, name="desk_card_print"),
    path("tarjetas/<uuid:print_id>/estado/", card_views.desk_card_state, name="desk_card_state"),
    path("tarjetas/<uuid:print_id>/tarjetas.pdf", card_views.desk_card_pdf, name="desk_card_pdf"),
    path("personas/<int:learner_pk>/pin/", card_views.desk_new_pin, name="desk_new_pin"),
    path("lista/", roster_views.desk_roster, name="desk_roster"),
    path("lista/modelo.xlsx", roster_views.desk_roster_template, name="desk_roster_template"),
    path("lista/<uuid:upload_id>/", roster_views.desk_roster_plan, name="desk_roster_plan"),
]
