from django.urls import include, path

from . import (
    allowance_views,
    audit_views,
    batch_views,
    call_views,
    certificate_views,
    group_views,
    marking_views,
    place_views,
    summary_views,
    views,
)
from .downloads import table_paths

urlpatterns = [
    path("<int:cohort_pk>/", include("course.desk.people_urls")),
    path("", include("course.desk.paper.urls")),
    path("nuevo/", group_views.desk_new_group, name="desk_new_group"),
    path("centros/", place_views.desk_places, name="desk_places"),
    path("centros/nuevo/", place_views.desk_new_clinic, name="desk_new_clinic"),
    path("centros/<int:clinic_pk>/", place_views.desk_change_clinic, name="desk_change_clinic"),
    path("", include("course.desk.meetings.urls")),
    path("", views.desk_cohorts, name="desk_cohorts"),
    path("por-calificar/", marking_views.desk_marking, name="desk_marking"),
    *table_paths("por-calificar", marking_views.desk_marking_file, "desk_marking"),
    *table_paths("por-calificar/<int:cohort_pk>/<uuid:quiz_key>", marking_views.desk_pile_file, "desk_pile"),
    *table_paths("por-revisar", marking_views.desk_held_file, "desk_held"),
    path("por-calificar/<int:cohort_pk>/<uuid:quiz_key>/", marking_views.desk_pile, name="desk_pile"),
    path(
        "por-calificar/<int:cohort_pk>/<uuid:quiz_key>/siguiente/",
        marking_views.desk_next_answer,
        name="desk_next_answer",
    ),
    path("por-calificar/<int:cohort_pk>/<uuid:quiz_key>/publicar/", marking_views.desk_release, name="desk_release"),
    path(
        "por-calificar/<int:cohort_pk>/intento/<uuid:attempt_id>/<int:number>/",
        marking_views.desk_mark_answer,
        name="desk_mark_answer",
    ),
    path("por-revisar/", marking_views.desk_held, name="desk_held"),
    path("por-revisar/<int:pk>/", marking_views.desk_decide, name="desk_decide"),
    path("resumen/", summary_views.desk_summary, name="desk_summary"),
    *table_paths("resumen", summary_views.desk_summary_file, "desk_summary"),
    path("quien-hizo-que/", audit_views.desk_audit, name="desk_all_audit"),
    *table_paths("quien-hizo-que", audit_views.desk_audit_file, "desk_all_audit"),
    path("a-quien-llamar/papelitos/", call_views.desk_slips, name="desk_slips"),
    *table_paths("a-quien-llamar", call_views.desk_calls_file, "desk_calls"),
    path("a-quien-llamar/papelitos.pdf", call_views.desk_slips_pdf, name="desk_slips_pdf"),
    path("llamadas/<int:call_pk>/deshacer/", call_views.desk_undo_call, name="desk_undo_call"),
    path("<int:cohort_pk>/cuando-llamar/", call_views.desk_call_rules, name="desk_call_rules"),
    path("<int:cohort_pk>/personas/<int:learner_pk>/llamada/", call_views.desk_call, name="desk_call"),
    path("<int:cohort_pk>/", views.desk_cohort, name="desk_cohort"),
    path("<int:cohort_pk>/quien-hizo-que/", audit_views.desk_audit, name="desk_audit"),
    *table_paths("<int:cohort_pk>/quien-hizo-que", audit_views.desk_audit_file, "desk_audit"),
    *table_paths("<int:cohort_pk>/grupo", views.desk_cohort_file, "desk_cohort"),
    *table_paths("<int:cohort_pk>/certificados", batch_views.desk_cohort_certificates_file, "desk_cohort_certificates"),
    *table_paths(
        "<int:cohort_pk>/certificados/<uuid:batch_id>/sin-certificado", batch_views.desk_left_out_file, "desk_left_out"
    ),
    *table_paths("<int:cohort_pk>/personas/<int:learner_pk>/intentos", views.desk_person_attempts, "desk_attempts"),
    path("<int:cohort_pk>/certificados/", batch_views.desk_cohort_certificates, name="desk_cohort_certificates"),
    path("<int:cohort_pk>/certificados/<uuid:batch_id>/", batch_views.desk_batch, name="desk_batch"),
    path("<int:cohort_pk>/certificados/<uuid:batch_id>/avance/", batch_views.desk_batch_state, name="desk_batch_state"),
    path("<int:cohort_pk>/certificados/<uuid:batch_id>.pdf", batch_views.desk_batch_pdf, name="desk_batch_pdf"),
    path(
        "<int:cohort_pk>/certificados/<uuid:batch_id>/entrega.pdf", batch_views.desk_batch_list, name="desk_batch_list"
    ),
    path("<int:cohort_pk>/personas/<int:learner_pk>/", views.desk_person, name="desk_person"),
    path(
        "<int:cohort_pk>/personas/<int:learner_pk>/cuestionarios/<uuid:quiz_key>/",
        allowance_views.desk_allow,
        name="desk_allow",
    ),
    path(
        "<int:cohort_pk>/personas/<int:learner_pk>/certificado/",
        certificate_views.desk_issue_certificate,
        name="desk_issue_certificate",
    ),
    path(
        "certificados/<str:serial>/corregir/",
        certificate_views.desk_correct_certificate,
        name="desk_correct_certificate",
    ),
    path("certificados/<str:serial>/anular/", certificate_views.desk_annul_certificate, name="desk_annul_certificate"),
    path("<int:cohort_pk>/personas/<int:learner_pk>/desbloquear/", views.desk_unlock, name="desk_unlock"),
]
