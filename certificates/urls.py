"""Under /<language>/certificado/: a person's own certificate."""

from django.urls import path

from certificates.views.mine import certificate_image

from .views import corrections
from .views import mine as views

urlpatterns = [
    path("imagen/<str:digest>", certificate_image, name="certificate_image"),
    path("correccion/", corrections.my_correction, name="my_correction"),
    path("", views.my_certificate, name="my_certificate"),
    path("<str:serial>.pdf", views.certificate_pdf, name="certificate_pdf"),
]
