"""Under /<language>/certificado/: a person's own certificate."""

from django.urls import path

from . import views

urlpatterns = [
    path("", views.my_certificate, name="my_certificate"),
    path("<str:serial>.pdf", views.certificate_pdf, name="certificate_pdf"),
]
