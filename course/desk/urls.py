from django.urls import include, path

from . import (
    allowance_views,
    audit_views,
    batch_views,
    call_views,
    certificate_views,
    group_views,
    marking_views,
    views,
)

urlpatterns = [
    path("<int:cohort_pk>/", include("course.desk.people_urls")),
    path("", include("course.desk.paper.urls")),
    path("nuevo/", group_views.desk_new_group, name="desk_new_group"),
    path("", include("course.desk.meetings.urls")),
    path("", views.desk_cohorts, name="desk_cohorts"),
    path("por-calificar/", marking_views.desk_marking, name="desk_marking"),
    path("por-calificar.xlsx", marking_views.desk_marking_xlsx, name="desk_marking_xlsx"),
    path("por-calificar.csv", marking_views.desk_marking_csv, name="desk_marking_csv"),
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
    path("quien-hizo-que/", audit_views.desk_audit, name="desk_all_audit"),
    path("quien-hizo-que.csv", audit_views.desk_audit_csv, name="desk_all_audit_csv"),
    path("a-quien-llamar/papelitos/", call_views.desk_slips, name="desk_slips"),
    path("a-quien-llamar.csv", call_views.desk_calls_csv, name="desk_calls_csv"),
    path("llamadas/<int:call_pk>/deshacer/", call_views.desk_undo_call, name="desk_undo_call"),
    path("<int:cohort_pk>/cuando-llamar/", call_views.desk_call_rules, name="desk_call_rules"),
    path("<int:cohort_pk>/personas/<int:learner_pk>/llamada/", call_views.desk_call, name="desk_call"),
    path("<int:cohort_pk>/", views.desk_cohort, name="desk_cohort"),
    path("<int:cohort_pk>/quien-hizo-que/", audit_views.desk_audit, name="desk_audit"),
    path("<int:cohort_pk>/quien-hizo-que.csv", audit_views.desk_audit_csv, name="desk_audit_csv"),
    path("<int:cohort_pk>/grupo.xlsx", views.desk_cohort_xlsx, name="desk_cohort_xlsx"),
    path("<int:cohort_pk>/grupo.csv", views.desk_cohort_csv, name="desk_cohort_csv"),
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
