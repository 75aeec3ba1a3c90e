"""URLs of the learner's certificate and of public verification (/v/)."""

from django.urls import path

from .views import corrections, credentials, mine, verify

urlpatterns = [
    path("imagen/<str:digest>", mine.certificate_image, name="certificate_image"),
    path("correccion/", corrections.my_correction, name="my_correction"),
    path("", mine.my_certificate, name="my_certificate"),
    path("<str:serial>.pdf", mine.certificate_pdf, name="certificate_pdf"),
]

# Without a language: short enough to type from paper.
verification_urlpatterns = [
    path("", verify.verify_form, name="verify_form"),
    path("archivo/", verify.verify_file, name="verify_file"),
    path("lista/", verify.verify_list, name="verify_list"),
    path("insignia.png", credentials.badge_image, name="badge_image"),
    path("emisor.png", credentials.issuer_image, name="issuer_image"),
    path("estados/<int:number>/", credentials.show_status_list, name="status_list"),
    path("<str:serial>/", verify.verify, name="verify"),
    path("<str:serial>/correccion/", corrections.holder_correction, name="holder_correction"),
    path("<str:serial>/credencial.json", credentials.credential_json, name="credential_json"),
    path("<str:serial>/insignia.png", credentials.baked_png, name="baked_png"),
    path("<str:serial>/insignia.svg", credentials.baked_svg, name="baked_svg"),
]
