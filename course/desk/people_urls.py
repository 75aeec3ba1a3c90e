"""Addresses of a group's people: lists of staff, cards, accounts."""

from django.urls import path

from quizzes.base.spreadsheets import table_paths

from . import card_views, group_views, handover_views, leaving_views, reminder_views, roster_views

urlpatterns = [
    path("tarjetas/", card_views.desk_cards, name="desk_cards"),
    *table_paths("tarjetas", card_views.desk_cards_file, "desk_cards"),
    path("personas/<int:learner_pk>/pin/", card_views.desk_new_pin, name="desk_new_pin"),
    path("personas/<int:learner_pk>/correo/", reminder_views.desk_address, name="desk_address"),
    path("personas/<int:learner_pk>/datos/", leaving_views.desk_change_person, name="desk_change_person"),
    path("personas/<int:learner_pk>/grupo/", leaving_views.desk_leave, name="desk_leave"),
    path("personas/<int:learner_pk>/datos.xlsx", leaving_views.desk_person_file, name="desk_person_file"),
    path("personas/<int:learner_pk>/eliminar/", leaving_views.desk_delete_person, name="desk_delete_person"),
    path("personas/<int:learner_pk>/unir/", leaving_views.desk_merge, name="desk_merge"),
    path("archivo/", leaving_views.desk_archive, name="desk_archive"),
    *table_paths("archivo", leaving_views.desk_archive_file, "desk_archive"),
    path("datos/", group_views.desk_change_group, name="desk_change_group"),
    path("entregar/", handover_views.desk_hand_over, name="desk_hand_over"),
    path("codigo/", leaving_views.desk_join_code, name="desk_join_code"),
    path("lista/", roster_views.desk_roster, name="desk_roster"),
    path("lista/modelo.xlsx", roster_views.desk_roster_template, name="desk_roster_template"),
    path("lista/<uuid:upload_id>/", roster_views.desk_roster_plan, name="desk_roster_plan"),
    *table_paths("lista/<uuid:upload_id>", roster_views.desk_roster_plan_file, "desk_roster_plan"),
]
