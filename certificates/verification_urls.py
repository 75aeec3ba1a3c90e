"""Under /v/, without a language: short enough to type from paper."""

from django.urls import path

from .views import corrections, verify
from .views import credentials as credential_views
from .views import verify as views

urlpatterns = [
    path("", views.verify_form, name="verify_form"),
    path("archivo/", views.verify_file, name="verify_file"),
    path("lista/", verify.verify_list, name="verify_list"),
    path("insignia.png", credential_views.badge_image, name="badge_image"),
    path("emisor.png", credential_views.issuer_image, name="issuer_image"),
    path("estados/<int:number>/", credential_views.show_status_list, name="status_list"),
    path("<str:serial>/", views.verify, name="verify"),
    path("<str:serial>/correccion/", corrections.holder_correction, name="holder_correction"),
    path("<str:serial>/credencial.json", credential_views.credential_json, name="credential_json"),
    path("<str:serial>/insignia.png", credential_views.baked_png, name="baked_png"),
    path("<str:serial>/insignia.svg", credential_views.baked_svg, name="baked_svg"),
]
