from django.urls import path

from . import views

urlpatterns = [
    path("", views.desk_cohorts, name="desk_cohorts"),
    path("<int:cohort_pk>/", views.desk_cohort, name="desk_cohort"),
    path("<int:cohort_pk>/grupo.xlsx", views.desk_cohort_xlsx, name="desk_cohort_xlsx"),
    path("<int:cohort_pk>/grupo.csv", views.desk_cohort_csv, name="desk_cohort_csv"),
    path("<int:cohort_pk>/certificados.pdf", views.desk_cohort_certificates, name="desk_cohort_certificates"),
    path("<int:cohort_pk>/personas/<int:learner_pk>/", views.desk_person, name="desk_person"),
    path("<int:cohort_pk>/personas/<int:learner_pk>/desbloquear/", views.desk_unlock, name="desk_unlock"),
]
