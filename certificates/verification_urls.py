"""Under /v/, without a language: short enough to type from paper."""

from django.urls import path

from . import views

urlpatterns = [
    path("", views.verify_form, name="verify_form"),
    path("<str:serial>/", views.verify, name="verify"),
]
