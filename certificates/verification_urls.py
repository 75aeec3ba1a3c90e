"""Under /v/, without a language: short enough to type from paper."""

from django.urls import path

from . import verification_views as views

urlpatterns = [
    path("", views.verify_form, name="verify_form"),
    path("archivo/", views.verify_file, name="verify_file"),
    path("<str:serial>/", views.verify, name="verify"),
]
